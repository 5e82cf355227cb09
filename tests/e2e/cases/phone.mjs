// The phone itself: staying logged in, leaving it, language and look.

import assert from "node:assert/strict";
import * as app from "../app.mjs";

async function ready(t) {
  await t.server.run("demo");
  await app.logIn(t, "lin");
  await app.synced(t);
  await app.keptForOffline(t);
}

async function oneself(t) {
  await t.page.getByRole("link", { name: "我", exact: true }).click();
  await t.page.getByRole("heading", { name: "林晓雯" }).waitFor();
}

export const cases = {
  "stays logged in through a restart of the browser without a server": async (t) => {
    await ready(t);
    await t.server.kill();
    await t.closePhone();
    await t.openPhone();
    await app.openAgain(t);
    await t.page.getByRole("heading", { name: "金海湾花园" }).waitFor();
    await t.page.getByRole("link", { name: "业户", exact: true }).click();
    await t.page.getByText("共 1,208 户").waitFor();
  },

  "does not let anybody log out over unsent visits, unless they are exported": async (t) => {
    await ready(t);
    await t.server.kill();
    await app.findNobodyHome(t, "1-1-101");
    await oneself(t);
    const out = t.page.getByRole("button", { name: "退出登录" }).first();
    assert.equal(await out.isDisabled(), true);
    await t.page.getByText(/还有 1 份记录或草稿没有送达/).waitFor();
    const saving = t.page.waitForEvent("download");
    await t.page.getByRole("button", { name: "导出为文件" }).click();
    const dialog = t.page.getByRole("dialog");
    await dialog.getByLabel("口令").fill("短");
    await dialog.getByRole("button", { name: "加密并保存" }).click();
    await dialog.getByText("太短了").waitFor();
    await dialog.getByLabel("口令").fill("紫藤花下等一封信");
    await dialog.getByRole("button", { name: "加密并保存" }).click();
    assert.match((await saving).suggestedFilename(), /^doorstep-rescue-lin-.*\.json$/);
    await out.click();
    await t.page.getByRole("dialog").getByRole("button", { name: "退出登录" }).click();
    await t.page.getByRole("heading", { name: "登录" }).waitFor();
  },

  "deletes the records of who logs out": async (t) => {
    await ready(t);
    await oneself(t);
    await t.page.getByRole("button", { name: "退出登录" }).first().click();
    await t.page.getByRole("dialog").getByRole("button", { name: "退出登录" }).click();
    await t.page.getByRole("heading", { name: "登录" }).waitFor();
    const databases = () => t.page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name));
    assert.deepEqual((await databases()).filter((name) => /^doorstep-[0-9a-f]{8}-/.test(name)), []);
  },

  "says why a log-in fails, and changes nothing": async (t) => {
    await t.server.run("demo");
    await t.page.goto(t.server.url);
    await t.page.getByRole("button", { name: "登录" }).click();
    await t.page.getByText("请填写这一项").first().waitFor();
    await t.page.getByLabel("用户名").fill("lin");
    await t.page.getByLabel("密码").fill("wrong");
    await t.page.getByRole("button", { name: "登录" }).click();
    await t.page.getByRole("alert").filter({ hasText: "用户名或密码不对" }).waitFor();
    await t.server.kill();
    await t.page.getByRole("button", { name: "登录" }).click();
    await t.page.getByRole("alert").filter({ hasText: "连不上服务器" }).waitFor();
  },

  "speaks both languages and remembers the choice": async (t) => {
    await ready(t);
    await oneself(t);
    await t.page.getByRole("radio", { name: "English" }).check({ force: true });
    await t.page.getByRole("link", { name: "Households", exact: true }).waitFor();
    await t.page.reload();
    await t.page.getByRole("link", { name: "Households", exact: true }).waitFor();
    assert.equal(await t.page.locator("html").getAttribute("lang"), "en");
  },

  "chooses English for a browser that asks for it": async (t) => {
    await t.closePhone();
    await t.openPhone({ locale: "en-GB" });
    await t.page.goto(t.server.url);
    await t.page.getByRole("heading", { name: "Log in" }).waitFor();
  },
};
