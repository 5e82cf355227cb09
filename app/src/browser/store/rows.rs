//! The shapes of stored records: a few fields to find them by, and a sealed body.
//! Not the meaning of either.

use core::fmt::Display;

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

/// A value as JSON bytes, to be sealed.
pub(super) fn json_bytes<T: Serialize>(value: &T) -> Vec<u8> {
    serde_json::to_vec(value).expect("the domain's types have string keys only")
}

/// Where a body lies, which it is sealed for: its store and its key there.
pub(super) fn place(store: &str, key: &impl Display) -> String {
    format!("{store}/{key}")
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

/// Changes a field of a record that was read.
pub(super) fn set(record: &JsValue, field: &str, value: &JsValue) {
    js_sys::Reflect::set(record, &JsValue::from_str(field), value)
        .expect("a record that was read is a plain object");
}

/// The range of every key there is: the keys are texts, and arrays of them.
pub(super) fn everything() -> Result<idb::KeyRange, idb::Error> {
    idb::KeyRange::lower_bound(&JsValue::from_f64(f64::NEG_INFINITY), None)
}

/// The key range of all rows of one site's log: every `[site, seq]`. An array sorts after every
/// number, so `[site, []]` is the upper end.
pub(super) fn site_range(site: &impl ToString) -> Result<idb::KeyRange, idb::Error> {
    let lower = Array::of1(&key(site));
    let upper = Array::of2(&key(site), &Array::new());
    idb::KeyRange::bound(&lower, &upper, None, None)
}
