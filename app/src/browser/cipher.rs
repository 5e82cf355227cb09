//! Sealing what is kept on the phone (AES-256-GCM, NIST SP 800-38D) under the data key of whose it
//! is. Not where that key lies: sealed by the code and to the office, see [`super::store`].
//!
//! What a transaction needs is sealed and opened here and now, since IndexedDB ends a transaction
//! that waits for anything else; what is read at the start is opened by the browser, beside.

use core::fmt;

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use doorstep_domain::escrow::DATA_KEY_BYTES;
use js_sys::{ArrayBuffer, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::CryptoKey;

use super::crypto::{NoCrypto, import_aes, subtle};
use super::{object, random};

/// What a sealed body begins with: the way it was sealed.
const WAY: u8 = 1;
/// Bytes of an initialisation vector; it stands behind [`WAY`].
const IV_BYTES: u32 = 12;
const HEAD_BYTES: u32 = 1 + IV_BYTES;

/// The key to everything that is kept of a person on this phone.
#[derive(Clone, PartialEq, Eq)]
pub struct DataKey(pub [u8; DATA_KEY_BYTES]);

/// Seals and opens with one data key.
pub struct Cipher {
    key: DataKey,
    aes: Aes256Gcm,
}

impl DataKey {
    /// A new key.
    pub fn draw() -> Self {
        Self(random::bytes())
    }
}

impl Cipher {
    /// A cipher with this key.
    pub fn new(key: DataKey) -> Self {
        let aes = Aes256Gcm::new(&key.0.into());
        Self { key, aes }
    }

    /// Its key.
    pub fn key(&self) -> &DataKey {
        &self.key
    }

    /// Seals what will lie at `place`: it opens nowhere else.
    pub fn seal(&self, place: &str, plain: &[u8]) -> Vec<u8> {
        let iv: [u8; IV_BYTES as usize] = random::bytes();
        let payload = Payload {
            msg: plain,
            aad: place.as_bytes(),
        };
        let sealed = self.aes.encrypt(&Nonce::from(iv), payload);
        let sealed = sealed.expect("AES-GCM takes whatever a phone's memory holds");
        [&[WAY], &iv[..], &sealed].concat()
    }

    /// Opens what was sealed for `place`; `None` when it was not, or a byte was changed.
    pub fn open(&self, place: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        let (iv, sealed) = sealed
            .strip_prefix(&[WAY])?
            .split_first_chunk::<{ IV_BYTES as usize }>()?;
        let payload = Payload {
            msg: sealed,
            aad: place.as_bytes(),
        };
        self.aes.decrypt(&Nonce::from(*iv), payload).ok()
    }

    /// Opens many at once, each with its place: the same as [`Self::open`], beside this thread.
    pub async fn open_all(
        &self,
        sealed: Vec<(String, Uint8Array)>,
    ) -> Result<Vec<Option<Vec<u8>>>, NoCrypto> {
        let key = import_aes(&self.key.0, &["decrypt"]).await?;
        // Begun together, then awaited in turn.
        let opening: Vec<Option<JsFuture>> = sealed
            .iter()
            .map(|(place, sealed)| begin_opening(&key, place, sealed))
            .collect();
        let mut opened = Vec::with_capacity(opening.len());
        for one in opening {
            let plain = match one {
                Some(one) => one.await.ok(),
                None => None,
            };
            opened.push(plain.map(|plain| {
                let plain: ArrayBuffer = plain.unchecked_into();
                Uint8Array::new(&plain).to_vec()
            }));
        }
        Ok(opened)
    }
}

fn begin_opening(key: &CryptoKey, place: &str, sealed: &Uint8Array) -> Option<JsFuture> {
    if sealed.length() < HEAD_BYTES || sealed.get_index(0) != WAY {
        return None;
    }
    let algorithm = object(&[
        ("name", &JsValue::from_str("AES-GCM")),
        ("iv", &sealed.subarray(1, HEAD_BYTES)),
        ("additionalData", &Uint8Array::from(place.as_bytes())),
    ]);
    let rest = sealed.subarray(HEAD_BYTES, sealed.length());
    let opening = subtle().ok()?;
    let opening = opening.decrypt_with_object_and_js_u8_array(&algorithm, key, &rest);
    Some(JsFuture::from(opening.ok()?))
}

impl fmt::Debug for DataKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DataKey")
    }
}

impl fmt::Debug for Cipher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Cipher")
    }
}
