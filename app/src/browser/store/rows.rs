//! The shapes of stored records: a few fields to find them by, and an opaque text or bytes.
//! Not the meaning of either.

use js_sys::{Array, Uint8Array};
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::{JsCast, JsValue};

use crate::browser::property;

/// A text field; empty when absent.
pub(super) fn text(record: &JsValue, field: &str) -> String {
    property(record, field).as_string().unwrap_or_default()
}

/// A whole number; 0 when absent.
#[expect(
    clippy::cast_possible_truncation,
    reason = "written by `number` from an i64 below 2^53"
)]
pub(super) fn integer(record: &JsValue, field: &str) -> i64 {
    property(record, field).as_f64().unwrap_or_default() as i64
}

/// Bytes; empty when absent.
pub(super) fn bytes(record: &JsValue, field: &str) -> Vec<u8> {
    let value = property(record, field);
    value
        .dyn_into::<Uint8Array>()
        .map(|bytes| bytes.to_vec())
        .unwrap_or_default()
}

/// A value kept as JSON text in `field`; `None` when it does not read.
pub(super) fn json<T: DeserializeOwned>(record: &JsValue, field: &str) -> Option<T> {
    parse(&property(record, field))
}

/// A value kept as JSON text.
pub(super) fn parse<T: DeserializeOwned>(value: &JsValue) -> Option<T> {
    serde_json::from_str(&value.as_string()?).ok()
}

/// A value as JSON text.
pub(super) fn to_json<T: Serialize>(value: &T) -> JsValue {
    let text = serde_json::to_string(value).expect("the domain's types have string keys only");
    JsValue::from_str(&text)
}

/// An id or other value by its text.
pub(super) fn key(value: &impl ToString) -> JsValue {
    JsValue::from_str(&value.to_string())
}

/// A whole number below 2^53 (times, revisions, places in a log).
#[expect(
    clippy::cast_precision_loss,
    reason = "times of this era and counters are below 2^53"
)]
pub(super) fn number(value: i64) -> JsValue {
    JsValue::from_f64(value as f64)
}

/// The key range of all rows of one site's log: every `[site, seq]`. An array sorts after every
/// number, so `[site, []]` is the upper end.
pub(super) fn site_range(site: &impl ToString) -> Result<idb::KeyRange, idb::Error> {
    let lower = Array::of1(&key(site));
    let upper = Array::of2(&key(site), &Array::new());
    idb::KeyRange::bound(&lower, &upper, None, None)
}
