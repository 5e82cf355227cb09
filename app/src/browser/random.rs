//! Random bytes from the browser's cryptographic source.
//! Not ids; the domain makes them from these bytes.

use super::window;

/// `N` random bytes (WebCrypto `getRandomValues`).
pub fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    window()
        .crypto()
        .and_then(|crypto| crypto.get_random_values_with_u8_array(&mut bytes))
        .expect("getRandomValues exists in every browser and takes up to 65,536 bytes");
    bytes
}
