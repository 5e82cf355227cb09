//! How long to wait after a failure: 1 s doubling to 60 s, spread by a random byte.
//! Not a timer.

/// The first wait.
const FIRST_MS: u64 = 1_000;
/// The longest wait; what healed is noticed within it.
const LONGEST_MS: u64 = 60_000;

/// Counts failures in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct BackOff {
    failures: u32,
}

impl BackOff {
    /// Whether nothing has failed since the last success.
    pub(super) fn is_fresh(self) -> bool {
        self.failures == 0
    }

    /// It worked.
    pub(super) fn reset(&mut self) {
        self.failures = 0;
    }

    /// It failed; the milliseconds to wait, between half and the whole of 1 s, 2 s, 4 s … 60 s.
    pub(super) fn wait(&mut self, jitter: u8) -> u64 {
        let doubled = FIRST_MS.saturating_mul(1 << self.failures.min(16));
        let longest = doubled.min(LONGEST_MS);
        self.failures = self.failures.saturating_add(1);
        longest / 2 + longest / 2 * u64::from(jitter) / u64::from(u8::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_from_one_second_to_sixty_and_start_over_after_a_success() {
        let mut backoff = BackOff::default();
        let longest: Vec<u64> = (0..8).map(|_| backoff.wait(255)).collect();
        assert_eq!(
            longest,
            [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]
        );
        assert!(!backoff.is_fresh());
        backoff.reset();
        assert!(backoff.is_fresh());
        assert_eq!(backoff.wait(0), 500);
        assert_eq!(backoff.wait(0), 1_000);
    }
}
