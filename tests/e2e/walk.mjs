// A walk through every screen, on the phone and at the desk, in whatever language and look the browser
// is set to: so nothing here goes by words. What is done at each screen is the caller's.

import { join } from "node:path";
import { CODE, PASSWORD } from "./app.mjs";
import { sign } from "./pen.mjs";

const PICTURE = join(import.meta.dirname, "../../server/src/demo/puddle.jpg");

async function logIn(page, url, login, look) {
  await page.goto(url);
  await page.locator("#login").waitFor();
  await look(page, "login");
  await page.locator("[type=submit]").click();
  await page.locator(".field-error:not(:empty)").first().waitFor();
  await look(page, "login-refused");
  await page.locator("#login").fill(login);
  await page.locator("#password").fill(PASSWORD);
  await page.locator("[type=submit]").click();
  await page.locator("#new-code").waitFor();
  await look(page, "code");
  await page.locator("#new-code").fill("123456");
  await page.locator("#again-code").fill("123456");
  await page.locator("[type=submit]").click();
  await page.locator(".field-error:not(:empty)").first().waitFor();
  await look(page, "code-refused");
  await page.locator("#new-code").fill(CODE);
  await page.locator("#again-code").fill(CODE);
  await page.locator("[type=submit]").click();
  await page.locator(".sync-pill.jade").waitFor();
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
    while (!navigator.serviceWorker.controller) await new Promise((done) => setTimeout(done, 50));
  });
}

async function register(page, look) {
  await page.locator('nav a[href="/households"]').click();
  await page.locator('a[href^="/households/"]').first().waitFor();
  await look(page, "households");
  await page.getByRole("searchbox").fill("1502");
  await page.locator("mark").first().waitFor();
  await look(page, "households-searched");
  await page.getByRole("searchbox").fill("9-9-9");
  await page.locator("mark").first().waitFor({ state: "detached" });
  await look(page, "households-none");
  await page.getByRole("searchbox").fill("1-1-1502");
  await page.locator('a[href^="/households/"]').first().click();
  await page.locator(".thumb-bar button").waitFor();
  await look(page, "household");
}

async function visit(page, look) {
  await page.locator(".thumb-bar button").click();
  await page.locator(".topic").first().waitFor();
  const next = page.locator(".foot-bar .button.primary");
  await look(page, "listening");
  await next.click();
  await page.locator(".foot-problem:not(:empty)").waitFor();
  await look(page, "listening-refused");
  await page.locator(".topic").nth(0).locator(".mark.jade").click();
  await page.locator(".topic").nth(2).locator(".mark.amber").click();
  await page.locator(".topic").nth(1).locator(".mark.seal").click();
  await page.locator("#topic-2").fill("二单元地下车库入口有积水，雨后两三天都不干，老人走过滑了一下。希望装个排水或铺防滑垫。");
  await page.locator(".topic").nth(1).locator(".chip[aria-pressed]").click();
  await look(page, "listening-topics");
  const pictures = page.locator("#topic-2").locator("xpath=ancestor::article").locator("input[type=file]");
  await pictures.nth(1).setInputFiles(PICTURE);
  await page.locator(".photo-taken .photo").waitFor();
  await pictures.nth(1).setInputFiles({ name: "a.heic", mimeType: "image/heic", buffer: Buffer.from("none") });
  await page.locator(".photo-adding .field-error:not(:empty)").waitFor();
  await page.locator(".phrase").nth(1).click();
  await page.locator(".undo-bar").waitFor();
  await look(page, "listening-photo");
  await page.locator(".photo-taken .photo").click();
  await page.getByRole("dialog").waitFor();
  await look(page, "listening-photo-large");
  await page.keyboard.press("Escape");
  await page.locator(".undo-bar button").click();
  await page.locator("#conclusion").fill("工程部本周现场查看积水，周五前答复。");
  await page.locator("#reason").fill("业主当场邀请。");
  await page.locator("details.more > summary").click();
  await page.locator(".kept.jade").waitFor();
  await look(page, "listening-written");
  await next.click();
  await page.locator(".pad .ink").waitFor();
  await look(page, "owner");
  const outcomes = page.locator(".outcomes button");
  await outcomes.nth(0).click();
  await page.locator(".form-error:not(:empty)").waitFor();
  await look(page, "owner-refused");
  await outcomes.nth(1).click();
  await page.getByRole("dialog").waitFor();
  await look(page, "owner-asked");
  await page.keyboard.press("Escape");
  await outcomes.nth(2).click();
  await page.locator("#signer-name").waitFor();
  await look(page, "owner-someone-else");
  await outcomes.nth(0).click();
  await page.locator(".pad .ink").scrollIntoViewIfNeeded();
  await sign(page, page.locator(".pad .ink"), "潘娟");
  await look(page, "owner-signed");
}

async function seal(page, look) {
  await page.locator(".outcomes button").nth(0).click();
  await page.locator(".receipt-code").waitFor();
  await page.locator(".sealed-mark").evaluate((mark) => Promise.all(mark.getAnimations().map((it) => it.finished)));
  await look(page, "sealed-only-here");
}

async function rest(page, server, look) {
  await page.locator(".foot-bar a").click();
  await page.locator("#unlock-code").fill("402914");
  await page.locator("dialog [type=submit]").click();
  await page.locator("dialog .form-error:not(:empty)").waitFor();
  await look(page, "take-back-refused");
  await page.locator("#unlock-code").fill(CODE);
  await page.locator("dialog [type=submit]").click();
  await page.locator(".month-card").waitFor();
  await look(page, "today-offline");
  await page.locator('nav a[href="/me"]').click();
  await page.locator(".unsent-item").waitFor();
  await look(page, "me-unsent");
  await page.locator('nav a[href="/visits"]').click();
  await page.locator(".inbox-row").first().waitFor();
  await look(page, "visits");
  await page.locator(".inbox-row").first().click();
  await page.locator(".sheet .ink").waitFor();
  await look(page, "visit-only-here");
  await server.start();
  await page.locator('nav a[href="/"]').click();
  await page.locator(".sync-pill.jade").waitFor();
  await look(page, "today");
  await page.locator('nav a[href="/me"]').click();
  await look(page, "me");
  await page.goto(`${server.url}/no/such/page`);
  await page.locator("h1").waitFor();
  await look(page, "not-found");
}

// Back in staff's hands, from a record sealed in an owner's.
async function takeBack(page) {
  await page.locator(".foot-bar a").click();
  await page.locator("#unlock-code").fill(CODE);
  await page.locator("dialog [type=submit]").click();
  await page.locator(".month-card").waitFor();
}

async function openNewest(page) {
  await page.locator('nav a[href="/visits"]').click();
  await page.locator(".inbox-row").first().click();
  await page.locator(".sheet .ink").waitFor();
}

// The answer the owner asked for is written down, and the record corrected.
async function afterwards(page, look) {
  await openNewest(page);
  await page.locator(".answering > .button").first().click();
  await page.locator(".answering textarea").first().fill("排水沟本周五前疏通，完工后电话告知。");
  await look(page, "visit-answering");
  await page.locator(".answering .button.primary").click();
  await page.locator(".answer-given").waitFor();
  await look(page, "visit-answered");
  await page.locator(".amending button").first().click();
  await page.locator("#why").waitFor();
  await look(page, "correcting");
  await page.locator("#why").fill("结论漏记了复查时间。");
  await page.locator("#conclusion").fill("工程部本周现场查看积水，周五前答复，下周一复查。");
  await page.locator(".kept.jade").waitFor();
  await page.locator(".foot-bar .button.primary").click();
  await page.locator(".pad .ink").waitFor();
  await look(page, "owner-corrected");
  await page.locator(".outcomes button").nth(1).click();
  await page.getByRole("dialog").locator(".button.primary").click();
  await page.locator(".receipt-code").waitFor();
  await takeBack(page);
  await openNewest(page);
  await look(page, "visit-corrected");
}

async function review(page, url, look) {
  await logIn(page, url, "shen", async () => {});
  await look(page, "desk-today");
  await page.locator('nav a[href="/visits"]').click();
  await page.locator(".inbox-row").first().waitFor();
  await look(page, "desk-visits");
  await page.locator(".inbox-row").first().click();
  await page.locator(".sheet .ink").waitFor();
  await look(page, "desk-visit");
  await page.locator(".decision button").nth(1).click();
  await page.locator(".decision textarea").waitFor();
  await look(page, "desk-decision");
  await page.locator('nav a[href="/households"]').click();
  await page.locator('a[href^="/households/"]').first().waitFor();
  await look(page, "desk-households");
}

// What was handed in by a phone that was locked out, at the director's desk.
async function aside(page, url, look) {
  await logIn(page, url, "shen", async () => {});
  await page.locator('a[href="/me/aside"]').click();
  await page.locator("section.card").first().waitFor();
  await look(page, "desk-aside");
}

// Two appointments: one it is time for, one a day ahead; a call that agreed none.
async function planning(page, url, look) {
  const local = (minutes) => new Date(Date.now() + (minutes + 8 * 60) * 60_000).toISOString().slice(0, 16);
  for (const [room, time, agenda] of [["1-1-103", local(12), "车库积水怎样了"], ["1-1-104", local(24 * 60), ""]]) {
    await page.goto(`${url}/households`);
    await page.getByRole("searchbox").fill(room);
    await page.locator('a[href^="/households/"]', { hasText: room }).click();
    await page.locator('.thumb-bar a[href$="/plan"]').click();
    await page.locator("#planned-at").fill(time);
    await page.locator("#plan-agenda").fill(agenda);
    if (agenda) await look(page, "planning");
    await page.locator(".thumb-bar .button.primary").click();
    await page.locator(".planned-time").waitFor();
  }
  await page.evaluate(() => addEventListener("click", (event) => {
    if (event.target.closest('a[href^="tel:"]')) event.preventDefault();
  }));
  await page.locator('a[href^="tel:"]').first().click();
  await page.locator("#after-call").waitFor();
  await look(page, "household-planned");
  await page.locator("#after-call ~ .button-row button").first().click();
  await page.locator(".calls").waitFor();
  await page.locator(".card .button-row button.line").first().click();
  await page.getByRole("dialog").waitFor();
  await look(page, "household-calling-off");
  await page.keyboard.press("Escape");
  await page.goto(url);
  await page.locator(".planned-next").waitFor();
  await look(page, "today-planned");
}

// The account's own pages.
async function account(page, url, look) {
  await page.goto(`${url}/me/password`);
  await page.locator("[type=submit]").click();
  await page.locator(".field-error:not(:empty)").first().waitFor();
  await look(page, "me-password-refused");
  await page.goto(`${url}/me/code`);
  await page.locator("#new-code").waitFor();
  await look(page, "me-code");
  await page.goto(`${url}/me/devices`);
  await page.locator(".unsent-item button").first().waitFor();
  await look(page, "me-devices");
  await page.goto(`${url}/me/rescue`);
  await page.locator("#rescue-file").waitFor();
  await look(page, "me-rescue");
  await page.goto(`${url}/me/phrases`);
  await page.locator(".phrase-row").first().waitFor();
  await page.locator("[type=submit]").click();
  await page.locator(".field-error:not(:empty)").waitFor();
  await look(page, "me-phrases");
}

// A visit begun on the phone, gone on with on another, and taken back.
async function twoPhones(t, look) {
  const { page } = t;
  await page.goto(`${t.server.url}/households`);
  await page.getByRole("searchbox").fill("1-1-101");
  await page.locator('a[href^="/households/"]').first().click();
  await page.locator(".thumb-bar button").click();
  await page.locator(".topic").nth(0).locator(".mark.jade").click();
  await page.locator(".kept.jade").waitFor();
  const draft = page.url();
  // Copied when it has rested.
  await page.waitForResponse((it) => it.url().includes("/api/v1/drafts/") && it.request().method() === "PUT");
  await t.otherPhone(async (other) => {
    await logIn(other, t.server.url, "lin", async () => {});
    const copy = other.locator("main .list button").first();
    await copy.waitFor();
    await look(other, "today-elsewhere");
    await copy.click();
    await other.locator(".topic").first().waitFor();
    await page.goto(draft);
    await page.locator(".banner button").waitFor();
    await look(page, "listening-elsewhere");
  });
}

// The phone locked; what is unsent when the log-in no longer holds: saved in a file, or handed in for
// the director; and the phone's key revoked.
async function lockedOut(t, look) {
  const { page } = t;
  await t.context.setOffline(true);
  await page.goto(`${t.server.url}/households`);
  await page.getByRole("searchbox").fill("1-1-102");
  await page.locator('a[href^="/households/"]').first().click();
  await page.locator(".thumb-bar button").click();
  await page.locator(".topic").first().waitFor();
  await page.locator('[name="outcome"]').nth(1).check({ force: true });
  await page.locator(".foot-bar .button.primary").click();
  await page.locator(".foot-bar a").click();
  await page.locator('nav a[href="/me"]').click();
  await page.locator(".unsent-item").waitFor();
  await page.locator(".button-row button").first().click();
  await page.getByRole("dialog").waitFor();
  await look(page, "me-saving");
  await page.keyboard.press("Escape");
  await page.goto(`${t.server.url}/me`);
  await page.locator(".facts ~ button").click();
  await page.locator("#unlock").waitFor();
  await look(page, "locked");
  await page.locator("#unlock").fill("402914");
  await page.locator("[type=submit]").click();
  await page.locator(".form-error:not(:empty)").waitFor();
  await look(page, "locked-refused");
  await page.locator("form .button.line").click();
  await look(page, "locked-forgotten");
  await page.reload();
  await page.locator("#unlock").fill(CODE);
  await page.locator("[type=submit]").click();
  await page.locator(".unsent-item").waitFor();
  await t.server.run("user", "reset-password", "lin");
  await t.context.setOffline(false);
  await page.reload();
  await page.locator(".button-row button.ghost").waitFor();
  await look(page, "me-locked-out");
  await page.locator(".button-row button.ghost").click();
  await page.getByRole("dialog").waitFor();
  await look(page, "me-handing-in");
  await page.getByRole("dialog").locator(".button.primary").click();
  await page.getByRole("dialog").waitFor({ state: "hidden" });
  await page.locator(".unsent-item").waitFor({ state: "detached" });
  await look(page, "me-handed-in");
  const phones = JSON.parse(await t.server.run("device", "list", "--json"));
  for (const { device, login } of phones) if (login === "lin") await t.server.run("device", "revoke", device);
  await page.reload();
  await page.locator(".doorway [role=alert]").waitFor();
  await look(page, "revoked");
}

// Logged in on the phone at a demo site, with the app kept for offline.
async function begin(t, look) {
  await t.server.run("demo");
  await logIn(t.page, t.server.url, "lin", look);
  await t.page.evaluate(() => navigator.serviceWorker.ready);
}

// Each calls `look(page, screen)` at its screens of the demo site; together they pass all of them.
export const walks = {
  // A visit from the register to what becomes of it, in the end at a desk.
  async visiting(t, look) {
    const { page } = t;
    await begin(t, look);
    await register(page, look);
    await visit(page, look);
    await t.server.kill();
    await seal(page, look);
    await rest(page, t.server, look);
    await page.goto(t.server.url);
    await afterwards(page, look);
    await t.desk((desk) => review(desk, t.server.url, look));
  },
  // What is around it: plans, the account, several phones, a lost one.
  async surroundings(t, look) {
    await begin(t, async () => {});
    await planning(t.page, t.server.url, look);
    await account(t.page, t.server.url, look);
    await twoPhones(t, look);
    await lockedOut(t, look);
    await t.desk((desk) => aside(desk, t.server.url, look));
  },
};
