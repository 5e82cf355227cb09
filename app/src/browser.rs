//! The adapters to the browser, one outside thing each: the only place that names `web_sys` and
//! `js_sys`. No rule and no user-visible text lives here.

pub mod broadcast;
pub mod chosen_file;
pub mod cipher;
pub mod clock;
pub mod crypto;
pub mod dialog;
pub mod document;
pub mod download;
pub mod format;
pub mod http;
pub mod install;
pub mod lifecycle;
pub mod locks;
pub mod notice;
pub mod passkey;
pub mod pen;
pub mod picture;
pub mod preferences;
pub mod random;
pub mod storage;
pub mod store;
pub mod timer;
pub mod wet_ink;
pub mod worker;
pub mod zone;

use js_sys::Reflect;
use wasm_bindgen::JsValue;

/// The page's window.
fn window() -> web_sys::Window {
    web_sys::window().expect("the app runs in a page, not in a worker")
}

/// A property of a JavaScript object; `undefined` when it has none.
fn property(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED)
}

/// An object from names and values.
fn object(fields: &[(&str, &JsValue)]) -> js_sys::Object {
    let object = js_sys::Object::new();
    for (name, value) in fields {
        Reflect::set(&object, &JsValue::from_str(name), value)
            .expect("a fresh plain object takes properties");
    }
    object
}
