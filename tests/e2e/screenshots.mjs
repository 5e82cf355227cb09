// Draws every screen into target/screenshots/LANGUAGE-LOOK/: for looking at, and for the README.
// `screenshots.mjs [FILTER]` takes the folders whose name holds FILTER; with `--publish` in its place
// those that README and manifest show are drawn and put where they show them.

import { copyFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { start } from "./harness.mjs";
import { walks } from "./walk.mjs";

const FOLDER = join(import.meta.dirname, "../../target/screenshots");

const ROOT = join(import.meta.dirname, "../..");
// Screen by the files that are shown.
const PUBLISHED = {
  today: ["docs/screenshots/today.png", "public/screenshots/phone-today.png"],
  "listening-topics": ["docs/screenshots/listening.png", "public/screenshots/phone-listening.png"],
  "owner-signed": ["docs/screenshots/owner.png"],
  "sealed-only-here": ["docs/screenshots/sealed.png"],
  "desk-visit": ["docs/screenshots/desk.png", "public/screenshots/desk-visit.png"],
};

const publish = process.argv[2] === "--publish";
const only = publish ? "zh-CN-light" : process.argv[2] ?? "";

async function draw(walk, locale, colorScheme, folder) {
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
  } finally {
    await t.end();
  }
}

for (const locale of ["zh-CN", "en-GB"]) {
  for (const colorScheme of ["light", "dark"]) {
    const folder = join(FOLDER, `${locale}-${colorScheme}`);
    if (!folder.includes(only)) continue;
    for (const walk of Object.values(walks)) await draw(walk, locale, colorScheme, folder);
    console.log(folder);
  }
}

if (publish) {
  for (const [screen, places] of Object.entries(PUBLISHED)) {
    for (const place of places) await copyFile(join(FOLDER, only, `${screen}.png`), join(ROOT, place));
  }
}
