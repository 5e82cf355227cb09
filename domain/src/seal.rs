//! The seal of a record: what the owner's signature is bound to (D5), its receipt code and its
//! picture. The claim is a signed record with tamper evidence, nothing more.

use std::collections::BTreeMap;

use crate::event::PartName;
use crate::hash::{Hash, tagged};

/// Cells along one side of the seal's picture.
pub const SEAL_SIDE: usize = 6;

/// Digits of Crockford's base 32: no I, L, O, U.
const CROCKFORD: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// The seal over the hashes an envelope names: the content shown, who signed as what and when,
/// and the ink. `None` for an event without a signing (nobody was met).
///
/// It is derived from the envelope, so the device's one signature covers it, and it stays the
/// same when a part is erased.
pub fn seal(parts: &BTreeMap<PartName, Hash>) -> Option<Hash> {
    let content = parts.get(&PartName::Content)?;
    let signing = parts.get(&PartName::Signing)?;
    let ink: &[u8] = parts.get(&PartName::Ink).map_or(&[], |hash| &hash.0);
    Some(tagged("doorstep/seal/1", &[&content.0, &signing.0, ink]))
}

/// Digits of a receipt code.
const CODE_DIGITS: usize = 8;

/// Whether the seal is bound to part `part`: the others can be changed without breaking it.
pub fn covers(part: PartName) -> bool {
    matches!(part, PartName::Content | PartName::Signing | PartName::Ink)
}

/// The short code people read out, e.g. `7F3K-Q2M9`: the seal's first 40 bits. It only looks a
/// record up; the full hash is the evidence.
pub fn receipt_code(seal: &Hash) -> String {
    let bits = seal.0[..5]
        .iter()
        .fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
    let digit = |place: u32| char::from(CROCKFORD[(bits >> (35 - 5 * place) & 31) as usize]);
    let (left, right): (String, String) =
        ((0..4).map(digit).collect(), (4..8).map(digit).collect());
    format!("{left}-{right}")
}

/// Reads a code as people type it: in either case, with or without dashes and spaces, `O` for 0 and
/// `I` or `L` for 1 (Crockford's base 32). Gives the first and the last seal that have it; `None`
/// for what is no code.
pub fn seals_with_code(code: &str) -> Option<[Hash; 2]> {
    let mut bits = 0_u64;
    let mut digits = 0;
    for letter in code.chars().filter(|it| !matches!(it, '-' | ' ')) {
        let letter = match letter.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            letter => letter,
        };
        let digit = CROCKFORD.iter().position(|it| char::from(*it) == letter)?;
        bits = bits << 5 | digit as u64;
        digits += 1;
        if digits > CODE_DIGITS {
            return None;
        }
    }
    let end = |fill: u8| {
        let mut seal = Hash([fill; 32]);
        seal.0[..5].copy_from_slice(&bits.to_be_bytes()[3..]);
        seal
    };
    (digits == CODE_DIGITS).then(|| [end(0), end(u8::MAX)])
}

/// The seal's picture: which cells are cut, row by row, mirrored left to right. Made from the
/// hash, so that two records' seals look different; never all blank.
pub fn picture(seal: &Hash) -> [[bool; SEAL_SIDE]; SEAL_SIDE] {
    let mut cells = [[false; SEAL_SIDE]; SEAL_SIDE];
    for (row, line) in cells.iter_mut().enumerate() {
        for column in 0..SEAL_SIDE / 2 {
            let bit = row * SEAL_SIDE / 2 + column;
            let cut = seal.0[5 + bit / 8] >> (bit % 8) & 1 == 1;
            line[column] = cut;
            line[SEAL_SIDE - 1 - column] = cut;
        }
    }
    // A fixed cell keeps even the all-zero pattern from looking unsealed.
    cells[SEAL_SIDE - 1][SEAL_SIDE / 2 - 1] = true;
    cells[SEAL_SIDE - 1][SEAL_SIDE / 2] = true;
    cells
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::sha256;

    #[test]
    fn the_seal_binds_content_signing_and_ink() {
        let parts = |content: &[u8], signing: &[u8], ink: Option<&[u8]>| {
            let mut parts = BTreeMap::from([
                (PartName::Content, sha256(content)),
                (PartName::Signing, sha256(signing)),
            ]);
            parts.extend(ink.map(|ink| (PartName::Ink, sha256(ink))));
            parts
        };
        let whole = seal(&parts(b"c", b"s", Some(b"i"))).unwrap();
        for other in [
            parts(b"C", b"s", Some(b"i")),
            parts(b"c", b"S", Some(b"i")),
            parts(b"c", b"s", Some(b"I")),
            parts(b"c", b"s", None),
        ] {
            assert_ne!(seal(&other).unwrap(), whole);
        }
    }

    #[test]
    fn the_private_note_is_outside_the_seal() {
        let mut parts = BTreeMap::from([
            (PartName::Content, sha256(b"c")),
            (PartName::Signing, sha256(b"s")),
        ]);
        let before = seal(&parts);
        for outside in [PartName::Private, PartName::Fact] {
            parts.insert(outside, sha256(b"note"));
            assert_eq!(seal(&parts), before);
            assert!(!covers(outside));
        }
        parts.remove(&PartName::Signing);
        assert_eq!(seal(&parts), None);
    }

    #[test]
    fn the_code_is_the_first_forty_bits() {
        let mut hash = Hash([0; 32]);
        assert_eq!(receipt_code(&hash), "0000-0000");
        hash.0[..5].copy_from_slice(&[0xff; 5]);
        assert_eq!(receipt_code(&hash), "ZZZZ-ZZZZ");
        hash.0[..5].copy_from_slice(&[0b0000_1000, 0b0100_0010, 0, 0, 0b0001_1111]);
        assert_eq!(receipt_code(&hash), "1110-000Z");
    }

    #[test]
    fn a_code_is_read_as_people_type_it_and_leads_to_the_seals_that_have_it() {
        let seal = sha256(b"a");
        let code = receipt_code(&seal);
        for typed in [
            code.clone(),
            code.to_lowercase(),
            code.replace('-', " "),
            format!(" {} ", code.replace('-', "")),
        ] {
            let [first, last] = seals_with_code(&typed).unwrap();
            assert!((first..=last).contains(&seal), "{typed}");
            assert_eq!(receipt_code(&first), code);
            assert_eq!(receipt_code(&last), code);
        }
        assert_eq!(seals_with_code("oO00-iIlL"), seals_with_code("0000-1111"));
        for none in [
            "",
            "7F3K-Q2M",
            "7F3K-Q2MU",
            "7F3K-Q2M99",
            "7F3K.Q2M9",
            "\u{5929}",
        ] {
            assert_eq!(seals_with_code(none), None, "{none}");
        }
    }

    #[test]
    fn pictures_are_mirrored_and_never_blank() {
        for hash in [Hash([0; 32]), sha256(b"a"), sha256(b"b")] {
            let cells = picture(&hash);
            assert!(cells.iter().flatten().any(|cut| *cut));
            for line in cells {
                let mut back = line;
                back.reverse();
                assert_eq!(line, back);
            }
        }
        assert_ne!(picture(&sha256(b"a")), picture(&sha256(b"b")));
    }
}
