// A phone that cannot send: what it holds is saved as a sealed file and carried by another.

import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import * as app from "../app.mjs";

const PASSPHRASE = "紫藤花下等一封信";

// A finished visit of zhou's, only on the phone, saved as a file. Gives its path.
async function saved(t) {
  await t.server.run("demo");
  await app.logIn(t, "zhou");
  await app.synced(t);
  await app.keptForOffline(t);
  await t.server.kill();
  await app.findNobodyHome(t, "1-1-101");
  const file = join(t.folder, "rescue.json");
  await app.saveUnsent(t, PASSPHRASE, file);
  return file;
}

// How many events the office has logged, and how many of them somebody carried.
function logged({ server }) {
  const database = new DatabaseSync(server.database, { readOnly: true });
  const count = database.prepare("SELECT count(*) AS all_events, count(carrier_person) AS carried FROM event");
  const found = { ...count.get() };
  database.close();
  return found;
}

export const cases = {
  "a colleague's phone carries what a broken one saved, once, and the office notes who did": async (t) => {
    const file = await saved(t);
    const text = await readFile(file, "utf8");
    assert.equal(/陈|1-1-101|visit\.recorded/.test(text), false, "the file is not readable as it is");
    const before = logged(t);
    assert.equal(before.carried, 0);
    // Its network is gone before the office is back, or it might still send by itself.
    await t.context.setOffline(true);
    await t.server.start();
    await t.desk(async (page) => {
      await app.logIn({ ...t, page, server: t.server }, "lin");
      await app.synced({ page });
      await app.openTakingIn({ page });
      await app.takeIn({ page }, file, "别的口令别的口令");
      await page.getByRole("alert").filter({ hasText: "口令不对" }).waitFor();
      await app.takeIn({ page }, file, PASSPHRASE);
      await page.getByText("带入 1 份记录").waitFor();
      await app.takeIn({ page }, file, PASSPHRASE);
      await page.getByText("1 份本来就有").waitFor();
      await page.getByRole("link", { name: "今日", exact: true }).click();
      await app.synced({ page });
      await app.openRecord({ page }, "1-1-101");
      await page.getByText("周建", { exact: false }).first().waitFor();
    });
    // The desk's log-in enrolled its key, in a log that is no site's.
    const carried = { all_events: before.all_events + 2, carried: 1 };
    assert.deepEqual(logged(t), carried);
    // The broken phone comes back: nothing is doubled.
    await t.context.setOffline(false);
    await t.page.reload();
    await app.synced(t);
    assert.deepEqual(logged(t), carried);
    assert.equal(JSON.parse(await t.server.run("verify", "--json")).sound, true);
  },

  "says what is wrong with a file, and takes nothing in": async (t) => {
    await t.server.run("demo");
    await app.logIn(t, "lin");
    await app.synced(t);
    await app.openTakingIn(t);
    await t.page.getByRole("button", { name: "打开并带入" }).click();
    await t.page.getByRole("alert").filter({ hasText: "请先选择文件" }).waitFor();
    const file = join(t.folder, "other.json");
    await writeFile(file, '{"format":"other/1"}');
    await app.takeIn(t, file, PASSPHRASE);
    await t.page.getByRole("alert").filter({ hasText: "不是叩门导出的文件" }).waitFor();
    await writeFile(file, '{"format":"doorstep-rescue-sealed/1","iterations":1,"salt":"","iv":"","text":""}');
    await app.takeIn(t, file, PASSPHRASE);
    await t.page.getByRole("alert").filter({ hasText: "文件已损坏" }).waitFor();
  },
};
