// `chaos.mjs [--kills N] [--seed N]`: kills the browser N times, prints what was lost, and ends with
// one line, `chaos: N passed, N failed`.

import { parseArgs } from "node:util";
import { start } from "./harness.mjs";
import { killTimes, told } from "./killing.mjs";

const { values } = parseArgs({ options: { kills: { type: "string", default: "100" }, seed: { type: "string" } } });
const kills = Number(values.kills);
const seed = Number(values.seed ?? Date.now() % 2 ** 31);
if (!Number.isInteger(kills) || !Number.isInteger(seed)) throw new Error("--kills and --seed take whole numbers");

// The browser dies while promises of the harness still wait for it; what counts is awaited.
process.on("unhandledRejection", () => {});

console.log(`seed ${seed}`);
const t = await start();
let score;
let passed = 0;
try {
  await killTimes(t, kills, seed, (now) => {
    score = now;
    if (now.kills % 50 === 0) console.log(told(now));
  });
  t.check();
  passed = 1;
} catch (problem) {
  console.log(`FAILED ${problem.stack ?? problem}`);
} finally {
  await t.end();
}
if (score) console.log(told(score));
console.log(`chaos: ${passed} passed, ${1 - passed} failed`);
process.exit(1 - passed);
