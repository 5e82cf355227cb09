// Appointments: planned at a household, kept in time, moved, called off; and calls that agreed none.

import assert from "node:assert/strict";
import * as app from "../app.mjs";

// What the datetime field of the phone (in the site's zone) takes for `minutes` from now.
function inMinutes(minutes) {
  const time = new Date(Date.now() + minutes * 60_000 + 8 * 3_600_000);
  return time.toISOString().slice(0, 16);
}

async function toHousehold({ page }, room) {
  await page.getByRole("link", { name: "业户", exact: true }).click();
  await page.getByRole("searchbox").fill(room);
  await page.getByRole("link", { name: new RegExp(room) }).first().click();
  await page.getByRole("heading", { name: room }).waitFor();
}

async function keep(page) {
  await page.getByRole("button", { name: "保存约定" }).click();
  await page.getByRole("heading", { name: "已约的拜访" }).waitFor();
}

async function today(page) {
  await page.getByRole("link", { name: "今日", exact: true }).click();
}

export const cases = {
  "a visit planned without a network is remembered in time, made, and done": async (t) => {
    const { page } = t;
    await t.server.run("demo");
    await app.logIn(t, "lin");
    await app.synced(t);
    await app.keptForOffline(t);
    await t.context.setOffline(true);
    await toHousehold(t, "1-1-101");
    await page.getByRole("link", { name: "约时间" }).click();
    // Ten minutes from now: within the quarter of an hour in which it is time to set out.
    const at = inMinutes(10);
    await page.getByLabel("拜访时间").fill(at);
    await page.getByLabel("要谈什么").fill("车库积水怎样了");
    await keep(page);
    await today(page);
    await page.getByRole("heading", { name: "下一户" }).waitFor();
    await page.getByText("该出发了", { exact: true }).waitFor();
    await page.getByRole("link", { name: "我", exact: true }).click();
    await page.getByText(`${at.slice(11)} 约了 1-1-101，该出发了。`).waitFor();
    await today(page);
    await t.context.setOffline(false);
    await app.synced(t);
    // A director sees it where the household phones to.
    await t.desk(async (desk) => {
      const there = { ...t, page: desk };
      await app.logIn(there, "shen");
      await app.synced(there);
      await toHousehold(there, "1-1-101");
      await desk.getByText("由林晓雯拜访").waitFor();
      await desk.getByText("车库积水怎样了").waitFor();
    });
    await page.getByRole("button", { name: "开始拜访" }).click();
    await page.getByText("车库积水怎样了").waitFor();
    await page.getByRole("radio", { name: "已预约", checked: true }).waitFor();
    assert.equal(await page.getByLabel("约定时间").inputValue(), at);
    await page.getByRole("radio", { name: "无人在家" }).check({ force: true });
    await page.getByRole("button", { name: "记下并完成" }).click();
    await page.getByRole("link", { name: "回到今日" }).click();
    await page.getByRole("heading", { name: "最久未访的业户" }).waitFor();
    assert.equal(await page.getByRole("heading", { name: "下一户" }).count(), 0);
    await app.synced(t);
    assert.equal(JSON.parse(await t.server.run("verify", "--json")).sound, true);
  },

  "a plan is moved and called off, and what is wrong with one is said": async (t) => {
    const { page } = t;
    await t.server.run("demo");
    await app.logIn(t, "lin");
    await app.synced(t);
    await toHousehold(t, "1-1-102");
    await page.getByRole("link", { name: "约时间" }).click();
    await page.getByLabel("拜访时间").fill(inMinutes(-60));
    await page.getByRole("button", { name: "保存约定" }).click();
    await page.getByText("这个时间已经过了").waitFor();
    const tomorrow = inMinutes(24 * 60).slice(0, 10);
    await page.getByLabel("拜访时间").fill(`${tomorrow}T23:10`);
    await page.getByText("22:00 至 8:00 原则上不上门").waitFor();
    await page.getByLabel("拜访时间").fill(`${tomorrow}T15:00`);
    await page.getByRole("radio", { name: "还没有" }).check({ force: true });
    await keep(page);
    await page.getByText("还没约好").waitFor();
    await page.getByRole("link", { name: "改期" }).click();
    assert.equal(await page.getByLabel("拜访时间").inputValue(), `${tomorrow}T15:00`);
    await page.getByLabel("拜访时间").fill(`${tomorrow}T16:30`);
    await page.getByRole("radio", { name: "约好了" }).check({ force: true });
    await keep(page);
    await page.getByText("16:30").waitFor();
    assert.equal(await page.getByText("15:00").count(), 0);
    // Another household near that time is pointed out.
    await toHousehold(t, "1-1-103");
    await page.getByRole("link", { name: "约时间" }).click();
    await page.getByLabel("拜访时间").fill(`${tomorrow}T16:45`);
    await page.getByText("16:30 还约了 1-1-102。").waitFor();
    await today(page);
    await page.getByRole("link", { name: /16:30 1-1-102/ }).click();
    await page.getByRole("button", { name: "取消约定" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("原因（可不填）").fill("业主出差");
    await dialog.getByRole("button", { name: "取消约定" }).click();
    await page.getByRole("heading", { name: "已约的拜访" }).waitFor({ state: "detached" });
    await page.getByRole("link", { name: "业户", exact: true }).click();
    await app.synced(t);
    await today(page);
    await page.getByRole("heading", { name: "最久未访的业户" }).waitFor();
    assert.equal(await page.getByRole("heading", { name: "已约的拜访" }).count(), 0);
  },

  "what came of a call that agreed no visit stays with the household": async (t) => {
    const { page } = t;
    await t.server.run("demo");
    await app.logIn(t, "lin");
    await app.synced(t);
    await toHousehold(t, "1-1-104");
    // No dialler here: the tap is all that counts.
    await page.evaluate(() => addEventListener("click", (event) => {
      if (event.target.closest('a[href^="tel:"]')) event.preventDefault();
    }));
    await page.getByRole("link", { name: /^打电话给/ }).first().click();
    const question = page.getByRole("group", { name: "电话里约好了吗？" });
    await question.getByRole("button", { name: "没人接" }).click();
    await page.getByText(/电话：没人接 · .*林晓雯/).waitFor();
    await question.waitFor({ state: "detached" });
    await today(page);
    await app.synced(t);
    await page.goBack();
    await page.reload();
    await page.getByText(/电话：没人接/).waitFor();
  },
};
