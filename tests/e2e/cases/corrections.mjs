// A sealed record is never changed: a correction stands beside it, shown to the owner like the first.

import assert from "node:assert/strict";
import * as app from "../app.mjs";

const WHY = "结论漏记了复查时间。";

// A visit to 1-1-101 that the owner signed, received by the office, its record open.
async function recorded(t) {
  await t.server.run("demo");
  await app.logIn(t, "lin");
  await app.synced(t);
  await app.keptForOffline(t);
  await app.beginVisit(t, "1-1-101");
  await app.agreed(t);
  await app.hear(t, "保洁", "不满意", "地下车库入口有积水。");
  await t.page.getByLabel("结论").fill("工程部本周查看排水沟。");
  await app.showOwner(t);
  await app.signAndSeal(t, "陈佳慧");
  await app.done(t);
  await app.synced(t);
  await app.openRecord(t, "1-1-101");
}

async function begin({ page }) {
  await page.getByRole("button", { name: "更正记录" }).click();
  await page.getByLabel("更正说明").waitFor();
}

export const cases = {
  "a correction says why, is signed like the first, counts instead of it, and both are kept": async (t) => {
    await recorded(t);
    await begin(t);
    await t.page.getByLabel("结论").fill("工程部本周查看排水沟，下周一复查。");
    await t.page.getByRole("button", { name: "请业主过目" }).click();
    await t.page.getByRole("alert").filter({ hasText: "请写明为什么更正" }).waitFor();
    await t.page.getByLabel("更正说明").fill(WHY);
    // Gone on with after a look elsewhere: one draft, however often it is asked for.
    const draft = t.page.url();
    await t.page.locator(".kept.jade").waitFor();
    await t.page.goto(t.server.url);
    await app.openRecord(t, "1-1-101");
    await begin(t);
    assert.equal(t.page.url(), draft);
    assert.equal(await t.page.getByLabel("更正说明").inputValue(), WHY);
    await app.showOwner(t);
    await t.page.getByText(WHY).waitFor();
    await app.signAndSeal(t, "陈佳慧");
    await app.done(t);
    await app.synced(t);
    await app.openRecord(t, "1-1-101");
    await t.page.getByText("第 2 份，以此为准").waitFor();
    await t.page.getByText("改动：结论").waitFor();
    await t.page.getByText("第 1 份，已更正").waitFor();
    assert.equal(await t.page.getByRole("img", { name: "手写签名" }).count(), 2);
    assert.equal(JSON.parse(await t.server.run("verify", "--json")).sound, true);
    await t.desk(async (page) => {
      const desk = { ...t, page };
      await app.logIn(desk, "shen");
      await app.synced(desk);
      await app.openRecord(desk, "1-1-101");
      await page.getByText("第 2 份，以此为准").waitFor();
      await app.decide(desk, "保洁", "采纳");
      await page.getByText(/保洁，采纳/).waitFor();
    });
  },

  "a correction made offline outlives the browser and reaches the office once": async (t) => {
    await recorded(t);
    // Chromium writes cookies to its disk half a minute late, or when it is closed.
    await t.closePhone();
    await t.openPhone();
    await app.openAgain(t);
    await app.synced(t);
    await t.server.kill();
    await app.openRecord(t, "1-1-101");
    await begin(t);
    await t.page.getByLabel("更正说明").fill(WHY);
    await t.page.locator(".kept.jade").waitFor();
    await t.killPhone();
    await t.openPhone();
    await app.openAgain(t);
    await t.page.getByRole("link", { name: /1-1-101.*更正/ }).click();
    assert.equal(await t.page.getByLabel("更正说明").inputValue(), WHY);
    await app.showOwner(t);
    await app.endWith(t, "不签名");
    await app.done(t);
    await t.page.getByText("1 份只在本机").first().waitFor();
    await t.server.start();
    await app.synced(t, { timeout: 90_000 });
    const log = await t.server.run("export", "--site", "jinhaiwan");
    const rows = log.trim().split("\n").slice(1).map((line) => JSON.parse(line));
    const corrections = rows.filter((row) => JSON.parse(row.event.envelope).kind === "visit.corrected");
    assert.equal(corrections.length, 1);
    // The copy of its draft is gone with it.
    await t.page.reload();
    await app.synced(t);
    assert.equal(await t.page.getByRole("link", { name: /1-1-101.*更正/ }).count(), 0);
  },
};
