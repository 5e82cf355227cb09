//! When the page comes and goes: visible, hidden, online. Not what follows from it.

use leptos::ev;
use leptos::prelude::{document, window_event_listener};
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;

/// Calls `f` whenever the browser says there is a network again.
pub fn on_online(f: impl Fn() + 'static) {
    // Kept for as long as the page lives.
    std::mem::forget(window_event_listener(ev::online, move |_| f()));
}

/// Calls `f` whenever the page comes to the foreground.
pub fn on_visible(f: impl Fn() + 'static) {
    on_visibility(move |hidden| {
        if !hidden {
            f();
        }
    });
}

/// Calls `f` whenever the page is hidden: the last moment a phone surely gives a page.
pub fn on_hidden(f: impl Fn() + 'static) {
    on_visibility(move |hidden| {
        if hidden {
            f();
        }
    });
}

/// Calls `f` whenever the page makes way for another, or is loaded anew.
pub fn on_leaving(f: impl Fn() + 'static) {
    // Kept for as long as the page lives.
    std::mem::forget(window_event_listener(ev::pagehide, move |_| f()));
}

/// Calls `f` whenever somebody touches the screen, types or moves what is pointed with.
pub fn on_touch(f: impl Fn() + Clone + 'static) {
    let (down, typed) = (f.clone(), f.clone());
    // Kept for as long as the page lives.
    std::mem::forget(window_event_listener(ev::pointerdown, move |_| down()));
    std::mem::forget(window_event_listener(ev::keydown, move |_| typed()));
    std::mem::forget(window_event_listener(ev::input, move |_| f()));
}

fn on_visibility(f: impl Fn(bool) + 'static) {
    let listen = Closure::<dyn Fn()>::new(move || f(document().hidden()));
    document()
        .add_event_listener_with_callback("visibilitychange", listen.as_ref().unchecked_ref())
        .expect("a document takes listeners");
    // Kept for as long as the page lives.
    listen.forget();
}
