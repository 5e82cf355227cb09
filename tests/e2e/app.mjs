// What people do in the app, in its own words (Chinese, the default of the test phone). It knows the
// screens; cases know what is to be true.

import assert from "node:assert/strict";
import { sign } from "./pen.mjs";

export const PASSWORD = "doorstep-demo";
// With which staff open what the phone keeps, and take it back from an owner.
export const CODE = "402913";

// Logs in at the log-in screen, chooses the code where there is none yet, and waits for the first
// screen and for the service worker: it hands the key on when the page is loaded anew.
export async function logIn(t, login) {
  await t.page.goto(t.server.url);
  await t.page.getByLabel("用户名").fill(login);
  await t.page.getByLabel("密码").fill(PASSWORD);
  await t.page.getByRole("button", { name: "登录" }).click();
  await chooseCode(t);
  await t.page.getByRole("navigation").waitFor();
  await keptForOffline(t);
}

// Chooses the code if it is asked for.
export async function chooseCode({ page }) {
  const code = page.getByLabel("解锁码", { exact: true });
  await code.or(page.getByRole("navigation")).first().waitFor();
  if (!(await code.isVisible())) return;
  await code.fill(CODE);
  await page.getByLabel("再输入一次").fill(CODE);
  await page.getByRole("button", { name: "设为解锁码" }).click();
}

// Opens the app in a browser that was started anew, and unlocks it.
export async function openAgain(t, address = t.server.url) {
  await t.page.goto(address);
  await unlock(t);
}

// Staff unlock what the phone keeps.
export async function unlock({ page }, code = CODE) {
  const locked = page.getByRole("heading", { name: "手机已锁定" });
  await locked.waitFor();
  await page.getByLabel("解锁码").fill(code);
  await page.getByRole("button", { name: "解锁", exact: true }).click();
  await locked.waitFor({ state: "detached" });
}

// Everything the phone is to know has arrived.
export async function synced(t, options) {
  await t.page.getByRole("status").filter({ hasText: "全部已送达" }).first().waitFor(options);
}

// The service worker has kept the app and serves the page.
export async function keptForOffline(t) {
  await t.page.evaluate(async () => {
    await navigator.serviceWorker.ready;
    if (navigator.serviceWorker.controller) return;
    await new Promise((done) => navigator.serviceWorker.addEventListener("controllerchange", done));
  });
}

// From any main screen to a new visit's draft at the household of `room`.
export async function beginVisit(t, room) {
  const { page } = t;
  await page.getByRole("link", { name: "业户", exact: true }).click();
  await page.getByRole("searchbox").fill(room);
  await page.getByRole("link", { name: new RegExp(room) }).first().click();
  await page.getByRole("button", { name: "开始拜访" }).click();
  await page.getByRole("group", { name: "拜访方式" }).waitFor();
}

// A visit to `room` that found nobody home, finished; from any main screen, back to today.
export async function findNobodyHome(t, room) {
  const { page } = t;
  await beginVisit(t, room);
  await page.getByRole("radio", { name: "无人在家" }).check({ force: true });
  await page.getByRole("button", { name: "记下并完成" }).click();
  await page.getByRole("link", { name: "回到今日" }).click();
}

// Marks a topic, and writes what was said where `words` are given.
export async function hear(t, topic, mark, words) {
  const { page } = t;
  const marks = page.getByRole("group", { name: topic });
  await marks.getByRole("button", { name: mark, exact: true }).click();
  if (words) {
    const head = page.getByRole("button", { name: new RegExp(`^\\d+ ?${topic}`) });
    if ((await head.getAttribute("aria-expanded")) === "false") await head.click();
    await page.getByLabel(`${topic}：业户怎么说`).fill(words);
  }
}

// Agreed beforehand, so that no reason is asked for; late hours ask for one all the same.
export async function agreed(t) {
  const { page } = t;
  await page.getByRole("radio", { name: "已预约" }).check({ force: true });
  const reason = page.getByLabel("原因");
  if (await reason.isVisible()) await reason.fill("业主约在晚上");
}

// Hands the page to the owner.
export async function showOwner({ page }) {
  await page.getByRole("button", { name: "请业主过目" }).click();
  await page.getByRole("heading", { name: "业户访问记录" }).waitFor();
}

// Staff take the phone back, asked for their code.
export async function takeBack({ page }, code = CODE) {
  const dialog = page.getByRole("dialog", { name: "请交还手机" });
  await dialog.getByLabel("解锁码").fill(code);
  await dialog.getByRole("button", { name: "解锁", exact: true }).click();
  await dialog.waitFor({ state: "hidden" });
}

// From the owner's page back to what the visitor writes.
export async function goOnWriting(t) {
  await t.page.getByRole("link", { name: "交还，继续填写" }).click();
  await takeBack(t);
}

// From a record sealed in an owner's hands back to today.
export async function done(t) {
  await t.page.getByRole("link", { name: "回到今日" }).click();
  await takeBack(t);
}

// The pad on the owner's page.
export function pad(t) {
  return t.page.getByRole("img", { name: /请在这里签名|签名处/ });
}

// Signs with the pen strokes of `name` and seals.
export async function signAndSeal(t, name, between) {
  await pad(t).scrollIntoViewIfNeeded();
  await sign(t.page, pad(t), name, between);
  await t.page.getByRole("button", { name: "确认签名" }).click();
  await t.page.getByRole("heading", { name: "已签名封存" }).waitFor();
}

// An outcome without ink, confirmed in its question.
export async function endWith(t, outcome) {
  await t.page.getByRole("button", { name: outcome, exact: true }).click();
  await t.page.getByRole("dialog").getByRole("button", { name: "封存" }).click();
  await t.page.getByRole("heading", { name: /已.*封存/ }).waitFor();
}

// The receipt code on the sealed screen.
export async function receipt(t) {
  const code = await t.page.locator(".receipt-code").innerText();
  assert.match(code, /^[0-9A-Z]{4}-[0-9A-Z]{4}$/);
  return code;
}

// What the receipt's QR code leads to: the page where the office confirms the record.
export async function confirmed(t) {
  const opening = t.context.waitForEvent("page");
  await t.page.getByRole("img", { name: /^回执二维码/ }).click();
  const receipt = await opening;
  await receipt.getByRole("heading", { name: "办公室已收到这份记录" }).waitFor();
  await receipt.getByText("没有被改动").waitFor();
  await receipt.close();
}

// The newest record of `room` in the list of visits.
export async function openRecord({ page }, room) {
  await page.getByRole("link", { name: "拜访", exact: true }).click();
  await page.getByRole("link", { name: new RegExp(room) }).first().click();
  await page.locator(".sheet").first().waitFor();
}

// The director's decision on the owner's opinion about `topic`, on the record that is open.
export async function decide({ page }, topic, verdict, reason) {
  const decision = page.getByRole("group", { name: `对“${topic}”的决定` });
  await decision.getByRole("button", { name: verdict, exact: true }).click();
  if (reason) {
    await decision.getByLabel(/说明/).fill(reason);
    await decision.getByRole("button", { name: verdict, exact: true }).click();
  }
}

// Voids the record that is open.
export async function voidRecord({ page }, reason) {
  await page.getByRole("button", { name: "记录有误，作废" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("作废原因").fill(reason);
  await dialog.getByRole("button", { name: "作废", exact: true }).click();
  await page.getByText("已作废").locator("visible=true").first().waitFor();
}

// What is unsent, saved as a file sealed with `passphrase` at `file`; from any main screen.
export async function saveUnsent({ page }, passphrase, file) {
  await page.getByRole("link", { name: "我", exact: true }).click();
  const saving = page.waitForEvent("download");
  await page.getByRole("button", { name: "导出为文件" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("口令").fill(passphrase);
  await dialog.getByRole("button", { name: "加密并保存" }).click();
  await (await saving).saveAs(file);
}

// From any main screen to where another phone's file is taken in.
export async function openTakingIn({ page }) {
  await page.getByRole("link", { name: "我", exact: true }).click();
  await page.getByRole("link", { name: /带入别的手机的记录/ }).click();
}

// Takes a saved file in, whatever comes of it.
export async function takeIn({ page }, file, passphrase) {
  await page.getByLabel("导出的文件").setInputFiles(file);
  await page.getByLabel("口令").fill(passphrase);
  await page.getByRole("button", { name: "打开并带入" }).click();
}
