// The record as the company's two paper forms have it: everything that belongs on them, nothing that
// does not, on one sheet of A4.

import assert from "node:assert/strict";
import * as app from "../app.mjs";

const SAID = "地下车库入口有积水，雨后两三天都不干。";
const SECRET = "家里有病人，说话轻一些。";

// A signed visit to 1-1-101, its forms open.
async function forms(t, said = SAID) {
  await t.server.run("demo");
  await app.logIn(t, "lin");
  await app.synced(t);
  await app.beginVisit(t, "1-1-101");
  await app.agreed(t);
  await app.hear(t, "保安", "满意");
  await app.hear(t, "保洁", "不满意", said);
  await t.page.getByRole("button", { name: "要求答复" }).click();
  await t.page.getByLabel("结论").fill("工程部本周查看排水沟。");
  await t.page.getByLabel("内部备注").fill(SECRET);
  await app.showOwner(t);
  await app.signAndSeal(t, "陈佳慧");
  await app.done(t);
  await app.openRecord(t, "1-1-101");
  await t.page.getByRole("link", { name: "打印" }).click();
  await t.page.getByRole("heading", { name: "业户访问记录" }).waitFor();
}

// The words of the form, each run of blanks as one.
async function paper({ page }) {
  return (await page.locator(".paper").innerText()).replace(/\s+/g, " ");
}

// What stands beside the field `name`.
function cell({ page }, name) {
  return page.getByRole("rowheader", { name, exact: true }).locator("+ td");
}

async function choose({ page }, name) {
  await page.getByRole("radio", { name, exact: true }).check({ force: true });
}

// How many sheets of A4 are printed.
async function sheets({ page }) {
  const pdf = (await page.pdf({ preferCSSPageSize: true })).toString("latin1");
  assert.match(pdf, /\/MediaBox \[0 0 59[45][\d.]* 84[12][\d.]*\]/, "it is A4");
  return pdf.match(/\/Type \/Page\b(?!s)/g).length;
}

export const cases = {
  "both forms hold what the owner saw and never the private note, on one sheet": async (t) => {
    await forms(t);
    for (const name of ["保安", "保洁", "绿化", "维修", "社区文化", "其他"]) {
      assert.equal(await t.page.getByRole("rowheader", { name: new RegExp(`^${name}`) }).count() > 0, true, name);
    }
    assert.equal(await cell(t, "房号").innerText(), "1-1-101");
    assert.match(await cell(t, "方式").innerText(), /■ 上门.*□ 电话/);
    assert.equal(await cell(t, "主管意见").innerText(), "", "to be filled in");
    let words = await paper(t);
    for (const part of [SAID, "不满意", "工程部本周查看排水沟。", "林晓雯"]) assert.ok(words.includes(part), part);
    assert.ok(!words.includes(SECRET));
    assert.equal(await t.page.getByRole("img", { name: "手写签名" }).count(), 1);
    assert.equal(await sheets(t), 1);
    await choose(t, "拜访客户工作情况表");
    await t.page.getByRole("heading", { name: "拜访客户工作情况表" }).waitFor();
    words = await paper(t);
    for (const part of ["MPS—YW2—09", SAID, "■ 备案", "□ 上报运作部", "工程部本周查看排水沟。"]) {
      assert.ok(words.includes(part), part);
    }
    assert.ok(!words.includes(SECRET));
    assert.equal(await sheets(t), 1);
  },

  "a form printed in English keeps its Chinese name, and the owner's words as they were said": async (t) => {
    await forms(t);
    await choose(t, "English");
    await t.page.getByRole("heading", { name: "业户访问记录 Visit record" }).waitFor();
    const words = await paper(t);
    for (const part of ["Satisfaction", "Dissatisfied", SAID, "■ At the door"]) assert.ok(words.includes(part), part);
    assert.equal(await sheets(t), 1);
  },

  "on paper there is the form and nothing of the app, in the dark too": async (t) => {
    await forms(t, "很长的意见。".repeat(160));
    await t.page.emulateMedia({ media: "print", colorScheme: "dark" });
    for (const part of [".page-head", ".printing-choice", ".tabs"]) {
      assert.equal(await t.page.locator(part).locator("visible=true").count(), 0, part);
    }
    const ink = await t.page.locator(".paper").evaluate((paper) => getComputedStyle(paper).color);
    assert.equal(ink, "rgb(30, 27, 23)");
    assert.ok(await sheets(t) >= 2, "what does not fit goes on");
  },
};
