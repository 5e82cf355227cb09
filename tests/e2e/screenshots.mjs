// Draws every screen into target/screenshots/LANGUAGE-LOOK/: for looking at, and for the README.

import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { start } from "./harness.mjs";
import { walk } from "./walk.mjs";

const FOLDER = join(import.meta.dirname, "../../target/screenshots");

for (const locale of ["zh-CN", "en-GB"]) {
  for (const colorScheme of ["light", "dark"]) {
    const folder = join(FOLDER, `${locale}-${colorScheme}`);
    await mkdir(folder, { recursive: true });
    const t = await start();
    try {
      await t.closePhone();
      await t.openPhone({ locale, colorScheme });
      await walk(t, async (page, screen) => {
        await page.screenshot({ path: join(folder, `${screen}.png`) });
        const { height, shown } = await page.evaluate(() => ({
          height: document.documentElement.scrollHeight, shown: innerHeight,
        }));
        if (height > shown) await page.screenshot({ path: join(folder, `${screen}-whole.png`), fullPage: true });
      });
      console.log(folder);
    } finally {
      await t.end();
    }
  }
}
