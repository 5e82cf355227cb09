// Starts the app, and lets the service worker keep it for starting without a network.
// It holds nothing of the app: an own file only because the page may run no inline script.

// A state the app's authors thought impossible: it has stopped, and says so instead of standing still.
// The words are drawn by the app, hidden, in the reader's language.
const failed = (problem) => {
  if (problem instanceof WebAssembly.RuntimeError) document.getElementById("crash")?.removeAttribute("hidden");
};
addEventListener("error", (event) => failed(event.error));
addEventListener("unhandledrejection", (event) => failed(event.reason));

// The browser offers to install the app before the app can listen: kept for its settings, which ask.
const installing = (offer) => {
  globalThis.doorstepInstallOffer = offer;
  dispatchEvent(new Event("doorstepinstall"));
};
addEventListener("beforeinstallprompt", (event) => {
  event.preventDefault();
  installing(event);
});
addEventListener("appinstalled", () => installing(undefined));

const boot = document.getElementById("boot");
const named = (id) => document.getElementById(id).href;

try {
  const { default: start } = await import(named("app-module"));
  await start({ module_or_path: named("app-wasm") });
  boot.remove();
} catch (problem) {
  boot.classList.add("failed");
  throw problem;
}

// After the start: the first screen does not share its network with the copy for later.
// Without a service worker (an insecure address, a private window) the app runs online only.
if ("serviceWorker" in navigator) {
  navigator.serviceWorker.register("/sw.js").catch(console.error);
}
