// What could not be logged: kept aside by the office, seen and decided by the director.

import assert from "node:assert/strict";
import * as app from "../app.mjs";

const SITE = "steward@jinhaiwan";

// A steward's visit, made offline, reaches the office after their post has ended.
async function tooLate(t) {
  await t.server.run("demo");
  await app.logIn(t, "zhou");
  await app.synced(t);
  await app.keptForOffline(t);
  await t.server.kill();
  await app.findNobodyHome(t, "1-1-101");
  await t.server.run("user", "revoke", "zhou", "--role", SITE);
  await t.server.start();
  await t.page.getByText(/1 份未被接收/).first().waitFor();
}

async function toAside(page) {
  await page.getByText("1 份搁置的记录待您决定").waitFor();
  await page.getByRole("link", { name: "查看搁置的记录" }).click();
  await page.getByRole("heading", { name: "拜访记录" }).waitFor();
}

export const cases = {
  "a visit that came after its author's post had ended is taken in by the director": async (t) => {
    await tooLate(t);
    await t.desk(async (page) => {
      await app.logIn({ ...t, page, server: t.server }, "shen");
      await toAside(page);
      await page.getByText("作者在本小区没有做这份记录的岗位", { exact: false }).waitFor();
      await page.getByText("无人在家", { exact: false }).first().waitFor();
      await page.getByRole("button", { name: "收进记录" }).click();
      await page.getByText("已决定收进").waitFor();
      await page.getByRole("link", { name: "今日", exact: true }).click();
      await app.synced({ page });
      await page.reload();
      await app.synced({ page });
      assert.equal(await page.getByText("份搁置的记录待您决定", { exact: false }).count(), 0);
      await app.openRecord({ page }, "1-1-101");
    });
    assert.equal(JSON.parse(await t.server.run("verify", "--json")).sound, true);
  },

  "turning one down needs a reason, and keeps what it says": async (t) => {
    await tooLate(t);
    await t.desk(async (page) => {
      await app.logIn({ ...t, page, server: t.server }, "shen");
      await toAside(page);
      await page.getByRole("button", { name: "不收" }).click();
      await page.getByText("请写下原因").waitFor();
      await page.getByLabel("不收的原因").fill("岗位已经结束，由林晓雯重访。");
      await page.getByRole("button", { name: "不收" }).click();
      await page.getByText("内容仍由办公室保管").last().waitFor();
      await page.getByRole("link", { name: "今日", exact: true }).click();
      await app.synced({ page });
    });
    assert.equal(JSON.parse(await t.server.run("verify", "--json")).sound, true);
    await t.page.getByText(/1 份未被接收/).first().waitFor();
  },
};
