//! How much the browser lets us keep, and asking it not to clear that by itself.
//! Not what is kept; that is [`super::store`].

use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

use super::{property, window};

/// What is used of what is granted, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Usage {
    /// Used by this app.
    pub used: u64,
    /// Granted by the browser.
    pub granted: u64,
}

/// Asks the browser to keep our storage until people clear it themselves. Whether it agrees is
/// told by [`is_persistent`].
pub async fn ask_to_persist() {
    if let Ok(asked) = window().navigator().storage().persist() {
        // A refusal is a `false`, and no storage manager is no persistence.
        JsFuture::from(asked).await.unwrap_or_default();
    }
}

/// Whether the browser has agreed to keep our storage.
pub async fn is_persistent() -> bool {
    match window().navigator().storage().persisted() {
        Ok(asked) => JsFuture::from(asked)
            .await
            .is_ok_and(|answer| answer.is_truthy()),
        Err(_) => false,
    }
}

/// How much is used; `None` where the browser does not tell.
pub async fn usage() -> Option<Usage> {
    let asked = window().navigator().storage().estimate().ok()?;
    let estimate = JsFuture::from(asked).await.ok()?;
    Some(Usage {
        used: bytes(&estimate, "usage")?,
        granted: bytes(&estimate, "quota")?,
    })
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a number of bytes is a whole number from 0, far below 2^53"
)]
fn bytes(estimate: &JsValue, name: &str) -> Option<u64> {
    property(estimate, name).as_f64().map(|bytes| bytes as u64)
}
