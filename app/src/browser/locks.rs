//! Web Locks: who of several tabs may do something. A crashed tab's lock is freed by the
//! browser; a frozen tab's has to be taken over. Not a guard of data; transactions are that.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Function, Promise};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};

use super::{object, property, timer, window};

/// A lock held by this tab until it is dropped.
#[derive(Debug)]
pub struct Lock(Option<Function>);

/// Called when another tab takes a lock over.
type Lost = Box<dyn FnOnce()>;

/// How a lock is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Manner {
    /// Only if nobody has it.
    IfFree,
    /// In any case: who has it loses it.
    Steal,
}

impl Drop for Lock {
    fn drop(&mut self) {
        if let Some(release) = self.0.take() {
            // Resolving a promise does not fail.
            release.call0(&JsValue::UNDEFINED).unwrap_or_default();
        }
    }
}

/// The lock `name`, if no other tab has it. `lost` is called should another tab take it over.
pub async fn try_lock(name: &str, lost: impl FnOnce() + 'static) -> Option<Lock> {
    request(name, Manner::IfFree, Box::new(lost)).await
}

/// The lock `name`, taken over from whoever has it.
pub async fn take_over(name: &str, lost: impl FnOnce() + 'static) -> Option<Lock> {
    request(name, Manner::Steal, Box::new(lost)).await
}

/// The lock `name`: waited for while another tab has it, taken over after `patience_ms`, so that
/// a frozen tab cannot hold up the others.
pub async fn lock_patiently(name: &str, patience_ms: u32) -> Option<Lock> {
    const STEP_MS: u32 = 500;
    for _ in 0..patience_ms / STEP_MS {
        if let Some(lock) = try_lock(name, || {}).await {
            return Some(lock);
        }
        timer::wait(STEP_MS.cast_signed()).await;
    }
    take_over(name, || {}).await
}

/// A browser without Web Locks gives every tab the lock: transactions still keep data whole.
async fn request(name: &str, manner: Manner, lost: Lost) -> Option<Lock> {
    let manager = property(&window().navigator(), "locks");
    let Ok(request) = property(&manager, "request").dyn_into::<Function>() else {
        return Some(Lock(None));
    };
    let option = if manner == Manner::Steal {
        "steal"
    } else {
        "ifAvailable"
    };
    let options = object(&[(option, &JsValue::TRUE)]);
    let name = JsValue::from_str(name);
    let release: Rc<RefCell<Option<Function>>> = Rc::default();
    let mut lost = Some(lost);
    let granted = Promise::new(&mut |answer, _| {
        let hold = hold(answer.clone(), Rc::clone(&release));
        match request.call3(&manager, &name, &options, &hold) {
            Ok(promise) => watch(promise.unchecked_into(), lost.take()),
            Err(_) => tell(&answer, true),
        }
    });
    let granted = JsFuture::from(granted)
        .await
        .is_ok_and(|answer| answer.is_truthy());
    granted.then(|| Lock(release.borrow_mut().take()))
}

/// What the browser calls with the lock, or with null when another tab has it: tells `answer`
/// which, and holds the lock until `release` is called.
fn hold(answer: Function, release: Rc<RefCell<Option<Function>>>) -> JsValue {
    Closure::once_into_js(move |lock: JsValue| -> JsValue {
        let granted = lock.is_object();
        let held = granted
            .then(|| Promise::new(&mut |resolve, _| *release.borrow_mut() = Some(resolve)).into());
        tell(&answer, granted);
        held.unwrap_or(JsValue::UNDEFINED)
    })
}

fn tell(answer: &Function, granted: bool) {
    // Resolving a promise does not fail.
    answer
        .call1(&JsValue::UNDEFINED, &JsValue::from_bool(granted))
        .unwrap_or_default();
}

/// A lock that is taken over rejects the promise it was held by.
fn watch(held: Promise, lost: Option<Lost>) {
    spawn_local(async move {
        if JsFuture::from(held).await.is_err()
            && let Some(lost) = lost
        {
            lost();
        }
    });
}
