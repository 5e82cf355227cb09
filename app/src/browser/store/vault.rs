//! What opens a person's records, as it is kept beside them: the data key, sealed by the code and
//! sealed to the office ([`doorstep_domain::escrow`]), and what may be read while they are locked.
//! Not the records.

use std::rc::Rc;

use doorstep_domain::account::Session;
use doorstep_domain::escrow::Escrow;
use doorstep_domain::passphrase::Lock;
use doorstep_domain::sync::engine::Contact;
use doorstep_domain::time::UnixMs;
use js_sys::Uint8Array;
use serde::{Deserialize, Serialize};
use wasm_bindgen::JsValue;

use super::connection::{Mode, Work};
use super::person::{
    CLOCK, DRAFTS, DeviceKey, HEADS, KEYS, LOG, ONLY, OUTBOX, PHOTOS, PersonStore, SESSION,
    read_key,
};
use super::{StoreError, log, outbox, rows, unfinished};
use crate::browser::cipher::Cipher;
use crate::browser::passkey::Passkey;
use crate::browser::{object, property};

const CODE: &str = "unlock_code";
const ESCROW: &str = "escrow";
const PASSKEY: &str = "passkey";
/// The key in [`CLOCK`] of the latest time that this phone's clock has shown.
const LATEST: &str = "latest";

/// The code as kept: what [`crate::browser::crypto::seal`] made of the data key with it. Earlier
/// versions sealed nothing with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptCode {
    /// What is needed beside the code.
    pub lock: Lock,
    /// What it opens.
    pub sealed: Vec<u8>,
}

/// The data key as sealed to the office.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptEscrow {
    /// The office's key it was sealed to, in base64url.
    pub office: String,
    /// What the office opens.
    pub escrow: Escrow,
}

/// The data key as sealed with the bytes that a passkey gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptPasskey {
    /// What to ask for.
    pub passkey: Passkey,
    /// What its bytes open.
    pub sealed: Vec<u8>,
}

/// What may be read while the records are locked.
#[derive(Debug)]
pub struct Threshold {
    /// The session as last confirmed; `None` when no log-in was completed.
    pub session: Option<Session>,
    /// The phone's key for this person.
    pub key: Option<DeviceKey>,
    /// The code; `None` before it is chosen, and after it was taken away.
    pub code: Option<KeptCode>,
    /// The data key, sealed to the office.
    pub escrow: Option<KeptEscrow>,
    /// Whether a passkey opens the records.
    pub has_passkey: bool,
    /// The last contact with the server.
    pub contact: Option<Contact>,
    /// The latest time that this phone's clock has shown while the app was open.
    pub latest: UnixMs,
}

impl PersonStore {
    /// What may be read while the records are locked.
    pub async fn threshold(&self) -> Result<Threshold, StoreError> {
        self.run(&[SESSION, KEYS, CLOCK], Mode::Read, async |work| {
            let only = JsValue::from_str(ONLY);
            let session = work.get(SESSION, &only).await?;
            let key = work.get(KEYS, &only).await?;
            let code = work.get(SESSION, &JsValue::from_str(CODE)).await?;
            let escrow = work.get(SESSION, &JsValue::from_str(ESCROW)).await?;
            let passkey = work.get(SESSION, &JsValue::from_str(PASSKEY)).await?;
            let contact = work.get(CLOCK, &only).await?;
            let latest = work.get(CLOCK, &JsValue::from_str(LATEST)).await?;
            Ok(Threshold {
                session: session.as_ref().and_then(rows::parse),
                key: key.as_ref().and_then(read_key),
                code: code.as_ref().and_then(read_code),
                escrow: escrow.as_ref().and_then(rows::parse),
                has_passkey: passkey.is_some(),
                contact: contact.as_ref().and_then(rows::parse),
                latest: latest.as_ref().and_then(rows::parse).unwrap_or_default(),
            })
        })
        .await
    }

    /// Opens and seals with this from now on.
    pub fn unlock(&self, cipher: Cipher) {
        self.connection.unlock(Rc::new(cipher));
    }

    /// What opens and seals.
    pub fn cipher(&self) -> Result<Rc<Cipher>, StoreError> {
        self.connection.cipher()
    }

    /// Seals whatever earlier versions kept in plain, and keeps the code in place of the one `before`,
    /// in one transaction. The records are unlocked before ([`Self::unlock`]).
    ///
    /// # Errors
    /// [`StoreError::Locked`] when the code is not the one `before`: another page has chosen one, and
    /// sealed with another key.
    pub async fn seal_all(
        &self,
        before: Option<&KeptCode>,
        code: &KeptCode,
    ) -> Result<(), StoreError> {
        let stores = [SESSION, DRAFTS, OUTBOX, LOG, PHOTOS];
        self.run(&stores, Mode::Write, async |work| {
            let now = work.get(SESSION, &JsValue::from_str(CODE)).await?;
            if now.as_ref().and_then(read_code).as_ref() != before {
                return Err(StoreError::Locked);
            }
            for (store, key) in [(DRAFTS, "subject"), (OUTBOX, "id"), (PHOTOS, "hash")] {
                seal_plain(work, store, key).await?;
            }
            log::seal_plain(work).await?;
            unfinished::seal_plain(work).await?;
            put_code(work, code)
        })
        .await
    }

    /// Keeps a code in place of the one before.
    pub async fn save_code(&self, code: &KeptCode) -> Result<(), StoreError> {
        self.run(&[SESSION], Mode::Write, async |work| put_code(work, code))
            .await
    }

    /// The code as kept.
    pub async fn code(&self) -> Result<Option<KeptCode>, StoreError> {
        self.run(&[SESSION], Mode::Read, async |work| {
            let code = work.get(SESSION, &JsValue::from_str(CODE)).await?;
            Ok(code.as_ref().and_then(read_code))
        })
        .await
    }

    /// The data key as sealed to the office.
    pub async fn escrow(&self) -> Result<Option<KeptEscrow>, StoreError> {
        self.run(&[SESSION], Mode::Read, async |work| {
            let escrow = work.get(SESSION, &JsValue::from_str(ESCROW)).await?;
            Ok(escrow.as_ref().and_then(rows::parse))
        })
        .await
    }

    /// Keeps the data key as sealed to the office.
    pub async fn save_escrow(&self, escrow: &KeptEscrow) -> Result<(), StoreError> {
        self.run(&[SESSION], Mode::Write, async |work| {
            work.put_at(SESSION, ESCROW, &rows::to_json(escrow))
        })
        .await
    }

    /// The data key as sealed with a passkey's bytes, if there is one.
    pub async fn passkey(&self) -> Result<Option<KeptPasskey>, StoreError> {
        self.run(&[SESSION], Mode::Read, async |work| {
            let kept = work.get(SESSION, &JsValue::from_str(PASSKEY)).await?;
            Ok(kept.as_ref().and_then(read_passkey))
        })
        .await
    }

    /// Keeps it, or drops what was kept.
    pub async fn save_passkey(&self, kept: Option<&KeptPasskey>) -> Result<(), StoreError> {
        self.run(&[SESSION], Mode::Write, async |work| {
            let Some(kept) = kept else {
                return work.delete(SESSION, JsValue::from_str(PASSKEY));
            };
            let bytes = Uint8Array::from;
            let record = object(&[
                ("id", &bytes(kept.passkey.id.as_slice())),
                ("salt", &bytes(kept.passkey.salt.as_slice())),
                ("sealed", &bytes(kept.sealed.as_slice())),
            ]);
            work.put_at(SESSION, PASSKEY, &record)
        })
        .await
    }

    /// Notes what the phone's clock shows; an earlier time than before is not noted.
    pub async fn note_time(&self, now: UnixMs) -> Result<(), StoreError> {
        self.run(&[CLOCK], Mode::Write, async |work| {
            let before = work.get(CLOCK, &JsValue::from_str(LATEST)).await?;
            let before: UnixMs = before.as_ref().and_then(rows::parse).unwrap_or_default();
            if before < now {
                work.put_at(CLOCK, LATEST, &rows::to_json(&now))?;
            }
            Ok(())
        })
        .await
    }

    /// Whether nothing was written here that the office has not received, and no draft.
    pub async fn is_empty(&self) -> Result<bool, StoreError> {
        self.run(&[OUTBOX, DRAFTS], Mode::Read, async |work| {
            let items = work.get_all(OUTBOX, None).await?;
            let drafts = work.get_all(DRAFTS, None).await?;
            Ok(drafts.is_empty() && !items.iter().any(outbox::is_unsent))
        })
        .await
    }

    /// Drops the copies of logs: the office has them. What is written here and not sent stays.
    pub async fn drop_all_copies(&self) -> Result<(), StoreError> {
        self.run(&[LOG, HEADS], Mode::Write, async |work| drop_copies(work))
            .await
    }

    /// The same, and takes code and passkey away: only the office opens what is left.
    pub async fn leave_to_office(&self) -> Result<(), StoreError> {
        self.run(&[LOG, HEADS, SESSION], Mode::Write, async |work| {
            drop_copies(work)?;
            work.delete(SESSION, JsValue::from_str(PASSKEY))?;
            work.delete(SESSION, JsValue::from_str(CODE))
        })
        .await
    }
}

fn drop_copies(work: &Work) -> Result<(), StoreError> {
    work.delete(LOG, rows::everything()?)?;
    work.delete(HEADS, rows::everything()?)
}

fn put_code(work: &Work, code: &KeptCode) -> Result<(), StoreError> {
    let bytes = Uint8Array::from;
    let record = object(&[
        ("iterations", &rows::number(code.lock.iterations.into())),
        ("salt", &bytes(code.lock.salt.as_slice())),
        ("iv", &bytes(code.lock.iv.as_slice())),
        ("sealed", &bytes(code.sealed.as_slice())),
    ]);
    work.put_at(SESSION, CODE, &record)
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

fn read_passkey(record: &JsValue) -> Option<KeptPasskey> {
    Some(KeptPasskey {
        passkey: Passkey {
            id: rows::bytes(record, "id"),
            salt: rows::bytes(record, "salt").try_into().ok()?,
        },
        sealed: rows::bytes(record, "sealed"),
    })
}

/// Seals the bodies of a store that earlier versions kept in plain: as bytes, or as a text.
async fn seal_plain(work: &Work, store: &str, key: &str) -> Result<(), StoreError> {
    for record in work.get_all(store, None).await? {
        let place = rows::place(store, &rows::text(&record, key));
        if work.open(&place, &record)?.is_some() {
            continue;
        }
        let plain = match property(&record, "body").as_string() {
            Some(text) => text.into_bytes(),
            None => rows::bytes(&record, "body"),
        };
        rows::set(&record, "body", &work.seal(&place, &plain)?);
        work.put(store, &record)?;
    }
    Ok(())
}
