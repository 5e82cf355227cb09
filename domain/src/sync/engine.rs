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
pub use self::deposit::{deposited, to_deposit};
pub use self::effect::{Batch, Change, Effect, OutboxChange, SiteChange, returns_own};
use self::flight::{Flight, Phase};
pub use self::input::{Input, Lost, Moment};
use self::outbox::{Item, Outbox};
pub use self::outbox::{ItemState, SavedItem};
pub use self::status::{Activity, Status, Trouble};
use super::limits::PUSH_BYTES;
use super::wire::Epoch;
use crate::hash::Hash;
use crate::id::{OrganisationId, SiteId};
use crate::log::Head;
use crate::time::UnixMs;

mod backoff;
mod choose;
mod deposit;
mod effect;
mod flight;
mod input;
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

impl Contact {
    /// What the server's clock shows when the device's shows `device`.
    pub fn server_time(&self, device: UnixMs) -> UnixMs {
        device.saturating_sub(self.skew_ms)
    }
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

/// The engine.
#[derive(Debug, Clone)]
pub struct Engine {
    identity: Identity,
    sites: BTreeMap<SiteId, SiteCopy>,
    outbox: Outbox,
    contact: Option<Contact>,
    phase: Phase,
    requests: u64,
    /// When to send next, on [`Moment::ms`]'s clock; `None` when nothing is to be sent unasked, as
    /// long as a log-in is needed.
    due: Option<u64>,
    failures: BackOff,
    /// From when on held items are offered again, and how long to wait the next time.
    held_due: u64,
    held: BackOff,
    /// Most bytes of events in one request, halved when one was too large for somebody.
    room: usize,
    trouble: Option<Trouble>,
    login_needed: bool,
    /// When somebody last logged in again, on [`Moment::ms`]'s clock.
    logged_in_ms: Option<u64>,
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
            logged_in_ms: None,
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
            Input::Deposited(changes) => {
                for change in changes {
                    if let OutboxChange::Mark(id, state) = change {
                        self.outbox.mark(id, state);
                    }
                }
            }
            Input::Retry(id) => {
                if let Phase::Storing(storing) = &mut self.phase {
                    storing.plan.forget_refusal(id);
                }
                self.outbox.retry(id);
                self.send_unless_waiting(moment);
            }
            Input::Reply { number, reply } => self.replied(moment, number, *reply, effects),
            Input::Failed { number, why } => self.failed(moment, number, why, effects),
            Input::Stored { number, returned } => self.stored(moment, number, returned),
            Input::NotStored { number } => self.not_stored(moment, number),
            Input::Tick => self.ticked(moment, effects),
            Input::Started | Input::Online | Input::Visible => {
                if !self.login_needed {
                    self.send_at(moment.ms);
                }
            }
            Input::LoggedIn => {
                self.login_needed = false;
                self.logged_in_ms = Some(moment.ms);
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
            u32::try_from(self.outbox.unsent().count()).unwrap_or(u32::MAX),
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
mod fixture;
#[cfg(test)]
mod tests;
