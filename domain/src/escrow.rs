//! The way back to what a phone keeps sealed, for whoever has forgotten its code: the key that seals
//! it (the data key) lies beside it, sealed to the office (ECIES, SEC 1 §5.1: ECDH on P-256, HKDF of
//! RFC 5869, AES-256-GCM). The office opens it for the person whose it is, on the device whose it is,
//! and for nobody else. Not the sealing: that is the browser's, the opening the server's.

use serde::{Deserialize, Serialize};

use crate::hash::{Hash, tagged};
use crate::id::PersonId;

/// Bytes of a data key: AES-256.
pub const DATA_KEY_BYTES: usize = 32;
/// Bytes of a public key: an uncompressed point of P-256 (SEC 1 §2.3.3).
pub const POINT_BYTES: usize = 65;
/// Bytes of a sealed data key: with the tag of AES-GCM.
pub const SEALED_BYTES: usize = DATA_KEY_BYTES + 16;

/// The answer to `GET /api/v1/escrow`: what to seal a data key to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct EscrowKey {
    /// The office's public key, [`POINT_BYTES`] in base64url.
    pub key: String,
}

/// A data key as it lies on the phone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Escrow {
    /// The public half of the pair that was made for this one sealing, [`POINT_BYTES`] in base64url.
    pub ephemeral: String,
    /// [`SEALED_BYTES`] in base64url. The initialisation vector is twelve zeros: the key that
    /// [`info`] leads to seals this once.
    pub sealed: String,
}

/// `POST /api/v1/escrow`: the asker's own, to be opened; with their password once more, so that a
/// log-in that was left open opens nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ReleaseRequest {
    /// Password in clear; the connection is the protection.
    pub password: String,
    /// What is to be opened.
    pub escrow: Escrow,
}

/// The answer: the data key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Released {
    /// [`DATA_KEY_BYTES`] in base64url.
    pub data_key: String,
}

/// What HKDF is told of (RFC 5869 §3.2): whose key it is, on which device, and the two public keys.
/// So a sealed key that was brought elsewhere opens for nobody. The salt is empty.
pub fn info(person: PersonId, device: &Hash, ephemeral: &[u8], office: &[u8]) -> [u8; 32] {
    let person = person.to_string();
    let fields = [person.as_bytes(), &device.0, ephemeral, office];
    tagged("doorstep/escrow/1", &fields).0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_counts() {
        let people = [1, 2].map(|n| PersonId::mint(1, &[n; 10]));
        let devices = [3, 4].map(|n| Hash([n; 32]));
        let right = info(people[0], &devices[0], b"one", b"two");
        for other in [
            info(people[1], &devices[0], b"one", b"two"),
            info(people[0], &devices[1], b"one", b"two"),
            info(people[0], &devices[0], b"onet", b"wo"),
            info(people[0], &devices[0], b"two", b"one"),
        ] {
            assert_ne!(other, right);
        }
    }
}
