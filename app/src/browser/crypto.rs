//! WebCrypto: the phone's signing key (ECDSA P-256, the private half never leaves the browser), and
//! sealing a file with a passphrase (PBKDF2, AES-256-GCM). Not what is signed or sealed; the domain
//! makes those bytes.

use doorstep_domain::passphrase::Lock;
use js_sys::{Array, ArrayBuffer, Object, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{CryptoKey, CryptoKeyPair, SubtleCrypto};

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

/// Seals `plain` so that only who knows the passphrase opens it. A lock is used once.
pub async fn seal(passphrase: &str, lock: &Lock, plain: &[u8]) -> Result<Vec<u8>, NoCrypto> {
    let key = passphrase_key(passphrase, lock).await?;
    let bytes = Uint8Array::from(plain);
    let sealing = subtle()?.encrypt_with_object_and_js_u8_array(&gcm(lock), &key, &bytes)?;
    let sealed: ArrayBuffer = JsFuture::from(sealing).await?.unchecked_into();
    Ok(Uint8Array::new(&sealed).to_vec())
}

/// Opens what [`seal`] has sealed; `None` with another passphrase, or when a byte was changed.
pub async fn unseal(
    passphrase: &str,
    lock: &Lock,
    sealed: &[u8],
) -> Result<Option<Vec<u8>>, NoCrypto> {
    let key = passphrase_key(passphrase, lock).await?;
    let bytes = Uint8Array::from(sealed);
    let opening = subtle()?.decrypt_with_object_and_js_u8_array(&gcm(lock), &key, &bytes)?;
    let Ok(plain) = JsFuture::from(opening).await else {
        return Ok(None);
    };
    let plain: ArrayBuffer = plain.unchecked_into();
    Ok(Some(Uint8Array::new(&plain).to_vec()))
}

async fn passphrase_key(passphrase: &str, lock: &Lock) -> Result<CryptoKey, NoCrypto> {
    let subtle = subtle()?;
    let text = Uint8Array::from(passphrase.as_bytes());
    let derive = Array::of1(&JsValue::from_str("deriveKey"));
    let importing = subtle.import_key_with_str("raw", &text, "PBKDF2", false, &derive)?;
    let base: CryptoKey = JsFuture::from(importing).await?.unchecked_into();
    let pbkdf2 = object(&[
        ("name", &JsValue::from_str("PBKDF2")),
        ("hash", &JsValue::from_str("SHA-256")),
        ("salt", &Uint8Array::from(lock.salt.as_slice())),
        ("iterations", &JsValue::from(lock.iterations)),
    ]);
    let aes = object(&[
        ("name", &JsValue::from_str("AES-GCM")),
        ("length", &JsValue::from(256)),
    ]);
    let usages = Array::of2(&JsValue::from_str("encrypt"), &JsValue::from_str("decrypt"));
    let deriving =
        subtle.derive_key_with_object_and_object(&pbkdf2, &base, &aes, false, &usages)?;
    Ok(JsFuture::from(deriving).await?.unchecked_into())
}

fn gcm(lock: &Lock) -> Object {
    object(&[
        ("name", &JsValue::from_str("AES-GCM")),
        ("iv", &Uint8Array::from(lock.iv.as_slice())),
    ])
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
