// Photos of what an owner complains of: taken without a network, sealed with the record, sent in
// pieces that go on where they were cut off, and seen at the desk.

import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import * as app from "../app.mjs";
import { picture } from "../picture.mjs";

const OWNER = "陈佳慧";
const PASSPHRASE = "紫藤花下等一封信";
const PIECE = 64 * 1024;
const BUDGET = 256 * 1024;
// What a camera writes beside the picture: where it was taken.
const PLACE = "GPS 22.5333N 113.9304E";

async function ready(t) {
  await t.server.run("demo");
  t.demos = stored(t).map(({ hash }) => hash);
  await app.logIn(t, "lin");
  await app.synced(t);
  await app.keptForOffline(t);
}

// A visit under way, with the topic open that photos are added to.
async function listening(t) {
  await app.beginVisit(t, "1-1-101");
  await app.agreed(t);
  await app.hear(t, "保洁", "不满意", "地下车库入口有积水。");
}

function photo({ page }, number = 1, topic = "保洁") {
  return page.getByRole("button", { name: `${topic}：照片 ${number}`, exact: true });
}

// Whether the picture on the button is really drawn.
async function isDrawn(button) {
  return button.locator("img").evaluate(async (image) => {
    await image.decode();
    return image.naturalWidth;
  });
}

// The photos at the office that are not the demo's.
function stored({ server, demos = [] }) {
  const database = new DatabaseSync(server.database, { readOnly: true });
  const photos = database.prepare("SELECT hex(hash) AS hash, size, bytes, named FROM photo").all();
  database.close();
  return photos.filter(({ hash }) => !demos.includes(hash)).map((row) => ({ ...row, bytes: Buffer.from(row.bytes) }));
}

// Runs in the page: makes the person's database one of version 1, which had no photos, with all that
// is in it.
async function asBeforePhotos() {
  const wait = (request) => new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });
  const [{ name }] = (await indexedDB.databases()).filter((it) => it.name.startsWith("doorstep-"));
  const now = await wait(indexedDB.open(name));
  const stores = [...now.objectStoreNames].filter((it) => it !== "photos");
  const kept = [];
  for (const store of stores) {
    const from = now.transaction(store).objectStore(store);
    const [keys, values] = [await wait(from.getAllKeys()), await wait(from.getAll())];
    kept.push({ store, keyPath: from.keyPath, keys, values });
  }
  now.close();
  await wait(indexedDB.deleteDatabase(name));
  const opening = indexedDB.open(name, 1);
  opening.onupgradeneeded = () => {
    for (const { store, keyPath, keys, values } of kept) {
      const into = opening.result.createObjectStore(store, { keyPath });
      values.forEach((value, n) => (keyPath ? into.put(value) : into.put(value, keys[n])));
    }
  };
  (await wait(opening)).close();
}

export const slow = ["are carried by a colleague's phone with the record"];

export const cases = {
  "are taken offline, outlive a killed browser, arrive in pieces once, and are seen at the desk": async (t) => {
    await ready(t);
    await t.closePhone();
    await t.openPhone();
    await app.openAgain(t);
    await app.synced(t);
    const taken = await picture(t.page, 4000, 3000, PLACE);
    assert.ok(taken.buffer.length > 1_000_000, `${taken.buffer.length}`);
    await t.server.kill();
    await listening(t);
    await t.page.getByLabel("拍照").setInputFiles(taken);
    await photo(t).waitFor();
    await t.killPhone();
    await t.openPhone();
    await app.openAgain(t);
    await t.page.getByRole("link", { name: /继续/ }).first().click();
    await t.page.getByRole("button", { name: /^\d+ ?保洁/ }).click();
    const width = await isDrawn(photo(t));
    assert.ok(width >= 1000 && width <= 1600, `${width}`);

    // A slip of the thumb is taken back.
    await t.page.getByRole("button", { name: "删去 保洁：照片 1" }).click();
    await photo(t).waitFor({ state: "hidden" });
    await t.page.getByRole("button", { name: "撤销" }).click();
    await photo(t).waitFor();
    // Large, and small again by the keyboard.
    await photo(t).click();
    const large = t.page.getByRole("dialog", { name: "保洁：照片 1" });
    await large.waitFor();
    await t.page.keyboard.press("Escape");
    await large.waitFor({ state: "hidden" });

    await app.showOwner(t);
    assert.equal(await isDrawn(photo(t)), width, "the owner sees it before signing");
    await app.signAndSeal(t, OWNER);

    // The network breaks in the middle of the photo.
    const pieces = [];
    let breaks = 1;
    await t.context.route("**/api/v1/photos/*", async (route) => {
      const range = route.request().headers()["content-range"];
      pieces.push(range);
      if (range?.startsWith(`bytes ${PIECE}-`) && breaks-- > 0) return route.abort("connectionreset");
      return route.continue();
    });
    await t.server.start();
    await app.done(t);
    await app.synced(t, { timeout: 60_000 });
    const [arrived, ...others] = stored(t);
    assert.equal(others.length, 0);
    assert.ok(arrived.size <= BUDGET && arrived.size > PIECE, `${arrived.size}`);
    assert.equal(arrived.bytes.length, arrived.size);
    assert.equal(arrived.named, 1);
    assert.equal(arrived.bytes.includes(PLACE), false, "where it was taken stays with the camera");
    const first = pieces.filter((range) => range.startsWith("bytes 0-"));
    assert.equal(first.length, 1, `what had arrived was sent again: ${pieces}`);
    assert.equal(JSON.parse(await t.server.run("verify", "--json")).sound, true);

    await t.desk(async (page) => {
      await app.logIn({ ...t, page, server: t.server }, "shen");
      await app.synced({ page });
      await app.openRecord({ page }, "1-1-101");
      assert.equal(await isDrawn(photo({ page })), width);
      await page.getByRole("link", { name: "打印" }).click();
      await page.getByText("附件：照片 1 张").waitFor();
    });
    // The phone that took it has it without a network too.
    await t.server.kill();
    await app.openRecord(t, "1-1-101");
    assert.equal(await isDrawn(photo(t)), width);
  },

  "are refused in words when they are none, and end where there is no more room": async (t) => {
    await ready(t);
    await listening(t);
    const text = { name: "IMG.heic", mimeType: "image/heic", buffer: Buffer.from("no picture at all") };
    await t.page.getByLabel("选图片").setInputFiles(text);
    await t.page.getByRole("alert").filter({ hasText: "不是能读的图片" }).waitFor();
    const pictures = [];
    for (const width of [310, 320, 330, 340, 350]) pictures.push(await picture(t.page, width, 200));
    await t.page.getByLabel("选图片").setInputFiles(pictures);
    await photo(t, 4).waitFor();
    await t.page.getByRole("status").filter({ hasText: "每项最多 4 张" }).waitFor();
    await t.page.getByLabel("选图片").waitFor({ state: "hidden" });
    assert.equal(await photo(t, 5).count(), 0);
    assert.equal(await isDrawn(photo(t, 4)), 340, "small ones stay as they are");
    await t.page.getByRole("button", { name: "删去 保洁：照片 2" }).click();
    await t.page.getByLabel("选图片").waitFor();
  },

  "are kept on a phone whose records are from before there were any": async (t) => {
    await ready(t);
    await t.server.kill();
    await app.findNobodyHome(t, "1-1-102");
    await t.page.getByText("1 份只在本机").first().waitFor();
    // The app lets go of a database that is to be deleted.
    await t.page.evaluate(asBeforePhotos);
    await t.page.reload();
    await t.page.getByText("1 份只在本机").first().waitFor();
    await listening(t);
    await t.page.getByLabel("拍照").setInputFiles(await picture(t.page, 800, 600));
    assert.equal(await isDrawn(photo(t)), 800);
    await t.server.start();
    await t.page.getByRole("link", { name: "返回" }).click();
    await t.page.getByRole("link", { name: "今日", exact: true }).click();
    await app.synced(t, { timeout: 60_000 });
  },

  "are carried by a colleague's phone with the record": async (t) => {
    await ready(t);
    const taken = await picture(t.page, 800, 600);
    await t.server.kill();
    await listening(t);
    await t.page.getByLabel("拍照").setInputFiles(taken);
    await photo(t).waitFor();
    await app.showOwner(t);
    await app.signAndSeal(t, OWNER);
    await app.done(t);
    const file = join(t.folder, "rescue.json");
    await app.saveUnsent(t, PASSPHRASE, file);
    await t.context.setOffline(true);
    await t.server.start();
    await t.desk(async (page) => {
      await app.logIn({ ...t, page, server: t.server }, "shen");
      await app.synced({ page });
      await app.openTakingIn({ page });
      await app.takeIn({ page }, file, PASSPHRASE);
      await page.getByText("带入 1 份记录").waitFor();
      await page.getByRole("link", { name: "今日", exact: true }).click();
      await app.synced({ page });
    });
    const [arrived, ...others] = stored(t);
    assert.equal(others.length, 0);
    assert.equal(arrived.named, 1);
    assert.equal(arrived.bytes.length, arrived.size);
  },
};
