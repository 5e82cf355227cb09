//! A phone: what is stored on it, the tabs with an engine each, and its user's pen. Stores as the
//! app does, in transactions. Not the engine, which is the domain's.

use std::collections::BTreeMap;
use std::rc::Rc;

use doorstep_domain::erasure::{erase, erasures};
use doorstep_domain::event::Kind;
use doorstep_domain::hash::Hash;
use doorstep_domain::id::{EventId, SiteId};
use doorstep_domain::log::LoggedEvent;
use doorstep_domain::sync::engine::{
    Batch, Change, Contact, Engine, ItemState, OutboxChange, Saved, SavedItem, SiteCopy,
    returns_own,
};

use crate::archive::{Archive, Known};
use crate::company::Author;
use crate::planted::Bug;

/// Tabs that one phone may have open.
pub(crate) const TABS: usize = 2;

/// What survives a crash.
#[derive(Debug, Clone, Default)]
pub(crate) struct Disk {
    pub(crate) copies: BTreeMap<SiteId, Copy>,
    pub(crate) outbox: Vec<SavedItem>,
    pub(crate) contact: Option<Contact>,
}

/// A site's copy.
#[derive(Debug, Clone)]
pub(crate) struct Copy {
    pub(crate) end: SiteCopy,
    pub(crate) rows: Vec<Kept>,
}

/// A row with what an index of the app's would know of it.
#[derive(Debug, Clone)]
pub(crate) struct Kept {
    pub(crate) row: LoggedEvent,
    pub(crate) known: Rc<Known>,
}

/// An open tab.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tab {
    /// Raised whenever its engine is made anew or goes; what belongs to an earlier one is void.
    pub(crate) life: u32,
    pub(crate) engine: Option<Engine>,
    /// Numbers wishes to be woken; only the last one counts.
    pub(crate) wake: u64,
    /// The batch on its way to the disk.
    pub(crate) storing: Option<(u64, Batch)>,
    /// A request is out or waits for its turn.
    pub(crate) busy: bool,
}

/// A phone with one person's database on it.
#[derive(Debug, Clone)]
pub(crate) struct Phone {
    pub(crate) author: Author,
    /// Events made on this device so far.
    pub(crate) number: u32,
    pub(crate) disk: Disk,
    pub(crate) tabs: [Tab; TABS],
    /// Everything made here that must not be lost, in order.
    pub(crate) made: Vec<Rc<Known>>,
    /// What others made and this phone took in from a file.
    pub(crate) brought: Vec<Rc<Known>>,
    /// What the browser threw away, sent or not.
    pub(crate) thrown_away: Vec<Rc<Known>>,
    /// The other person who has the phone now, or has not had it yet.
    pub(crate) handed_over: bool,
    /// Number of the last request that arrived, and of the last answer.
    pub(crate) last_out: u64,
    pub(crate) last_back: u64,
}

/// The transaction failed: another tab has changed the copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stale;

impl Disk {
    /// One transaction: all of the batch, or nothing of it. Gives back the rows that returned to
    /// the outbox.
    pub(crate) fn store(
        &mut self,
        device: &Hash,
        archive: &Archive,
        batch: &Batch,
        bug: Option<Bug>,
    ) -> Result<Result<Vec<LoggedEvent>, Stale>, String> {
        if bug != Some(Bug::StaleBatchStored) && !self.follows(batch) {
            return Ok(Err(Stale));
        }
        if bug != Some(Bug::OutboxNotStored) {
            self.change_outbox(&batch.outbox, bug);
        }
        let mut returned = Vec::new();
        for (site, change) in &batch.sites {
            let copy = self.copies.entry(*site).or_insert(Copy {
                end: change.to,
                rows: Vec::new(),
            });
            match &change.change {
                Change::Append(_) if bug == Some(Bug::RowsNotStored) => {}
                Change::Append(rows) => {
                    copy.end = change.to;
                    let forgets = bug == Some(Bug::RowForgotten);
                    let kept = rows.iter().skip(usize::from(forgets && rows.len() > 1));
                    for row in kept {
                        let known = Rc::clone(archive.find(&row.event)?);
                        let row = row.clone();
                        copy.rows.push(Kept { row, known });
                    }
                    if bug != Some(Bug::ErasedStaysOnPhone) {
                        copy.erase_by(rows.len());
                    }
                }
                Change::Reset(_) if bug == Some(Bug::ResetIgnored) => {}
                Change::Reset(reset) => {
                    copy.end = change.to;
                    let rows = copy.rows.drain(..);
                    let own = rows.filter(|kept| kept.known.device == *device);
                    if returns_own(*reset) && bug != Some(Bug::OwnNotReturned) {
                        returned.extend(own.map(|kept| (kept.known.id, kept.row)));
                    }
                }
            }
        }
        if !returned.is_empty() {
            let back = returned.iter().map(|(id, row)| SavedItem {
                id: *id,
                event: row.event.clone(),
                state: ItemState::Received { seq: row.seq },
            });
            let known = |id: EventId| returned.iter().any(|(other, _)| *other == id);
            let rest = std::mem::take(&mut self.outbox).into_iter();
            self.outbox = back.chain(rest.filter(|item| !known(item.id))).collect();
        }
        self.contact = batch.contact.or(self.contact);
        Ok(Ok(returned.into_iter().map(|(_, row)| row).collect()))
    }

    /// Whether the batch is for the copies that are here.
    fn follows(&self, batch: &Batch) -> bool {
        batch.sites.iter().all(|(site, change)| {
            let stored = self.copies.get(site).map(|copy| copy.end.head);
            stored.map_or(change.from.seq == 0, |head| head == change.from)
        })
    }

    pub(crate) fn change_outbox(&mut self, changes: &[OutboxChange], bug: Option<Bug>) {
        for change in changes {
            match change {
                OutboxChange::Remove(id) => self.outbox.retain(|item| item.id != *id),
                OutboxChange::Mark(id, ItemState::Refused { .. })
                    if bug == Some(Bug::RefusedForgotten) =>
                {
                    self.outbox.retain(|item| item.id != *id);
                }
                OutboxChange::Mark(id, ItemState::Waiting) if bug == Some(Bug::ReceivedDropped) => {
                    self.outbox.retain(|item| item.id != *id);
                }
                // Gone already when another tab was faster: then there is nothing to mark.
                OutboxChange::Mark(id, state) => {
                    let at = self.outbox.iter().position(|item| item.id == *id);
                    let Some(at) = at else { continue };
                    if self.outbox[at].state.gives_way_to(state) {
                        self.outbox[at].state = state.clone();
                    }
                    let refused = matches!(state, ItemState::Refused { .. });
                    if refused && bug == Some(Bug::RestForgotten) {
                        self.outbox.truncate(at + 1);
                    }
                }
            }
        }
    }

    /// Whether the event is kept somewhere on this phone.
    pub(crate) fn keeps(&self, id: EventId, site: SiteId) -> bool {
        self.outbox.iter().any(|item| item.id == id) || self.has_row(id, site)
    }

    /// Whether the event's row is in the copy of its site.
    pub(crate) fn has_row(&self, id: EventId, site: SiteId) -> bool {
        let rows = self.copies.get(&site).map(|copy| copy.rows.iter());
        rows.into_iter().flatten().any(|kept| kept.known.id == id)
    }

    pub(crate) fn saved(&self) -> Saved {
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

impl Copy {
    /// Takes out of all rows what the last `new` of them erase.
    fn erase_by(&mut self, new: usize) {
        let before = self.rows.len().saturating_sub(new);
        let erasing = self.rows[before..].iter();
        let erasing: Vec<LoggedEvent> = erasing
            .filter(|kept| kept.known.kind == Some(Kind::BodyErased))
            .map(|kept| kept.row.clone())
            .collect();
        if erasing.is_empty() {
            return;
        }
        let erasures = erasures(&erasing);
        for kept in &mut self.rows {
            erase(&erasures, &mut kept.row.event);
        }
    }
}

impl Phone {
    pub(crate) fn of(author: Author) -> Self {
        Self {
            author,
            number: 0,
            disk: Disk::default(),
            tabs: Default::default(),
            made: Vec::new(),
            brought: Vec::new(),
            thrown_away: Vec::new(),
            handed_over: false,
            last_out: 0,
            last_back: 0,
        }
    }

    /// Whether any tab is open.
    pub(crate) fn is_on(&self) -> bool {
        self.tabs.iter().any(|tab| tab.engine.is_some())
    }

    /// Everything this phone knows of a site: rows first, then what is still to be sent.
    pub(crate) fn known(&self, site: SiteId) -> Vec<Rc<Known>> {
        let rows = self.disk.copies.get(&site).map(|copy| copy.rows.iter());
        let rows = rows
            .into_iter()
            .flatten()
            .map(|kept| Rc::clone(&kept.known));
        let waiting = self.disk.outbox.iter();
        let all = || self.made.iter().chain(&self.brought);
        let own = waiting.filter_map(|item| all().find(|made| made.id == item.id));
        rows.chain(own.filter(|known| known.site == site).map(Rc::clone))
            .collect()
    }
}
