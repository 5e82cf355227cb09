// Runs the end-to-end cases, two at a time, and counts them: `run.mjs [--quick] [FILTER]`.
// It knows no page: cases are in cases/, what they act with is harness.mjs.
//
// A file in cases/ exports `cases`, an object of `name: async (t) => …`, and may export `slow`, an
// array of the names that `--quick` leaves out. FILTER takes the cases whose `file: name` holds it.

import { readdir } from "node:fs/promises";
import { start } from "./harness.mjs";

// No assertion about speed: only an end to waiting for what will never come.
const LIMIT_MS = 180_000;
// Each case has a server, a browser and files of its own; half of its time is waiting.
const AT_A_TIME = 2;

const words = process.argv.slice(2);
const quick = words.includes("--quick");
const filter = words.find((word) => !word.startsWith("--")) ?? "";

// A case's browser or server may die on purpose while a promise of the harness still waits for it;
// what a case itself awaits is reported by the case.
process.on("unhandledRejection", (problem) => console.error(`    (left behind: ${problem})`));

async function load() {
  const folder = new URL("cases/", import.meta.url);
  const files = (await readdir(folder)).filter((name) => name.endsWith(".mjs")).sort();
  const found = [];
  for (const file of files) {
    const { cases, slow = [] } = await import(new URL(file, folder));
    for (const [name, act] of Object.entries(cases)) {
      found.push({ name: `${file.replace(/\.mjs$/, "")}: ${name}`, act, slow: slow.includes(name) });
    }
  }
  return found.filter((one) => one.name.includes(filter));
}

// The first rejection of the case or of its clean-up; null when all held.
async function run({ name, act }) {
  let t, timer;
  const limit = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`still not done after ${LIMIT_MS / 1000} s`)), LIMIT_MS);
  });
  try {
    t = await start(name);
    await Promise.race([act(t), limit]);
    t.check();
    return null;
  } catch (problem) {
    await t?.explain?.(problem).catch(() => {});
    return problem;
  } finally {
    clearTimeout(timer);
    await t?.end().catch((problem) => console.error(`    (clean-up: ${problem})`));
  }
}

const cases = await load();
let passed = 0;
let failed = 0;
const waiting = cases.values();

async function work() {
  for (const one of waiting) {
    if (quick && one.slow) {
      console.log(`left out ${one.name}`);
      continue;
    }
    const begun = performance.now();
    const problem = await run(one);
    if (problem) {
      failed += 1;
      console.log(`FAILED ${one.name}`);
      console.log(String(problem.stack ?? problem).replace(/^/gm, "    "));
    } else {
      passed += 1;
      console.log(`ok ${one.name} (${Math.round(performance.now() - begun)} ms)`);
    }
  }
}

await Promise.all(Array.from({ length: AT_A_TIME }, work));
if (cases.length === 0) {
  failed += 1;
  console.log(`FAILED there is no case whose name holds "${filter}"`);
}
console.log(`e2e: ${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
