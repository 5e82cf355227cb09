//! WebCrypto: the phone's signing key (ECDSA P-256, the private half never leaves the browser),
//! sealing with a passphrase (PBKDF2, AES-256-GCM) and to the office. Not what is signed or sealed;
//! the domain makes those bytes.

use doorstep_domain::escrow::{Escrow, info};
use doorstep_domain::hash::{Hash, to_base64url};
use doorstep_domain::id::PersonId;
use doorstep_domain::passphrase::Lock;
use js_sys::{Array, ArrayBuffer, Object, Promise, Uint8Array};
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

/// Seals a data key to the office's `point`, for `person` on `device` (see
/// [`doorstep_domain::escrow`]).
pub async fn seal_to_office(
    point: &[u8],
    person: PersonId,
    device: &Hash,
    data_key: &[u8],
) -> Result<Escrow, NoCrypto> {
    let subtle = subtle()?;
    let p256 = object(&[
        ("name", &JsValue::from_str("ECDH")),
        ("namedCurve", &JsValue::from_str("P-256")),
    ]);
    let bits = Array::of1(&JsValue::from_str("deriveBits"));
    let making = subtle.generate_key_with_object(&p256, false, &bits)?;
    let pair: CryptoKeyPair = JsFuture::from(making).await?.unchecked_into();
    let public = property(&pair, "publicKey").unchecked_into();
    let ephemeral = bytes_of(subtle.export_key("raw", &public)?).await?;
    let office = Uint8Array::from(point);
    let office = subtle.import_key_with_object("raw", &office, &p256, false, &Array::new())?;
    let agreement = object(&[
        ("name", &JsValue::from_str("ECDH")),
        ("public", &JsFuture::from(office).await?),
    ]);
    let private = property(&pair, "privateKey").unchecked_into();
    let shared = bytes_of(subtle.derive_bits_with_object(&agreement, &private, 256)?).await?;
    let shared = Uint8Array::from(shared.as_slice());
    let base = subtle.import_key_with_str("raw", &shared, "HKDF", false, &bits)?;
    let base: CryptoKey = JsFuture::from(base).await?.unchecked_into();
    let info = info(person, device, &ephemeral, point);
    let hkdf = object(&[
        ("name", &JsValue::from_str("HKDF")),
        ("hash", &JsValue::from_str("SHA-256")),
        ("salt", &Uint8Array::new_with_length(0)),
        ("info", &Uint8Array::from(info.as_slice())),
    ]);
    let key = bytes_of(subtle.derive_bits_with_object(&hkdf, &base, 256)?).await?;
    let key = import_aes(&key, &["encrypt"]).await?;
    let gcm = object(&[
        ("name", &JsValue::from_str("AES-GCM")),
        ("iv", &Uint8Array::new_with_length(12)),
    ]);
    let plain = Uint8Array::from(data_key);
    let sealing = subtle.encrypt_with_object_and_js_u8_array(&gcm, &key, &plain)?;
    Ok(Escrow {
        ephemeral: to_base64url(&ephemeral),
        sealed: to_base64url(&bytes_of(sealing).await?),
    })
}

/// An AES key from its bytes, for these uses.
pub(super) async fn import_aes(key: &[u8], uses: &[&str]) -> Result<CryptoKey, NoCrypto> {
    let uses: Array = uses.iter().map(|it| JsValue::from_str(it)).collect();
    let bytes = Uint8Array::from(key);
    let importing = subtle()?.import_key_with_str("raw", &bytes, "AES-GCM", false, &uses)?;
    Ok(JsFuture::from(importing).await?.unchecked_into())
}

async fn bytes_of(promise: Promise) -> Result<Vec<u8>, NoCrypto> {
    let buffer: ArrayBuffer = JsFuture::from(promise).await?.unchecked_into();
    Ok(Uint8Array::new(&buffer).to_vec())
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

pub(super) fn subtle() -> Result<SubtleCrypto, NoCrypto> {
    let crypto = window().crypto()?;
    let subtle = property(&crypto, "subtle");
    // Undefined on an insecure address.
    if subtle.is_object() {
        Ok(subtle.unchecked_into())
    } else {
        Err(NoCrypto)
    }
}
