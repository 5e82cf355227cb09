//! Handing people a file. Not its content.

use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, BlobPropertyBag, HtmlAnchorElement, Url};

use super::{timer, window};

/// Saves `text` as a file named `name` through the browser's own download.
pub fn save_text(name: &str, media_type: &str, text: &str) {
    let options = BlobPropertyBag::new();
    options.set_type(media_type);
    let parts = Array::of1(&JsValue::from_str(text));
    let blob =
        Blob::new_with_str_sequence_and_options(&parts, &options).expect("a text makes a blob");
    let address = Url::create_object_url_with_blob(&blob).expect("a blob has an address");
    let document = window().document().expect("a page has a document");
    let link: HtmlAnchorElement = document
        .create_element("a")
        .expect("an anchor can be made")
        .unchecked_into();
    link.set_href(&address);
    link.set_download(name);
    link.click();
    // The download has taken what it needs long before.
    let release = timer::after(60_000, move || {
        Url::revoke_object_url(&address).unwrap_or_default();
    });
    std::mem::forget(release);
}
