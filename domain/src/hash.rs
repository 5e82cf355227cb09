//! SHA-256 under domain tags with length-prefixed inputs, and the texts hashes and keys travel as.
//! Not a hash function of our own: `sha2` computes, this file only fixes what goes in.

use core::fmt;
use core::str::FromStr;

use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};

/// A SHA-256 digest; as text, base64url without padding (RFC 4648 §5), 43 characters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash(pub [u8; 32]);

/// The text was not the base64url of the expected number of bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotBase64Url;

impl fmt::Display for NotBase64Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not base64url of the expected length")
    }
}

impl core::error::Error for NotBase64Url {}

/// Hashes `fields` under `tag`: every input, the tag included, is preceded by its length as a
/// big-endian u64, so that no two different lists of fields feed the same bytes.
pub fn tagged(tag: &str, fields: &[&[u8]]) -> Hash {
    let mut hasher = Sha256::new();
    for field in core::iter::once(tag.as_bytes()).chain(fields.iter().copied()) {
        hasher.update((field.len() as u64).to_be_bytes());
        hasher.update(field);
    }
    Hash(hasher.finalize().into())
}

/// Plain SHA-256, for identifiers other software computes too (a device's public key).
pub fn sha256(bytes: &[u8]) -> Hash {
    Hash(Sha256::digest(bytes).into())
}

/// Base64url without padding (RFC 4648 §5).
pub fn to_base64url(bytes: &[u8]) -> String {
    BASE64URL_NOPAD.encode(bytes)
}

/// Reads base64url without padding.
pub fn from_base64url(text: &str) -> Result<Vec<u8>, NotBase64Url> {
    BASE64URL_NOPAD
        .decode(text.as_bytes())
        .map_err(|_| NotBase64Url)
}

impl Hash {
    /// The digest in lower-case hexadecimal, for people comparing by eye.
    pub fn to_hex(self) -> String {
        data_encoding::HEXLOWER.encode(&self.0)
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&to_base64url(&self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hash({self})")
    }
}

impl FromStr for Hash {
    type Err = NotBase64Url;
    fn from_str(text: &str) -> Result<Self, NotBase64Url> {
        let bytes = from_base64url(text)?;
        Ok(Self(bytes.try_into().map_err(|_| NotBase64Url)?))
    }
}

impl Serialize for Hash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Hash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moving_a_byte_between_fields_changes_the_hash() {
        assert_ne!(tagged("t", &[b"ab", b"c"]), tagged("t", &[b"a", b"bc"]));
        assert_ne!(tagged("t", &[b"ab"]), tagged("t", &[b"ab", b""]));
        assert_ne!(tagged("t", &[b"ab"]), tagged("u", &[b"ab"]));
    }

    #[test]
    fn the_text_form_reads_back() {
        let hash = sha256(b"abc");
        assert_eq!(hash.to_string().parse(), Ok(hash));
        assert_eq!(
            hash.to_hex(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        assert_eq!("AAAA".parse::<Hash>(), Err(NotBase64Url));
    }
}
