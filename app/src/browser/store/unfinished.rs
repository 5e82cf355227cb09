//! Texts that were begun on a record and are not signed yet, by the field they stand in. What is
//! erased of a record takes them with it.

use doorstep_domain::erasure::{Erasure, erases};
use doorstep_domain::log::LoggedEvent;
use serde::{Deserialize, Serialize};
use wasm_bindgen::JsValue;

use super::connection::{Mode, Work};
use super::person::{PersonStore, SESSION};
use super::{StoreError, rows};
use crate::browser::object;

/// What the keys begin with. Behind it comes what the text is about, then the field.
const PREFIX: &str = "unfinished ";

/// A text as kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unfinished {
    /// The id of the record or the event that it is about.
    pub about: String,
    /// The field, unique among all.
    pub field: String,
    /// As typed; an empty one is not kept.
    pub text: String,
}

impl PersonStore {
    /// Keeps texts, all or none, each in place of what its field had.
    pub async fn save_unfinished(&self, texts: &[Unfinished]) -> Result<(), StoreError> {
        self.run(&[SESSION], Mode::Write, async |work| {
            for text in texts {
                put(work, text)?;
            }
            Ok(())
        })
        .await
    }
}

/// Reads all within a transaction on [`SESSION`].
pub(super) async fn read(work: &Work) -> Result<Vec<Unfinished>, StoreError> {
    let mut texts = Vec::new();
    for record in work.get_all(SESSION, Some(starting_with(PREFIX)?)).await? {
        let body = work.open(&place(&rows::text(&record, "key")), &record)?;
        texts.extend(body.and_then(|body| serde_json::from_slice(&body).ok()));
    }
    Ok(texts)
}

/// Seals texts that earlier versions kept in plain, within a transaction on [`SESSION`].
pub(super) async fn seal_plain(work: &Work) -> Result<(), StoreError> {
    for record in work.get_all(SESSION, Some(starting_with(PREFIX)?)).await? {
        if let Some(text) = rows::parse(&record) {
            put(work, &text)?;
        }
    }
    Ok(())
}

/// Keeps a text in place of what its field had.
fn put(work: &Work, text: &Unfinished) -> Result<(), StoreError> {
    let key = [PREFIX, &text.about, " ", &text.field].concat();
    if text.text.is_empty() {
        return work.delete(SESSION, JsValue::from_str(&key));
    }
    let body = work.seal(&place(&key), &rows::json_bytes(text))?;
    let record = object(&[("key", &JsValue::from_str(&key)), ("body", &body)]);
    work.put_at(SESSION, &key, &record)
}

fn place(key: &str) -> String {
    rows::place(SESSION, &key)
}

/// Drops the texts about what `new` erase, within a transaction on [`SESSION`].
pub(super) fn drop_erased(work: &Work, new: &[LoggedEvent]) -> Result<(), StoreError> {
    for row in new.iter().filter(|row| erases(&row.event)) {
        let record = row
            .event
            .read_envelope()
            .ok()
            .map(|it| it.subject.to_string());
        let event = Erasure::by(&row.event).map(|it| it.event.to_string());
        for about in record.into_iter().chain(event) {
            work.delete(SESSION, starting_with(&[PREFIX, &about, " "].concat())?)?;
        }
    }
    Ok(())
}

/// The range of all keys that begin with `start`; no key has the last of all characters.
fn starting_with(start: &str) -> Result<idb::Query, StoreError> {
    let end = [start, "\u{ffff}"].concat();
    let (start, end) = (JsValue::from_str(start), JsValue::from_str(&end));
    Ok(idb::KeyRange::bound(&start, &end, None, None)?.into())
}
