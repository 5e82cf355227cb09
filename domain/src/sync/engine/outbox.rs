//! The events that are not yet in the phone's copy of the log, in the order they were made.
//! Not where they are kept: the app stores them, this is the engine's picture of it.

use serde::{Deserialize, Serialize};

use crate::event::{Event, PartState};
use crate::hash::Hash;
use crate::id::{EventId, SiteId, SubjectId};
use crate::log::{LoggedEvent, Seq};
use crate::sync::wire::{Params, RefusalCode};
use crate::time::UnixMs;

/// What is known of an item of the outbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemState {
    /// To be sent.
    Waiting,
    /// The server will not log it as it is; it stays, for people to see and mend.
    Refused {
        /// Why.
        code: RefusalCode,
        /// What a sentence about it needs.
        params: Params,
    },
    /// Handed in without a log-in; the office keeps it aside until a director decides. It is kept
    /// here too, and not offered again by itself.
    Deposited {
        /// Server time of handing in.
        at: UnixMs,
    },
    /// Logged by the server at this place; its row is still to come.
    Received {
        /// The place.
        seq: Seq,
    },
}

impl ItemState {
    /// Whether a mark `next` takes this one's place. A hand-in and a request may be under way at the
    /// same time, and the disk may hear of them in another order than the engine: what was handed
    /// in is not refused thereby, and what is logged was not merely handed in.
    pub fn gives_way_to(&self, next: &Self) -> bool {
        !matches!(
            (self, next),
            (Self::Deposited { .. }, Self::Refused { .. })
                | (Self::Received { .. }, Self::Deposited { .. })
        )
    }
}

/// An item as stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedItem {
    /// The event's id.
    pub id: EventId,
    /// The event.
    pub event: Event,
    /// What is known of it.
    pub state: ItemState,
}

/// An item as the engine sees it.
#[derive(Debug, Clone)]
pub(super) struct Item {
    pub(super) id: EventId,
    pub(super) event: Event,
    pub(super) state: ItemState,
    /// What its envelope says; `None` for a record that was damaged where it was stored.
    pub(super) key: Option<Key>,
    /// The request after which it was last put off ([`RefusalCode::retryable`]).
    pub(super) held: Option<u64>,
}

/// What the engine needs of an envelope.
#[derive(Debug, Clone, Copy)]
pub(super) struct Key {
    pub(super) site: SiteId,
    pub(super) subject: SubjectId,
    pub(super) envelope_hash: Hash,
    pub(super) at: UnixMs,
    /// The device that signed it.
    pub(super) device: Hash,
}

/// The items in order.
#[derive(Debug, Clone, Default)]
pub(super) struct Outbox(Vec<Item>);

impl Item {
    /// A new event, waiting. `None` when it is not an event; the app makes none such.
    pub(super) fn fresh(event: Event) -> Option<Self> {
        let id = event.open().ok()?.envelope.id;
        Some(Self::read(SavedItem {
            id,
            event,
            state: ItemState::Waiting,
        }))
    }

    /// An item from the store. A damaged one is never sent, and shown as refused.
    pub(super) fn read(saved: SavedItem) -> Self {
        let opened = saved.event.open().ok();
        let key = opened
            .filter(|opened| opened.envelope.id == saved.id)
            .map(|opened| Key {
                site: opened.envelope.site,
                subject: opened.envelope.subject,
                envelope_hash: opened.envelope_hash,
                at: opened.envelope.at.unix_ms(),
                device: opened.envelope.device,
            });
        let state = if key.is_some() {
            saved.state
        } else {
            ItemState::Refused {
                code: RefusalCode::Malformed,
                params: Params::new(),
            }
        };
        Self {
            id: saved.id,
            event: saved.event,
            state,
            key,
            held: None,
        }
    }

    pub(super) fn site(&self) -> Option<SiteId> {
        self.key.map(|key| key.site)
    }

    pub(super) fn is_waiting(&self) -> bool {
        self.state == ItemState::Waiting
    }

    /// Most bytes it can travel in. A quotation mark or backslash in the texts takes two, and
    /// nothing takes more; the rest is names, salts and punctuation.
    pub(super) fn bytes(&self) -> usize {
        let parts: usize = self
            .event
            .parts
            .values()
            .map(|state| match state {
                PartState::Present(part) => 100 + 2 * part.body.len(),
                PartState::Absent { .. } => 100,
            })
            .sum();
        100 + 2 * self.event.envelope.len() + parts
    }
}

impl Outbox {
    /// Those that are only on this phone: waiting or refused.
    pub(super) fn unsent(&self) -> impl Iterator<Item = &Item> {
        let unsent =
            |item: &&Item| matches!(item.state, ItemState::Waiting | ItemState::Refused { .. });
        self.0.iter().filter(unsent)
    }

    /// How many were handed in and are not in the copy of the log yet.
    pub(super) fn deposited(&self) -> usize {
        let deposited = |item: &&Item| matches!(item.state, ItemState::Deposited { .. });
        self.0.iter().filter(deposited).count()
    }

    pub(super) fn read(saved: Vec<SavedItem>) -> Self {
        Self(saved.into_iter().map(Item::read).collect())
    }

    pub(super) fn items(&self) -> &[Item] {
        &self.0
    }

    pub(super) fn sites(&self) -> impl Iterator<Item = SiteId> {
        self.0.iter().filter_map(Item::site)
    }

    pub(super) fn get(&self, id: EventId) -> Option<&Item> {
        self.0.iter().find(|item| item.id == id)
    }

    /// Whether any waiting item was put off.
    pub(super) fn holds_any(&self) -> bool {
        self.0
            .iter()
            .any(|item| item.is_waiting() && item.held.is_some())
    }

    /// Adds an item at the end, unless it is there.
    pub(super) fn push(&mut self, item: Item) {
        if self.get(item.id).is_none() {
            self.0.push(item);
        }
    }

    pub(super) fn remove(&mut self, id: EventId) {
        self.0.retain(|item| item.id != id);
    }

    pub(super) fn mark(&mut self, id: EventId, state: ItemState) {
        if let Some(item) = self.0.iter_mut().find(|item| item.id == id)
            && item.state.gives_way_to(&state)
        {
            item.state = state;
        }
    }

    pub(super) fn hold(&mut self, id: EventId, request: u64) {
        if let Some(item) = self.0.iter_mut().find(|item| item.id == id) {
            item.held = Some(request);
        }
    }

    /// Makes a refused or deposited item wait again; a damaged one stays refused.
    pub(super) fn retry(&mut self, id: EventId) {
        if let Some(item) = self.0.iter_mut().find(|item| item.id == id)
            && item.key.is_some()
            && matches!(
                item.state,
                ItemState::Refused { .. } | ItemState::Deposited { .. }
            )
        {
            item.state = ItemState::Waiting;
            item.held = None;
        }
    }

    /// Puts rows of a dropped copy before everything else, as received.
    pub(super) fn put_back(&mut self, rows: Vec<LoggedEvent>) {
        let returned = rows.into_iter().filter_map(|row| {
            let mut item = Item::fresh(row.event)?;
            item.state = ItemState::Received { seq: row.seq };
            Some(item)
        });
        let mut items: Vec<Item> = returned.collect();
        let known = |id| items.iter().any(|item| item.id == id);
        let rest: Vec<Item> = self.0.drain(..).filter(|item| !known(item.id)).collect();
        items.extend(rest);
        self.0 = items;
    }
}
