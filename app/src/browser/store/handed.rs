//! What is kept of handing the phone to an owner: the staff's code, as something that only it opens,
//! and which record the phone shows until it is typed.

use doorstep_domain::id::SubjectId;
use doorstep_domain::passphrase::Lock;
use doorstep_domain::unlock_code::Tries;
use js_sys::Uint8Array;
use serde::{Deserialize, Serialize};
use wasm_bindgen::JsValue;

use super::connection::{Mode, Work};
use super::person::{PersonStore, SESSION};
use super::{StoreError, rows};
use crate::browser::object;

const CODE: &str = "unlock_code";
const HANDED: &str = "handed";

/// A code as kept: what [`crate::browser::crypto::seal`] made of nothing with it, so that opening
/// it again tells the right one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptCode {
    /// What is needed beside the code.
    pub lock: Lock,
    /// What it opens.
    pub sealed: Vec<u8>,
}

/// The phone in an owner's hands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Handed {
    /// The record that is theirs; `None` while the phone is in staff's hands.
    pub subject: Option<SubjectId>,
    /// Wrong codes since the last right one.
    pub tries: Tries,
}

/// Reads both within a transaction on [`SESSION`].
pub(super) async fn read(work: &Work) -> Result<(Option<KeptCode>, Handed), StoreError> {
    let code = work.get(SESSION, &JsValue::from_str(CODE)).await?;
    let handed = work.get(SESSION, &JsValue::from_str(HANDED)).await?;
    Ok((
        code.as_ref().and_then(read_code),
        handed.as_ref().and_then(rows::parse).unwrap_or_default(),
    ))
}

fn read_code(record: &JsValue) -> Option<KeptCode> {
    Some(KeptCode {
        lock: Lock {
            iterations: u32::try_from(rows::integer(record, "iterations")).ok()?,
            salt: rows::bytes(record, "salt").try_into().ok()?,
            iv: rows::bytes(record, "iv").try_into().ok()?,
        },
        sealed: rows::bytes(record, "sealed"),
    })
}

impl PersonStore {
    /// The code, and in whose hands the phone is.
    pub async fn handed(&self) -> Result<(Option<KeptCode>, Handed), StoreError> {
        self.run(&[SESSION], Mode::Read, async |work| read(work).await)
            .await
    }

    /// Keeps a code in place of the one before.
    pub async fn save_code(&self, code: &KeptCode) -> Result<(), StoreError> {
        let bytes = Uint8Array::from;
        let record = object(&[
            ("iterations", &rows::number(code.lock.iterations.into())),
            ("salt", &bytes(code.lock.salt.as_slice())),
            ("iv", &bytes(code.lock.iv.as_slice())),
            ("sealed", &bytes(code.sealed.as_slice())),
        ]);
        self.run(&[SESSION], Mode::Write, async |work| {
            work.put_at(SESSION, CODE, &record)
        })
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
