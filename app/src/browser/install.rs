//! Whether the app is on the home screen, whether the browser offers to put it there, and asking it
//! to. `public/boot.js` keeps the offer, which comes before the app runs.

use js_sys::{Function, Promise, Reflect};
use leptos::ev::Custom;
use leptos::prelude::window_event_listener;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::Event;

use super::{property, window};

/// Where `public/boot.js` keeps the browser's offer (a `BeforeInstallPromptEvent`).
const OFFER: &str = "doorstepInstallOffer";
/// What it says when there is one, or when the app has been installed.
const CHANGED: &str = "doorstepinstall";

/// How the app may be put on the home screen from here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Installing {
    /// It runs from there already.
    Done,
    /// The browser offers to.
    Offered,
    /// By the person's own hands, from the share sheet: Safari on iPhone and iPad offers nothing,
    /// and clears what a page keeps that was not used for seven days.
    ByHand,
    /// The browser has not offered it, and may not.
    Unknown,
}

/// How it may be installed now.
pub fn state() -> Installing {
    let navigator = window().navigator();
    // Only Safari on iPhone and iPad has this property at all.
    let standalone = Reflect::has(&navigator, &JsValue::from_str("standalone")).unwrap_or(false);
    let is_installed = property(&navigator, "standalone").is_truthy() || is_standalone();
    match (is_installed, property(&window(), OFFER).is_truthy()) {
        (true, _) => Installing::Done,
        (false, true) => Installing::Offered,
        (false, false) if standalone => Installing::ByHand,
        (false, false) => Installing::Unknown,
    }
}

/// Calls `f` whenever [`state`] may have changed.
pub fn on_change(f: impl Fn() + 'static) {
    // Kept for as long as the page lives.
    std::mem::forget(window_event_listener(
        Custom::<Event>::new(CHANGED),
        move |_| f(),
    ));
}

/// Asks the browser to install; must follow a tap. The offer is good for once.
pub async fn ask() {
    let offer = property(&window(), OFFER);
    Reflect::set(&window(), &JsValue::from_str(OFFER), &JsValue::UNDEFINED).unwrap_or_default();
    if let Ok(prompt) = property(&offer, "prompt").dyn_into::<Function>()
        && let Ok(asked) = prompt.call0(&offer)
    {
        // Turned down: nothing is lost, the browser offers it again some day.
        let _ = JsFuture::from(Promise::resolve(&asked)).await;
    }
}

/// Whether the page has a window without the browser's own bars.
fn is_standalone() -> bool {
    let query = property(&window(), "matchMedia").dyn_into::<Function>();
    let asked = JsValue::from_str("(display-mode: standalone)");
    let answer = query.ok().and_then(|it| it.call1(&window(), &asked).ok());
    answer.is_some_and(|answer| property(&answer, "matches").is_truthy())
}
