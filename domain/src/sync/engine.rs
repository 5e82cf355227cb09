//! The phone's side of a sync as a state machine without I/O (D4): inputs in, effects out.
//! Not fetch, not `IndexedDB`, not a timer: the app does what the effects say and reports back.
//!
//! One request at a time. A reply is verified as a whole, turned into one [`Batch`] that the app
//! stores in one transaction, and counts only once that is reported [`Input::Stored`]; until
//! then a crash leaves everything as it was. After one, the engine is built anew from what is
//! stored.
//!
//! An event stays in the outbox until its row is in the phone's own copy of the log. When the
//! server turns out not to have it after all (its database was restored from an older copy), it
//! is offered again.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use self::backoff::BackOff;
use self::flight::{Flight, Phase};
use self::outbox::{Item, Outbox};
pub use self::outbox::{ItemState, SavedItem};
pub use self::status::{Activity, Status, Trouble};
use super::limits::PUSH_BYTES;
use super::wire::{Epoch, Reset, SyncReply, SyncRequest};
use crate::event::Event;
use crate::hash::Hash;
use crate::id::{EventId, OrganisationId, SiteId};
use crate::log::{Head, LoggedEvent};
use crate::time::UnixMs;

mod backoff;
mod choose;
mod flight;
mod outbox;
mod plan;
mod round;
mod status;

/// Milliseconds after an answered request until the phone asks again unasked.
pub const POLL_MS: u64 = 30_000;
/// Milliseconds after which a request without any answer counts as lost.
pub const REQUEST_TIMEOUT_MS: u64 = 60_000;
/// Rows asked for in one request.
const ROWS_WANTED: u32 = 200;

/// Who this phone is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The company whose logs these are.
    pub organisation: OrganisationId,
    /// SHA-256 of the device's public key.
    pub device: Hash,
    /// The client's build.
    pub build: String,
}

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

/// The phone's copy of one site's log, as far as the engine needs to know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteCopy {
    /// Its end.
    pub head: Head,
    /// The scope it was taken under; `None` before the first page.
    pub scope: Option<Hash>,
}

/// When the server last answered, and what that told of the clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// Device time of the answer.
    pub at: UnixMs,
    /// Device clock minus server clock, in ms, half the round trip taken off.
    pub skew_ms: i64,
    /// The server's epoch.
    pub epoch: Epoch,
}

/// What the app has stored, and starts an engine from.
#[derive(Debug, Clone, Default)]
pub struct Saved {
    /// The copies of logs.
    pub sites: BTreeMap<SiteId, SiteCopy>,
    /// The outbox, in order.
    pub outbox: Vec<SavedItem>,
    /// The last contact.
    pub contact: Option<Contact>,
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
    /// A person wants a refused item offered again; the app has stored it as waiting already.
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
    Refused(super::wire::ProblemCode),
    /// The server failed or is busy.
    Server,
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Send this; report [`Input::Reply`] or [`Input::Failed`] with its number.
    Send {
        /// Number of the request.
        number: u64,
        /// The request.
        request: Box<SyncRequest>,
    },
    /// Store this in one transaction; report [`Input::Stored`] or [`Input::NotStored`].
    Store {
        /// Number of the batch.
        number: u64,
        /// What to store.
        batch: Batch,
    },
    /// Report [`Input::Tick`] after so many milliseconds. Replaces an earlier wish.
    Wake {
        /// Milliseconds from now.
        in_ms: u64,
    },
    /// [`Engine::status`] has changed.
    Status,
}

/// What one reply comes to. All of it is stored in one transaction, or nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Batch {
    /// Changes to the copies of logs, each site at most once.
    pub sites: BTreeMap<SiteId, SiteChange>,
    /// Changes to the outbox, made before rows return to it.
    pub outbox: Vec<OutboxChange>,
    /// The contact to remember.
    pub contact: Option<Contact>,
}

/// A change to the copy of one site's log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteChange {
    /// The copy's head before. If another is stored, the transaction must fail.
    pub from: Head,
    /// What is stored of the copy afterwards.
    pub to: SiteCopy,
    /// What happens to its rows.
    pub change: Change,
}

/// What happens to the rows of a copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// These rows follow.
    Append(Vec<LoggedEvent>),
    /// All rows go. Where [`returns_own`] says so, those of this very device (the envelope's
    /// `device`) go back to the outbox as [`ItemState::Received`], in the log's order and before
    /// the site's other items.
    Reset(Reset),
}

/// A change to the outbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OutboxChange {
    /// The event is in the copy of the log now, or may no longer be held here.
    Remove(EventId),
    /// The item has another state.
    Mark(EventId, ItemState),
}

/// Whether a reset lets a phone's own events return to its outbox.
pub fn returns_own(reset: Reset) -> bool {
    matches!(reset, Reset::Diverged | Reset::Scope)
}

/// The engine.
#[derive(Debug, Clone)]
pub struct Engine {
    identity: Identity,
    sites: BTreeMap<SiteId, SiteCopy>,
    outbox: Outbox,
    contact: Option<Contact>,
    phase: Phase,
    requests: u64,
    /// When to send next, on [`Moment::ms`]'s clock; `None` when nothing is to be sent unasked.
    due: Option<u64>,
    failures: BackOff,
    /// From when on held items are offered again, and how long to wait the next time.
    held_due: u64,
    held: BackOff,
    /// Most bytes of events in one request, halved when one was too large for somebody.
    room: usize,
    trouble: Option<Trouble>,
    login_needed: bool,
    behind: bool,
    shown: Option<Status>,
}

impl Engine {
    /// An engine from what is stored. Hand it [`Input::Started`] first.
    pub fn new(identity: Identity, saved: Saved) -> Self {
        let outbox = Outbox::read(saved.outbox);
        let mut engine = Self {
            identity,
            sites: saved.sites,
            outbox,
            contact: saved.contact,
            phase: Phase::Idle,
            requests: 0,
            due: None,
            failures: BackOff::default(),
            held_due: 0,
            held: BackOff::default(),
            room: PUSH_BYTES,
            trouble: None,
            login_needed: false,
            behind: false,
            shown: None,
        };
        let sites: Vec<SiteId> = engine.outbox.sites().collect();
        engine.watch(sites);
        engine
    }

    /// Takes one input and says what is to be done.
    pub fn step(&mut self, moment: Moment, input: Input) -> Vec<Effect> {
        let mut effects = Vec::new();
        let ticked = matches!(input, Input::Tick);
        let wake_before = self.wake_at();
        self.take(moment, input, &mut effects);
        self.send_if_due(moment, &mut effects);
        let wake = self.wake_at();
        if let Some(at) = wake
            && (ticked || wake != wake_before)
        {
            let in_ms = at.saturating_sub(moment.ms).max(1);
            effects.push(Effect::Wake { in_ms });
        }
        let status = self.status();
        if self.shown.as_ref() != Some(&status) {
            self.shown = Some(status);
            effects.push(Effect::Status);
        }
        effects
    }

    fn take(&mut self, moment: Moment, input: Input, effects: &mut Vec<Effect>) {
        match input {
            Input::Started => self.send_at(moment.ms),
            Input::Watch(sites) => {
                if self.watch(sites) {
                    self.send_unless_waiting(moment);
                }
            }
            Input::Queued(event) => {
                if let Some(item) = Item::fresh(event) {
                    self.watch(item.site());
                    self.outbox.push(item);
                    self.send_unless_waiting(moment);
                }
            }
            Input::Retry(id) => {
                self.outbox.retry(id);
                self.send_unless_waiting(moment);
            }
            Input::Reply { number, reply } => self.replied(moment, number, *reply, effects),
            Input::Failed { number, why } => self.failed(moment, number, why, effects),
            Input::Stored { number, returned } => self.stored(moment, number, returned),
            Input::NotStored { number } => self.not_stored(moment, number),
            Input::Tick => self.ticked(moment, effects),
            Input::Online | Input::Visible => {
                if !self.login_needed {
                    self.send_at(moment.ms);
                }
            }
            Input::LoggedIn => {
                self.login_needed = false;
                self.trouble = None;
                self.send_at(moment.ms);
            }
        }
    }

    /// Takes sites on that the engine does not know; whether there were any.
    fn watch(&mut self, sites: impl IntoIterator<Item = SiteId>) -> bool {
        let before = self.sites.len();
        for site in sites {
            let head = Head::genesis(self.identity.organisation, site);
            let empty = SiteCopy { head, scope: None };
            self.sites.entry(site).or_insert(empty);
        }
        self.sites.len() > before
    }

    fn send_at(&mut self, ms: u64) {
        self.due = Some(ms);
    }

    /// Something new is to be sent: at once, unless the network is being waited for.
    fn send_unless_waiting(&mut self, moment: Moment) {
        if !self.login_needed && self.failures.is_fresh() {
            self.send_at(moment.ms);
        }
    }

    fn wake_at(&self) -> Option<u64> {
        match &self.phase {
            Phase::Idle if self.login_needed => None,
            Phase::Idle => self.due,
            Phase::Sent(flight) => Some(flight.sent_ms + REQUEST_TIMEOUT_MS),
            Phase::Storing(_) => None,
        }
    }

    fn send_if_due(&mut self, moment: Moment, effects: &mut Vec<Effect>) {
        let idle = matches!(self.phase, Phase::Idle) && !self.login_needed;
        if !(idle && self.due.is_some_and(|due| due <= moment.ms)) {
            return;
        }
        self.due = None;
        if self.sites.is_empty() {
            return;
        }
        let with_held = self.held_due <= moment.ms;
        let chosen = choose::choose(self.outbox.items(), with_held, self.room);
        self.requests += 1;
        let (flight, request) = Flight::prepare(
            &self.identity,
            self.requests,
            moment.ms,
            &self.sites,
            &chosen,
            self.contact.map(|contact| contact.epoch),
        );
        effects.push(Effect::Send {
            number: flight.number,
            request: Box::new(request),
        });
        self.phase = Phase::Sent(flight);
    }
}

#[cfg(test)]
mod tests;
