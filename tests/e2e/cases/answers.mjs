// What an owner asked at the door is answered in time, and not forgotten (R2.5, R3.10).

import assert from "node:assert/strict";
import * as app from "../app.mjs";

const SAID = "地下车库入口有积水，雨后两三天都不干。";
const TOLD = "周五前疏通排水沟，完工后再打电话给您。";
const DONE = "已派工程部，工单已开";

// The answers owed, on Today.
function owed(page) {
  return page.getByRole("heading", { name: "待答复业户" }).locator("+ ul > li");
}

// A wish for an answer, recorded at the door of 1-1-101 without a network.
async function promised(t) {
  await t.server.run("demo");
  await app.logIn(t, "lin");
  await app.synced(t);
  await app.keptForOffline(t);
  // Chromium writes cookies to its disk half a minute late, or when it is closed.
  await t.closePhone();
  await t.openPhone();
  await app.openAgain(t);
  await app.synced(t);
  await t.server.kill();
  await app.beginVisit(t, "1-1-101");
  await app.agreed(t);
  await app.hear(t, "保洁", "不满意", SAID);
  await t.page.getByRole("button", { name: "要求答复" }).click();
  await t.page.getByLabel("结论").fill("工程部本周查看排水沟。");
  await app.showOwner(t);
  await app.endWith(t, "不签名");
  await app.done(t);
}

// The row of 1-1-101, the last of more than are named at first.
async function row({ page }) {
  const heading = page.getByRole("heading", { name: "待答复业户" });
  await heading.waitFor();
  await heading.locator("~ button").filter({ hasText: /还有 \d+ 项/ }).first().click();
  return owed(page).filter({ hasText: "1-1-101" });
}

async function writeDown({ page }) {
  await page.getByRole("button", { name: "登记答复" }).click();
  const form = page.getByRole("group", { name: "对“保洁”的答复" });
  await form.getByRole("button", { name: "确认答复" }).click();
  await form.getByText("请写明答复了什么").waitFor();
  await form.getByLabel("答复内容").fill(TOLD);
  await form.getByLabel("处理措施").fill(DONE);
  return form;
}

export const cases = {
  "an answer promised at the door is owed on Today until it is written down, offline too": async (t) => {
    await promised(t);
    const promise = await row(t);
    await promise.getByText(SAID).waitFor();
    await promise.getByRole("link").click();
    await t.page.getByText(/前答复业户/).waitFor();
    // Half written and left, and the browser killed: still there.
    await writeDown(t);
    await t.page.getByRole("link", { name: "今日", exact: true }).click();
    await t.page.getByRole("heading", { name: "待答复业户" }).waitFor();
    await t.page.waitForTimeout(300);
    await t.killPhone();
    await t.openPhone();
    await app.openAgain(t);
    await (await row(t)).getByRole("link").click();
    await t.page.getByRole("button", { name: "登记答复" }).click();
    const form = t.page.getByRole("group", { name: "对“保洁”的答复" });
    assert.equal(await form.getByLabel("答复内容").inputValue(), TOLD);
    await form.getByRole("radio", { name: "短信或微信" }).check({ force: true });
    await form.getByRole("button", { name: "确认答复" }).click();
    await t.page.getByText(/短信或微信已答复/).waitFor();
    await t.page.getByText(DONE).waitFor();
    assert.equal(await t.page.getByText(/前答复业户/).count(), 0, "it is no longer owed");
    await t.page.getByRole("link", { name: "今日", exact: true }).click();
    await t.page.getByRole("heading", { name: "待答复业户" }).waitFor();
    assert.equal(await owed(t.page).count(), 3, "those of the days before");
    assert.equal(await owed(t.page).filter({ hasText: "1-1-101" }).count(), 0);
    await t.server.start();
    await app.synced(t, { timeout: 90_000 });
    assert.equal(JSON.parse(await t.server.run("verify", "--json")).sound, true);
    await t.desk(async (page) => {
      const desk = { ...t, page };
      await app.logIn(desk, "shen");
      await app.synced(desk);
      await app.openRecord(desk, "1-1-101");
      await page.getByText(TOLD).waitFor();
    });
  },

  "a day that has not come is not taken for the day of an answer": async (t) => {
    await promised(t);
    await (await row(t)).getByRole("link").click();
    const form = await writeDown(t);
    const day = form.getByLabel("答复日期");
    const today = await day.inputValue();
    await day.fill("2099-01-01");
    await day.blur();
    assert.equal(await day.inputValue(), today);
  },

  "the director finds the visits whose owners wait for an answer": async (t) => {
    await t.server.run("demo");
    await app.logIn(t, "shen");
    await app.synced(t);
    await t.page.getByRole("link", { name: "拜访", exact: true }).click();
    await t.page.getByRole("button", { name: /^待答复/ }).click();
    await t.page.locator(".inbox-row").first().click();
    await t.page.getByText(/前答复业户/).first().waitFor();
  },
};
