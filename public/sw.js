// Keeps one complete build of the app for starting without a network, and for seconds the key that
// opens what is kept on the phone, while one page of the app makes way for the next.
//
// The build puts two constants before this text: BUILD, which names the build, and FILES, each
// {url, type, integrity} of what the app needs. Nothing of the API and no receipt (/r) is ever
// answered or kept here, and a new build waits until a page asks for it: an update is offered,
// never forced.

const PREFIX = "doorstep-";
const CACHE = PREFIX + BUILD;
const PAGE = "/";
const KEPT = new Set(FILES.map((file) => file.url));
// Milliseconds for which a key is held: a page that is loaded anew asks within them.
const HELD_MS = 10_000;

// {person, key} in this worker's memory and nowhere else.
let held = null;

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));
self.addEventListener("fetch", answer);
self.addEventListener("notificationclick", (event) => event.waitUntil(open(event.notification)));
self.addEventListener("message", (event) => {
  const { type, person, key } = event.data ?? {};
  if (type === "activate") self.skipWaiting();
  if (type === "forget") held = null;
  if (type === "hold") event.waitUntil(hold({ person, key }));
  if (type === "ask") event.waitUntil(give(person, event.ports[0], event.source));
});

// The worker lives at least as long as it holds something.
async function hold(given) {
  held = given;
  await new Promise((done) => setTimeout(done, HELD_MS));
  if (held === given) held = null;
}

// Once, to whoever asks first; if nothing is held, another page of the app that is open may give it.
async function give(person, port, asker) {
  const given = held?.person === person ? held.key : null;
  held = null;
  if (given) return port.postMessage(given);
  const pages = await self.clients.matchAll({ type: "window" });
  const [other] = pages.filter((page) => page.id !== asker.id);
  if (other) other.postMessage({ asks: person }, [port]);
  else port.postMessage(null);
}

// All or nothing: one file that is not exactly the one of this build, and the old build stays.
async function install() {
  const answers = await Promise.all(FILES.map(load));
  const cache = await caches.open(CACHE);
  await Promise.all(FILES.map((file, n) => cache.put(file.url, answers[n])));
}

async function load({ url, type, integrity }) {
  // Files named by content may come from the browser's cache, the others must be asked for.
  const cache = url.startsWith("/assets/") ? "default" : "no-cache";
  const answer = await fetch(url, { cache, integrity, redirect: "error", credentials: "same-origin" });
  const found = answer.headers.get("content-type") ?? "";
  if (!answer.ok || found.split(";")[0].trim() !== type) {
    throw new TypeError(`${url}: ${answer.status} ${found} instead of ${type}`);
  }
  return answer;
}

async function activate() {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith(PREFIX) && name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
  // The page that installed the first build is not under its control yet.
  await self.clients.claim();
}

// A tap on a notice opens what it is about; a page that is open is left where it is, since an owner
// may be reading on it: its banner leads on.
async function open(notice) {
  notice.close();
  const [page] = await self.clients.matchAll({ type: "window" });
  return page ? page.focus() : self.clients.openWindow(notice.data);
}

function answer(event) {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (/^\/(api|r)(\/|$)/.test(pathname)) return;
  if (request.mode === "navigate") event.respondWith(kept(PAGE, request));
  else if (KEPT.has(pathname)) event.respondWith(kept(pathname, request));
}

// The network only where the kept copy is gone (the browser may clear it).
async function kept(url, request) {
  const cache = await caches.open(CACHE);
  return (await cache.match(url, { ignoreVary: true })) ?? fetch(request);
}
