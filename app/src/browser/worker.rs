//! The service worker from the page's side: a newer one that waits, and telling it to take over.
//! Not the worker itself (`public/sw.js`), nor its registration (`public/boot.js`).

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use wasm_bindgen_futures::JsFuture;
use web_sys::{ServiceWorkerContainer, ServiceWorkerRegistration};

use super::{document, object, property, window};

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

/// `None` on an insecure address or in a private window.
fn container() -> Option<ServiceWorkerContainer> {
    let container = property(&window().navigator(), "serviceWorker");
    container.is_object().then(|| container.unchecked_into())
}
