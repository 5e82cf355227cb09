//! What is kept of handing the phone to an owner: which record it shows until the staff's code is
//! typed, and how often a wrong one was.

use doorstep_domain::id::SubjectId;
use doorstep_domain::unlock_code::Tries;
use serde::{Deserialize, Serialize};
use wasm_bindgen::JsValue;

use super::connection::{Mode, Work};
use super::person::{PersonStore, SESSION};
use super::{StoreError, rows};

const HANDED: &str = "handed";

/// The phone in an owner's hands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Handed {
    /// The record that is theirs; `None` while the phone is in staff's hands.
    pub subject: Option<SubjectId>,
    /// Wrong codes since the last right one.
    pub tries: Tries,
}

/// Reads it within a transaction on [`SESSION`].
pub(super) async fn read(work: &Work) -> Result<Handed, StoreError> {
    let handed = work.get(SESSION, &JsValue::from_str(HANDED)).await?;
    Ok(handed.as_ref().and_then(rows::parse).unwrap_or_default())
}

impl PersonStore {
    /// In whose hands the phone is.
    pub async fn handed(&self) -> Result<Handed, StoreError> {
        self.run(&[SESSION], Mode::Read, async |work| read(work).await)
            .await
    }

    /// Keeps in whose hands the phone is.
    pub async fn save_handed(&self, handed: &Handed) -> Result<(), StoreError> {
        self.run(&[SESSION], Mode::Write, async |work| {
            work.put_at(SESSION, HANDED, &rows::to_json(handed))
        })
        .await
    }
}
