// What the office does with a record: the supervisor's opinion, the director's decision, and a record
// that is not as it was signed.

import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import * as app from "../app.mjs";

async function ready(t, login) {
  await t.server.run("demo");
  await app.logIn(t, login);
  await app.synced(t);
}

// The first record under one of the list's filters.
async function openFirst(page, filter) {
  await page.getByRole("link", { name: "拜访", exact: true }).click();
  await page.getByRole("button", { name: new RegExp(`^${filter}`) }).click();
  await page.locator(".inbox-row").first().click();
  await page.locator(".sheet").first().waitFor();
}

export const cases = {
  "the supervisor's opinion stands on the record": async (t) => {
    await ready(t, "lin");
    await openFirst(t.page, "待写意见");
    await t.page.getByRole("button", { name: "签署意见" }).click();
    await t.page.getByText("请写下意见").waitFor();
    await t.page.getByLabel("意见", { exact: true }).fill("情况属实，请工程部处理。");
    await t.page.getByRole("button", { name: "签署意见" }).click();
    await t.page.getByText("情况属实，请工程部处理。").first().waitFor();
    await t.page.getByRole("link", { name: "今日", exact: true }).click();
    await app.synced(t);
  },

  "the director must give a reason for not adopting, and may change the decision": async (t) => {
    await ready(t, "shen");
    await openFirst(t.page, "待决定");
    const decision = t.page.getByRole("group", { name: /的决定/ }).first();
    const topic = (await decision.getAttribute("aria-label")).match(/“(.*)”/)[1];
    await app.decide(t, topic, "不采纳");
    await app.decide(t, topic, "不采纳");
    await t.page.getByText("不采纳要写明原因").waitFor();
    await decision.getByLabel(/说明/).fill("今年没有这笔预算。");
    await decision.getByRole("button", { name: "不采纳", exact: true }).click();
    await t.page.getByText("今年没有这笔预算。").first().waitFor();
    await t.page.getByRole("button", { name: "更改决定" }).first().click();
    await app.decide(t, topic, "采纳");
    await t.page.getByText(/改过 1 次/).waitFor();
    assert.equal(JSON.parse(await t.server.run("verify", "--json")).sound, true);
  },

  "a supervisor decides nothing": async (t) => {
    await ready(t, "lin");
    await openFirst(t.page, "全部");
    assert.equal(await t.page.getByRole("button", { name: "采纳", exact: true }).count(), 0);
  },

  "a record changed behind the office's back is shown as broken": async (t) => {
    await t.server.run("demo");
    const database = new DatabaseSync(t.server.database);
    const change = database.prepare("UPDATE part SET body = replace(body, '积水', '干净') WHERE name = 'content' AND body LIKE '%积水%'");
    assert.ok(change.run().changes > 0);
    database.close();
    await app.logIn(t, "shen");
    await app.synced(t);
    await t.page.getByRole("link", { name: "拜访", exact: true }).click();
    await t.page.locator(".inbox-row").filter({ hasText: "核对不符" }).first().click();
    await t.page.getByText("这份记录与签名时不一致").waitFor();
  },
};
