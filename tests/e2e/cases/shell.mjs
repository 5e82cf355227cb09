// The app's shell: it starts, it keeps itself for a start without a network, and never mixes builds.

import assert from "node:assert/strict";
import { LOG_IN, openPortal } from "../portal.mjs";

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

// Has the worker installed anew; says what has become of it.
function install(page) {
  return page.evaluate(async () => {
    const registration = await navigator.serviceWorker.register("/sw.js");
    const worker = registration.installing ?? registration.waiting ?? registration.active;
    while (worker.state === "installing") {
      await new Promise((done) => worker.addEventListener("statechange", done, { once: true }));
    }
    return { state: worker.state, active: Boolean(registration.active) };
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
    t.allow(/CompileError/);
    let tampering = true;
    const portal = await openPortal(t.server.url, (path) => (tampering && path.endsWith(".wasm") ? LOG_IN : null));
    try {
      await t.page.goto(portal.url);
      await t.page.locator("#boot.failed").waitFor();
      assert.deepEqual(await install(t.page), { state: "redundant", active: false });
      // And all of it once the way is free: a later try is not spoilt by the first.
      tampering = false;
      await t.page.goto(portal.url);
      await started(t.page);
      await underControl(t.page);
    } finally {
      portal.close();
    }
  },

  "keeps to its build until a page asks for the next": async (t) => {
    const worker = await fetch(`${t.server.url}/sw.js`).then((answer) => answer.text());
    const next = worker.replace(/BUILD = "[0-9a-f]{16}"/, 'BUILD = "0123456789abcdef"');
    assert.notEqual(next, worker);
    let updated = false;
    const portal = await openPortal(t.server.url, (path) =>
      (updated && path === "/sw.js" ? { type: "text/javascript", body: next } : null));
    try {
      await t.page.goto(portal.url);
      await underControl(t.page);
      updated = true;
      const waited = await t.page.evaluate(async () => {
        const registration = await navigator.serviceWorker.ready;
        await registration.update();
        const worker = registration.installing ?? registration.waiting;
        while (worker.state === "installing") {
          await new Promise((done) => worker.addEventListener("statechange", done, { once: true }));
        }
        return { state: worker.state, kept: (await caches.keys()).length };
      });
      assert.deepEqual(waited, { state: "installed", kept: 2 });
      const kept = await t.page.evaluate(async () => {
        const worker = (await navigator.serviceWorker.ready).waiting;
        worker.postMessage({ type: "activate" });
        while (worker.state !== "activated") {
          await new Promise((done) => worker.addEventListener("statechange", done, { once: true }));
        }
        return caches.keys();
      });
      assert.deepEqual(kept, ["doorstep-0123456789abcdef"]);
    } finally {
      portal.close();
    }
  },

  "says so when the app cannot start": async (t) => {
    t.allow(/CompileError/);
    const portal = await openPortal(t.server.url, (path) => (path.endsWith(".wasm") ? LOG_IN : null));
    try {
      await t.page.goto(portal.url);
      await t.page.locator("#boot.failed").waitFor();
      assert.equal(await t.page.getByText("Doorstep is starting.").isVisible(), true);
      assert.equal(await t.page.getByText("正在打开叩门").isVisible(), true);
    } finally {
      portal.close();
    }
  },

  "says so when the app has stopped": async (t) => {
    await t.page.goto(t.server.url);
    await started(t.page);
    const notice = t.page.getByRole("alert").filter({ hasText: "程序出错了" });
    assert.equal(await notice.isVisible(), false);
    // Handled here, so that the run's own watch for uncaught errors stays silent.
    await t.page.evaluate(() => {
      addEventListener("unhandledrejection", (event) => event.preventDefault());
      setTimeout(() => Promise.reject(new WebAssembly.RuntimeError("unreachable")));
    });
    await notice.waitFor();
  },

  "says so where JavaScript is off": async (t) => {
    await t.closePhone();
    await t.openPhone({ javaScriptEnabled: false });
    await t.page.goto(t.server.url);
    await t.page.getByText("Doorstep is starting.").waitFor({ state: "visible" });
  },
};
