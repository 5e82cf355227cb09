//! What the engine tells the app to do: send, store, wake it, show. Not how.

use std::collections::BTreeMap;

use super::{Contact, ItemState, SiteCopy};
use crate::id::{EventId, SiteId};
use crate::log::{Head, LoggedEvent};
use crate::sync::wire::{Reset, SyncRequest};

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
