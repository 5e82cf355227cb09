// Drafts on more than one phone of the same person: the office's copies.

import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as pause } from "node:timers/promises";
import * as app from "../app.mjs";

// The subjects of which the office has a copy, and how many visits it has logged.
function atTheOffice({ server }) {
  const database = new DatabaseSync(server.database, { readOnly: true });
  const count = (of) => database.prepare(`SELECT count(*) AS n FROM ${of}`).get().n;
  const found = { copies: count("draft"), visits: count("event WHERE kind = 'visit.recorded'") };
  database.close();
  return found;
}

// A visit half written on the phone, with its copy at the office.
async function halfWritten(t) {
  await t.server.run("demo");
  await app.logIn(t, "lin");
  await app.synced(t);
  await app.beginVisit(t, "1-1-101");
  await app.agreed(t);
  await app.hear(t, "保安", "满意");
  await t.page.getByText("已存在本机").first().waitFor();
  const draft = t.page.url();
  await t.page.goto(t.server.url);
  await t.page.getByText("副本已存办公室").waitFor({ timeout: 30_000 });
  return draft;
}

async function satisfied(page) {
  await page.getByRole("button", { name: "满意", exact: true, pressed: true }).waitFor();
}

async function logInElsewhere(t, page) {
  const there = { ...t, page };
  await app.logIn(there, "lin");
  await app.synced(there);
  await page.getByText("在另一部手机上写到一半").waitFor();
  return there;
}

export const cases = {
  "a visit half written on a lost phone is finished on another": async (t) => {
    await halfWritten(t);
    const before = atTheOffice(t);
    assert.equal(before.copies, 1);
    // In the river.
    await t.context.setOffline(true);
    await t.desk(async (page) => {
      const there = await logInElsewhere(t, page);
      await page.getByRole("button", { name: "在这里继续" }).click();
      await satisfied(page);
      await app.showOwner(there);
      await app.endWith(there, "不签名");
      await app.receipt(there);
      await page.getByText("办公室已收到").waitFor();
    });
    assert.deepEqual(atTheOffice(t), { copies: 0, visits: before.visits + 1 });
    // Fished out again: it says that the visit is over, and doubles nothing.
    await t.context.setOffline(false);
    await t.page.reload();
    await app.synced(t);
    await t.page.getByText("继续", { exact: true }).first().click();
    await t.page.getByText("这次拜访已在另一部手机上完成").waitFor();
    await t.page.getByRole("link", { name: "看记录" }).click();
    await t.page.getByText("封存完好").first().waitFor();
    assert.deepEqual(atTheOffice(t), { copies: 0, visits: before.visits + 1 });
    assert.equal(JSON.parse(await t.server.run("verify", "--json")).sound, true);
  },

  "a draft written on two phones says so on the one that was left": async (t) => {
    const draft = await halfWritten(t);
    await t.context.setOffline(true);
    await t.desk(async (page) => {
      await logInElsewhere(t, page);
      await page.getByRole("button", { name: "在这里继续" }).click();
      await satisfied(page);
      await t.context.setOffline(false);
      await t.page.goto(draft);
      await t.page.getByText("在另一部手机上继续写了").waitFor({ timeout: 30_000 });
      await t.page.getByRole("button", { name: "改在这里写" }).click();
      await t.page.getByText("在另一部手机上继续写了").waitFor({ state: "detached" });
      await page.reload();
      await page.getByText("在另一部手机上继续写了").waitFor({ timeout: 30_000 });
    });
    assert.equal(atTheOffice(t).copies, 1);
  },

  "a draft that was left is gone on with, without leaving the app": async (t) => {
    const { page } = t;
    await t.server.run("demo");
    await app.logIn(t, "lin");
    await app.synced(t);
    await app.beginVisit(t, "1-1-101");
    for (const words of ["楼道有积水", "楼道有积水，灯也坏了"]) {
      await app.hear(t, "保洁", "不满意", words);
      await page.getByRole("link", { name: "返回" }).click();
      await page.getByRole("link", { name: "继续拜访" }).click();
      await page.getByText(words, { exact: true }).waitFor();
      await page.getByText(/已存在本机/).first().waitFor();
      assert.equal(await page.getByText("正在另一个页面里写").count(), 0);
    }
  },

  "a draft thrown away is put back by one tap, with the last word typed": async (t) => {
    const { page } = t;
    await t.server.run("demo");
    await app.logIn(t, "lin");
    await app.synced(t);
    await app.beginVisit(t, "1-1-101");
    await app.hear(t, "保洁", "不满意", "楼道有积水");
    await page.getByRole("button", { name: "删除草稿" }).click();
    await page.getByRole("button", { name: "开始拜访" }).waitFor();
    await page.getByRole("status").filter({ hasText: "草稿已删除" }).getByRole("button", { name: "撤销" }).click();
    await page.getByRole("link", { name: "继续拜访" }).click();
    await page.getByText("楼道有积水", { exact: true }).waitFor();
    await page.getByText(/已存在本机/).first().waitFor();
  },

  "a draft thrown away leaves no copy": async (t) => {
    const draft = await halfWritten(t);
    assert.equal(atTheOffice(t).copies, 1);
    await t.page.goto(draft);
    await t.page.getByRole("button", { name: "删除草稿" }).click();
    while (atTheOffice(t).copies > 0) await pause(200);
  },
};
