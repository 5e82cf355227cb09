// From the start of a navigation to the first frame in which an input takes the focus. The pages
// beside Doorstep come from the browser's cache; Doorstep from its service worker, the office gone.

import { setTimeout as pause } from "node:timers/promises";
import { median, tenths } from "./figures.mjs";

const LIMIT_MS = 60_000;
// After the focus the main thread's time still counts so long.
const SETTLED_MS = 600;
const WARM_UP = 3;

// Runs in the page: notes when an input first takes the focus.
function watchForFocus() {
  const look = () => {
    for (const field of document.querySelectorAll("input:not([type=hidden]):not(:disabled), select:not(:disabled), textarea:not(:disabled), [role=combobox]")) {
      const { width, height } = field.getBoundingClientRect();
      if (width < 1 || height < 1 || field.tabIndex < 0) continue;
      field.focus({ preventScroll: true });
      if (document.activeElement === field) {
        window.focusedAt = performance.now();
        return;
      }
    }
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

async function load(t, { url, form, before }, { throttle, threadTime }) {
  await before?.();
  const page = await t.context.newPage();
  const session = await t.context.newCDPSession(page);
  await session.send("Performance.enable", threadTime ? { timeDomain: "threadTicks" } : {});
  if (throttle > 1) await session.send("Emulation.setCPUThrottlingRate", { rate: throttle });
  await page.addInitScript(watchForFocus);
  await page.goto(url, { waitUntil: "commit" });
  await page.waitForFunction(() => window.focusedAt, null, { timeout: LIMIT_MS });
  await pause(threadTime ? SETTLED_MS : 100);
  const { metrics } = await session.send("Performance.getMetrics");
  const cpu = metrics.find(({ name }) => name === "TaskDuration").value * 1_000;
  const focus = await page.evaluate(() => window.focusedAt);
  // The input was the form's, not the lock's.
  if (form) await page.locator(form).waitFor({ timeout: 5_000 });
  await page.close();
  return { focus, cpu };
}

export async function startUp(t, pages, { runs, throttle }) {
  const took = new Map(pages.map(({ name }) => [name, { focus: [], cpu: [] }]));
  for (const page of pages) {
    for (let n = 0; n < WARM_UP; n += 1) await load(t, page, { throttle: 1 });
  }
  for (let n = 0; n < runs; n += 1) {
    for (const page of pages) {
      const { focus, cpu } = took.get(page.name);
      focus.push((await load(t, page, { throttle })).focus);
      cpu.push((await load(t, page, { throttle: 1, threadTime: true })).cpu);
    }
  }
  const survey = took.get("survey");
  const minimal = took.get("minimal");
  const row = ({ focus, cpu }) => ({
    focus: tenths(median(focus)), least: tenths(Math.min(...focus)), most: tenths(Math.max(...focus)),
    "of survey's": tenths((100 * median(focus)) / median(survey.focus)),
    cpu: tenths(median(cpu)),
    "cpu of survey's": tenths((100 * median(cpu)) / median(survey.cpu)),
    "cpu to minimal's": tenths(median(cpu) / median(minimal.cpu)),
  });
  return Object.fromEntries([...took].map(([name, it]) => [name, row(it)]));
}
