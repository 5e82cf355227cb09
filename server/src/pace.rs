//! How often somebody may ask: allowances per class of route, and of whom (an address, a person,
//! a device), in memory and bounded. Not wrong passwords, which [`crate::throttle`] counts.
//!
//! An allowance is a burst that fills up again at a rate (the generic cell rate algorithm, as in
//! ITU-T I.371): for each one there is only the moment at which it will be full again.
//!
//! The arithmetic: a phone in use asks twice a minute and once more for each record it finishes; a
//! new one asks 200 times in a row for a log of 100,000 events (500 rows each). An office of 200
//! people behind one address who all start in the same minute with a dozen records each, twenty of
//! them on new phones and half-way through such a log, asks 4,600 times at once and 420 times a
//! minute from then on: less than an address's burst of 6,000 and rate of 3,000. A day of twenty
//! visits with the most photos each there can be is 1,200 pieces and questions. The address of
//! this very machine has no limit of its own: it is a proxy that was not told of, or whoever runs
//! the server.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};

use doorstep_domain::hash::Hash;
use doorstep_domain::id::PersonId;
use doorstep_domain::sync::wire::{Problem, ProblemCode};
use doorstep_domain::time::UnixMs;

/// Routes that share an allowance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Class {
    /// What hashes a password.
    LogIn,
    /// The phones' one request.
    Sync,
    /// What is read: session, devices, files.
    Read,
    /// What changes accounts and the like, by hand.
    Change,
    /// Finding something by a short code that can be guessed.
    LookUp,
    /// Pieces of photos, and photos.
    Piece,
    /// What may be left without a session.
    Deposit,
    /// Rows in the log of refusals, of which a flood helps nobody.
    Refusal,
}

/// Whose allowance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Who {
    /// An address; of IPv6 the /64, which is what one household or office is given.
    Address(IpAddr),
    /// A person, whatever they are logged in on.
    Person(PersonId),
    /// A device.
    Device(Hash),
    /// Everybody who is not known, together: many addresses shall not keep the disk busy.
    Strangers,
}

/// So many at once, and so many a minute from then on.
#[derive(Debug, Clone, Copy)]
struct Allowance {
    burst: i64,
    a_minute: i64,
}

/// Most allowances remembered; at the end those that are full again are dropped, then, if need
/// be, all.
const REMEMBERED_MAX: usize = 50_000;

/// The allowances in use.
#[derive(Debug, Default)]
pub struct Pace {
    /// When each is full again.
    full_at: Mutex<HashMap<(Class, Who), UnixMs>>,
}

impl Class {
    /// What everybody of that sort may.
    #[expect(clippy::match_same_arms, reason = "a table reads by its rows")]
    fn allowance(self, who: Who) -> Allowance {
        let (burst, a_minute) = match (self, who) {
            (Self::LogIn, Who::Address(_)) => (300, 60),
            (Self::LogIn, _) => (30, 10),
            (Self::Sync, Who::Address(_)) => (6_000, 3_000),
            // A phone that catches up asks as fast as it is answered.
            (Self::Sync, _) => (1_200, 1_200),
            (Self::Read, Who::Address(_)) => (1_200, 1_200),
            (Self::Read, _) => (120, 120),
            (Self::Change, Who::Address(_)) => (120, 60),
            (Self::Change, _) => (60, 20),
            // 2^40 codes at 20 a minute are not guessed.
            (Self::LookUp, _) => (30, 20),
            (Self::Piece, Who::Address(_)) => (6_000, 3_000),
            (Self::Piece, _) => (1_200, 600),
            (Self::Deposit, Who::Address(_)) => (300, 60),
            (Self::Deposit, _) => (100, 10),
            (Self::Refusal, Who::Strangers) => (600, 300),
            (Self::Refusal, _) => (120, 60),
        };
        Allowance { burst, a_minute }
    }
}

impl Pace {
    /// Takes one of `who`'s allowance; or says, as the problem to answer, how many seconds to
    /// wait (`retry_after_s`).
    pub fn pass(&self, class: Class, who: Who, now: UnixMs) -> Result<(), Problem> {
        if matches!(who, Who::Address(address) if address.is_loopback()) {
            return Ok(());
        }
        let who = who.merged();
        let Allowance { burst, a_minute } = class.allowance(who);
        let each_ms = 60_000 / a_minute;
        let mut full_at = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        let known = full_at.get(&(class, who)).copied().unwrap_or(now);
        let then = known.max(now) + each_ms;
        let wait_ms = then - now - burst * each_ms;
        if wait_ms > 0 {
            let seconds = u64::try_from(wait_ms).unwrap_or(0).div_ceil(1_000);
            return Err(Problem::new(ProblemCode::TooManyRequests).with("retry_after_s", seconds));
        }
        if full_at.len() >= REMEMBERED_MAX {
            full_at.retain(|_, moment| *moment > now);
        }
        if full_at.len() >= REMEMBERED_MAX {
            full_at.clear();
        }
        full_at.insert((class, who), then);
        Ok(())
    }
}

impl Who {
    fn merged(self) -> Self {
        match self {
            Self::Address(IpAddr::V6(address)) => {
                let [a, b, c, d, ..] = address.segments();
                Self::Address(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into())
            }
            who => who,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(text: &str) -> Who {
        Who::Address(text.parse().unwrap())
    }

    fn wait(pace: &Pace, class: Class, who: Who, now: UnixMs) -> Option<u64> {
        let problem = pace.pass(class, who, now).err()?;
        assert_eq!(problem.status, 429);
        problem.params["retry_after_s"].as_u64()
    }

    #[test]
    fn a_burst_passes_and_then_the_rate_does() {
        let pace = Pace::default();
        let who = from("192.0.2.1");
        assert!((0..30).all(|_| wait(&pace, Class::LookUp, who, 0).is_none()));
        assert_eq!(wait(&pace, Class::LookUp, who, 0), Some(3));
        assert_eq!(wait(&pace, Class::LookUp, who, 2_999), Some(1));
        assert_eq!(wait(&pace, Class::LookUp, who, 3_000), None);
        assert_eq!(wait(&pace, Class::LookUp, who, 3_000), Some(3));
        // After a while it is full again, and not fuller.
        let later = 10 * 60_000;
        assert!((0..30).all(|_| wait(&pace, Class::LookUp, who, later).is_none()));
        assert!(wait(&pace, Class::LookUp, who, later).is_some());
    }

    #[test]
    fn allowances_are_apart_by_class_and_by_whom() {
        let pace = Pace::default();
        for _ in 0..30 {
            pace.pass(Class::LookUp, from("192.0.2.1"), 0).unwrap();
        }
        assert!(wait(&pace, Class::LookUp, from("192.0.2.1"), 0).is_some());
        assert!(wait(&pace, Class::LookUp, from("192.0.2.2"), 0).is_none());
        assert!(wait(&pace, Class::Read, from("192.0.2.1"), 0).is_none());
    }

    #[test]
    fn a_network_of_ipv6_is_one() {
        let pace = Pace::default();
        let address = |n: u16| from(&format!("2001:db8:1:2::{n:x}"));
        assert!((0..30).all(|n| wait(&pace, Class::LookUp, address(n), 0).is_none()));
        assert!(wait(&pace, Class::LookUp, address(99), 0).is_some());
        assert!(wait(&pace, Class::LookUp, from("2001:db8:1:3::1"), 0).is_none());
    }

    #[test]
    fn an_office_of_two_hundred_behind_one_address_is_not_held_up() {
        let pace = Pace::default();
        let office = from("192.0.2.1");
        // All start at once with a dozen records each; twenty of them are new phones.
        let first = 200 * 13 + 20 * 100;
        assert!((0..first).all(|_| wait(&pace, Class::Sync, office, 0).is_none()));
        // From then on everybody asks twice a minute and finishes a record every ten.
        let mut asked = (1..=60_i64).flat_map(|minute| (0..420).map(move |_| minute * 60_000));
        assert!(asked.all(|now| wait(&pace, Class::Sync, office, now).is_none()));
        // The morning's log-ins.
        assert!((0..200).all(|_| wait(&pace, Class::LogIn, office, 0).is_none()));
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let pace = Pace::default();
        for n in 0..=u32::try_from(REMEMBERED_MAX).unwrap() {
            let address = IpAddr::V4(n.into());
            pace.pass(Class::Read, Who::Address(address), 0).unwrap();
        }
        assert!(pace.full_at.lock().unwrap().len() <= REMEMBERED_MAX);
    }
}
