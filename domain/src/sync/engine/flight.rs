//! The one request that is under way, and what has become of it.

use std::collections::BTreeMap;

use super::outbox::Item;
use super::plan::Plan;
use super::{Identity, ROWS_WANTED, SiteCopy};
use crate::id::{EventId, SiteId};
use crate::sync::wire::{Epoch, Pushed, SyncRequest};

/// Where the engine is in its round.
#[derive(Debug, Clone)]
pub(super) enum Phase {
    /// Nothing is under way.
    Idle,
    /// A request is out.
    Sent(Flight),
    /// Its reply is being stored.
    Storing(Box<Storing>),
}

/// A request that is out.
#[derive(Debug, Clone)]
pub(super) struct Flight {
    /// Its number.
    pub(super) number: u64,
    /// When it was sent, on the clock that never goes back.
    pub(super) sent_ms: u64,
    /// What was pushed, in order.
    pub(super) pushed: Vec<EventId>,
    /// The sites asked about, as they were.
    pub(super) sites: BTreeMap<SiteId, SiteCopy>,
    /// Most bytes the pushed events take.
    pub(super) bytes: usize,
}

/// A batch that is being stored.
#[derive(Debug, Clone)]
pub(super) struct Storing {
    /// Its number, the request's.
    pub(super) number: u64,
    /// What it is.
    pub(super) plan: Plan,
}

impl Flight {
    /// Request `number` for the copies `sites`, pushing `chosen`.
    pub(super) fn prepare(
        identity: &Identity,
        number: u64,
        sent_ms: u64,
        sites: &BTreeMap<SiteId, SiteCopy>,
        unsent: u32,
        chosen: &[&Item],
        epoch: Option<Epoch>,
    ) -> (Self, SyncRequest) {
        let cursors = sites.iter().map(|(site, copy)| (*site, copy.head));
        let scope = sites
            .iter()
            .filter_map(|(site, copy)| Some((*site, copy.scope?)));
        let push = chosen.iter().map(|item| Pushed::Event(item.event.clone()));
        // Taken in from another phone's rescue file.
        let foreign = |item: &Item| item.key.is_some_and(|key| key.device != identity.device);
        let carried = chosen.iter().enumerate().filter(|(_, item)| foreign(item));
        let request = SyncRequest {
            device: identity.device,
            build: identity.build.clone(),
            epoch,
            cursors: cursors.collect(),
            scope: scope.collect(),
            unsent,
            push: push.collect(),
            carried: carried.map(|(place, _)| place).collect(),
            limit: ROWS_WANTED,
        };
        let flight = Self {
            number,
            sent_ms,
            pushed: chosen.iter().map(|item| item.id).collect(),
            sites: sites.clone(),
            bytes: chosen.iter().map(|item| item.bytes()).sum(),
        };
        (flight, request)
    }
}
