// The phone in an owner's hands: nothing but their record until staff's code is typed.

import assert from "node:assert/strict";
import * as app from "../app.mjs";

// The owner of 1-1-101 has the phone.
async function handed(t) {
  await t.server.run("demo");
  await app.logIn(t, "lin");
  await app.synced(t);
  await app.beginVisit(t, "1-1-101");
  await app.agreed(t);
  await app.hear(t, "保安", "满意");
  await app.showOwner(t);
}

// The record is on the screen, and nothing else of the app.
async function onlyTheRecord(page) {
  await page.getByRole("heading", { name: "业户访问记录" }).locator("visible=true").waitFor();
  for (const role of ["navigation", "searchbox"]) assert.equal(await page.getByRole(role).count(), 0, role);
}

const question = (page) => page.getByRole("dialog", { name: "请交还手机" });

export const cases = {
  "an owner comes to nothing else by the way back, an address, a reload or another tab": async (t) => {
    const { page } = t;
    await handed(t);
    for (let n = 0; n < 4; n += 1) {
      await page.goBack();
      await question(page).waitFor();
      await page.keyboard.press("Escape");
      await question(page).waitFor({ state: "hidden" });
      await onlyTheRecord(page);
    }
    for (const address of ["/households", "/visits", "/me", "/", "/no/such/page"]) {
      await page.goto(t.server.url + address);
      await onlyTheRecord(page);
    }
    await page.reload();
    await onlyTheRecord(page);
    const second = await t.context.newPage();
    await second.goto(t.server.url);
    await onlyTheRecord(second);
    await page.getByRole("link", { name: "交还，继续填写" }).click();
    await app.takeBack(t);
    await page.getByRole("group", { name: "拜访方式" }).waitFor();
    // The other tab has heard of it.
    await second.getByRole("link", { name: "交还，继续填写" }).click();
    await second.getByRole("group", { name: "拜访方式" }).waitFor();
  },

  "wrong codes are counted, also across a reload, and the password opens too": async (t) => {
    const { page } = t;
    await handed(t);
    const tell = async (code, answer) => {
      await page.getByRole("link", { name: "交还，继续填写" }).click();
      await question(page).getByLabel("解锁码").fill(code);
      await question(page).getByRole("button", { name: "解锁", exact: true }).click();
      await question(page).getByRole("alert").filter({ hasText: answer }).waitFor();
      await page.keyboard.press("Escape");
    };
    for (const slip of ["", "40291", "4029134029134"]) await tell(slip, "6 到 12 位");
    await tell("四〇二九一三", "只能用数字");
    for (const code of ["111222", "402914", "319204", "402912"]) await tell(code, "解锁码不对");
    await page.reload();
    // Not even the right one now.
    await tell(app.CODE, /请 \d+ 秒后再试/);
    await page.getByRole("link", { name: "交还，继续填写" }).click();
    await question(page).getByRole("button", { name: "忘记解锁码，改用登录密码" }).click();
    const secret = question(page).getByLabel("密码");
    await secret.fill("not-the-password");
    await question(page).getByRole("button", { name: "解锁", exact: true }).click();
    await question(page).getByRole("alert").filter({ hasText: "用户名或密码不对" }).waitFor();
    await secret.fill(app.PASSWORD);
    await question(page).getByRole("button", { name: "解锁", exact: true }).click();
    await page.getByRole("group", { name: "拜访方式" }).waitFor();
    await page.goto(t.server.url);
    await page.getByRole("navigation").waitFor();
  },
};
