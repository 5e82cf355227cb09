// The main job: a visit made at the door without a network, ended in each of its ways, and what
// becomes of it at the office.

import assert from "node:assert/strict";
import * as app from "../app.mjs";
import { finger, sign, strokes } from "../pen.mjs";

const OWNER = "陈佳慧";

// A demo site, `login` logged in with the whole register, and the app kept for offline.
async function ready(t, login = "lin") {
  await t.server.run("demo");
  await app.logIn(t, login);
  await app.synced(t);
  await app.keptForOffline(t);
}

// The envelopes of the visits in the server's log, in its order.
async function visits(t) {
  const log = await t.server.run("export", "--site", "jinhaiwan");
  const rows = log.trim().split("\n").slice(1).map((line) => JSON.parse(line));
  const events = rows.map((row) => JSON.parse(row.event.envelope));
  return events.filter((event) => event.kind === "visit.recorded");
}

// The room is 1-1-101 of the demo's register; what the visitor hears is the same in all cases.
async function listen(t) {
  await app.beginVisit(t, "1-1-101");
  await app.agreed(t);
  await app.hear(t, "保安", "满意");
  await app.hear(t, "保洁", "不满意", "地下车库入口有积水，雨后两三天都不干。");
  await t.page.getByRole("button", { name: "要求答复" }).click();
  await t.page.getByLabel("结论").fill("工程部本周查看排水沟。");
}

async function offline(t) {
  await t.server.kill();
  await t.page.goto("about:blank");
  await t.page.goto(t.server.url);
  await t.page.getByRole("navigation").waitFor();
}

export const slow = [
  "may be signed by somebody else, who is named",
  "keeps every stroke and every word of a killed browser",
  "takes back the ink when the owner's words are changed",
];

// Runs in the page: notes everything that a status ever says, be it for a moment only.
function noteStatuses() {
  window.statuses = [];
  new MutationObserver(() => {
    for (const status of document.querySelectorAll("[role=status]")) window.statuses.push(status.textContent);
  }).observe(document, { childList: true, subtree: true, characterData: true });
}

export const cases = {
  "is made offline, survives the browser's end, arrives once, and is decided": async (t) => {
    await ready(t);
    // Logged in this morning: Chromium writes cookies to its disk half a minute late, or when it is
    // closed. A browser killed before that has to log in again, with every record still on it.
    await t.closePhone();
    await t.openPhone();
    await app.openAgain(t);
    await app.synced(t);
    const before = (await visits(t)).length;
    await offline(t);
    await listen(t);
    await app.showOwner(t);
    await app.signAndSeal(t, OWNER);
    await t.killPhone();
    await t.openPhone();
    await t.context.addInitScript(noteStatuses);
    await app.openAgain(t);
    await app.done(t);
    await t.page.getByText("1 份只在本机").first().waitFor();
    const said = await t.page.evaluate(() => window.statuses);
    assert.ok(said.some((words) => words.includes("1 份只在本机")));
    assert.ok(!said.some((words) => words.includes("全部已送达")), "called everything received before it had looked");
    await t.page.getByRole("link", { name: "拜访", exact: true }).click();
    await t.page.getByRole("link", { name: /1-1-101/ }).filter({ hasText: "只在本机" }).first().waitFor();
    await t.server.start();
    // Without a tap: the phone tries again by itself, at the latest after a minute.
    await app.synced(t, { timeout: 90_000 });
    const mine = (await visits(t)).slice(before);
    assert.equal(mine.length, 1);
    assert.equal(JSON.parse(await t.server.run("verify", "--json")).sound, true);
    await t.desk(async (page) => {
      const desk = { ...t, page };
      await app.logIn(desk, "shen");
      await app.openRecord(desk, "1-1-101");
      assert.equal(await page.getByRole("img", { name: "手写签名" }).locator("path").count(), strokes(OWNER, { width: 1, height: 1 }).length);
      await page.getByText("封存完好").first().waitFor();
      await app.decide(desk, "保洁", "采纳");
      await page.getByText(/保洁，采纳/).waitFor();
      await app.synced(desk);
    });
    // The phone asks again when it is taken up, and otherwise by itself.
    await t.page.reload();
    await app.openRecord(t, "1-1-101");
    await t.page.getByText(/保洁，采纳/).waitFor();
  },

  "may end without a signature, which is complete and valid": async (t) => {
    await ready(t);
    await listen(t);
    await app.showOwner(t);
    await app.endWith(t, "不签名");
    await app.receipt(t);
    await t.page.getByText("办公室已收到").waitFor();
    await app.confirmed(t);
  },

  "may be signed by somebody else, who is named": async (t) => {
    await ready(t);
    await listen(t);
    await app.showOwner(t);
    await t.page.getByRole("button", { name: "他人代签" }).click();
    await t.page.getByRole("button", { name: "确认代签" }).click();
    await t.page.getByText("请写上代签人的姓名。").waitFor();
    await t.page.getByLabel("代签人姓名").fill("陈".repeat(61));
    await sign(t.page, app.pad(t), "陈建国");
    await t.page.getByRole("button", { name: "确认代签" }).click();
    await t.page.getByText("姓名最多 60 字").waitFor();
    await t.page.getByLabel("代签人姓名").fill("陈建国");
    await t.page.getByRole("button", { name: "确认代签" }).click();
    await t.page.getByRole("heading", { name: "已签名封存" }).waitFor();
    await t.page.getByText("办公室已收到").waitFor();
  },

  "may be signed by a typed name, with the keyboard alone": async (t) => {
    await ready(t);
    await listen(t);
    await app.showOwner(t);
    const press = async (name) => {
      const button = t.page.getByRole("button", { name, exact: true });
      await button.focus();
      await t.page.keyboard.press("Enter");
    };
    await press("键入姓名");
    const name = t.page.getByLabel("您的姓名");
    await t.page.waitForFunction(() => document.activeElement.id === "signer-name");
    assert.equal(await app.pad(t).count(), 0, "there is nothing to draw on");
    await press("以此代替签名");
    await t.page.getByText("请写上您的姓名。").waitFor();
    await name.focus();
    await t.page.keyboard.insertText(OWNER);
    await press("以此代替签名");
    await t.page.getByRole("heading", { name: "已签名封存" }).waitFor();
    await t.page.getByText("办公室已收到").waitFor();
    await app.done(t);
    await app.openRecord(t, "1-1-101");
    await t.page.getByText(`${OWNER}（键入姓名代替签名）`).waitFor();
  },

  "keeps when the visitor stood at the door, by one tap that can be taken back": async (t) => {
    await ready(t);
    await listen(t);
    await t.page.getByText("征得同意再进门").waitFor();
    await t.page.getByText(/前到（约定/).waitFor();
    await t.page.getByRole("button", { name: "到了" }).click();
    await t.page.getByText(/\d\d:\d\d 到达/).waitFor();
    await t.page.getByRole("button", { name: "撤销" }).click();
    assert.equal(await t.page.getByText(/\d\d:\d\d 到达/).count(), 0);
    await t.page.getByRole("button", { name: "到了" }).click();
    await app.showOwner(t);
    await t.page.locator(".sheet-facts").getByText("到达").waitFor();
    await app.endWith(t, "不签名");
    await t.page.getByText("办公室已收到").waitFor();
  },

  "ends honestly where nobody is home": async (t) => {
    await ready(t);
    await app.beginVisit(t, "1-1-101");
    await t.page.getByRole("radio", { name: "无人在家" }).check({ force: true });
    await t.page.getByRole("button", { name: "记下并完成" }).click();
    await t.page.getByRole("heading", { name: "已记下" }).waitFor();
    await t.page.getByText("办公室已收到").waitFor();
    // It was a slip after all: somebody came to the door.
    await t.page.getByRole("button", { name: /^点错了/ }).click();
    await t.page.getByRole("radio", { name: "见到业户" }).waitFor();
    await app.agreed(t);
    await app.hear(t, "保洁", "满意");
    await t.page.getByText("受访人、事由与时间").click();
    await t.page.getByLabel("受访人", { exact: true }).fill(OWNER);
    await app.showOwner(t);
    await app.endWith(t, "不签名");
    await app.done(t);
    await app.synced(t);
    const [slip, made] = (await visits(t)).slice(-2);
    assert.notEqual(slip.subject, made.subject);
    await app.openRecord(t, "1-1-101");
    await t.page.getByRole("link", { name: "拜访", exact: true }).click();
    await t.page.getByText("已作废").locator("visible=true").first().waitFor();
    assert.equal(JSON.parse(await t.server.run("verify", "--json")).sound, true);
  },

  "asks for a reason without an appointment, and names what is missing": async (t) => {
    await ready(t);
    await app.beginVisit(t, "1-1-101");
    const next = t.page.getByRole("button", { name: "请业主过目" });
    await next.click();
    await t.page.getByRole("alert").filter({ hasText: "还没有记下意见或结论" }).waitFor();
    await app.hear(t, "维修", "满意");
    await next.click();
    await t.page.getByRole("alert").filter({ hasText: "请写明原因" }).waitFor();
    await t.page.getByLabel("原因").fill("业主当场邀请");
    await app.showOwner(t);
    await t.page.getByText("业主当场邀请").waitFor();
  },

  "keeps the ink when the phone is turned in the middle of signing": async (t) => {
    await ready(t);
    await listen(t);
    await app.showOwner(t);
    const half = Math.floor(strokes(OWNER, { width: 1, height: 1 }).length / 2);
    await app.signAndSeal(t, OWNER, async (n) => {
      if (n !== half) return;
      await t.page.setViewportSize({ width: 740, height: 360 });
      await app.pad(t).scrollIntoViewIfNeeded();
      const kept = await t.page.getByRole("img", { name: `签名处，已写 ${half} 笔` }).count();
      assert.equal(kept, 1);
    });
  },

  "brings back the ink that was cleared by a slip": async (t) => {
    await ready(t);
    await listen(t);
    await app.showOwner(t);
    await app.pad(t).scrollIntoViewIfNeeded();
    await sign(t.page, app.pad(t), OWNER);
    const drawn = app.pad(t).locator("path");
    const strokes = await drawn.count();
    await t.page.getByRole("button", { name: "清空" }).click();
    await t.page.getByRole("img", { name: "请在这里签名" }).waitFor();
    await t.page.getByRole("button", { name: "撤一笔" }).click();
    assert.equal(await drawn.count(), strokes);
    await t.page.getByRole("button", { name: "确认签名" }).click();
    await t.page.getByRole("heading", { name: "已签名封存" }).waitFor();
  },

  "refuses a lone dot kindly, and takes back strokes": async (t) => {
    await ready(t);
    await listen(t);
    await app.showOwner(t);
    const confirm = t.page.getByRole("button", { name: "确认签名" });
    await confirm.click();
    await t.page.getByRole("alert").filter({ hasText: "还没有签名" }).waitFor();
    await app.pad(t).scrollIntoViewIfNeeded();
    const { x, y, width, height } = await app.pad(t).boundingBox();
    const pen = await finger(t.page);
    await pen.down({ x: x + width / 2, y: y + height / 2 });
    await pen.up();
    await confirm.click();
    await t.page.getByRole("alert").filter({ hasText: "太短" }).waitFor();
    await t.page.getByRole("button", { name: "撤一笔" }).click();
    await t.page.getByRole("img", { name: "请在这里签名" }).waitFor();
  },

  "keeps every stroke and every word of a killed browser": async (t) => {
    await ready(t);
    await listen(t);
    await app.showOwner(t);
    const half = Math.floor(strokes(OWNER, { width: 1, height: 1 }).length / 2);
    let killed = false;
    await app.pad(t).scrollIntoViewIfNeeded();
    await sign(t.page, app.pad(t), OWNER, async (n) => {
      if (n !== half) return;
      // The stroke's end has been handled for 50 ms, and no longer.
      await t.page.waitForFunction((n) => document.querySelector(`svg[aria-label="签名处，已写 ${n} 笔"]`), half);
      await new Promise((done) => setTimeout(done, 50));
      await t.killPhone();
      killed = true;
      throw new Error("killed");
    }).catch((problem) => assert.ok(killed, problem));
    await t.openPhone();
    await app.openAgain(t);
    // Still in the owner's hands.
    await t.page.getByRole("img", { name: `签名处，已写 ${half} 笔` }).waitFor();
    await app.goOnWriting(t);
    assert.equal(await t.page.getByLabel("结论").inputValue(), "工程部本周查看排水沟。");
    await app.showOwner(t);
    await t.page.getByRole("img", { name: `签名处，已写 ${half} 笔` }).waitFor();
  },

  "takes back the ink when the owner's words are changed": async (t) => {
    await ready(t);
    await listen(t);
    await app.showOwner(t);
    await app.pad(t).scrollIntoViewIfNeeded();
    await sign(t.page, app.pad(t), "陈");
    await app.goOnWriting(t);
    await t.page.getByLabel("结论").fill("另约时间查看。");
    await app.showOwner(t);
    await t.page.getByRole("img", { name: "请在这里签名" }).waitFor();
    await t.page.getByText("另约时间查看。").waitFor();
  },

  "has one writer when two tabs show one draft": async (t) => {
    await ready(t);
    await listen(t);
    await t.page.getByText(/已存在本机/).waitFor();
    const second = await t.context.newPage();
    await second.goto(t.page.url());
    await second.getByText("这份草稿正在另一个页面里写").waitFor();
    assert.equal(await second.getByLabel("结论").isDisabled(), true);
    await second.getByRole("button", { name: "在这里继续写" }).click();
    await second.getByLabel("结论").fill("第二个页面写的。");
    await second.getByText(/已存在本机/).waitFor();
    await t.page.getByText("这份草稿正在另一个页面里写").waitFor();
    await t.page.getByRole("button", { name: "在这里继续写" }).click();
    await t.page.getByText("这份草稿正在另一个页面里写").waitFor({ state: "detached" });
    assert.equal(await t.page.getByLabel("结论").inputValue(), "第二个页面写的。");
  },

  "made in error is voided by an addition": async (t) => {
    await ready(t);
    await app.beginVisit(t, "1-1-101");
    await t.page.getByRole("radio", { name: "无人在家" }).check({ force: true });
    await t.page.getByRole("button", { name: "记下并完成" }).click();
    await t.page.getByText("办公室已收到").waitFor();
    const before = (await visits(t)).length;
    await t.page.getByRole("link", { name: "回到今日" }).click();
    await app.openRecord(t, "1-1-101");
    await app.voidRecord(t, "敲错了门");
    await t.page.getByText("敲错了门").first().waitFor();
    await t.page.getByRole("link", { name: "今日", exact: true }).click();
    await app.synced(t);
    assert.equal((await visits(t)).length, before);
  },
};
