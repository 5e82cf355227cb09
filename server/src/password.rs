//! Passwords: how they are hashed and checked. Not where the hashes are kept.

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};

/// Fewest characters of a new password (NIST SP 800-63B: at least 8).
pub const LENGTH_MIN: usize = 8;
/// Most bytes of a password; a log-in's body ends not far beyond.
pub const BYTES_MAX: usize = 1_024;
/// OWASP's recommendation for argon2id: 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19 * 1_024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// The hash of a password nobody has, in the parameters above: checking against it takes an
/// unknown log-in name as long as a known one.
const NOBODYS: &str = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXRoaW5nc2FsdHk$\
                       gBZ7hHxxnmFQk6bWkqVNcP8eC3ZB2YVe2Zt2hcZ4p9I";

/// Why a password cannot be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// It is easily guessed.
    #[error("the password is too short: take at least 8 characters")]
    TooShort,
    /// Nobody types that.
    #[error("the password is too long: take at most 1,024 bytes")]
    TooLong,
}

/// Hashes a new password into a PHC string with a salt of its own.
///
/// # Panics
/// When the operating system gives no random bytes.
pub fn hash(password: &str) -> Result<String, Unfit> {
    if password.chars().count() < LENGTH_MIN {
        return Err(Unfit::TooShort);
    }
    if password.len() > BYTES_MAX {
        return Err(Unfit::TooLong);
    }
    let hash: PasswordHash = hasher()
        .hash_password(password.as_bytes())
        .expect("the parameters are in range and the operating system gives a salt");
    Ok(hash.to_string())
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
        let stored = hash("correct horse").unwrap();
        assert!(
            stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{stored}"
        );
        assert_ne!(stored, hash("correct horse").unwrap());
        assert!(is_right("correct horse", Some(&stored)));
        assert!(!is_right("correct horsE", Some(&stored)));
        assert!(!is_right("correct horse", Some("not a hash")));
        assert!(!is_right("correct horse", None));
    }

    #[test]
    fn nobodys_hash_costs_what_a_real_one_does() {
        let nobodys = PasswordHash::new(NOBODYS).unwrap();
        let real = hash("correct horse").unwrap();
        let real = PasswordHash::new(&real).unwrap();
        assert_eq!(nobodys.algorithm, real.algorithm);
        assert_eq!(nobodys.params.to_string(), real.params.to_string());
        assert_eq!(
            nobodys.hash.map(|it| it.len()),
            real.hash.map(|it| it.len())
        );
    }

    #[test]
    fn length_is_counted_in_characters() {
        assert_eq!(hash("七个字的密码吧"), Err(Unfit::TooShort));
        assert!(hash("八个字的密码可以").is_ok());
        assert_eq!(hash(&"x".repeat(BYTES_MAX + 1)), Err(Unfit::TooLong));
    }
}
