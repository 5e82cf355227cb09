//! Passwords: which can be taken, how they are hashed and checked. Not where the hashes are kept.

use std::sync::LazyLock;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use doorstep_domain::time::UnixMs;

use crate::random;

/// Fewest characters of a new password. NIST SP 800-63B-4 asks for 15 where the password is all
/// there is and 8 where there is more; here a guess also needs a key of its own enrolled under the
/// account, is slowed down per account and address ([`crate::throttle`]), and must not be one of
/// the worst, and people type it with one thumb at a door.
pub const LENGTH_MIN: usize = 8;
/// Most characters of a new password: beyond any passphrase, and little to hash.
pub const LENGTH_MAX: usize = 128;
/// Most bytes of a password that is looked at.
pub const BYTES_MAX: usize = 1_024;
/// How long a one-time password can be used: over a weekend.
pub const ONE_TIME_MS: UnixMs = 72 * 60 * 60 * 1_000;
/// Words that everybody who guesses here begins with, beside the log-in name.
const HOUSE_WORDS: [&str; 3] = ["doorstep", "koumen", "wuye"];
/// Characters that must be left of a password without those.
const LEFT_MIN: usize = 6;
/// OWASP's recommendation for argon2id: 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19 * 1_024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// The hash of a password nobody has, in the parameters above: checking against it takes an
/// unknown log-in name as long as a known one.
const NOBODYS: &str = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXRoaW5nc2FsdHk$\
                       gBZ7hHxxnmFQk6bWkqVNcP8eC3ZB2YVe2Zt2hcZ4p9I";

/// The passwords that are tried first, sorted.
static WORST: LazyLock<Vec<&str>> = LazyLock::new(|| {
    let lines = include_str!("password/worst.txt").lines();
    let mut worst: Vec<&str> = lines.filter(|line| !line.starts_with('#')).collect();
    worst.sort_unstable();
    worst
});

/// Why a password cannot be taken. No rule asks for capitals, digits or signs: they make passwords
/// alike (NIST SP 800-63B §3.1.1.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// It is easily guessed.
    #[error("the password is too short: take at least 8 characters")]
    TooShort,
    /// Nobody types that.
    #[error("the password is too long: take at most 128 characters")]
    TooLong,
    /// It is among those that are tried first.
    #[error("the password is one of those that are tried first: take another")]
    TooCommon,
    /// Little is left of it without the log-in name or a word of the house.
    #[error("the password is hardly more than the log-in name or a word of the house")]
    NamesYou,
}

impl Unfit {
    /// The name on the wire (`reason` of `unfit_password`).
    pub fn code(self) -> &'static str {
        match self {
            Self::TooShort => "too_short",
            Self::TooLong => "too_long",
            Self::TooCommon => "too_common",
            Self::NamesYou => "names_you",
        }
    }
}

/// Whether a new password of the account `login` can be taken.
pub fn check(password: &str, login: &str) -> Result<(), Unfit> {
    let count = password.chars().count();
    if count < LENGTH_MIN {
        return Err(Unfit::TooShort);
    }
    if count > LENGTH_MAX {
        return Err(Unfit::TooLong);
    }
    let plain = password.to_lowercase();
    if WORST.binary_search(&plain.as_str()).is_ok() || is_run(&plain) {
        return Err(Unfit::TooCommon);
    }
    let words = HOUSE_WORDS.into_iter().chain([login]);
    let left = words.fold(plain, |left, word| left.replace(word, ""));
    if left.chars().count() < LEFT_MIN && left.len() < password.len() {
        return Err(Unfit::NamesYou);
    }
    Ok(())
}

/// Whether each character follows the one before in the same step: `aaaaaaaa`, `23456789`,
/// `hgfedcba`.
fn is_run(text: &str) -> bool {
    let codes: Vec<i64> = text.chars().map(|c| i64::from(u32::from(c))).collect();
    let mut steps = codes.windows(2).map(|pair| pair[1] - pair[0]);
    let first = steps.next().unwrap_or(0);
    first.abs() <= 1 && steps.all(|step| step == first)
}

/// A password to be used once, for somebody else to hand over: 60 random bits in signs that are
/// not mistaken for one another.
pub fn draw_one_time() -> String {
    const SIGNS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let signs = random::bytes::<12>().map(|byte| char::from(SIGNS[usize::from(byte % 32)]));
    let groups = signs
        .chunks(4)
        .map(|group| group.iter().collect::<String>());
    groups.collect::<Vec<_>>().join("-")
}

/// Hashes a password into a PHC string with a salt of its own.
///
/// # Panics
/// When the operating system gives no random bytes.
pub fn hash(password: &str) -> String {
    let hash: PasswordHash = hasher()
        .hash_password(password.as_bytes())
        .expect("the parameters are in range and the operating system gives a salt");
    hash.to_string()
}

/// Whether `password` is the one behind `hash`; `None` for a log-in name nobody has, which
/// takes as long and is never right.
pub fn is_right(password: &str, hash: Option<&str>) -> bool {
    let Ok(parsed) = PasswordHash::new(hash.unwrap_or(NOBODYS)) else {
        return false;
    };
    let fits = password.len() <= BYTES_MAX
        && hasher()
            .verify_password(password.as_bytes(), &parsed)
            .is_ok();
    fits && hash.is_some()
}

fn hasher() -> Argon2<'static> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).expect("OWASP's are in range");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_right_password_is_right() {
        let stored = hash("correct horse");
        assert!(
            stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{stored}"
        );
        assert_ne!(stored, hash("correct horse"));
        assert!(is_right("correct horse", Some(&stored)));
        assert!(!is_right("correct horsE", Some(&stored)));
        assert!(!is_right("correct horse", Some("not a hash")));
        assert!(!is_right("correct horse", None));
    }

    #[test]
    fn nobodys_hash_costs_what_a_real_one_does() {
        let nobodys = PasswordHash::new(NOBODYS).unwrap();
        let real = hash("correct horse");
        let real = PasswordHash::new(&real).unwrap();
        assert_eq!(nobodys.algorithm, real.algorithm);
        assert_eq!(nobodys.params.to_string(), real.params.to_string());
        assert_eq!(
            nobodys.hash.map(|it| it.len()),
            real.hash.map(|it| it.len())
        );
    }

    #[test]
    fn length_is_counted_in_characters_and_nothing_else_is_asked_of_them() {
        assert_eq!(check("七个字的密码吧", "lin"), Err(Unfit::TooShort));
        assert_eq!(check("八个字的密码可以", "lin"), Ok(()));
        assert_eq!(check("all lower case", "lin"), Ok(()));
        assert_eq!(check(&"ab".repeat(64), "lin"), Ok(()));
        assert_eq!(check(&"abc".repeat(43), "lin"), Err(Unfit::TooLong));
    }

    #[test]
    fn what_is_tried_first_is_not_taken_in_whatever_case() {
        for worst in [
            "password",
            "PassWord",
            "88888888",
            "66668888",
            "woaini1314",
            "Woaini520",
            "5201314a",
            "qwertyuiop",
            "1qaz2wsx",
            "zzzzzzzzzzzz",
            "23456789",
            "abcdefghi",
            "87654321",
            "p@ssw0rd",
            "admin888",
            "wuyeguanli",
        ] {
            assert_eq!(check(worst, "lin"), Err(Unfit::TooCommon), "{worst}");
        }
        assert!(WORST.len() > 10_000);
        assert!(WORST.iter().all(|it| it.chars().count() >= LENGTH_MIN));
        for house in [
            "lin-2026",
            "doorstep1",
            "Doorstep-lin",
            "linlinlin",
            "koumen123",
        ] {
            assert_eq!(check(house, "lin"), Err(Unfit::NamesYou), "{house}");
        }
        assert_eq!(check("berlin wall", "lin"), Ok(()));
    }

    #[test]
    fn a_one_time_password_is_new_every_time_and_can_be_taken() {
        let [one, other] = [draw_one_time(), draw_one_time()];
        assert_ne!(one, other);
        assert_eq!(one.len(), 14);
        assert_eq!(check(&one, "lin"), Ok(()));
    }
}
