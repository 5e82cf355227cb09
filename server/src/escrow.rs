//! The office's key to which phones seal their data keys, and opening them again
//! ([`doorstep_domain::escrow`]). Not who may ask; that is its route's.

use doorstep_domain::escrow::{DATA_KEY_BYTES, Escrow, POINT_BYTES, info};
use doorstep_domain::hash::{Hash, from_base64url};
use doorstep_domain::id::PersonId;
use p256::elliptic_curve::sec1::ToSec1Point as _;
use p256::{PublicKey, SecretKey};
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use ring::hkdf::{HKDF_SHA256, Salt};

use crate::random;

/// Bytes of a private key: its scalar (SEC 1 §C.4).
const SECRET_BYTES: usize = 32;

/// A key that opens. It never leaves the database.
#[derive(Debug)]
pub struct EscrowKey {
    secret: SecretKey,
    point: [u8; POINT_BYTES],
}

impl EscrowKey {
    /// Draws a new key, as it is stored: the scalar, then the public point.
    ///
    /// # Panics
    /// When the operating system gives no random bytes.
    pub fn draw() -> Vec<u8> {
        loop {
            let scalar: [u8; SECRET_BYTES] = random::bytes();
            // All but one in 2^32 are below the order of the curve.
            if let Ok(secret) = SecretKey::from_slice(&scalar) {
                return [&scalar[..], &point(&secret)].concat();
            }
        }
    }

    /// Reads a key as it is stored; `None` when its halves are not of one key.
    pub fn read(stored: &[u8]) -> Option<Self> {
        let (scalar, public) = stored.split_at_checked(SECRET_BYTES)?;
        let secret = SecretKey::from_slice(scalar).ok()?;
        let point = point(&secret);
        (point == public).then_some(Self { secret, point })
    }

    /// The public half, as an uncompressed point.
    pub fn point(&self) -> &[u8; POINT_BYTES] {
        &self.point
    }

    /// Opens what `person` sealed on `device`; `None` when it was not sealed so, or not to this key.
    pub fn open(
        &self,
        person: PersonId,
        device: &Hash,
        escrow: &Escrow,
    ) -> Option<[u8; DATA_KEY_BYTES]> {
        let ephemeral = from_base64url(&escrow.ephemeral).ok()?;
        let mut sealed = from_base64url(&escrow.sealed).ok()?;
        let key = self.sealing_key(person, device, &ephemeral)?;
        let opened = key.open_in_place(nonce(), Aad::empty(), &mut sealed).ok()?;
        (*opened).try_into().ok()
    }

    fn sealing_key(
        &self,
        person: PersonId,
        device: &Hash,
        ephemeral: &[u8],
    ) -> Option<LessSafeKey> {
        if ephemeral.len() != POINT_BYTES {
            return None;
        }
        let public = PublicKey::from_sec1_bytes(ephemeral).ok()?;
        let shared =
            p256::ecdh::diffie_hellman(self.secret.to_nonzero_scalar(), public.as_affine());
        let info = info(person, device, ephemeral, &self.point);
        let extracted = Salt::new(HKDF_SHA256, &[]).extract(shared.raw_secret_bytes());
        let info = [&info[..]];
        let expanded = extracted.expand(&info, &AES_256_GCM).ok()?;
        Some(LessSafeKey::new(UnboundKey::from(expanded)))
    }
}

fn point(secret: &SecretKey) -> [u8; POINT_BYTES] {
    let point = secret.public_key().to_sec1_point(false);
    let bytes = point.as_bytes();
    bytes.try_into().expect("an uncompressed point of P-256")
}

/// Each key seals once ([`Escrow::sealed`]).
fn nonce() -> Nonce {
    Nonce::assume_unique_for_key([0; 12])
}

#[cfg(test)]
mod tests {
    use doorstep_domain::hash::to_base64url;

    use super::*;

    const KEY: [u8; DATA_KEY_BYTES] = [7; DATA_KEY_BYTES];

    fn person(n: u8) -> PersonId {
        PersonId::mint(1, &[n; 10])
    }

    /// As a phone does it: the same agreement from the other side.
    fn seal(office: &EscrowKey, whose: PersonId, device: &Hash) -> Escrow {
        let own = EscrowKey::read(&EscrowKey::draw()).unwrap();
        let to = PublicKey::from_sec1_bytes(office.point()).unwrap();
        let shared = p256::ecdh::diffie_hellman(own.secret.to_nonzero_scalar(), to.as_affine());
        let info = info(whose, device, own.point(), office.point());
        let extracted = Salt::new(HKDF_SHA256, &[]).extract(shared.raw_secret_bytes());
        let info = [&info[..]];
        let expanded = extracted.expand(&info, &AES_256_GCM).unwrap();
        let mut sealed = KEY.to_vec();
        LessSafeKey::new(UnboundKey::from(expanded))
            .seal_in_place_append_tag(nonce(), Aad::empty(), &mut sealed)
            .unwrap();
        Escrow {
            ephemeral: to_base64url(own.point()),
            sealed: to_base64url(&sealed),
        }
    }

    #[test]
    fn a_data_key_opens_for_its_person_on_its_device_only() {
        let [office, other] = [(); 2].map(|()| EscrowKey::read(&EscrowKey::draw()).unwrap());
        let devices = [1, 2].map(|n| Hash([n; 32]));
        let escrow = seal(&office, person(1), &devices[0]);
        assert_eq!(office.open(person(1), &devices[0], &escrow), Some(KEY));
        assert_eq!(office.open(person(2), &devices[0], &escrow), None);
        assert_eq!(office.open(person(1), &devices[1], &escrow), None);
        assert_eq!(other.open(person(1), &devices[0], &escrow), None);
    }

    #[test]
    fn what_is_no_escrow_opens_to_nothing() {
        let office = EscrowKey::read(&EscrowKey::draw()).unwrap();
        let device = Hash([1; 32]);
        let right = seal(&office, person(1), &device);
        let off_the_curve = to_base64url(&[&[4][..], &[1; 64]].concat());
        for ephemeral in ["", "?", "AAAA", &off_the_curve] {
            let wrong = Escrow {
                ephemeral: ephemeral.to_owned(),
                ..right.clone()
            };
            assert_eq!(office.open(person(1), &device, &wrong), None, "{ephemeral}");
        }
        for sealed in ["", "?", "AAAA", &right.sealed[1..]] {
            let wrong = Escrow {
                sealed: sealed.to_owned(),
                ..right.clone()
            };
            assert_eq!(office.open(person(1), &device, &wrong), None, "{sealed}");
        }
    }

    #[test]
    fn a_stored_key_of_two_halves_is_not_read() {
        let stored = EscrowKey::draw();
        assert!(EscrowKey::read(&stored).is_some());
        for place in 0..stored.len() {
            let mut changed = stored.clone();
            changed[place] ^= 1;
            assert!(EscrowKey::read(&changed).is_none(), "byte {place}");
        }
        assert!(EscrowKey::read(&stored[..40]).is_none());
        assert!(EscrowKey::read(&[]).is_none());
    }
}
