//! Random bytes from the operating system; the domain's only source of them on this side.

use ring::rand::{SecureRandom, SystemRandom};

/// `N` bytes nobody can guess.
///
/// # Panics
/// When the operating system gives none: nothing secret can be made then.
pub fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    SystemRandom::new()
        .fill(&mut bytes)
        .expect("the operating system gives random bytes");
    bytes
}
