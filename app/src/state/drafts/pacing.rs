//! When keeping a draft begins while people type, so that it is done 150 ms after the last keystroke
//! and no later than 250 ms after the first one not kept yet (D2): a strict transaction takes from a few
//! milliseconds to tens of them. Not the keeping.

/// Milliseconds of rest after which keeping a draft begins.
const REST_MS: f64 = 100.0;
/// Most milliseconds that anything typed waits for it to begin.
const WAIT_MAX_MS: f64 = 170.0;

/// Since when something is not kept yet.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Pacing {
    dirty_since_ms: Option<f64>,
}

impl Pacing {
    /// Something was changed at `now_ms`: in how many milliseconds to keep it. Replaces the
    /// answer given before.
    pub(super) fn touched(&mut self, now_ms: f64) -> u32 {
        let since = *self.dirty_since_ms.get_or_insert(now_ms);
        let latest = since + WAIT_MAX_MS - now_ms;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "between 0 and REST_MS"
        )]
        let wait = REST_MS.min(latest).max(0.0) as u32;
        wait
    }

    /// Whether something is not kept yet; from now on it counts as being kept.
    pub(super) fn take(&mut self) -> bool {
        self.dirty_since_ms.take().is_some()
    }

    /// Whether something is not kept yet.
    pub(super) fn is_dirty(self) -> bool {
        self.dirty_since_ms.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typing_on_delays_keeping_only_so_far() {
        let mut pacing = Pacing::default();
        let waits = [0.0, 50.0, 100.0, 130.0, 160.0, 400.0].map(|now| pacing.touched(now));
        assert_eq!(waits, [100, 100, 70, 40, 10, 0]);
        assert!(pacing.take());
        assert!(!pacing.take());
        assert_eq!(pacing.touched(500.0), 100);
    }
}
