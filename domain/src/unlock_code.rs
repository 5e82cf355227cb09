//! The code with which staff take the phone back from an owner: what makes one, and how long wrong
//! ones make wait. Until it is typed the phone shows one record only, so that no owner comes to see
//! another's (R3.7). Not where it is kept.

use serde::{Deserialize, Serialize};

use crate::time::UnixMs;

/// Fewest digits.
pub const DIGITS_MIN: usize = 6;
/// Most digits.
pub const DIGITS_MAX: usize = 12;
/// Wrong codes in a row before the next one has to wait.
pub const FREE_TRIES: u32 = 4;
/// The first wait, in milliseconds: 30 seconds; each further wrong code doubles it.
pub const WAIT_MS: i64 = 30_000;
/// The longest wait, in milliseconds: 15 minutes.
pub const WAIT_MAX_MS: i64 = 15 * 60 * 1_000;

/// Why a code is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadCode {
    /// Something in it is no digit.
    NotDigits,
    /// Fewer than [`DIGITS_MIN`] digits or more than [`DIGITS_MAX`].
    Length,
    /// It is the first that anybody tries: one digit again and again, or digits in a row.
    TooEasy,
}

/// Whether `code` can be one.
pub fn check(code: &str) -> Result<(), BadCode> {
    if !code.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(BadCode::NotDigits);
    }
    if !(DIGITS_MIN..=DIGITS_MAX).contains(&code.len()) {
        return Err(BadCode::Length);
    }
    let digits = code.as_bytes();
    let goes_by = |step: i16| {
        let mut pairs = digits.windows(2);
        pairs.all(|pair| i16::from(pair[1]) - i16::from(pair[0]) == step)
    };
    if [0, 1, -1].into_iter().any(goes_by) {
        return Err(BadCode::TooEasy);
    }
    Ok(())
}

/// Wrong codes typed in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Tries {
    /// How many.
    pub wrong: u32,
    /// When the last one was typed, by the device's clock.
    pub last_at: UnixMs,
}

impl Tries {
    /// The same after another wrong one at `now`.
    #[must_use]
    pub fn after_wrong(self, now: UnixMs) -> Self {
        Self {
            wrong: self.wrong.saturating_add(1),
            last_at: now,
        }
    }

    /// For how many milliseconds from `now` on no code is taken; never longer than a whole wait,
    /// also where the clock was set back.
    pub fn wait_ms(self, now: UnixMs) -> i64 {
        if self.wrong < FREE_TRIES {
            return 0;
        }
        let doublings = (self.wrong - FREE_TRIES).min(10);
        let wait = (WAIT_MS << doublings).min(WAIT_MAX_MS);
        self.last_at
            .saturating_add(wait)
            .saturating_sub(now)
            .clamp(0, wait)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_six_to_twelve_digits_that_nobody_tries_first() {
        for (code, answer) in [
            ("402913", Ok(())),
            ("402913402913", Ok(())),
            ("", Err(BadCode::Length)),
            ("40291", Err(BadCode::Length)),
            ("4029134029134", Err(BadCode::Length)),
            ("40291a", Err(BadCode::NotDigits)),
            ("四〇二九一三", Err(BadCode::NotDigits)),
            ("000000", Err(BadCode::TooEasy)),
            ("123456", Err(BadCode::TooEasy)),
            ("987654", Err(BadCode::TooEasy)),
            ("123457", Ok(())),
        ] {
            assert_eq!(check(code), answer, "{code}");
        }
    }

    #[test]
    fn wrong_codes_make_wait_longer_and_longer() {
        let mut tries = Tries::default();
        let mut waits = Vec::new();
        for _ in 0..12 {
            tries = tries.after_wrong(1_000);
            waits.push(tries.wait_ms(1_000) / 1_000);
        }
        assert_eq!(waits, [0, 0, 0, 30, 60, 120, 240, 480, 900, 900, 900, 900]);
        assert_eq!(tries.wait_ms(1_000 + WAIT_MAX_MS - 1), 1);
        assert_eq!(tries.wait_ms(1_000 + WAIT_MAX_MS), 0);
        // A clock set back, however far.
        assert_eq!(tries.wait_ms(i64::MIN), WAIT_MAX_MS);
        let most = Tries {
            wrong: u32::MAX,
            last_at: i64::MAX,
        };
        assert_eq!(most.after_wrong(i64::MAX).wait_ms(0), WAIT_MAX_MS);
    }
}
