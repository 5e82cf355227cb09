// The account: a one-time password, another password, the devices.

import assert from "node:assert/strict";
import * as app from "../app.mjs";

const NEXT = "紫藤花下等一封信";

async function logInWith({ page }, login, password) {
  await page.getByLabel("用户名").fill(login);
  await page.getByLabel("密码").fill(password);
  await page.getByRole("button", { name: "登录" }).click();
}

async function changePassword({ page }, old, next, again = next) {
  await page.getByLabel("现在的密码").fill(old);
  await page.getByLabel("新密码", { exact: true }).fill(next);
  await page.getByLabel("再输一次新密码").fill(again);
  await page.getByRole("button", { name: "修改密码" }).click();
}

async function toAccount({ page }, screen) {
  await page.getByRole("link", { name: "我", exact: true }).click();
  await page.getByRole("link", { name: new RegExp(screen) }).click();
}

// The databases of people on the phone.
function kept({ page }) {
  return page.evaluate(async () => {
    const names = (await indexedDB.databases()).map(({ name }) => name);
    return names.filter((name) => /^doorstep-[0-9a-f]{8}-/.test(name));
  });
}

export const cases = {
  "leads from a one-time password to one of one's own, and only then fetches records": async (t) => {
    await t.server.run("demo");
    const told = await t.server.run("user", "reset-password", "lin");
    const [once] = told.match(/[a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4}/);
    await t.page.goto(t.server.url);
    await logInWith(t, "lin", once);
    await app.chooseCode(t);
    await t.page.getByRole("heading", { name: "修改密码" }).waitFor();
    await changePassword(t, once, "12345678");
    await t.page.getByRole("alert").filter({ hasText: "太常见" }).waitFor();
    await changePassword(t, once, NEXT, `${NEXT}。`);
    await t.page.getByRole("alert").filter({ hasText: "两次输入" }).waitFor();
    await changePassword(t, once, NEXT);
    await t.page.getByText("密码已改").waitFor();
    await t.page.getByRole("link", { name: "今日", exact: true }).click();
    await app.synced(t);
    assert.equal(await t.page.getByText("请先设一个自己的密码").count(), 0);
  },

  "says that changing the password needs the network, and changes nothing without it": async (t) => {
    await t.server.run("demo");
    await app.logIn(t, "lin");
    await app.synced(t);
    await toAccount(t, "修改密码");
    await t.server.kill();
    await changePassword(t, app.PASSWORD, NEXT);
    await t.page.getByRole("alert").filter({ hasText: "连不上办公室" }).waitFor();
    await t.server.start();
    await changePassword(t, app.PASSWORD, NEXT);
    await t.page.getByText("密码已改").waitFor();
  },

  "lists one's devices, and a lost phone is locked out from another": async (t) => {
    await t.server.run("demo");
    await app.logIn(t, "lin");
    await app.synced(t);
    await t.desk(async (page) => {
      const desk = { ...t, page, server: t.server };
      await app.logIn(desk, "lin");
      await app.synced(desk);
      await toAccount(desk, "登录的设备");
      await page.getByText("这台", { exact: true }).waitFor();
      await page.getByRole("button", { name: /^停用 Chrome/ }).click();
      await page.getByRole("dialog").getByRole("button", { name: "停用" }).click();
      await page.getByText("已停用", { exact: true }).waitFor();
    });
    await t.page.reload();
    await t.page.getByRole("heading", { name: "这部手机已停用" }).waitFor();
    assert.deepEqual(await kept(t), [], "nothing of the person's is left");
    // Found again, it is a phone like any other.
    await t.page.getByRole("button", { name: "知道了" }).click();
    await logInWith(t, "lin", app.PASSWORD);
    await app.chooseCode(t);
    await app.synced(t);
  },

  "what is unsent on a phone that was locked out is handed in, and nothing stays on it": async (t) => {
    await t.server.run("demo");
    await app.logIn(t, "lin");
    await app.synced(t);
    await app.keptForOffline(t);
    await t.context.setOffline(true);
    await app.findNobodyHome(t, "1-1-101");
    await t.desk(async (page) => {
      const desk = { ...t, page, server: t.server };
      await app.logIn(desk, "shen");
      await app.synced(desk);
      await toAccount(desk, "登录的设备");
      await page.getByText("林晓雯 · ", { exact: false }).first().waitFor();
      await page.getByRole("button", { name: /^停用 林晓雯 · Chrome/ }).click();
      await page.getByRole("dialog").getByRole("button", { name: "停用" }).click();
      await page.getByText("已停用", { exact: true }).waitFor();
      await t.context.setOffline(false);
      await t.page.reload();
      await t.page.getByRole("heading", { name: "这部手机已停用" }).waitFor();
      await t.page.getByText("已交给办公室的记录：1 份").waitFor();
      assert.deepEqual(await kept(t), []);
      await page.goto(t.server.url);
      await page.getByRole("link", { name: "查看搁置的记录" }).click();
      await page.getByText("签名的手机已被停用").waitFor();
    });
  },

  "shows a director the devices of the site's people, and says when the office cannot be asked": async (t) => {
    await t.server.run("demo");
    await app.logIn(t, "shen");
    await app.synced(t);
    await toAccount(t, "登录的设备");
    await t.page.getByRole("heading", { name: "您的设备" }).waitFor();
    await t.page.getByText("林晓雯 · ", { exact: false }).first().waitFor();
    await t.page.getByRole("link", { name: "返回" }).click();
    await t.server.kill();
    await toAccount(t, "登录的设备");
    await t.page.getByRole("alert").filter({ hasText: "连不上办公室" }).waitFor();
    await t.server.start();
    await t.page.getByRole("button", { name: "再问一次" }).click();
    await t.page.getByRole("heading", { name: "您的设备" }).waitFor();
  },
};
