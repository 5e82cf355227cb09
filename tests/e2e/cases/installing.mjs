// The app on the home screen: what browsers ask of it, the offer, and the warning where Safari would
// clear what it keeps.

import assert from "node:assert/strict";
import * as app from "../app.mjs";

const SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1";

// Width and height of a PNG.
async function size(page, url) {
  const bytes = await (await page.request.get(url)).body();
  return `${bytes.readUInt32BE(16)}x${bytes.readUInt32BE(20)}`;
}

export const cases = {
  "the browser finds nothing wrong with the manifest, and all its pictures are there": async (t) => {
    await t.server.run("demo");
    await t.page.goto(t.server.url);
    await t.page.getByLabel("用户名").waitFor();
    const browser = await t.context.newCDPSession(t.page);
    const { errors, url, data } = await browser.send("Page.getAppManifest");
    assert.deepEqual(errors, []);
    const { installabilityErrors } = await browser.send("Page.getInstallabilityErrors");
    // What is driven by a test is no window that apps are installed from.
    assert.deepEqual(installabilityErrors.filter(({ errorId }) => errorId !== "in-incognito"), []);
    const manifest = JSON.parse(data);
    for (const { src, sizes, type } of [...manifest.icons, ...manifest.screenshots]) {
      if (type === "image/png") assert.equal(await size(t.page, new URL(src, url).href), sizes, src);
    }
    for (const shortcut of manifest.shortcuts) assert.match(shortcut.url, /^\/(households|visits)$/);
    const touch = await t.page.locator("link[rel=apple-touch-icon]").getAttribute("href");
    assert.equal(await size(t.page, new URL(touch, url).href), "180x180");
  },

  "what the browser offers is asked for by a tap, once": async (t) => {
    await t.server.run("demo");
    await app.logIn(t, "lin");
    await t.page.getByRole("link", { name: "我", exact: true }).click();
    await t.page.getByRole("heading", { name: "这台手机" }).waitFor();
    // Chromium's own offer would install the app for good: one that only notes the tap.
    await t.page.evaluate(() => {
      const offer = new Event("beforeinstallprompt", { cancelable: true });
      offer.prompt = async () => { globalThis.prompted = (globalThis.prompted ?? 0) + 1; };
      dispatchEvent(offer);
    });
    await t.page.getByRole("button", { name: "安装", exact: true }).click();
    await t.page.getByRole("heading", { name: "装到主屏幕" }).waitFor({ state: "detached" });
    assert.equal(await t.page.evaluate(() => globalThis.prompted), 1);
  },

  "a tab of Safari's is warned of what Safari clears, and told how to install": async (t) => {
    await t.server.run("demo");
    await t.closePhone();
    await t.openPhone({ userAgent: SAFARI });
    // What tells Safari on iPhone from others: this property, and that it offers nothing.
    await t.context.addInitScript(() => {
      addEventListener("beforeinstallprompt", (event) => event.stopImmediatePropagation());
      Object.defineProperty(Navigator.prototype, "standalone", { get: () => globalThis.installed ?? false });
    });
    await app.logIn(t, "lin");
    await t.page.getByText("七天不用就会清除数据").waitFor();
    await t.page.getByRole("link", { name: "怎么装" }).click();
    await t.page.getByText("添加到主屏幕").waitFor();
    assert.equal(await t.page.getByText("七天不用就会清除数据").count(), 0, "said once");
    await t.context.addInitScript(() => { globalThis.installed = true; });
    await t.page.reload();
    await t.page.getByRole("heading", { name: "这台手机" }).waitFor();
    assert.equal(await t.page.getByRole("heading", { name: "装到主屏幕" }).count(), 0);
  },
};
