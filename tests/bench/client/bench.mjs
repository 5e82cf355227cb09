// Measures the client beside a page made by hand and SurveyJS, in one browser, in turn (round robin),
// so that what else the machine does meets all alike. Prints a table, and writes the numbers to
// target/bench/client.json.
//
// `bench.mjs [--runs N] [--throttle N] [--only start|keeping|ink|many]`

import { mkdir, writeFile } from "node:fs/promises";
import { availableParallelism, loadavg } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import * as app from "../../e2e/app.mjs";
import { start } from "../../e2e/harness.mjs";
import { page as peer } from "./build.mjs";
import { durability } from "./durability.mjs";
import { ink } from "./ink.mjs";
import { HOUSEHOLDS, VISITS, many } from "./many.mjs";
import { startUp } from "./start_up.mjs";

const option = (name, otherwise) => {
  const place = process.argv.indexOf(name);
  return place < 0 ? otherwise : Number(process.argv[place + 1]);
};
const only = process.argv.indexOf("--only");
const wants = (part) => only < 0 || process.argv[only + 1] === part;
const RUNS = option("--runs", 9);
const THROTTLE = option("--throttle", 4);

// A phone with the demo's register, a visit begun on it, and no office any more.
async function doorstep(t) {
  await t.server.run("demo");
  await app.logIn(t, "lin");
  await app.synced(t, { timeout: 120_000 });
  await app.keptForOffline(t);
  await app.beginVisit(t, "1-1-101");
  await app.agreed(t);
  await app.hear(t, "保洁", "不满意", "地下车库入口有积水。");
  await t.page.locator(".kept.jade").waitFor();
  const url = t.page.url();
  await t.server.kill();
  await t.page.goto("about:blank");
  // A page that was just left has given its key to the service worker, so that the next asks for no
  // code. One that stayed open would share the process of the one that is measured.
  const before = async () => {
    const page = await t.context.newPage();
    await page.goto(t.server.url);
    const locked = page.getByRole("heading", { name: "手机已锁定" });
    await locked.or(page.getByRole("navigation")).first().waitFor();
    if (await locked.isVisible()) await app.unlock({ page });
    await page.getByRole("navigation").waitFor();
    // All of it is read by then.
    await pause(1_000);
    await page.goto("about:blank");
    await pause(200);
    await page.close();
  };
  return { name: "doorstep", url, form: "#conclusion", before };
}

const t = await start();
const peers = [await peer("minimal"), await peer("survey")];
try {
  const pages = [...peers, await doorstep(t)];
  const result = {
    at: new Date().toISOString(), cpus: availableParallelism(), load: loadavg()[0],
    browser: t.context.browser()?.version(), runs: RUNS, throttle: THROTTLE,
    bytes: Object.fromEntries(peers.map(({ name, bytes }) => [name, bytes])),
    startUp: wants("start") && await startUp(t, pages, { runs: RUNS, throttle: THROTTLE }),
    durability: wants("keeping") && await durability(t, pages.at(-1), { runs: RUNS, throttle: THROTTLE }),
    // It hands the phone to an owner.
    ink: wants("ink") && await ink(t, pages, { runs: Math.min(RUNS, 3), throttle: THROTTLE }),
    many: wants("many") && await many({ runs: Math.min(RUNS, 5), throttle: THROTTLE }),
  };
  const folder = join(import.meta.dirname, "../../../target/bench");
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "client.json"), JSON.stringify(result, null, 1));
  console.log(`runs ${RUNS}, throttle ${THROTTLE}x, load ${result.load.toFixed(1)} on ${result.cpus} CPUs`);
  console.log("\nbytes of a first visit, brotli (Doorstep's: cargo xtask bytes)");
  console.table(result.bytes);
  const table = (title, rows) => {
    if (!rows) return;
    console.log(title);
    console.table(rows);
  };
  table("start to a form that takes input: ms at the throttle, main thread's CPU ms at 1x (medians)", result.startUp);
  table("signing: ms from the handler's start to the drawing, three strokes of 120 moves (median, p99)", result.ink);
  table("Doorstep's keeping, ms", result.durability);
  table(`a phone with ${VISITS} visits and ${HOUSEHOLDS} households, ms`, result.many);
} finally {
  for (const { end } of peers) end();
  await t.end();
}
