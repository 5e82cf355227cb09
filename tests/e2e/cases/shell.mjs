// The app's shell: it starts, it keeps itself for a start without a network, and never mixes builds.

import assert from "node:assert/strict";

// Started: the app has taken the place of the waiting sentence.
async function started(page) {
  await page.waitForFunction(() => !document.getElementById("boot"));
  assert.notEqual(await page.locator("body").innerText(), "");
}

async function underControl(page) {
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
    if (navigator.serviceWorker.controller) return;
    await new Promise((done) => navigator.serviceWorker.addEventListener("controllerchange", done));
  });
}

export const cases = {
  "starts without a server once it has been here": async (t) => {
    await t.page.goto(t.server.url);
    await started(t.page);
    await underControl(t.page);
    await t.server.kill();
    for (const path of ["/", "/no/such/page?x=1"]) {
      await t.page.goto("about:blank");
      await t.page.goto(t.server.url + path);
      await started(t.page);
    }
  },

  "keeps the files of one build, and nothing of the API": async (t) => {
    await t.page.goto(t.server.url);
    await underControl(t.page);
    await t.page.evaluate(() => fetch("/api/v1/nothing").catch(() => {}));
    const kept = await t.page.evaluate(async () => {
      const names = await caches.keys();
      const requests = await (await caches.open(names[0])).keys();
      return { names, paths: requests.map((request) => new URL(request.url).pathname).sort() };
    });
    assert.equal(kept.names.length, 1);
    assert.match(kept.names[0], /^doorstep-[0-9a-f]{16}$/);
    assert.ok(kept.paths.includes("/"));
    assert.ok(kept.paths.some((path) => /^\/assets\/app_bg-[0-9a-f]{16}\.wasm$/.test(path)));
    assert.deepEqual(kept.paths.filter((path) => path.startsWith("/api")), []);
  },

  "keeps nothing when one file is not the one of its build": async (t) => {
    // As a captive portal or a half-finished deployment would answer: a page instead of the wasm.
    await t.context.route("**/*.wasm", (route) =>
      route.fulfill({ status: 200, contentType: "text/html", body: "<p>Log in to the Wi-Fi</p>" }));
    await t.page.goto(t.server.url);
    await t.page.locator("#boot.failed").waitFor();
    const outcome = await t.page.evaluate(async () => {
      const registration = await navigator.serviceWorker.register("/sw.js");
      const worker = registration.installing ?? registration.waiting ?? registration.active;
      while (worker.state === "installing") {
        await new Promise((done) => worker.addEventListener("statechange", done, { once: true }));
      }
      return { state: worker.state, active: Boolean(registration.active) };
    });
    assert.deepEqual(outcome, { state: "redundant", active: false });
  },

  "tells those without JavaScript what to do": async (t) => {
    const page = await (await t.context.browser().newContext({ javaScriptEnabled: false })).newPage();
    await page.goto(t.server.url);
    await page.getByText("Doorstep is starting.").waitFor();
    await page.getByText("正在打开叩门").waitFor();
  },

  "says so when the app cannot start": async (t) => {
    await t.context.route("**/*.wasm", (route) => route.abort());
    await t.page.goto(t.server.url);
    await t.page.locator("#boot.failed").waitFor({ state: "visible" });
  },
};
