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

function stored({ server }) {
  const database = new DatabaseSync(server.database, { readOnly: true });
  const photos = database.prepare("SELECT size, bytes, named FROM photo").all();
  database.close();
  return photos.map((row) => ({ ...row, bytes: Buffer.from(row.bytes) }));
}

export const slow = ["are carried by a colleague's phone with the record"];

export const cases = {
  "are taken offline, outlive a killed browser, arrive in pieces once, and are seen at the desk": async (t) => {
    await ready(t);
    await t.closePhone();
    await t.openPhone();
    await t.page.goto(t.server.url);
    await app.synced(t);
    const taken = await picture(t.page, 4000, 3000, PLACE);
    assert.ok(taken.buffer.length > 1_000_000, `${taken.buffer.length}`);
    await t.server.kill();
    await listening(t);
    await t.page.getByLabel("拍照").setInputFiles(taken);
    await photo(t).waitFor();
    await t.killPhone();
    await t.openPhone();
    await t.page.goto(t.server.url);
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
    await t.page.getByRole("link", { name: "我", exact: true }).click();
    const saving = t.page.waitForEvent("download");
    await t.page.getByRole("button", { name: "导出为文件" }).click();
    const dialog = t.page.getByRole("dialog");
    await dialog.getByLabel("口令").fill(PASSPHRASE);
    await dialog.getByRole("button", { name: "加密并保存" }).click();
    const file = join(t.folder, "rescue.json");
    await (await saving).saveAs(file);
    await t.context.setOffline(true);
    await t.server.start();
    await t.desk(async (page) => {
      await app.logIn({ ...t, page, server: t.server }, "shen");
      await app.synced({ page });
      await page.getByRole("link", { name: "我", exact: true }).click();
      await page.getByRole("link", { name: /带入别的手机的记录/ }).click();
      await page.getByLabel("导出的文件").setInputFiles(file);
      await page.getByLabel("口令").fill(PASSPHRASE);
      await page.getByRole("button", { name: "打开并带入" }).click();
      await page.getByText("带入 1 份记录").waitFor();
      await page.getByRole("link", { name: "今日", exact: true }).click();
      await app.synced({ page });
    });
    const [arrived] = stored(t);
    assert.equal(arrived.named, 1);
    assert.equal(arrived.bytes.length, arrived.size);
  },
};
