// A phone with a site of many years: how soon its lists open, how soon a search answers each key, how
// long the app takes to start, and whether memory stays flat while one looks through the lists.

import { median, tenths } from "./figures.mjs";
import * as app from "../../e2e/app.mjs";
import { start } from "../../e2e/harness.mjs";

export const HOUSEHOLDS = 5_000;
export const VISITS = 10_000;

const SYNC_MS = 900_000;
const QUERY = "1-2-1502";
const SCREENS_MORE = 20;

// Runs in the page: from a tap or a key until the frame after what it asked for is there is drawn.
function watchTheScreen() {
  window.until = (event, there) => new Promise((done) => {
    addEventListener(event, () => {
      const begun = performance.now();
      const look = () => {
        if (!there()) return requestAnimationFrame(look);
        const channel = new MessageChannel();
        // Behind the frame that draws it.
        requestAnimationFrame(() => {
          channel.port1.onmessage = () => done(performance.now() - begun);
          channel.port2.postMessage(null);
        });
      };
      requestAnimationFrame(look);
    }, { once: true, capture: true });
  });
}

// From a tap on the tab to its rows.
async function opening(page, tab, rows) {
  await page.locator('nav a[href="/"]').click();
  await page.locator(".month-card").waitFor();
  await page.evaluate(([selector]) => {
    window.took = window.until("click", () => document.querySelectorAll(selector).length > 20);
  }, [rows]);
  await page.locator(`nav a[href="${tab}"]`).click();
  return page.evaluate(() => window.took);
}

// From each key to what it finds.
async function searching(page) {
  const field = page.getByRole("searchbox");
  await field.fill("");
  const took = [];
  for (const key of QUERY) {
    await page.evaluate(() => {
      const before = document.querySelector(".section.number").textContent;
      let frames = 0;
      // What is found may be as many as before.
      window.took = window.until("input", () => document.querySelector(".section.number").textContent !== before || (frames += 1) > 3);
    });
    await field.pressSequentially(key);
    took.push(await page.evaluate(() => window.took));
  }
  return took;
}

async function memory(page) {
  const session = await page.context().newCDPSession(page);
  await session.send("HeapProfiler.collectGarbage");
  await session.send("Performance.enable");
  const { metrics } = await session.send("Performance.getMetrics");
  await session.detach();
  const value = (name) => metrics.find((it) => it.name === name).value;
  return { heap: value("JSHeapUsedSize") / 1e6, nodes: value("Nodes") };
}

export async function many({ runs, throttle }) {
  const t = await start();
  try {
    await t.server.run("demo", "--households", String(HOUSEHOLDS), "--visits", String(VISITS));
    const begun = Date.now();
    await app.logIn(t, "lin");
    await app.synced(t, { timeout: SYNC_MS });
    const rows = { "first sync, s, 1x": { median: tenths((Date.now() - begun) / 1_000) } };
    const { page } = t;
    await page.addInitScript(watchTheScreen);
    const starts = [];
    for (let n = 0; n < 3; n += 1) {
      const from = Date.now();
      await page.reload();
      await page.locator(".month-card").waitFor();
      starts.push(Date.now() - from);
    }
    rows["start to Today, 1x"] = { median: tenths(median(starts)), most: Math.max(...starts) };
    const session = await t.context.newCDPSession(page);
    const row = (list) => ({ median: tenths(median(list)), most: tenths(Math.max(...list)) });
    for (const rate of [1, throttle]) {
      await session.send("Emulation.setCPUThrottlingRate", { rate });
      const [households, visits, keys] = [[], [], []];
      for (let n = 0; n < runs; n += 1) {
        visits.push(await opening(page, "/visits", ".inbox-row"));
        households.push(await opening(page, "/households", 'main a[href^="/households/"]'));
        keys.push(...(await searching(page)));
        await page.getByRole("searchbox").fill("");
      }
      rows[`list of households, ${rate}x`] = row(households);
      rows[`list of visits, ${rate}x`] = row(visits);
      rows[`search, each key, ${rate}x`] = row(keys);
    }
    await session.send("Emulation.setCPUThrottlingRate", { rate: 1 });
    const before = await memory(page);
    for (let n = 0; n < SCREENS_MORE; n += 1) {
      await page.mouse.wheel(0, 100_000);
      await page.locator("main button.wide").last().click();
    }
    const after = await memory(page);
    const told = (it) => `${it.heap.toFixed(1)} MB, ${it.nodes} nodes`;
    rows["memory of the list, before"] = { median: told(before) };
    rows[`memory after ${SCREENS_MORE} times more`] = { median: told(after) };
    return rows;
  } finally {
    await t.end();
  }
}
