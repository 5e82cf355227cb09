// What a case acts with: one doorstep server on a database of its own, and one phone (Chromium at
// 360x740 with touch, a profile of its own). It knows no case and no page.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, readdirSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { chromium } from "playwright-core";

const BINARY = needed("DOORSTEP_BIN");
const BROWSER = needed("CHROMIUM");
const PHONE = {
  viewport: { width: 360, height: 740 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true,
};
// How long anything is waited for that must come; no assertion about speed.
const WAIT_MS = 20_000;
const FLAGS = [
  "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
];

function needed(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: start the tests with \`cargo xtask e2e\``);
  return value;
}

// A server that can be ended as the power would end it, and started again on the same data.
class Server {
  constructor(folder, port) {
    this.database = join(folder, "doorstep.sqlite");
    this.port = port;
    this.url = `http://127.0.0.1:${port}`;
  }

  async start() {
    const words = ["--database", this.database, "serve", "--port", String(this.port)];
    this.said = "";
    this.process = spawn(BINARY, words, { stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [this.process.stdout, this.process.stderr]) {
      stream.on("data", (text) => (this.said += text));
    }
    while (!(await fetch(this.url).then((answer) => answer.ok, () => false))) {
      if (this.process.exitCode !== null) throw new Error(`the server has ended:\n${this.said}`);
      await pause(50);
    }
  }

  // A command of the program on the same data; its answer.
  run(...words) {
    return this.runWith("", ...words);
  }

  // The same, with `input` for it to read.
  async runWith(input, ...words) {
    const ran = spawn(BINARY, ["--database", this.database, ...words], { stdio: ["pipe", "pipe", "pipe"] });
    let answer = "";
    let complaint = "";
    ran.stdout.on("data", (text) => (answer += text));
    ran.stderr.on("data", (text) => (complaint += text));
    // A command that reads nothing may have closed it; how it ends is what counts.
    ran.stdin.on("error", () => {});
    ran.stdin.end(input);
    const [code] = await once(ran, "close");
    if (code !== 0) throw new Error(`doorstep ${words.join(" ")} ended with ${code}: ${complaint || answer}`);
    return answer;
  }

  async kill() {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const ended = once(this.process, "exit");
    this.process.kill("SIGKILL");
    await ended;
  }
}

// One run's server and phone. Every message of the content security policy and every uncaught
// error is kept for `check`.
class Harness {
  violations = [];

  // `options` are Playwright's, beside those of every phone.
  async openPhone(options = {}) {
    this.options = options;
    this.context = await this.open("profile", { ...PHONE, ...options });
    this.page = this.context.pages()[0] ?? (await this.context.newPage());
  }

  async open(profile, options) {
    const context = await chromium.launchPersistentContext(join(this.folder, profile), {
      executablePath: BROWSER,
      args: FLAGS,
      locale: "zh-CN",
      timezoneId: "Asia/Shanghai",
      ...options,
    });
    context.setDefaultTimeout(WAIT_MS);
    context.on("console", (message) => {
      if (message.text().includes("Content Security Policy")) this.violations.push(message.text());
    });
    context.on("weberror", (error) => this.violations.push(String(error.error())));
    return context;
  }

  // Closed properly; its profile stays for the next `openPhone`.
  async closePhone() {
    await this.context.close();
  }

  // The browser ended as a dead battery would end it: every process of it, at once. Gives when.
  // Whoever is in a hurry names the `processes` it has looked for before.
  async killPhone(processes = this.processes()) {
    const gone = once(this.context, "close");
    const at = now();
    for (const id of processes) {
      try {
        process.kill(id, "SIGKILL");
      } catch (problem) {
        // One that has ended by itself in between.
        if (problem.code !== "ESRCH") throw problem;
      }
    }
    await gone;
    return at;
  }

  // The processes of the phone's browser.
  processes() {
    return tree(join(this.folder, "profile"));
  }

  // A desk: a browser of its own with a mouse, set up as the phone, for as long as `act(page)` takes.
  desk(act) {
    return this.beside("desk", { viewport: { width: 1280, height: 800 } }, act);
  }

  // Another phone, set up as the first, for as long as `act(page)` takes.
  otherPhone(act) {
    return this.beside("other-phone", PHONE, act);
  }

  async beside(profile, kind, act) {
    const context = await this.open(profile, { ...kind, ...this.options });
    try {
      return await act(context.pages()[0] ?? (await context.newPage()));
    } finally {
      await context.close();
    }
  }

  // What every case asks for besides its own: the policy was never violated, nothing was thrown.
  check() {
    const found = this.violations.filter((text) => !this.allowed?.test(text));
    if (found.length > 0) throw new Error(found.join("\n"));
  }

  // This case provokes errors like `pattern`; they are no violation in it.
  allow(pattern) {
    this.allowed = pattern;
  }

  async end() {
    await this.context?.close();
    await this.server?.kill();
    await rm(this.folder, { recursive: true, force: true });
  }
}

// Milliseconds since 1970, as the page's own `performance` counts them.
function now() {
  return performance.timeOrigin + performance.now();
}

// The processes that were started for a browser profile, and all they have started.
function tree(profile) {
  const children = new Map();
  const found = [];
  for (const id of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      if (readFileSync(`/proc/${id}/cmdline`, "utf8").includes(profile)) found.push(Number(id));
      const [, parent] = readFileSync(`/proc/${id}/stat`, "utf8").match(/.*\) \S (\d+)/s);
      children.set(parent, [...(children.get(parent) ?? []), Number(id)]);
    } catch {
      // It has ended in between.
    }
  }
  // Whatever is added is looked at too.
  for (const id of found) found.push(...(children.get(String(id)) ?? []).filter((child) => !found.includes(child)));
  return found;
}

async function freePort() {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address();
  probe.close();
  await once(probe, "close");
  return port;
}

// A running server and an open phone; if either fails to start, nothing is left running.
export async function start() {
  const t = new Harness();
  t.folder = await mkdtemp(join(tmpdir(), "doorstep-e2e-"));
  try {
    t.server = new Server(t.folder, await freePort());
    await t.server.start();
    await t.openPhone();
    return t;
  } catch (problem) {
    await t.end();
    throw problem;
  }
}
