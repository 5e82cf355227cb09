//! A passkey of this phone (Web Authentication, level 3) whose `prf` extension gives the same secret
//! bytes each time its owner is verified, by finger, face or the phone's own lock. No server is asked.
//! Not what the bytes open.

use js_sys::{Array, ArrayBuffer, Function, Object, Promise, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use super::{object, property, random, window};

/// Bytes that a passkey gives.
pub const SECRET_BYTES: usize = 32;

/// A passkey as it is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passkey {
    /// Its credential id.
    pub id: Vec<u8>,
    /// What it computes the bytes from.
    pub salt: [u8; SECRET_BYTES],
}

/// Why a passkey gave nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoPasskey {
    /// The browser or the phone has none that gives secret bytes.
    Unsupported,
    /// It was not confirmed, or took too long, or is not on this phone any more.
    Refused,
}

/// Whether the phone can verify its owner for a page. Passkeys belong to a name: at an address that
/// is a number there are none.
pub async fn is_available() -> bool {
    let host = window().location().hostname().unwrap_or_default();
    if host.starts_with('[') || host.ends_with(|last: char| last.is_ascii_digit()) {
        return false;
    }
    let kind = property(&window(), "PublicKeyCredential");
    let ask = property(&kind, "isUserVerifyingPlatformAuthenticatorAvailable");
    let Ok(ask) = ask.dyn_into::<Function>() else {
        return false;
    };
    let Ok(asked) = ask.call0(&kind) else {
        return false;
    };
    let told = JsFuture::from(asked.unchecked_into::<Promise>()).await;
    told.is_ok_and(|told| told.is_truthy())
}

/// Makes a passkey for somebody (`user` tells them apart, `name` is shown where passkeys are listed),
/// and gives the bytes that it gives.
pub async fn create(user: &[u8], name: &str) -> Result<(Passkey, [u8; SECRET_BYTES]), NoPasskey> {
    let salt = random::bytes();
    let algorithms = [-7, -257].map(|algorithm| {
        object(&[
            ("type", &"public-key".into()),
            ("alg", &JsValue::from(algorithm)),
        ])
    });
    let options = object(&[
        ("challenge", &challenge()),
        ("rp", &object(&[("name", &"Doorstep".into())])),
        (
            "user",
            &object(&[
                ("id", &Uint8Array::from(user)),
                ("name", &name.into()),
                ("displayName", &name.into()),
            ]),
        ),
        ("pubKeyCredParams", &algorithms.iter().collect::<Array>()),
        (
            "authenticatorSelection",
            &object(&[
                ("authenticatorAttachment", &"platform".into()),
                ("residentKey", &"discouraged".into()),
                ("userVerification", &"required".into()),
            ]),
        ),
        ("extensions", &prf(&salt)),
    ]);
    let made = ask("create", &options).await?;
    let results = extension_results(&made)?;
    let id: ArrayBuffer = property(&made, "rawId").unchecked_into();
    let passkey = Passkey {
        id: Uint8Array::new(&id).to_vec(),
        salt,
    };
    if !property(&results, "enabled").is_truthy() {
        return Err(NoPasskey::Unsupported);
    }
    // Some give the bytes at once, others only when they are asked again.
    let secret = match secret_in(&results) {
        Some(secret) => secret,
        None => open(&passkey).await?,
    };
    Ok((passkey, secret))
}

/// The bytes that a passkey gives, once its owner is verified.
pub async fn open(passkey: &Passkey) -> Result<[u8; SECRET_BYTES], NoPasskey> {
    let known = object(&[
        ("type", &"public-key".into()),
        ("id", &Uint8Array::from(passkey.id.as_slice())),
    ]);
    let options = object(&[
        ("challenge", &challenge()),
        ("allowCredentials", &Array::of1(&known)),
        ("userVerification", &"required".into()),
        ("extensions", &prf(&passkey.salt)),
    ]);
    let given = ask("get", &options).await?;
    secret_in(&extension_results(&given)?).ok_or(NoPasskey::Unsupported)
}

async fn ask(what: &str, options: &Object) -> Result<JsValue, NoPasskey> {
    let container = property(&window().navigator(), "credentials");
    let ask: Function = property(&container, what)
        .dyn_into()
        .map_err(|_| NoPasskey::Unsupported)?;
    let asked = ask
        .call1(&container, &object(&[("publicKey", options)]))
        .map_err(|_| NoPasskey::Unsupported)?;
    let given = JsFuture::from(asked.unchecked_into::<Promise>()).await;
    given.map_err(|_| NoPasskey::Refused)
}

/// What the `prf` extension has to say of a credential.
fn extension_results(credential: &JsValue) -> Result<JsValue, NoPasskey> {
    let results: Function = property(credential, "getClientExtensionResults")
        .dyn_into()
        .map_err(|_| NoPasskey::Unsupported)?;
    let results = results.call0(credential);
    Ok(property(
        &results.map_err(|_| NoPasskey::Unsupported)?,
        "prf",
    ))
}

fn secret_in(results: &JsValue) -> Option<[u8; SECRET_BYTES]> {
    let first = property(&property(results, "results"), "first");
    let bytes = if first.is_instance_of::<ArrayBuffer>() {
        Uint8Array::new(&first)
    } else {
        first.dyn_into().ok()?
    };
    bytes.to_vec().try_into().ok()
}

/// No server checks what is signed: the bytes are what counts.
fn challenge() -> JsValue {
    let challenge: [u8; SECRET_BYTES] = random::bytes();
    Uint8Array::from(challenge.as_slice()).into()
}

fn prf(salt: &[u8]) -> Object {
    let salts = object(&[("first", &Uint8Array::from(salt))]);
    object(&[("prf", &object(&[("eval", &salts)]))])
}
