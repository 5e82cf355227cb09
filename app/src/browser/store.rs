//! What is kept on the phone: IndexedDB, every write durable when it is reported done (D2).
//! Not what the records say: they are opaque bytes here, sealed under the person's data key
//! ([`vault`]) and found by id, place and subject only.
//!
//! One small database for the device ([`device`]: who used this phone) and one for each person
//! ([`person`]), so that nobody's records are ever seen or sent by another.

use core::fmt;

mod connection;
pub mod device;
mod drafts;
mod handed;
mod log;
mod outbox;
pub mod person;
mod photos;
mod rows;
mod unfinished;
pub mod vault;

pub use drafts::{DraftConflict, KeptDraft};
pub use handed::Handed;
pub use outbox::{Applied, Stale};
pub use person::{DeviceKey, Loaded, PersonStore};
pub use unfinished::Unfinished;

/// Why something could not be kept or read. Each has words in the locale files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreError {
    /// The storage the browser grants is full.
    Full,
    /// The browser offers no storage here (a private window, or blocked by its settings).
    Unavailable,
    /// The records were written by a later version of the app.
    LaterVersion,
    /// What seals and opens the records is not known: they are locked.
    Locked,
    /// The connection was lost, and again after reopening it; what the browser said.
    Lost(String),
}

impl StoreError {
    /// From the text of a `DOMException` (`Name: message`).
    fn from_text(text: String) -> Self {
        if text.contains("QuotaExceededError") {
            Self::Full
        } else if text.contains("VersionError") {
            Self::LaterVersion
        } else if text.contains("SecurityError") {
            Self::Unavailable
        } else {
            Self::Lost(text)
        }
    }

    fn from_js(value: &wasm_bindgen::JsValue) -> Self {
        let object: &js_sys::Object = wasm_bindgen::JsCast::unchecked_ref(value);
        Self::from_text(object.to_string().into())
    }
}

impl From<idb::Error> for StoreError {
    fn from(error: idb::Error) -> Self {
        Self::from_text(error.to_string())
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Full => f.write_str("storage full"),
            Self::Unavailable => f.write_str("no storage"),
            Self::LaterVersion => f.write_str("records of a later version"),
            Self::Locked => f.write_str("records locked"),
            Self::Lost(text) => write!(f, "storage lost: {text}"),
        }
    }
}

/// Deletes a person's records from this phone for good. The caller has made sure that nothing
/// unsent is among them.
pub async fn delete_person(person: doorstep_domain::id::PersonId) -> Result<(), StoreError> {
    connection::delete(&person::database_name(person)).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_browser_says_is_told_apart() {
        let of = |text: &str| StoreError::from_text(text.to_owned());
        assert_eq!(of("QuotaExceededError: full"), StoreError::Full);
        assert_eq!(
            of("DOM exception: VersionError: newer"),
            StoreError::LaterVersion
        );
        assert_eq!(of("SecurityError: denied"), StoreError::Unavailable);
        let lost = "UnknownError: Connection to Indexed Database server lost";
        assert_eq!(of(lost), StoreError::Lost(lost.to_owned()));
    }
}
