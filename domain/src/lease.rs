//! For how long a phone keeps what the office lent it: the copies of logs with residents' data. Each
//! answer of the office begins it anew. A lost phone that nobody reaches forgets them by itself; what
//! was written on it and not sent stays, for the office alone to open ([`crate::escrow`]).
//!
//! Also when a phone that is left alone locks itself.

use crate::time::UnixMs;

/// How long, in milliseconds: 14 days.
pub const LEASE_MS: i64 = 14 * DAY_MS;
/// How long before its end people are told, in milliseconds: 4 days.
pub const TOLD_BEFORE_MS: i64 = 4 * DAY_MS;
const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// Milliseconds without a touch after which a phone in staff's hands locks itself: 10 minutes.
pub const IDLE_MS: i64 = 10 * 60 * 1_000;
/// The same in an owner's hands, who may be slow to read: 30 minutes.
pub const IDLE_HANDED_MS: i64 = 30 * 60 * 1_000;
/// Milliseconds in the background after which it is locked when it comes back: 5 minutes.
pub const HIDDEN_MS: i64 = 5 * 60 * 1_000;

/// How the lease stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lease {
    /// There is time.
    Runs,
    /// It ends within so many days, counted up: 1 to 4.
    Ends(i64),
    /// It is over.
    Over,
}

/// How the lease stands at `now`, after the last answer at `contact`; `latest` is the latest time
/// that the phone's clock has shown: set back, it gains nothing. All by the phone's clock.
pub fn lease(contact: UnixMs, latest: UnixMs, now: UnixMs) -> Lease {
    let passed = now.max(latest).saturating_sub(contact);
    let left = LEASE_MS.saturating_sub(passed);
    if left <= 0 {
        Lease::Over
    } else if left <= TOLD_BEFORE_MS {
        Lease::Ends((left + DAY_MS - 1) / DAY_MS)
    } else {
        Lease::Runs
    }
}

/// Whether a phone locks itself that was touched last at `touched` and, if it is or was in the
/// background, was put there at `hidden`.
pub fn locks(is_handed: bool, touched: UnixMs, hidden: Option<UnixMs>, now: UnixMs) -> bool {
    let idle = if is_handed { IDLE_HANDED_MS } else { IDLE_MS };
    let passed = |since: UnixMs, limit: i64| now.saturating_sub(since) >= limit;
    passed(touched, idle) || hidden.is_some_and(|hidden| !is_handed && passed(hidden, HIDDEN_MS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lease_ends_fourteen_days_after_the_last_answer() {
        let at = |ms| lease(1_000, 0, 1_000 + ms);
        assert_eq!(at(0), Lease::Runs);
        assert_eq!(at(10 * DAY_MS - 1), Lease::Runs);
        assert_eq!(at(10 * DAY_MS), Lease::Ends(4));
        assert_eq!(at(11 * DAY_MS - 1), Lease::Ends(4));
        assert_eq!(at(11 * DAY_MS), Lease::Ends(3));
        assert_eq!(at(14 * DAY_MS - 1), Lease::Ends(1));
        assert_eq!(at(14 * DAY_MS), Lease::Over);
        assert_eq!(at(i64::MAX - 1_000), Lease::Over);
    }

    #[test]
    fn a_clock_set_back_gains_nothing() {
        let contact = 100 * DAY_MS;
        let latest = contact + LEASE_MS;
        assert_eq!(lease(contact, latest, contact - DAY_MS), Lease::Over);
        assert_eq!(lease(contact, 0, i64::MIN), Lease::Runs);
    }

    #[test]
    fn a_phone_left_alone_locks_itself_and_later_in_an_owners_hands() {
        assert!(!locks(false, 0, None, IDLE_MS - 1));
        assert!(locks(false, 0, None, IDLE_MS));
        assert!(!locks(true, 0, None, IDLE_MS));
        assert!(locks(true, 0, None, IDLE_HANDED_MS));
        assert!(!locks(false, 0, Some(0), HIDDEN_MS - 1));
        assert!(locks(false, 0, Some(0), HIDDEN_MS));
        assert!(!locks(true, 0, Some(0), HIDDEN_MS));
        // A clock set back locks nothing by itself.
        assert!(!locks(false, 1_000, Some(1_000), 0));
    }
}
