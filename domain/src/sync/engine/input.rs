//! What the app tells the engine, and when. Not what follows from it.

use super::OutboxChange;
use crate::event::Event;
use crate::id::{EventId, SiteId};
use crate::log::LoggedEvent;
use crate::sync::wire::{ProblemCode, SyncReply};
use crate::time::UnixMs;

/// The moment of an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Moment {
    /// Milliseconds of a clock that never goes back, from any start (`performance.now()`).
    pub ms: u64,
    /// The device's calendar clock.
    pub unix_ms: UnixMs,
    /// A random byte, spreading the retries of many phones.
    pub jitter: u8,
}

/// What happened.
#[derive(Debug, Clone)]
pub enum Input {
    /// The app has started.
    Started,
    /// These are the sites the person works on now.
    Watch(Vec<SiteId>),
    /// An event was finished; the app has put it at the end of the stored outbox already.
    Queued(Event),
    /// These items were handed in without a log-in; the app has stored them as deposited already
    /// ([`super::deposited`]).
    Deposited(Vec<OutboxChange>),
    /// A person wants a refused or deposited item offered again; the app has stored it as waiting already.
    Retry(EventId),
    /// The answer to request `number`.
    Reply {
        /// The request's number.
        number: u64,
        /// The reply, as read.
        reply: Box<SyncReply>,
    },
    /// Request `number` brought no reply.
    Failed {
        /// The request's number.
        number: u64,
        /// Why.
        why: Lost,
    },
    /// Batch `number` is stored.
    Stored {
        /// The batch's number.
        number: u64,
        /// The rows that went back to the outbox (see [`Change::Reset`]), in the log's order.
        returned: Vec<LoggedEvent>,
    },
    /// Batch `number` could not be stored; nothing of it was.
    NotStored {
        /// The batch's number.
        number: u64,
    },
    /// The time asked for by [`Effect::Wake`] has come.
    Tick,
    /// The browser says there is a network.
    Online,
    /// The app came to the foreground.
    Visible,
    /// Somebody, the same person, has logged in again.
    LoggedIn,
}

/// Why a request brought no reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lost {
    /// It may not even have left.
    Offline,
    /// What came is not the server's answer: HTML, a redirect, truncated JSON.
    NotAnAnswer,
    /// The session has ended or the device is not the session's: log in again.
    Unauthorised,
    /// Somebody on the way takes no bodies of this length.
    TooLarge,
    /// The server refused it as a whole.
    Refused(ProblemCode),
    /// The server failed or is busy.
    Server,
}

impl Lost {
    /// What an HTTP answer that is no sync reply means: its status, and the code when its body
    /// is a problem of this server's.
    pub fn of_answer(status: u16, code: Option<ProblemCode>) -> Self {
        match (status, code) {
            (413, _) => Self::TooLarge,
            (
                _,
                Some(
                    ProblemCode::NotLoggedIn
                    | ProblemCode::WrongDevice
                    | ProblemCode::DeviceRevoked
                    | ProblemCode::DeviceOfAnother,
                ),
            ) => Self::Unauthorised,
            (429 | 500..=599, _) => Self::Server,
            (_, Some(code)) => Self::Refused(code),
            // Somebody on the way: a captive portal, a proxy.
            _ => Self::NotAnAnswer,
        }
    }
}
