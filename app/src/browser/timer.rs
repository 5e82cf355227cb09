//! Timers: something to happen after a while, cancelled when its handle is dropped.
//! Not a clock; that is [`super::clock`].

use std::time::Duration;

use leptos::leptos_dom::helpers::{TimeoutHandle, set_interval, set_timeout_with_handle};
use wasm_bindgen_futures::JsFuture;

use super::window;

/// A pending timer; dropping it cancels it.
#[derive(Debug)]
#[must_use = "dropping a timer cancels it"]
pub struct Timer(TimeoutHandle);

/// Calls `f` once, `ms` milliseconds from now.
pub fn after(ms: u32, f: impl FnOnce() + 'static) -> Timer {
    let handle = set_timeout_with_handle(f, Duration::from_millis(u64::from(ms)));
    Timer(handle.expect("a window can set timers"))
}

/// Calls `f` every `ms` milliseconds for as long as the page lives.
pub fn every(ms: u32, f: impl Fn() + 'static) {
    set_interval(f, Duration::from_millis(u64::from(ms)));
}

impl Drop for Timer {
    fn drop(&mut self) {
        self.0.clear();
    }
}

/// Waits `ms` milliseconds.
pub async fn wait(ms: i32) {
    let promise = js_sys::Promise::new(&mut |resolve, _| {
        window()
            .set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, ms)
            .expect("a window can set timers");
    });
    // The promise has no way to fail.
    JsFuture::from(promise).await.unwrap_or_default();
}
