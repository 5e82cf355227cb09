// No violation of axe's rules (WCAG 2.2 A and AA, and its best practices) on the main screens, in both
// languages and both looks, on the phone and at the desk; and, for whoever asks for more contrast, of AAA's.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import * as app from "../app.mjs";
import { walks } from "../walk.mjs";

const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

async function violations(page, rules) {
  // Through the debugger, as the page's policy runs no script of others.
  await page.evaluate(AXE);
  return page.evaluate(async (rules) => {
    const { violations } = await globalThis.axe.run(document, { resultTypes: ["violations"], rules });
    return violations.flatMap(({ id, help, nodes }) => nodes.map(({ target, any }) =>
      `${id}: ${help} at ${target.join(" ")} ${any.map(({ message }) => message).join("; ")}`));
  }, rules);
}

function check(walk, locale, colorScheme, contrast = "no-preference") {
  const rules = contrast === "more" ? { "color-contrast-enhanced": { enabled: true } } : {};
  return async (t) => {
    await t.closePhone();
    await t.openPhone({ locale, colorScheme, contrast });
    const found = [];
    await walk(t, async (page, screen) => {
      for (const violation of await violations(page, rules)) found.push(`${screen}: ${violation}`);
    });
    assert.deepEqual(found, []);
  };
}

export const cases = {};
export const slow = [];

for (const [name, walk] of Object.entries(walks)) {
  for (const [language, locale] of [["Chinese", "zh-CN"], ["English", "en-GB"]]) {
    for (const look of ["light", "dark"]) {
      const title = `${name}, in ${language}, ${look}`;
      cases[title] = check(walk, locale, look);
      if ((language === "Chinese") === (look === "dark")) slow.push(title);
    }
  }
  for (const look of ["light", "dark"]) {
    const title = `${name}, in Chinese, ${look}, with more contrast`;
    cases[title] = check(walk, "zh-CN", look, "more");
    slow.push(title);
  }
}
