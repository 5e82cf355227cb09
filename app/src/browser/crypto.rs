//! The phone's signing key: ECDSA P-256 in WebCrypto, the private half never leaves the browser.
//! Not what is signed; the domain makes those bytes.

use js_sys::{Array, ArrayBuffer, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{CryptoKeyPair, SubtleCrypto};

use super::store::DeviceKey;
use super::{object, property, window};

/// The browser has no WebCrypto here (an insecure address) or refused the operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoCrypto;

impl From<JsValue> for NoCrypto {
    fn from(_: JsValue) -> Self {
        Self
    }
}

/// Makes a new key for this phone.
pub async fn generate() -> Result<DeviceKey, NoCrypto> {
    let algorithm = object(&[
        ("name", &JsValue::from_str("ECDSA")),
        ("namedCurve", &JsValue::from_str("P-256")),
    ]);
    let usages = Array::of2(&JsValue::from_str("sign"), &JsValue::from_str("verify"));
    let subtle = subtle()?;
    let made = subtle.generate_key_with_object(&algorithm, false, &usages)?;
    let pair: CryptoKeyPair = JsFuture::from(made).await?.unchecked_into();
    let public = property(&pair, "publicKey").unchecked_into();
    let spki: ArrayBuffer = JsFuture::from(subtle.export_key("spki", &public)?)
        .await?
        .unchecked_into();
    Ok(DeviceKey {
        pair,
        spki: Uint8Array::new(&spki).to_vec(),
    })
}

/// Signs `message` (SHA-256): 64 bytes r‖s, as IEEE P1363.
pub async fn sign(key: &DeviceKey, message: &[u8]) -> Result<Vec<u8>, NoCrypto> {
    let algorithm = object(&[
        ("name", &JsValue::from_str("ECDSA")),
        ("hash", &JsValue::from_str("SHA-256")),
    ]);
    let private = property(&key.pair, "privateKey").unchecked_into();
    let bytes = Uint8Array::from(message);
    let signing = subtle()?.sign_with_object_and_js_u8_array(&algorithm, &private, &bytes)?;
    let signature: ArrayBuffer = JsFuture::from(signing).await?.unchecked_into();
    Ok(Uint8Array::new(&signature).to_vec())
}

fn subtle() -> Result<SubtleCrypto, NoCrypto> {
    let crypto = window().crypto()?;
    let subtle = property(&crypto, "subtle");
    // Undefined on an insecure address.
    if subtle.is_object() {
        Ok(subtle.unchecked_into())
    } else {
        Err(NoCrypto)
    }
}
