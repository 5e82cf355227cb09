// Prints what a first visit transfers: from a cold profile at the log-in to an interactive signature
// pad, as the browser's network log counts it, headers included. What the service worker fetches
// to keep for offline is apart: it is the same files again, after the screen is there.

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as app from "./app.mjs";
import { start } from "./harness.mjs";

// As many households as the forms of the peers have to choose from, so that like is compared.
const HOUSEHOLDS = 200;

function register() {
  const rows = ["building,unit,room,name,phone,relation,residence,use,occupied"];
  for (let n = 0; n < HOUSEHOLDS; n += 1) {
    const [floor, door] = [1 + Math.floor(n / 8), 1 + (n % 4)];
    const room = `${floor}0${door}`;
    rows.push(`1,${1 + (Math.floor(n / 4) % 2)},${room},业主${n},138${String(10000000 + n)},owner,permanent,home,yes`);
  }
  return rows.join("\n");
}

const t = await start();
try {
  await t.server.run("site", "add", "--code", "small", "--name", "小区", "--zone", "Asia/Shanghai");
  const file = join(t.folder, "register.csv");
  await writeFile(file, register());
  await t.server.run("import", "households", file, "--site", "small");
  await t.server.runWith(app.PASSWORD, "user", "add", "lin", "--name", "林晓雯", "--role", "supervisor@small", "--password-stdin");
  const cdp = await t.context.newCDPSession(t.page);
  await cdp.send("Network.enable");
  const requests = new Map();
  cdp.on("Network.requestWillBeSent", ({ requestId, request }) => requests.set(requestId, { url: request.url }));
  cdp.on("Network.responseReceived", ({ requestId, response }) => {
    Object.assign(requests.get(requestId) ?? {}, { packed: response.headers["content-encoding"] ?? "-", status: response.status });
  });
  cdp.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    Object.assign(requests.get(requestId) ?? {}, { bytes: encodedDataLength });
  });
  await app.logIn(t, "lin");
  await app.beginVisit(t, "1-1-101");
  await app.agreed(t);
  await app.hear(t, "保安", "满意");
  await app.showOwner(t);
  await app.pad(t).scrollIntoViewIfNeeded();
  await app.synced(t).catch(() => {});
  const sum = { files: 0, api: 0 };
  for (const { url, packed, status, bytes = 0 } of requests.values()) {
    if (url.startsWith("data:")) continue;
    const { pathname } = new URL(url);
    sum[pathname.startsWith("/api/") ? "api" : "files"] += bytes;
    console.log(`${String(bytes).padStart(8)}  ${String(status).padEnd(4)} ${packed.padEnd(5)} ${pathname}`);
  }
  console.log(`${String(sum.files).padStart(8)}  the app's files`);
  console.log(`${String(sum.api).padStart(8)}  log-in, session and the log of a site with ${HOUSEHOLDS} households`);
  console.log(`${String(sum.files + sum.api).padStart(8)}  in all`);
} finally {
  await t.end();
}
