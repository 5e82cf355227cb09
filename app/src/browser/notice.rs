//! The phone's own notices, for as long as the app is open behind other apps. Not when one is due.

use js_sys::{Function, Promise};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{ServiceWorkerContainer, ServiceWorkerRegistration};

use super::{document, object, property, window};

/// Whether the app may show notices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permission {
    /// It was not asked for yet.
    NotAsked,
    /// It may.
    Granted,
    /// It may not, or this browser shows none.
    Denied,
}

/// Whether the app may show notices now.
pub fn permission() -> Permission {
    let answer = property(&notification(), "permission");
    read(&answer)
}

/// Asks the person; must follow a tap.
pub async fn ask() -> Permission {
    let notification = notification();
    let ask = property(&notification, "requestPermission");
    let Ok(ask) = ask.dyn_into::<Function>() else {
        return Permission::Denied;
    };
    let Ok(asked) = ask.call0(&notification) else {
        return Permission::Denied;
    };
    match JsFuture::from(Promise::resolve(&asked)).await {
        Ok(answer) => read(&answer),
        Err(_) => Permission::Denied,
    }
}

/// Shows a notice; one with the same `tag` is replaced without a sound. A tap on it opens
/// `address` (`public/sw.js`). Without permission nothing happens.
pub async fn show(tag: &str, title: &str, address: &str) {
    if permission() != Permission::Granted {
        return;
    }
    let container = property(&window().navigator(), "serviceWorker");
    let Ok(container) = container.dyn_into::<ServiceWorkerContainer>() else {
        return;
    };
    let Ok(ready) = container.ready() else { return };
    let Ok(registration) = JsFuture::from(ready).await else {
        return;
    };
    let registration: ServiceWorkerRegistration = registration.unchecked_into();
    let options = object(&[
        ("tag", &tag.into()),
        ("data", &address.into()),
        ("icon", &document::icon().into()),
    ]);
    let show = property(&registration, "showNotification");
    if let Ok(show) = show.dyn_into::<Function>()
        && let Ok(shown) = show.call2(&registration, &title.into(), &options)
    {
        // Refused by a setting of the phone's: the banner says it all the same.
        let _ = JsFuture::from(Promise::resolve(&shown)).await;
    }
}

/// `undefined` where the browser shows none (iOS before it is installed).
fn notification() -> JsValue {
    property(&window(), "Notification")
}

fn read(answer: &JsValue) -> Permission {
    match answer.as_string().as_deref() {
        Some("granted") => Permission::Granted,
        Some("default") => Permission::NotAsked,
        _ => Permission::Denied,
    }
}
