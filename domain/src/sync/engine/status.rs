//! What screens tell about sending and receiving, always true and always in words (D8).
//! Not the words.

use super::flight::Phase;
use super::outbox::{Item, ItemState};
use super::{Contact, Engine, Lost};
use crate::sync::wire::ProblemCode;
use crate::time::UnixMs;

/// The state of things for the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// Events that are only on this phone: waiting or refused.
    pub unsent: usize,
    /// When the oldest of them was made, device time.
    pub oldest_unsent: Option<UnixMs>,
    /// How many of them were refused.
    pub refused: usize,
    /// How many were handed in without a log-in and wait for a director.
    pub deposited: usize,
    /// What is going on.
    pub activity: Activity,
    /// There are rows on the server that this phone does not have yet.
    pub behind: bool,
    /// What went wrong last, until it goes well again.
    pub trouble: Option<Trouble>,
    /// Nothing is sent before the person has logged in again; everything is kept.
    pub login_needed: bool,
    /// The last answer.
    pub contact: Option<Contact>,
}

/// What is going on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Activity {
    /// Nothing.
    Idle,
    /// A request is out.
    Sending,
    /// Its reply is being stored.
    Storing,
}

/// What went wrong last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// No answer.
    Offline,
    /// An answer, but not the server's, or one that does not fit what this phone holds.
    NotAnAnswer,
    /// The server failed or is busy.
    Server,
    /// The server refused the request as a whole.
    Refused(ProblemCode),
    /// The phone could not store what came.
    Storage,
}

impl Trouble {
    /// The trouble a lost request means; none for what is told otherwise.
    pub(super) fn of(lost: Lost) -> Option<Self> {
        match lost {
            Lost::Offline => Some(Self::Offline),
            Lost::NotAnAnswer => Some(Self::NotAnAnswer),
            Lost::Server => Some(Self::Server),
            Lost::Refused(code) => Some(Self::Refused(code)),
            Lost::Unauthorised | Lost::TooLarge => None,
        }
    }
}

impl Engine {
    /// The state of things for the screen.
    pub fn status(&self) -> Status {
        let unsent = || self.outbox.unsent();
        let refused = |item: &&Item| matches!(item.state, ItemState::Refused { .. });
        Status {
            unsent: unsent().count(),
            oldest_unsent: unsent().filter_map(|item| Some(item.key?.at)).min(),
            refused: unsent().filter(refused).count(),
            deposited: self.outbox.deposited(),
            activity: match self.phase {
                Phase::Idle => Activity::Idle,
                Phase::Sent(_) => Activity::Sending,
                Phase::Storing(_) => Activity::Storing,
            },
            behind: self.behind,
            trouble: self.trouble,
            login_needed: self.login_needed,
            contact: self.contact,
        }
    }
}
