//! Slows down guessing passwords: failures are counted per account and address, in memory.
//! Not a lock of accounts: counts are forgotten after a quarter of an hour and by a restart.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use doorstep_domain::time::UnixMs;

/// How long failures count: 15 minutes from the first.
const WINDOW_MS: UnixMs = 15 * 60 * 1_000;
/// Failures of one account from one address before it has to wait.
pub const PAIR_MAX: u32 = 10;
/// Failures from one address, whatever the account: a whole office may share one.
pub const ADDRESS_MAX: u32 = 50;
/// Failures of one account from wherever; high, so that a stranger cannot easily lock a
/// supervisor out.
pub const ACCOUNT_MAX: u32 = 100;
/// Most counts kept; at the end all that ran out are dropped, then, if need be, all.
const COUNTS_MAX: usize = 20_000;

/// What is counted.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    Pair(String, IpAddr),
    Address(IpAddr),
    Account(String),
}

#[derive(Debug, Clone, Copy)]
struct Count {
    failures: u32,
    until: UnixMs,
}

/// The failures of the last quarter of an hour.
#[derive(Debug, Default)]
pub struct Throttle {
    counts: Mutex<HashMap<Key, Count>>,
}

impl Throttle {
    /// Counts an attempt before its password is looked at, so that attempts at once do not slip
    /// through; or says how many seconds to wait.
    pub fn attempt(&self, login: &str, address: IpAddr, now: UnixMs) -> Result<(), u64> {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let keys = keys(login, address);
        let waits = keys.iter().filter_map(|(key, max)| {
            let count = counts.get(key).filter(|count| count.until > now)?;
            (count.failures >= *max).then_some(count.until - now)
        });
        if let Some(wait_ms) = waits.max() {
            return Err(u64::try_from(wait_ms).unwrap_or(0).div_ceil(1_000));
        }
        if counts.len() >= COUNTS_MAX {
            counts.retain(|_, count| count.until > now);
        }
        if counts.len() >= COUNTS_MAX {
            counts.clear();
        }
        for (key, _) in keys {
            let count = counts.entry(key).or_insert(Count {
                failures: 0,
                until: 0,
            });
            if count.until <= now {
                *count = Count {
                    failures: 0,
                    until: now + WINDOW_MS,
                };
            }
            count.failures += 1;
        }
        Ok(())
    }

    /// Takes the attempt back: it was the right password.
    pub fn forgive(&self, login: &str, address: IpAddr) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let [pair, address, account] = keys(login, address);
        counts.remove(&pair.0);
        for (key, _) in [address, account] {
            if let Some(count) = counts.get_mut(&key) {
                count.failures = count.failures.saturating_sub(1);
            }
        }
    }
}

fn keys(login: &str, address: IpAddr) -> [(Key, u32); 3] {
    [
        (Key::Pair(login.to_owned(), address), PAIR_MAX),
        (Key::Address(address), ADDRESS_MAX),
        (Key::Account(login.to_owned()), ACCOUNT_MAX),
    ]
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    fn address(last: u8) -> IpAddr {
        Ipv4Addr::new(192, 0, 2, last).into()
    }

    #[test]
    fn the_eleventh_failure_waits_until_the_window_ends() {
        let throttle = Throttle::default();
        for n in 0..10 {
            assert_eq!(throttle.attempt("lin", address(1), n), Ok(()));
        }
        assert_eq!(throttle.attempt("lin", address(1), 10_000), Err(890));
        assert_eq!(throttle.attempt("lin", address(2), 10_000), Ok(()));
        assert_eq!(throttle.attempt("shen", address(1), 10_000), Ok(()));
        assert_eq!(throttle.attempt("lin", address(1), WINDOW_MS), Ok(()));
    }

    #[test]
    fn one_address_cannot_try_one_password_on_everybody() {
        let throttle = Throttle::default();
        let tried = |n: u32| throttle.attempt(&format!("person{n}"), address(1), 0);
        assert!((0..ADDRESS_MAX).all(|n| tried(n).is_ok()));
        assert!(tried(ADDRESS_MAX).is_err());
    }

    #[test]
    fn many_addresses_cannot_try_one_account_for_ever() {
        let throttle = Throttle::default();
        let tried = |n: u32| throttle.attempt("lin", address(u8::try_from(n).unwrap()), 0);
        assert!((0..ACCOUNT_MAX).all(|n| tried(n).is_ok()));
        assert!(tried(ACCOUNT_MAX).is_err());
    }

    #[test]
    fn a_right_password_forgets_the_wrong_ones() {
        let throttle = Throttle::default();
        for _ in 0..9 {
            throttle.attempt("lin", address(1), 0).unwrap();
        }
        throttle.attempt("lin", address(1), 0).unwrap();
        throttle.forgive("lin", address(1));
        assert_eq!(throttle.attempt("lin", address(1), 0), Ok(()));
    }
}
