//! What opens a thing sealed with a passphrase: AES-256-GCM under a key that PBKDF2 (RFC 8018) makes
//! of it. The sealing itself is the browser's.

/// Rounds of PBKDF2 with HMAC-SHA-256, OWASP's recommendation of 2023.
pub const ITERATIONS: u32 = 600_000;
/// Most rounds that a file may ask of whoever opens it: some seconds on a phone.
pub const ITERATIONS_MAX: u32 = 5_000_000;

/// What is needed to open it, beside the passphrase. Used for one thing only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lock {
    /// Rounds of PBKDF2.
    pub iterations: u32,
    /// For PBKDF2.
    pub salt: [u8; 16],
    /// For AES-GCM.
    pub iv: [u8; 12],
}

impl Lock {
    /// A lock of [`ITERATIONS`] rounds; salt and initialisation vector are random.
    pub fn new(salt: [u8; 16], iv: [u8; 12]) -> Self {
        Self {
            iterations: ITERATIONS,
            salt,
            iv,
        }
    }
}
