//! Texts that were begun on a record and are not signed yet, by the field they stand in. What is
//! erased of a record takes them with it.

use doorstep_domain::erasure::{Erasure, erases};
use doorstep_domain::log::LoggedEvent;
use serde::{Deserialize, Serialize};
use wasm_bindgen::JsValue;

use super::connection::{Mode, Work};
use super::person::{PersonStore, SESSION};
use super::{StoreError, rows};

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
                let key = [PREFIX, &text.about, " ", &text.field].concat();
                if text.text.is_empty() {
                    work.delete(SESSION, JsValue::from_str(&key))?;
                } else {
                    work.put_at(SESSION, &key, &rows::to_json(text))?;
                }
            }
            Ok(())
        })
        .await
    }
}

/// Reads all within a transaction on [`SESSION`].
pub(super) async fn read(work: &Work) -> Result<Vec<Unfinished>, StoreError> {
    let kept = work.get_all(SESSION, Some(starting_with(PREFIX)?)).await?;
    Ok(kept.iter().filter_map(rows::parse).collect())
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
