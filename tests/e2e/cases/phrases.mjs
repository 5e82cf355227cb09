// The office's phrases: put on the list without a network, there for everybody, one tap from an
// opinion.

import assert from "node:assert/strict";
import * as app from "../app.mjs";

async function openList({ page }) {
  await page.getByRole("link", { name: "我", exact: true }).click();
  await page.getByRole("link", { name: /^常用语/ }).click();
  await page.getByRole("heading", { name: "常用语" }).waitFor();
}

async function add({ page }, phrase, topic) {
  await page.getByLabel("新的常用语").fill(phrase);
  if (topic) await page.getByLabel("用在哪一项").selectOption(topic);
  await page.getByRole("button", { name: "加入" }).click();
}

export const cases = {
  "are put on the list offline, reach the others, and are put in and taken out by a tap": async (t) => {
    await t.server.run("demo");
    await app.logIn(t, "lin");
    await app.synced(t);
    await app.keptForOffline(t);
    await t.server.kill();
    await openList(t);
    await t.page.getByRole("button", { name: "加入" }).click();
    await t.page.getByText("请写下一句常用语").waitFor();
    await add(t, "长".repeat(61));
    await t.page.getByRole("alert").filter({ hasText: "太长" }).waitFor();
    await add(t, "外墙渗水", "维修");
    await t.page.getByRole("listitem").filter({ hasText: "外墙渗水" }).waitFor();
    await t.page.getByRole("button", { name: "删去“无意见”" }).click();
    await t.page.getByRole("listitem").filter({ hasText: "无意见" }).waitFor({ state: "hidden" });
    await t.page.getByRole("button", { name: "撤销" }).click();
    await t.page.getByRole("listitem").filter({ hasText: "无意见" }).waitFor();
    await t.page.getByRole("button", { name: "删去“请尽快处理”" }).click();
    await t.page.getByRole("listitem").filter({ hasText: "请尽快处理" }).waitFor({ state: "hidden" });
    await t.server.start();
    await t.page.getByRole("link", { name: "今日", exact: true }).click();
    await app.synced(t, { timeout: 60_000 });

    await t.desk(async (page) => {
      const zhou = { ...t, page, server: t.server };
      await app.logIn(zhou, "zhou");
      await app.synced(zhou);
      await openList(zhou);
      await page.getByText("常用语由主管或主任增减").waitFor();
      assert.equal(await page.getByRole("button", { name: /^删去/ }).count(), 0);
      await app.beginVisit(zhou, "1-1-101");
      await app.hear(zhou, "维修", "不满意", "师傅没来");
      const phrases = page.getByRole("group", { name: "常用语" });
      const offered = await phrases.getByRole("button").allInnerTexts();
      assert.deepEqual(offered, ["报修后等的时间太长", "师傅准时，修得好", "外墙渗水", "无意见"]);
      await phrases.getByRole("button", { name: "外墙渗水" }).click();
      const words = page.getByLabel("维修：业户怎么说");
      assert.equal(await words.inputValue(), "师傅没来；外墙渗水");
      await page.getByRole("button", { name: "撤销" }).click();
      assert.equal(await words.inputValue(), "师傅没来");
      await phrases.getByRole("button", { name: "外墙渗水" }).click();
      await words.fill("师傅没来；外墙渗水两年了");
      await page.getByRole("button", { name: "撤销" }).click();
      assert.equal(await words.inputValue(), "师傅没来；外墙渗水两年了", "what was typed since stays");
    });
    assert.equal(JSON.parse(await t.server.run("verify", "--json")).sound, true);
  },
};
