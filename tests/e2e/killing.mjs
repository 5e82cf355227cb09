// Kills the browser at random milliseconds while somebody types and while somebody signs, starts it
// again and compares what the phone has with what the page had handled. Rows 12 and 13 of the faults
// to survive. It makes no case: cases/chaos.mjs does a few kills, chaos.mjs as many as one likes.

import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import * as app from "./app.mjs";
import { finger, strokes } from "./pen.mjs";

// What may be lost: typing younger than this when the browser is killed, and strokes whose end is.
const TYPING_MS = 300;
const STROKE_MS = 50;

const OWNER = "陈佳慧";
// A character every so often.
const KEY_MS = 30;
// A kill comes so long after the typing or signing began, or after the finger that confirms was
// lifted, at most.
const TYPING_MAX_MS = 2_000;
const SIGNING_MAX_MS = 2_500;
const SEALING_MAX_MS = 60;
// Enough ink to be confirmed; so much that it is time to.
const STROKES_MIN = 4;
const STROKES_MAX = 40;
// What is typed: always a beginning of this, so that any other value is told from it.
const SCRIPT = Array.from({ length: 400 }, (_, n) => `${n}。`).join("").slice(0, 900);
const SCRIPT_FULL = 600;

// Random numbers from a seed (mulberry32). The same seed makes the same choices; when the machine
// runs what is another matter.
function chance(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
  return { upTo: (max) => Math.floor(next() * (max + 1)), once: (n) => next() < 1 / n };
}

// Runs in the page: tells when each input and each end of a stroke was handled.
function report() {
  const tell = (what) => window.handled({ ...what, at: performance.timeOrigin + performance.now() });
  addEventListener("input", ({ target }) => target.id === "conclusion" && tell({ length: target.value.length }), true);
  for (const type of ["pointerdown", "pointerup"]) {
    addEventListener(type, ({ target }) => target.closest?.(".pad") && tell({ type }), true);
  }
}

// The phone between two kills.
class Killing {
  score = { kills: 0, typing: 0, signing: 0, sealing: 0, sealed: 0, typingLostMs: [], strokesLostMs: [] };

  constructor(t, seed) {
    this.t = t;
    this.chance = chance(seed);
    this.typed = 0;
    this.drawn = 0;
  }

  // A demo site, two visits begun, the network gone: all that follows is the phone's alone.
  async begin() {
    const { t } = this;
    await t.server.run("demo");
    await app.logIn(t, "lin");
    await app.synced(t);
    await app.keptForOffline(t);
    // Chromium writes cookies late, or when it is closed.
    await t.closePhone();
    await t.server.kill();
    await this.open();
    this.written = await this.beginVisit("1-1-102");
    await t.page.goto(t.server.url);
    this.signed = await this.beginVisit("1-1-101");
  }

  // Opens the app; what the page has handled is told by `handled`.
  async open() {
    const { t } = this;
    this.handled = [];
    await t.openPhone();
    await t.context.exposeBinding("handled", (_, what) => this.handled.push(what));
    await t.context.addInitScript(report);
    await app.openAgain(t);
  }

  async beginVisit(room) {
    await app.beginVisit(this.t, room);
    await app.agreed(this.t);
    await app.hear(this.t, "保安", "满意");
    // By then what was marked last is on the phone too.
    await pause(TYPING_MS);
    await this.t.page.reload();
    await this.t.page.getByRole("button", { name: "满意", exact: true, pressed: true }).waitFor();
    return this.t.page.url();
  }

  // Does `act` until the kill, `after` ms after it began; gives when that was, and opens again.
  async killed(after, act) {
    const processes = this.t.processes();
    const acting = act().catch((problem) => problem);
    await pause(after);
    const at = await this.t.killPhone(processes);
    await acting;
    const { handled } = this;
    this.score.kills += 1;
    await this.open();
    return { at, handled };
  }

  // Ages of what was lost, which must be below `limit`.
  lost(at, events, limit, into, what) {
    const ages = events.map((event) => at - event.at);
    const oldest = Math.max(0, ...ages);
    into.push(oldest);
    assert.ok(oldest <= limit, `${what} handled ${Math.round(oldest)} ms before the kill is lost`);
  }

  async type() {
    this.score.typing += 1;
    const { page } = this.t;
    await page.goto(this.written);
    const field = page.locator("#conclusion:enabled");
    await field.waitFor();
    if (this.typed > SCRIPT_FULL) {
      await field.fill("");
      this.typed = 0;
    }
    await field.evaluate((it) => {
      it.focus();
      it.setSelectionRange(it.value.length, it.value.length);
    });
    const { at, handled } = await this.killed(this.chance.upTo(TYPING_MAX_MS), async () => {
      for (let n = this.typed; n < SCRIPT.length; n += 1) {
        await page.keyboard.insertText(SCRIPT[n]);
        await pause(KEY_MS);
      }
    });
    await this.t.page.goto(this.written);
    const kept = await this.t.page.locator("#conclusion:enabled").inputValue();
    assert.ok(SCRIPT.startsWith(kept), `“${kept}” was never typed`);
    assert.ok(kept.length >= this.typed, "what an earlier kill had left is lost");
    const lost = handled.filter(({ length }) => length > kept.length);
    this.lost(at, lost, TYPING_MS, this.score.typingLostMs, "a character");
    this.typed = kept.length;
  }

  async sign() {
    const { page } = this.t;
    await page.goto(this.signed);
    await app.showOwner(this.t);
    await app.pad(this.t).scrollIntoViewIfNeeded();
    const ready = this.drawn >= STROKES_MIN;
    if (this.drawn >= STROKES_MAX || (ready && this.chance.once(2))) await this.seal();
    else await this.draw();
  }

  async draw() {
    this.score.signing += 1;
    const { page } = this.t;
    const { x, y, width, height } = await app.pad(this.t).boundingBox();
    const lines = strokes(OWNER, { width, height });
    const pen = await finger(page);
    const { at, handled } = await this.killed(this.chance.upTo(SIGNING_MAX_MS), async () => {
      for (let n = this.drawn; ; n += 1) {
        await pen.stroke(lines[n % lines.length].map((point) => ({ x: x + point.x, y: y + point.y })));
      }
    });
    const kept = await this.strokesKept();
    const ends = handled.filter(({ type }) => type === "pointerup");
    const begun = handled.filter(({ type }) => type === "pointerdown").length;
    assert.ok(kept >= this.drawn, "what an earlier kill had left is lost");
    // One more than the page could tell of may have been begun.
    assert.ok(kept <= this.drawn + begun + 1, "there are strokes that were never drawn");
    this.lost(at, ends.slice(kept - this.drawn), STROKE_MS, this.score.strokesLostMs, "a stroke");
    this.drawn = kept;
  }

  // Either sealed and waiting to be sent, or a draft with all its ink; both are seen on the screen.
  async seal() {
    this.score.sealing += 1;
    const confirm = this.t.page.getByRole("button", { name: "确认签名" });
    await confirm.scrollIntoViewIfNeeded();
    const { x, y, width, height } = await confirm.boundingBox();
    const pen = await finger(this.t.page);
    await pen.down({ x: x + width / 2, y: y + height / 2 });
    await this.killed(this.chance.upTo(SEALING_MAX_MS), () => pen.up());
    const kept = await this.strokesKept();
    if (kept === null) this.score.sealed += 1;
    else assert.equal(kept, this.drawn, "strokes were lost while sealing");
    await this.t.page.goto(this.t.server.url);
    await this.t.page.getByRole("navigation").waitFor();
    if (this.score.sealed > 0) await this.t.page.getByText(`${this.score.sealed} 份只在本机`).first().waitFor();
    if (kept === null) {
      this.drawn = 0;
      this.signed = await this.beginVisit("1-1-101");
    }
  }

  // How many strokes the draft has; null when it is a draft no more. The owner still has the phone,
  // unless it was killed before that was kept; at the end staff have it.
  async strokesKept() {
    const { page } = this.t;
    await page.goto(this.signed);
    const sealed = page.getByRole("heading", { name: /已.*封存/ });
    const show = page.getByRole("button", { name: "请业主过目" });
    await show.or(app.pad(this.t)).or(sealed).first().waitFor();
    if (await show.isVisible()) await app.showOwner(this.t);
    if (await sealed.isVisible()) {
      await app.done(this.t);
      return null;
    }
    const label = await app.pad(this.t).getAttribute("aria-label");
    await app.goOnWriting(this.t);
    return Number(label.match(/\d+/)?.[0] ?? 0);
  }

  // With the network back, the office gets every sealed record once.
  async end() {
    const { t } = this;
    const before = await recorded(t);
    await t.server.start();
    await t.page.goto(t.server.url);
    await app.synced(t, { timeout: 90_000 });
    assert.equal((await recorded(t)) - before, this.score.sealed);
    assert.equal(JSON.parse(await t.server.run("verify", "--json")).sound, true);
  }
}

// How many visits are in the server's log.
async function recorded(t) {
  const log = await t.server.run("export", "--site", "jinhaiwan");
  const rows = log.trim().split("\n").slice(1).map((line) => JSON.parse(JSON.parse(line).event.envelope));
  return rows.filter((envelope) => envelope.kind === "visit.recorded").length;
}

// Kills `kills` times, half of them while typing; gives what was found. Rejects at the first promise
// that is not kept.
export async function killTimes(t, kills, seed, seen = () => {}) {
  const killing = new Killing(t, seed);
  await killing.begin();
  while (killing.score.kills < kills) {
    await (killing.chance.once(2) ? killing.type() : killing.sign());
    seen(killing.score);
  }
  await killing.end();
  return killing.score;
}

// The score in one line; what was lost at most, in ms before the kill.
export function told(score) {
  const most = (ages) => Math.round(Math.max(0, ...ages));
  const none = (ages) => ages.filter((age) => age === 0).length;
  const { kills, typing, signing, sealing, sealed, typingLostMs, strokesLostMs } = score;
  return `${kills} kills: ${typing} while typing (nothing lost in ${none(typingLostMs)}, at most the last ${most(typingLostMs)} ms), `
    + `${signing} while signing (no stroke lost in ${none(strokesLostMs)}, at most the last ${most(strokesLostMs)} ms), `
    + `${sealing} while sealing (${sealed} sealed, ${sealing - sealed} unsigned with all ink)`;
}
