//! ECDSA P-256: keys that sign, such as the office's own, and checking what devices sign. Not who may sign what.

use doorstep_domain::hash::{Hash, sha256};
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair,
    UnparsedPublicKey,
};

/// What every uncompressed P-256 public key in SPKI (RFC 5480) begins with in DER; the 65 bytes
/// of the point follow.
const SPKI_PREFIX: [u8; 26] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a,
    0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];
/// An uncompressed point: 0x04, x, y.
const POINT_BYTES: usize = 65;

/// A device's public key, read from its SPKI.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey {
    spki: Vec<u8>,
}

impl PublicKey {
    /// Reads an SPKI in DER as WebCrypto exports it; `None` for any other kind of key.
    pub fn from_spki(spki: &[u8]) -> Option<Self> {
        let point = spki.strip_prefix(&SPKI_PREFIX)?;
        let uncompressed = point.len() == POINT_BYTES && point[0] == 0x04;
        uncompressed.then(|| Self {
            spki: spki.to_owned(),
        })
    }

    /// The SPKI in DER.
    pub fn spki(&self) -> &[u8] {
        &self.spki
    }

    /// The device's id: SHA-256 of the SPKI.
    pub fn device(&self) -> Hash {
        sha256(&self.spki)
    }

    /// Whether `signature` (r‖s, 64 bytes) is this key's over `message`.
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        let point = &self.spki[SPKI_PREFIX.len()..];
        let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point);
        key.verify(message, signature).is_ok()
    }
}

/// A key that signs. The office's private half never leaves the database.
#[derive(Debug)]
pub struct SigningKey {
    pair: EcdsaKeyPair,
    public: PublicKey,
}

impl SigningKey {
    /// Draws a new key, as PKCS#8.
    ///
    /// # Panics
    /// When the operating system gives no random bytes.
    pub fn draw() -> Vec<u8> {
        let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(algorithm, &SystemRandom::new())
            .expect("the operating system gives random bytes");
        pkcs8.as_ref().to_owned()
    }

    /// Reads a key from its PKCS#8; `None` when it is not one of P-256.
    pub fn read(pkcs8: &[u8]) -> Option<Self> {
        let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let pair = EcdsaKeyPair::from_pkcs8(algorithm, pkcs8, &SystemRandom::new()).ok()?;
        let spki = [&SPKI_PREFIX[..], pair.public_key().as_ref()].concat();
        let public = PublicKey::from_spki(&spki)?;
        Some(Self { pair, public })
    }

    /// The public half.
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// Signs, as r‖s, 64 bytes.
    ///
    /// # Panics
    /// When the operating system gives no random bytes.
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        let signature = self.pair.sign(&SystemRandom::new(), message);
        signature
            .expect("the operating system gives random bytes")
            .as_ref()
            .to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_holds_for_its_key_and_message_only() {
        let [one, two] = [(); 2].map(|()| SigningKey::read(&SigningKey::draw()).unwrap());
        let mut signature = one.sign(b"message");
        assert_eq!(signature.len(), doorstep_domain::event::SIGNATURE_BYTES);
        assert!(one.public().verifies(b"message", &signature));
        assert!(!one.public().verifies(b"messagE", &signature));
        assert!(!two.public().verifies(b"message", &signature));
        signature[10] ^= 1;
        assert!(!one.public().verifies(b"message", &signature));
        assert!(!one.public().verifies(b"message", &signature[1..]));
    }

    #[test]
    fn only_uncompressed_p256_keys_are_read() {
        let key = SigningKey::read(&SigningKey::draw()).unwrap();
        let spki = key.public().spki().to_owned();
        assert_eq!(PublicKey::from_spki(&spki).as_ref(), Some(key.public()));
        let mut other_curve = spki.clone();
        other_curve[22] = 0x08;
        let mut compressed = spki.clone();
        compressed[26] = 0x02;
        for wrong in [&other_curve[..], &compressed, &spki[1..], &spki[..90], b""] {
            assert_eq!(PublicKey::from_spki(wrong), None);
        }
    }

    #[test]
    fn a_point_that_is_not_on_the_curve_verifies_nothing() {
        let key = SigningKey::read(&SigningKey::draw()).unwrap();
        let mut spki = key.public().spki().to_owned();
        *spki.last_mut().unwrap() ^= 1;
        let off = PublicKey::from_spki(&spki).unwrap();
        assert!(!off.verifies(b"message", &key.sign(b"message")));
    }
}
