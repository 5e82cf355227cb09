// How soon what is typed is durable, and what a finished visit takes: from the key, or the tap, to the
// commit of the transaction that keeps it, which must be a strict one.

import { setTimeout as pause } from "node:timers/promises";
import { median, tenths } from "./figures.mjs";

const KEYS = 12;
const KEY_MS = 60;

// Runs in the page, before its own scripts: notes keys, taps and commits.
function watchTheStore() {
  window.noted = [];
  const note = (what) => window.noted.push({ ...what, at: performance.now() });
  const own = IDBDatabase.prototype.transaction;
  IDBDatabase.prototype.transaction = function begun(stores, mode, options) {
    const transaction = own.call(this, stores, mode, options);
    const names = [...transaction.objectStoreNames];
    if (mode === "readwrite") {
      transaction.addEventListener("complete", () => note({ kept: names, strict: options?.durability === "strict" }));
    }
    return transaction;
  };
  addEventListener("input", () => note({ typed: true }), true);
  addEventListener("click", () => note({ tapped: true }), true);
}

const noted = (page) => page.evaluate(() => window.noted.splice(0));

function committed(notes, store, after) {
  const found = notes.find(({ kept, at }) => kept?.includes(store) && at >= after);
  if (!found?.strict) throw new Error(`nothing strict was kept in ${store}`);
  return found.at;
}

// One burst of typing: from its first key to the first commit, and from its last to the last.
async function typing(page) {
  await noted(page);
  const field = page.locator("#conclusion");
  await field.focus();
  for (let n = 0; n < KEYS; n += 1) {
    await page.keyboard.press("a");
    await pause(KEY_MS);
  }
  await pause(600);
  const notes = await noted(page);
  const keys = notes.filter(({ typed }) => typed).map(({ at }) => at);
  return {
    first: committed(notes, "drafts", keys[0]) - keys[0],
    last: committed(notes, "drafts", keys.at(-1)) - keys.at(-1),
  };
}

// A visit that found nobody home: from the tap that finishes it to its event's commit.
async function finishing(page, url, room) {
  await page.goto(new URL("/households", url).href);
  await page.getByRole("searchbox").fill(room);
  await page.getByRole("link", { name: new RegExp(room) }).first().click();
  await page.getByRole("button", { name: "开始拜访" }).click();
  await page.getByRole("radio", { name: "无人在家" }).check({ force: true });
  await page.locator(".kept.jade").waitFor();
  await pause(300);
  await noted(page);
  await page.getByRole("button", { name: "记下并完成" }).click();
  await page.getByRole("link", { name: "回到今日" }).waitFor();
  const notes = await noted(page);
  const { at } = notes.find(({ tapped }) => tapped);
  return committed(notes, "outbox", at) - at;
}

export async function durability(t, { url, before }, { runs, throttle }) {
  const row = (list) => ({ median: tenths(median(list)), most: tenths(Math.max(...list)) });
  const rows = {};
  for (const rate of [1, throttle]) {
    await before();
    const page = await t.context.newPage();
    await page.addInitScript(watchTheStore);
    await page.goto(url);
    const session = await t.context.newCDPSession(page);
    await page.locator("#conclusion").waitFor();
    await session.send("Emulation.setCPUThrottlingRate", { rate });
    const bursts = [];
    for (let n = 0; n < runs; n += 1) bursts.push(await typing(page));
    const finished = [];
    for (let n = 0; n < runs; n += 1) finished.push(await finishing(page, url, `2-1-${n + 1}01`));
    await page.close();
    rows[`first key to its commit, ${rate}x`] = row(bursts.map(({ first }) => first));
    rows[`last key to its commit, ${rate}x`] = row(bursts.map(({ last }) => last));
    rows[`finishing to its commit, ${rate}x`] = row(finished);
  }
  return rows;
}
