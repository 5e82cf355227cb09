//! A phone: what is stored on it, the engine built from that, and its user's pen. Stores as the
//! app does, in transactions. Not the engine, which is the domain's.

use std::collections::{BTreeMap, HashMap};

use doorstep_domain::event::{Event, Kind};
use doorstep_domain::hash::Hash;
use doorstep_domain::id::{EventId, OrganisationId, PersonId, SiteId, SubjectId};
use doorstep_domain::log::LoggedEvent;
use doorstep_domain::sync::engine::{
    Batch, Change, Contact, Engine, Identity, ItemState, OutboxChange, Saved, SavedItem, SiteCopy,
    returns_own,
};

use crate::events::Pen;

/// What survives a crash.
#[derive(Debug, Clone, Default)]
pub(super) struct Disk {
    pub(super) copies: BTreeMap<SiteId, Copy>,
    pub(super) outbox: Vec<SavedItem>,
    pub(super) contact: Option<Contact>,
}

/// A site's copy.
#[derive(Debug, Clone)]
pub(super) struct Copy {
    pub(super) end: SiteCopy,
    pub(super) rows: Vec<Kept>,
}

/// A row with what an index of the app's would know of it.
#[derive(Debug, Clone)]
pub(super) struct Kept {
    pub(super) row: LoggedEvent,
    pub(super) known: Known,
}

/// What is known of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) id: EventId,
    pub(super) site: SiteId,
    pub(super) subject: SubjectId,
    pub(super) kind: Option<Kind>,
    pub(super) device: Hash,
    pub(super) actor: PersonId,
    pub(super) after: Vec<EventId>,
}

/// All events ever made, by their envelope's text: reading one is dear, and they are asked for
/// at every step.
#[derive(Debug, Default)]
pub(super) struct Library(HashMap<String, Known>);

impl Library {
    /// Reads an event that was just made.
    pub(super) fn add(&mut self, event: &Event) -> Result<Known, String> {
        let known = Known::of(event)?;
        self.0.insert(event.envelope.clone(), known.clone());
        Ok(known)
    }

    /// What is known of an event; an event that nobody made is a broken promise.
    pub(super) fn find(&self, event: &Event) -> Result<&Known, String> {
        let found = self.0.get(&event.envelope);
        found.ok_or_else(|| format!("nobody made {}", event.envelope))
    }
}

/// A phone, alive or dead.
pub(super) struct Phone {
    pub(super) pen: Pen,
    pub(super) disk: Disk,
    /// How often it was started; what belongs to an earlier life is void.
    pub(super) life: u32,
    pub(super) engine: Option<Engine>,
    /// Numbers wishes to be woken; only the last one counts.
    pub(super) wake: u64,
    /// Batches on their way to the disk.
    pub(super) storing: Vec<(u64, Batch)>,
    /// Everything its user ever made, in order.
    pub(super) made: Vec<Known>,
}

impl Known {
    pub(super) fn of(event: &Event) -> Result<Self, String> {
        let opened = event
            .open()
            .map_err(|malformed| format!("an unreadable event: {malformed:?}"))?;
        let envelope = opened.envelope;
        Ok(Self {
            id: envelope.id,
            site: envelope.site,
            subject: envelope.subject,
            kind: envelope.known_kind(),
            device: envelope.device,
            actor: envelope.actor,
            after: envelope.after,
        })
    }
}

impl Disk {
    /// One transaction: all of the batch, or an error and nothing of it. Gives back the rows
    /// that returned to the outbox.
    pub(super) fn store(
        &mut self,
        device: &Hash,
        library: &Library,
        batch: &Batch,
    ) -> Result<Vec<LoggedEvent>, String> {
        for (site, change) in &batch.sites {
            let stored = self.copies.get(site).map(|copy| copy.end.head);
            if stored.is_some_and(|head| head != change.from) {
                return Err(format!("a batch for another copy of {site}"));
            }
        }
        for change in &batch.outbox {
            match change {
                OutboxChange::Remove(id) => self.outbox.retain(|item| item.id != *id),
                OutboxChange::Mark(id, state) => {
                    let item = self.outbox.iter_mut().find(|item| item.id == *id);
                    item.ok_or("a mark on an item that is not there")?.state = state.clone();
                }
            }
        }
        let mut returned = Vec::new();
        for (site, change) in &batch.sites {
            let copy = self.copies.entry(*site).or_insert(Copy {
                end: change.to,
                rows: Vec::new(),
            });
            copy.end = change.to;
            match &change.change {
                Change::Append(rows) => {
                    for row in rows {
                        let known = library.find(&row.event)?.clone();
                        let row = row.clone();
                        copy.rows.push(Kept { row, known });
                    }
                }
                Change::Reset(reset) => {
                    let rows = copy.rows.drain(..);
                    let own = rows.filter(|kept| kept.known.device == *device);
                    if returns_own(*reset) {
                        returned.extend(own.map(|kept| (kept.known.id, kept.row)));
                    }
                }
            }
        }
        let back = returned.iter().map(|(id, row)| SavedItem {
            id: *id,
            event: row.event.clone(),
            state: ItemState::Received { seq: row.seq },
        });
        let rest = std::mem::take(&mut self.outbox);
        self.outbox = back.chain(rest).collect();
        self.contact = batch.contact.or(self.contact);
        Ok(returned.into_iter().map(|(_, row)| row).collect())
    }

    /// Whether the event is kept somewhere on this phone.
    pub(super) fn keeps(&self, id: EventId, site: SiteId) -> bool {
        self.outbox.iter().any(|item| item.id == id) || self.has_row(id, site)
    }

    /// Whether the event's row is in the copy of its site.
    pub(super) fn has_row(&self, id: EventId, site: SiteId) -> bool {
        let rows = self.copies.get(&site).map(|copy| copy.rows.iter());
        rows.into_iter().flatten().any(|kept| kept.known.id == id)
    }

    fn saved(&self) -> Saved {
        Saved {
            sites: self
                .copies
                .iter()
                .map(|(site, copy)| (*site, copy.end))
                .collect(),
            outbox: self.outbox.clone(),
            contact: self.contact,
        }
    }
}

impl Phone {
    pub(super) fn new(pen: Pen) -> Self {
        Self {
            pen,
            disk: Disk::default(),
            life: 0,
            engine: None,
            wake: 0,
            storing: Vec::new(),
            made: Vec::new(),
        }
    }

    /// Starts the app: a new engine from what is stored.
    pub(super) fn start(&mut self, organisation: OrganisationId) {
        let identity = Identity {
            organisation,
            device: self.pen.author.device,
            build: "simulation".into(),
        };
        self.life += 1;
        self.engine = Some(Engine::new(identity, self.disk.saved()));
    }

    /// Everything this phone knows of a site: rows first, then what is still to be sent.
    pub(super) fn known(&self, site: SiteId) -> Vec<Known> {
        let rows = self.disk.copies.get(&site).map(|copy| copy.rows.iter());
        let rows = rows.into_iter().flatten().map(|kept| kept.known.clone());
        let waiting = self.disk.outbox.iter();
        let own = waiting.filter_map(|item| self.made.iter().find(|made| made.id == item.id));
        rows.chain(own.filter(|known| known.site == site).cloned())
            .collect()
    }
}
