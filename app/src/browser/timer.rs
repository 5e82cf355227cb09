//! Timers: something to happen after a while, cancelled when its handle is dropped.
//! Not a clock; that is [`super::clock`].

use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;
use std::time::Duration;

use leptos::leptos_dom::helpers::{TimeoutHandle, set_interval, set_timeout_with_handle};
use wasm_bindgen_futures::JsFuture;

use super::window;

/// What a timer is to do.
type Task = Rc<RefCell<Option<Box<dyn FnOnce()>>>>;

/// A pending timer; dropping it cancels it.
#[must_use = "dropping a timer cancels it"]
pub struct Timer {
    handle: TimeoutHandle,
    /// What a cancelled timer would have called stays until the browser collects garbage, and a
    /// draft's lock with it: what that holds is let go of here.
    task: Task,
}

impl fmt::Debug for Timer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Timer")
    }
}

/// Calls `f` once, `ms` milliseconds from now.
pub fn after(ms: u32, f: impl FnOnce() + 'static) -> Timer {
    let task: Task = Rc::new(RefCell::new(Some(Box::new(f))));
    let due = Rc::clone(&task);
    let run = move || {
        let task = due.borrow_mut().take();
        if let Some(task) = task {
            task();
        }
    };
    let handle = set_timeout_with_handle(run, Duration::from_millis(u64::from(ms)));
    Timer {
        handle: handle.expect("a window can set timers"),
        task,
    }
}

/// Calls `f` every `ms` milliseconds for as long as the page lives.
pub fn every(ms: u32, f: impl Fn() + 'static) {
    set_interval(f, Duration::from_millis(u64::from(ms)));
}

impl Drop for Timer {
    fn drop(&mut self) {
        self.handle.clear();
        let task = self.task.borrow_mut().take();
        drop(task);
    }
}

/// Waits `ms` milliseconds.
pub async fn wait(ms: i32) {
    // The promise has no way to fail.
    JsFuture::from(promise(ms)).await.unwrap_or_default();
}

/// A promise of nothing, `ms` milliseconds from now.
pub(super) fn promise(ms: i32) -> js_sys::Promise {
    js_sys::Promise::new(&mut |resolve, _| {
        window()
            .set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, ms)
            .expect("a window can set timers");
    })
}
