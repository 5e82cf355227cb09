// The phone's lock: what it keeps is sealed, opens with the code or with the office's help, and is
// given up when the phone has not been heard of for long.

import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import * as app from "../app.mjs";
import { picture } from "../picture.mjs";

const SAID = "紫藤架下第三块地砖松动";
const TOLD = "老人夜里摔过一跤不愿声张";
const CONCLUDED = "石榴树旁加装扶手";
const CHOSEN = "350617";
const DAY_MS = 24 * 60 * 60 * 1000;

const locked = (page) => page.getByRole("heading", { name: "手机已锁定" });

async function ready(t) {
  await t.server.run("demo");
  await app.logIn(t, "lin");
  await app.synced(t);
}

// A visit half written, with words that stand nowhere else.
async function halfWritten(t) {
  const { page } = t;
  await app.beginVisit(t, "1-1-101");
  await app.hear(t, "保洁", "不满意", SAID);
  await page.getByLabel("拍照").first().setInputFiles(await picture(page, 800, 600, SAID));
  await page.getByRole("button", { name: "保洁：照片 1", exact: true }).waitFor();
  await page.getByLabel("结论").fill(CONCLUDED);
  await page.getByText("内部备注").first().click();
  await page.getByLabel(/内部备注/).fill(TOLD);
  await page.getByText(/已存在本机/).waitFor();
}

// Which of `words` stand in which files of the browser, as UTF-8 or UTF-16.
async function foundOnDisk(folder, words) {
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  const found = [];
  for (const file of files.filter((it) => it.isFile())) {
    const path = join(file.parentPath, file.name);
    const bytes = await readFile(path);
    for (const word of words) {
      if (["utf8", "utf16le"].some((code) => bytes.includes(Buffer.from(word, code)))) found.push(`${word} in ${path.slice(folder.length)}`);
    }
  }
  return found;
}

// How many rows of the log the phone has.
function copies(page) {
  return page.evaluate(async () => {
    const [{ name }] = (await indexedDB.databases()).filter(({ name }) => /^doorstep-[0-9a-f]{8}-/.test(name));
    const opening = indexedDB.open(name);
    await new Promise((done) => (opening.onsuccess = done));
    const counting = opening.result.transaction("log").objectStore("log").count();
    await new Promise((done) => (counting.onsuccess = done));
    opening.result.close();
    return counting.result;
  });
}

// Runs in the page: makes the phone's records what earlier versions kept, in plain: this draft, these
// rows of the log one by one, and a code that seals nothing.
async function asBeforeTheLock({ code, draft, rows }) {
  const [{ name }] = (await indexedDB.databases()).filter(({ name }) => /^doorstep-[0-9a-f]{8}-/.test(name));
  const done = (request) => new Promise((resolve, reject) => {
    request.onsuccess = request.oncomplete = () => resolve(request.result);
    request.onerror = request.onabort = () => reject(request.error);
  });
  const random = (n) => crypto.getRandomValues(new Uint8Array(n));
  const kept = { iterations: 600_000, salt: random(16), iv: random(12) };
  const base = await crypto.subtle.importKey("raw", new TextEncoder().encode(code), "PBKDF2", false, ["deriveKey"]);
  const pbkdf2 = { name: "PBKDF2", hash: "SHA-256", salt: kept.salt, iterations: kept.iterations };
  const key = await crypto.subtle.deriveKey(pbkdf2, base, { name: "AES-GCM", length: 256 }, false, ["encrypt"]);
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv: kept.iv }, key, new Uint8Array(0));
  const database = await done(indexedDB.open(name));
  const work = database.transaction(["session", "log", "heads", "drafts"], "readwrite");
  const [{ site }] = await done(work.objectStore("heads").getAll());
  const [written] = await done(work.objectStore("drafts").getAll());
  work.objectStore("drafts").put({ ...written, body: new TextEncoder().encode(draft) });
  work.objectStore("log").clear();
  for (const row of rows) work.objectStore("log").put({ site, seq: row.seq, body: JSON.stringify(row) });
  work.objectStore("session").put({ ...kept, sealed: new Uint8Array(sealed) }, "unlock_code");
  work.objectStore("session").delete("escrow");
  await done(work);
  database.close();
}

export const cases = {
  "nothing of residents is found in the browser's files": async (t) => {
    const { page } = t;
    await ready(t);
    await halfWritten(t);
    // One that waits to be sent, and one that was sent.
    await page.goto(t.server.url);
    await app.findNobodyHome(t, "1-1-102");
    await app.synced(t);
    await t.server.kill();
    await app.findNobodyHome(t, "1-1-103");
    await page.getByRole("link", { name: "业户", exact: true }).click();
    await page.getByRole("searchbox").fill("1-1-1502");
    await page.getByRole("link", { name: /1-1-1502/ }).first().click();
    const call = await page.locator('a[href^="tel:"]').first().getAttribute("href");
    const number = call.replace("tel:", "");
    assert.match(number, /^\d{11}$/);
    const [, name] = (await page.locator("main").innerText()).match(/联系人\s+(\p{Script=Han}{2,4})业主/u);
    await t.closePhone();
    // Who works here is no secret; that it is found shows that what is there would be.
    const staff = "林晓雯";
    const words = [SAID, TOLD, CONCLUDED, name, number];
    const profile = join(t.folder, "profile");
    assert.deepEqual(await foundOnDisk(profile, words), []);
    assert.notDeepEqual(await foundOnDisk(profile, [staff]), []);
    await t.openPhone();
    await app.openAgain(t);
    await t.page.getByRole("link", { name: /继续/ }).first().click();
    assert.equal(await t.page.getByLabel("结论").inputValue(), CONCLUDED);
  },

  "is locked by a tap in all its pages, and by being left alone": async (t) => {
    await ready(t);
    const second = await t.context.newPage();
    await second.goto(t.server.url);
    // Another page of the app is open: it gives the key.
    await second.getByRole("navigation").waitFor();
    await t.page.getByRole("link", { name: "我", exact: true }).click();
    await t.page.getByRole("button", { name: "立即锁定" }).click();
    for (const page of [t.page, second]) await locked(page).waitFor();
    await second.close();
    await t.page.getByLabel("解锁码").fill("402914");
    await t.page.getByRole("button", { name: "解锁", exact: true }).click();
    await t.page.getByRole("alert").filter({ hasText: "解锁码不对" }).waitFor();
    await app.unlock(t);
    await t.page.getByRole("heading", { name: "这台手机" }).waitFor();

    await t.page.clock.install();
    await t.page.reload();
    await t.page.getByRole("heading", { name: "这台手机" }).waitFor();
    await t.page.clock.runFor(9 * 60_000);
    await t.page.getByRole("heading", { name: "这台手机" }).click();
    await t.page.clock.runFor(9 * 60_000);
    assert.equal(await locked(t.page).count(), 0, "it was touched in between");
    await t.page.clock.runFor(90_000);
    await locked(t.page).waitFor();
  },

  "a forgotten code loses nothing: the office opens with the password, and another one is chosen": async (t) => {
    await ready(t);
    await halfWritten(t);
    await t.server.kill();
    await t.closePhone();
    await t.openPhone();
    await t.page.goto(t.server.url);
    await locked(t.page).waitFor();
    await t.page.getByRole("button", { name: "忘记解锁码，改用登录密码" }).click();
    const open = async (password, answer) => {
      await t.page.getByLabel("密码").fill(password);
      await t.page.getByRole("button", { name: "解锁", exact: true }).click();
      if (answer) await t.page.getByRole("alert").filter({ hasText: answer }).waitFor();
    };
    await open(app.PASSWORD, "连不上办公室");
    await t.server.start();
    await open("not-the-password", "密码不对");
    await open(app.PASSWORD);
    await t.page.getByLabel("解锁码", { exact: true }).fill(CHOSEN);
    await t.page.getByLabel("再输入一次").fill(CHOSEN);
    await t.page.getByRole("button", { name: "设为解锁码" }).click();
    await t.page.getByRole("link", { name: /继续/ }).first().click();
    assert.equal(await t.page.getByLabel("结论").inputValue(), CONCLUDED);
    await t.closePhone();
    await t.openPhone();
    await t.page.goto(t.server.url);
    await app.unlock(t, CHOSEN);
    await t.page.getByRole("navigation").waitFor();
  },

  "finger or face opens it where the phone can, and the code still does": async (t) => {
    const browser = await t.context.newCDPSession(t.page);
    await browser.send("WebAuthn.enable");
    const { authenticatorId } = await browser.send("WebAuthn.addVirtualAuthenticator", {
      options: {
        protocol: "ctap2", ctap2Version: "ctap2_1", transport: "internal", hasResidentKey: true,
        hasUserVerification: true, isUserVerified: true, hasPrf: true, automaticPresenceSimulation: true,
      },
    });
    // Passkeys are a name's, not a number's.
    t.server.url = t.server.url.replace("127.0.0.1", "localhost");
    await ready(t);
    await t.page.getByRole("link", { name: "我", exact: true }).click();
    await t.page.getByRole("link", { name: /解锁码/ }).click();
    await t.page.getByRole("button", { name: "启用" }).click();
    await t.page.getByRole("button", { name: "停用" }).waitFor();
    const lock = async () => {
      await t.page.getByRole("link", { name: "返回" }).click();
      await t.page.getByRole("button", { name: "立即锁定" }).click();
      await locked(t.page).waitFor();
    };
    await lock();
    await t.page.getByRole("button", { name: "用指纹或面容解锁" }).click();
    await locked(t.page).waitFor({ state: "detached" });
    await t.page.getByRole("link", { name: /解锁码/ }).click();
    await lock();
    // Deleted on the phone.
    await browser.send("WebAuthn.clearCredentials", { authenticatorId });
    await t.page.getByRole("button", { name: "用指纹或面容解锁" }).click();
    await t.page.getByRole("alert").filter({ hasText: "没有确认成功" }).waitFor();
    await app.unlock(t);
    await t.page.getByRole("link", { name: /解锁码/ }).click();
    await t.page.getByRole("button", { name: "停用" }).click();
    await t.page.getByRole("button", { name: "启用" }).waitFor();
    await lock();
    assert.equal(await t.page.getByRole("button", { name: "用指纹或面容解锁" }).count(), 0);
  },

  "a phone not heard of for two weeks gives up what it was lent, and keeps what is unsent": async (t) => {
    await ready(t);
    await t.server.kill();
    await app.findNobodyHome(t, "1-1-101");
    assert.ok((await copies(t.page)) > 10);
    await t.closePhone();
    await t.openPhone();
    await t.context.clock.install({ time: Date.now() + 11 * DAY_MS });
    await app.openAgain(t);
    await t.page.clock.runFor(20_000);
    await t.page.getByText("请在 3 天内连一次网").waitFor();
    await t.closePhone();
    await t.openPhone();
    await t.context.clock.install({ time: Date.now() + 15 * DAY_MS });
    await t.page.goto(t.server.url);
    await t.page.getByText("已有 14 天没有联系过办公室").waitFor();
    assert.equal(await copies(t.page), 0);
    await t.closePhone();
    // The clock set right again brings nothing back.
    await t.openPhone();
    await t.page.goto(t.server.url);
    await t.page.getByText("已有 14 天没有联系过办公室").waitFor();
    await t.server.start();
    await t.page.getByLabel("密码").fill(app.PASSWORD);
    await t.page.getByRole("button", { name: "解锁", exact: true }).click();
    await app.chooseCode(t);
    await app.synced(t, { timeout: 60_000 });
    await app.openRecord(t, "1-1-101");
    assert.equal(JSON.parse(await t.server.run("verify", "--json")).sound, true);
  },

  "a locked phone that was locked out gives up everything it can, and hands in the rest unlocked": async (t) => {
    await ready(t);
    await t.server.kill();
    await app.findNobodyHome(t, "1-1-101");
    await t.closePhone();
    await t.server.start();
    for (const { device, login } of JSON.parse(await t.server.run("device", "list", "--json"))) {
      if (login === "lin") await t.server.run("device", "revoke", device);
    }
    await t.openPhone();
    await t.page.goto(t.server.url);
    await t.page.getByRole("alert").filter({ hasText: "办公室已停用这部手机" }).waitFor();
    assert.equal(await copies(t.page), 0);
    await app.unlock(t);
    await t.page.getByRole("heading", { name: "这部手机已停用" }).waitFor();
    await t.page.getByText("已交给办公室的记录：1 份").waitFor();
  },

  "what an earlier version kept in plain is sealed with the first unlock": async (t) => {
    await ready(t);
    await halfWritten(t);
    await t.page.goto(t.server.url);
    await t.page.getByText("副本已存办公室").waitFor({ timeout: 30_000 });
    await t.server.kill();
    const database = new DatabaseSync(t.server.database, { readOnly: true });
    const [draft] = database.prepare("SELECT body FROM draft").all().map(({ body }) => String(body));
    database.close();
    const log = await t.server.run("export", "--site", "jinhaiwan");
    const lines = log.trim().split("\n").slice(1).map((line) => JSON.parse(line));
    const rows = lines.filter((line) => line.log !== "organisation")
      .map(({ seq, received_at, event }) => ({ seq, received_at, event }));
    await t.page.evaluate(asBeforeTheLock, { code: app.CODE, draft, rows });
    await t.closePhone();
    await t.openPhone();
    await app.openAgain(t);
    await t.page.getByRole("link", { name: "业户", exact: true }).click();
    await t.page.getByText("共 1,208 户").waitFor();
    assert.ok((await copies(t.page)) < rows.length / 10, "many rows lie in one record");
    await t.page.getByRole("link", { name: "今日", exact: true }).click();
    await t.page.getByRole("link", { name: /继续/ }).first().click();
    assert.equal(await t.page.getByLabel("结论").inputValue(), CONCLUDED);
    const plain = await t.page.evaluate(async () => {
      const [{ name }] = (await indexedDB.databases()).filter(({ name }) => /^doorstep-[0-9a-f]{8}-/.test(name));
      const opening = indexedDB.open(name);
      await new Promise((done) => (opening.onsuccess = done));
      const reading = opening.result.transaction("drafts").objectStore("drafts").getAll();
      await new Promise((done) => (reading.onsuccess = done));
      opening.result.close();
      return reading.result.map(({ body }) => body[0]);
    });
    assert.deepEqual(plain, [1]);
  },
};
