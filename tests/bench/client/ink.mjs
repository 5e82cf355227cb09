// Signing: three strokes of 120 moves, some sixteen milliseconds apart, with the page throttled. From
// the start of the handler of a move to the next drawing on a canvas.

import { setTimeout as pause } from "node:timers/promises";
import * as app from "../../e2e/app.mjs";
import { median, quantile, tenths } from "./figures.mjs";

const STROKES = 3;
const MOVES = 120;
const MOVE_MS = 16;
// A move that draws nothing so long is one that a page leaves out.
const SKIPPED_MS = 100;

// Runs in the page, before its own scripts: notes each move and each drawing.
function watchThePen() {
  window.moves = [];
  window.drawings = [];
  for (const name of ["stroke", "fill", "fillRect"]) {
    const own = CanvasRenderingContext2D.prototype[name];
    CanvasRenderingContext2D.prototype[name] = function drawn(...given) {
      const result = own.apply(this, given);
      window.drawings.push(performance.now());
      return result;
    };
  }
  addEventListener("pointermove", ({ timeStamp }) => window.moves.push({ at: performance.now(), timeStamp }), { capture: true, passive: true });
}

// Where the pad is, once the page shows it.
async function padOf(t, { name }, page) {
  if (name !== "doorstep") {
    await page.waitForSelector("canvas");
    return page.locator("canvas").last();
  }
  const pad = app.pad({ page });
  const hand = page.getByRole("button", { name: "请业主过目" });
  await hand.or(pad).first().waitFor();
  // Once handed over, the page is the owner's from the start.
  if (await hand.isVisible()) await app.showOwner({ ...t, page });
  return pad;
}

async function sign(t, one, throttle) {
  await one.before?.();
  const page = await t.context.newPage();
  await page.addInitScript(watchThePen);
  await page.goto(one.url);
  const pad = await padOf(t, one, page);
  await pad.scrollIntoViewIfNeeded();
  await pause(500);
  const { x, y, width, height } = await pad.boundingBox();
  const session = await t.context.newCDPSession(page);
  await session.send("Emulation.setCPUThrottlingRate", { rate: throttle });
  await page.evaluate(() => ([window.moves, window.drawings] = [[], []]));
  for (let stroke = 0; stroke < STROKES; stroke += 1) {
    const touch = (type, n) => session.send("Input.dispatchTouchEvent", {
      type,
      touchPoints: n === undefined ? [] : [{
        x: x + 12 + (width - 24) * (n / MOVES),
        y: y + height * (0.5 + 0.35 * Math.sin(n / 7 + stroke)),
      }],
    });
    await touch("touchStart", 0);
    for (let n = 1; n <= MOVES; n += 1) {
      const began = Date.now();
      await touch("touchMove", n);
      await pause(Math.max(0, MOVE_MS - (Date.now() - began)));
    }
    await touch("touchEnd");
    await pause(120);
  }
  const { moves, drawings } = await page.evaluate(() => ({ moves: window.moves, drawings: window.drawings }));
  await page.close();
  const lags = [];
  let next = 0;
  for (const { at } of moves) {
    while (next < drawings.length && drawings[next] < at) next += 1;
    if (next < drawings.length && drawings[next] - at < SKIPPED_MS) lags.push(drawings[next] - at);
  }
  return { lags, moves: moves.length, drawings: drawings.length };
}

export async function ink(t, pages, { runs, throttle }) {
  const lags = new Map(pages.map(({ name }) => [name, []]));
  const last = new Map();
  for (let n = 0; n < runs; n += 1) {
    for (const page of pages) {
      const signed = await sign(t, page, throttle);
      lags.get(page.name).push(...signed.lags);
      last.set(page.name, signed);
    }
  }
  const row = (name) => {
    const of = lags.get(name);
    const { moves, drawings } = last.get(name);
    return { median: tenths(median(of)), p99: tenths(quantile(of, 0.99)), moves, drawings };
  };
  return Object.fromEntries(pages.map(({ name }) => [name, row(name)]));
}
