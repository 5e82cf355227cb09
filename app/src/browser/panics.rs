//! What happens when the app hits a state its authors thought impossible: it says so on the
//! screen and in the console instead of standing still. Not error handling.

use std::panic;

use wasm_bindgen::JsValue;

use super::window;

/// From now on a panic is written to the console and shown by the element with id `crash`, which
/// the app draws hidden and ready, in the reader's language.
pub fn install() {
    panic::set_hook(Box::new(|info| {
        web_sys::console::error_1(&JsValue::from_str(&info.to_string()));
        let notice = window()
            .document()
            .and_then(|document| document.get_element_by_id("crash"));
        if let Some(notice) = notice {
            notice.remove_attribute("hidden").unwrap_or_default();
        }
    }));
}
