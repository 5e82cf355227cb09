// A few of the kills that `cargo xtask chaos browser` does by the hundred.

import { killTimes, told } from "../killing.mjs";

export const slow = ["loses no more than it says when killed at random"];

export const cases = {
  "loses no more than it says when killed at random": async (t) => {
    const seed = Date.now() % 2 ** 31;
    console.log(`    seed ${seed}`);
    console.log(`    ${told(await killTimes(t, 10, seed))}`);
  },
};
