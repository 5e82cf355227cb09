//! The service worker from the page's side: a newer one that waits, telling it to take over, and
//! the data key that it holds from one page to the next.
//! Not the worker itself (`public/sw.js`), nor its registration (`public/boot.js`).

use doorstep_domain::id::PersonId;
use js_sys::{Array, Object, Promise, Uint8Array};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    MessageChannel, MessageEvent, MessagePort, ServiceWorkerContainer, ServiceWorkerRegistration,
};

use super::{document, object, property, timer, window};

/// Milliseconds until nobody is thought to hold a key: time for the worker to wake up on a slow phone.
/// Where nobody holds one, the answer says so at once.
const ANSWER_MS: i32 = 3_000;

/// Calls `f` when a newer version has been fetched and waits to be used; at once if one does.
pub async fn on_waiting(f: impl Fn() + Clone + 'static) {
    let Some(container) = container() else { return };
    let Ok(ready) = container.ready() else { return };
    let Ok(registration) = JsFuture::from(ready).await else {
        return;
    };
    let registration: ServiceWorkerRegistration = registration.unchecked_into();
    if registration.waiting().is_some() {
        f();
    }
    let watched = registration.clone();
    let found = Closure::<dyn Fn()>::new(move || {
        let Some(worker) = watched.installing() else {
            return;
        };
        let (f, watched) = (f.clone(), watched.clone());
        let changed = Closure::<dyn Fn()>::new(move || {
            // The very first worker is activated without waiting: nothing to offer then.
            if watched.waiting().is_some() {
                f();
            }
        });
        worker.set_onstatechange(Some(changed.as_ref().unchecked_ref()));
        changed.forget();
    });
    registration.set_onupdatefound(Some(found.as_ref().unchecked_ref()));
    found.forget();
}

/// Lets the waiting version take over, and loads the page anew once it has.
pub async fn activate() {
    let Some(container) = container() else { return };
    let Ok(ready) = container.ready() else { return };
    let Ok(registration) = JsFuture::from(ready).await else {
        return;
    };
    let registration: ServiceWorkerRegistration = registration.unchecked_into();
    let Some(waiting) = registration.waiting() else {
        return;
    };
    let reload = Closure::once_into_js(document::reload);
    container.set_oncontrollerchange(Some(reload.unchecked_ref()));
    let message = object(&[("type", &"activate".into())]);
    waiting.post_message(&message).unwrap_or_default();
}

/// Gives the worker a person's data key while this page makes way for another: it holds it in memory,
/// for seconds, so that loading the app anew does not ask for the code.
pub fn hold_key(person: PersonId, key: &[u8]) {
    tell(&object(&[
        ("type", &"hold".into()),
        ("person", &person.to_string().into()),
        ("key", &Uint8Array::from(key)),
    ]));
}

/// Lets the worker forget what it holds.
pub fn forget_key() {
    tell(&object(&[("type", &"forget".into())]));
}

/// The data key of a person that the worker holds, or another page of this app.
pub async fn held_key<const N: usize>(person: PersonId) -> Option<[u8; N]> {
    let controller = container()?.controller()?;
    let channel = MessageChannel::new().ok()?;
    let answer = Promise::new(&mut |resolve, _| {
        let port = channel.port1();
        let heard = Closure::once_into_js(move |event: MessageEvent| {
            let resolved = resolve.call1(&JsValue::UNDEFINED, &event.data());
            resolved.expect("a promise can be resolved");
        });
        port.set_onmessage(Some(heard.unchecked_ref()));
    });
    let question = object(&[
        ("type", &"ask".into()),
        ("person", &person.to_string().into()),
    ]);
    let ports = Array::of1(&channel.port2());
    controller
        .post_message_with_transferable(&question, &ports)
        .ok()?;
    let late = timer::promise(ANSWER_MS);
    let first = Promise::race(&Array::of2(&answer, &late));
    let key = JsFuture::from(first).await.ok()?;
    let key = key.dyn_into::<Uint8Array>().ok()?.to_vec();
    key.try_into().ok()
}

/// Calls `key` when another page of this app asks for a person's data key, and gives that page what
/// it gives.
pub fn on_asked(key: impl Fn(PersonId) -> Option<Vec<u8>> + 'static) {
    let Some(container) = container() else { return };
    let heard = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
        let asked = property(&event.data(), "asks").as_string();
        let Some(person) = asked.and_then(|asked| asked.parse().ok()) else {
            return;
        };
        let port = event.ports().get(0);
        if let Ok(port) = port.dyn_into::<MessagePort>() {
            let key = key(person).map(|key| Uint8Array::from(key.as_slice()).into());
            // Who asked may be gone.
            port.post_message(&key.unwrap_or(JsValue::NULL))
                .unwrap_or_default();
        }
    });
    container.set_onmessage(Some(heard.as_ref().unchecked_ref()));
    // Kept for as long as the page lives.
    heard.forget();
}

fn tell(message: &Object) {
    if let Some(worker) = container().and_then(|container| container.controller()) {
        // Nothing is held where it cannot be told.
        worker.post_message(message).unwrap_or_default();
    }
}

/// `None` on an insecure address or in a private window.
fn container() -> Option<ServiceWorkerContainer> {
    let container = property(&window().navigator(), "serviceWorker");
    container.is_object().then(|| container.unchecked_into())
}
