//! A store in memory with real rollback, for tests and the simulation.
//! Not for keeping anything: it is gone with the process.

use core::fmt;
use std::collections::{BTreeMap, BTreeSet};

use super::store::{
    Found, Intent, NewRow, Quarantined, SiteTransaction, Store, StoredRow, SubjectSummary,
};
use crate::erasure::{Erasure, Order};
use crate::event::{Event, PartName};
use crate::hash::Hash;
use crate::id::{EventId, SiteId, SubjectId};
use crate::log::{Head, LoggedEvent, Seq};
use crate::quarantine::{Carrier, Decided, Held};

/// The logs of all sites, and what was kept aside. A clone is a backup.
#[derive(Debug, Clone, Default)]
pub struct MemoryStore {
    logs: BTreeMap<SiteId, Log>,
    quarantine: Vec<Held>,
    /// The erasure lists.
    erased: BTreeMap<SiteId, BTreeMap<EventId, Vec<PartName>>>,
    /// Events that erase, of logs that a backup has replaced.
    replaced: BTreeMap<SiteId, Vec<Event>>,
}

/// What a database would refuse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MemoryError {
    /// The event's id is on this site's log already.
    DuplicateId,
    /// The row does not follow the head.
    Gap,
}

impl fmt::Display for MemoryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::DuplicateId => "an event with this id is logged already",
            Self::Gap => "the row does not follow the head",
        })
    }
}

impl core::error::Error for MemoryError {}

#[derive(Debug, Clone, Default)]
struct Log {
    rows: Vec<KeptRow>,
    places: BTreeMap<EventId, usize>,
    subjects: BTreeMap<SubjectId, SubjectSummary>,
}

#[derive(Debug, Clone)]
struct KeptRow {
    id: EventId,
    subject: SubjectId,
    hash: Hash,
    carrier: Option<Carrier>,
    row: StoredRow,
}

/// A transaction on one site. It writes in place and takes everything back when dropped.
#[derive(Debug)]
pub struct MemoryTransaction<'a> {
    store: &'a mut MemoryStore,
    site: SiteId,
    rows_before: usize,
    held_before: usize,
    /// Places in the quarantine of what was decided here.
    decided: Vec<usize>,
    /// What erasing has changed, the oldest first: the place of the row, the event as it was.
    events_before: Vec<(usize, Event)>,
    /// The same for what is kept aside.
    held_before_erasing: Vec<(usize, Event)>,
    /// The site's erasure list as it was, once something has changed it.
    erased_before: Option<BTreeMap<EventId, Vec<PartName>>>,
}

impl MemoryStore {
    /// Events kept aside, oldest first.
    pub fn quarantine(&self) -> &[Held] {
        &self.quarantine
    }

    /// Whether an event kept aside still waits: neither decided nor logged since.
    fn is_open(&self, held: &Held) -> bool {
        let logged = self.logs.get(&held.site).and_then(|log| {
            let place = *log.places.get(&held.id)?;
            Some(log.rows[place].row.envelope_hash == held.envelope_hash)
        });
        held.decided.is_none() && logged != Some(true)
    }

    /// Takes over what was erased in the logs of `replaced`, which this store, a backup, is put
    /// in the place of. [`say_erasures_again`](super::accept::say_erasures_again) then logs it.
    pub fn take_over_erasures(&mut self, replaced: &Self) {
        for (site, log) in &replaced.logs {
            let events = log.rows.iter().map(|kept| &kept.row.logged.event);
            let erasing = events.filter_map(|event| Some((Erasure::by(event)?, event.clone())));
            for (erasure, event) in erasing {
                self.replaced.entry(*site).or_default().push(event);
                list(self.erased.entry(*site).or_default(), &erasure);
            }
            let events = log.rows.iter().map(|kept| &kept.row.logged.event);
            let orders = events.filter(|event| Order::by(event).is_some()).cloned();
            self.replaced.entry(*site).or_default().extend(orders);
        }
        for (site, unsaid) in &replaced.replaced {
            for event in unsaid {
                self.replaced.entry(*site).or_default().push(event.clone());
                let erasure = Erasure::by(event);
                let listed = self.erased.entry(*site).or_default();
                if let Some(erasure) = &erasure {
                    list(listed, erasure);
                }
            }
        }
    }

    /// The whole log of a site, oldest first.
    pub fn log(&self, site: SiteId) -> impl Iterator<Item = &StoredRow> {
        self.logs
            .get(&site)
            .into_iter()
            .flat_map(|log| log.rows.iter().map(|kept| &kept.row))
    }

    /// The end of a site's log; `None` when it is empty.
    pub fn head(&self, site: SiteId) -> Option<Head> {
        self.logs.get(&site)?.head()
    }
}

impl Store for MemoryStore {
    type Error = MemoryError;
    type Transaction<'a> = MemoryTransaction<'a>;

    fn begin(&mut self, site: SiteId, _: Intent) -> Result<MemoryTransaction<'_>, MemoryError> {
        let rows_before = self.logs.entry(site).or_default().rows.len();
        let held_before = self.quarantine.len();
        Ok(MemoryTransaction {
            store: self,
            site,
            rows_before,
            held_before,
            decided: Vec::new(),
            events_before: Vec::new(),
            held_before_erasing: Vec::new(),
            erased_before: None,
        })
    }
}

impl Log {
    fn head(&self) -> Option<Head> {
        let last = self.rows.last()?;
        Some(Head {
            seq: last.row.logged.seq,
            hash: last.hash,
        })
    }

    fn push(&mut self, row: &NewRow<'_>) {
        let envelope = &row.opened.envelope;
        let summary = self
            .subjects
            .entry(envelope.subject)
            .or_insert(SubjectSummary {
                count: 0,
                first_kind: row.kind,
                author: envelope.actor,
            });
        summary.count += 1;
        let author = summary.author;
        self.places.insert(envelope.id, self.rows.len());
        self.rows.push(KeptRow {
            id: envelope.id,
            subject: envelope.subject,
            hash: row.head.hash,
            carrier: row.carrier,
            row: StoredRow {
                logged: LoggedEvent {
                    seq: row.head.seq,
                    received_at: row.received_at,
                    event: row.opened.event.clone(),
                },
                envelope_hash: row.opened.envelope_hash,
                kind: row.kind,
                author,
            },
        });
    }

    fn truncate(&mut self, len: usize) {
        for kept in self.rows.drain(len..) {
            self.places.remove(&kept.id);
            if let Some(summary) = self.subjects.get_mut(&kept.subject) {
                summary.count -= 1;
                if summary.count == 0 {
                    self.subjects.remove(&kept.subject);
                }
            }
        }
    }
}

impl MemoryTransaction<'_> {
    fn log(&mut self) -> &mut Log {
        self.store.logs.entry(self.site).or_default()
    }

    /// Where the event of this site is kept aside.
    fn held_place(&self, envelope_hash: &Hash) -> Option<usize> {
        let mut held = self.store.quarantine.iter();
        held.position(|held| held.site == self.site && held.envelope_hash == *envelope_hash)
    }
}

impl SiteTransaction for MemoryTransaction<'_> {
    type Error = MemoryError;

    fn head(&mut self) -> Result<Option<Head>, MemoryError> {
        Ok(self.log().head())
    }

    fn hash_at(&mut self, seq: Seq) -> Result<Option<Hash>, MemoryError> {
        let row = place(seq).and_then(|place| self.log().rows.get(place));
        Ok(row.map(|kept| kept.hash))
    }

    fn find(&mut self, id: EventId) -> Result<Option<Found>, MemoryError> {
        let log = self.log();
        Ok(log.places.get(&id).map(|place| {
            let kept = &log.rows[*place];
            Found {
                seq: kept.row.logged.seq,
                received_at: kept.row.logged.received_at,
                envelope_hash: kept.row.envelope_hash,
                hash: kept.hash,
                subject: kept.subject,
                carrier: kept.carrier,
            }
        }))
    }

    fn subject(&mut self, subject: SubjectId) -> Result<Option<SubjectSummary>, MemoryError> {
        Ok(self.log().subjects.get(&subject).cloned())
    }

    fn append(&mut self, row: &NewRow<'_>) -> Result<(), MemoryError> {
        let log = self.log();
        if log.places.contains_key(&row.opened.envelope.id) {
            return Err(MemoryError::DuplicateId);
        }
        if place(row.head.seq) != Some(log.rows.len()) {
            return Err(MemoryError::Gap);
        }
        log.push(row);
        let erased = self.erased(row.opened.envelope.id)?;
        if let Some(kept) = self.log().rows.last_mut()
            && !erased.is_empty()
        {
            let event = &mut kept.row.logged.event;
            *event = event.clone().erasing(&erased);
        }
        Ok(())
    }

    fn erase(&mut self, erasure: &Erasure, _: EventId) -> Result<(), MemoryError> {
        let listed = self.store.erased.entry(self.site).or_default();
        self.erased_before.get_or_insert_with(|| listed.clone());
        list(listed, erasure);
        let log = self.store.logs.entry(self.site).or_default();
        if let Some(place) = log.places.get(&erasure.event) {
            let event = &mut log.rows[*place].row.logged.event;
            self.events_before.push((*place, event.clone()));
            *event = event.clone().erasing(&erasure.parts);
        }
        let site = self.site;
        let held = self.store.quarantine.iter_mut().enumerate();
        for (place, held) in held.filter(|(_, it)| it.site == site && it.id == erasure.event) {
            self.held_before_erasing.push((place, held.event.clone()));
            held.event = held.event.clone().erasing(&erasure.parts);
        }
        Ok(())
    }

    fn erased(&mut self, id: EventId) -> Result<Vec<PartName>, MemoryError> {
        let listed = self.store.erased.get(&self.site);
        Ok(listed
            .and_then(|it| it.get(&id))
            .cloned()
            .unwrap_or_default())
    }

    fn kept_parts(&mut self, id: EventId) -> Result<Vec<PartName>, MemoryError> {
        let held = self.store.quarantine.iter();
        let held = held.filter(|it| it.site == self.site && it.id == id);
        let parts: BTreeSet<PartName> =
            held.flat_map(|it| it.event.parts.keys().copied()).collect();
        Ok(parts.into_iter().collect())
    }

    fn unsaid_erasures(&mut self) -> Result<Vec<Event>, MemoryError> {
        let site = self.site;
        let log = self.store.logs.entry(site).or_default();
        let held = &self.store.quarantine;
        let kept = |id: EventId| held.iter().any(|it| it.site == site && it.id == id);
        let replaced = self.store.replaced.get(&self.site).into_iter().flatten();
        let unsaid = replaced.filter(|event| {
            let Ok(envelope) = event.read_envelope() else {
                return false;
            };
            let logged = |id: EventId| log.places.contains_key(&id);
            if Order::by(event).is_some() {
                return !logged(envelope.id);
            }
            let Some(erasure) = Erasure::by(event) else {
                return false;
            };
            let aside = erasure.is_of_what_is_aside(envelope.subject) && kept(erasure.event);
            (logged(erasure.event) || aside) && !logged(envelope.id)
        });
        Ok(unsaid.cloned().collect())
    }

    fn rows_after(&mut self, seq: Seq, limit: u32) -> Result<Vec<StoredRow>, MemoryError> {
        let after = usize::try_from(seq).unwrap_or(usize::MAX);
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let rows = self.log().rows.iter().skip(after).take(limit);
        Ok(rows.map(|kept| kept.row.clone()).collect())
    }

    fn quarantine(
        &mut self,
        event: &Quarantined<'_>,
        per_device: u32,
    ) -> Result<bool, MemoryError> {
        let opened = event.opened;
        if self.held(&opened.envelope_hash)?.is_some() {
            return Ok(true);
        }
        let open = self.store.quarantine.iter().filter(|other| {
            other.carrier.device == event.carrier.device && self.store.is_open(other)
        });
        if open.count() >= usize::try_from(per_device).unwrap_or(usize::MAX) {
            return Ok(false);
        }
        let erased = self.erased(opened.envelope.id)?;
        self.store.quarantine.push(Held {
            number: self.store.quarantine.len() as u64 + 1,
            site: self.site,
            id: opened.envelope.id,
            envelope_hash: opened.envelope_hash,
            event: opened.event.clone().erasing(&erased),
            why: event.why,
            params: event.params.clone(),
            carrier: event.carrier,
            received_at: event.received_at,
            decided: None,
        });
        Ok(true)
    }

    fn held(&mut self, envelope_hash: &Hash) -> Result<Option<Held>, MemoryError> {
        let place = self.held_place(envelope_hash);
        Ok(place.map(|place| self.store.quarantine[place].clone()))
    }

    fn decide(&mut self, envelope_hash: &Hash, decided: &Decided) -> Result<(), MemoryError> {
        if let Some(place) = self.held_place(envelope_hash)
            && self.store.quarantine[place].decided.is_none()
        {
            self.store.quarantine[place].decided = Some(*decided);
            self.decided.push(place);
        }
        Ok(())
    }

    fn commit(mut self) -> Result<(), MemoryError> {
        self.rows_before = self.log().rows.len();
        self.held_before = self.store.quarantine.len();
        self.decided.clear();
        self.events_before.clear();
        self.held_before_erasing.clear();
        self.erased_before = None;
        Ok(())
    }
}

impl Drop for MemoryTransaction<'_> {
    fn drop(&mut self) {
        let log = self.store.logs.entry(self.site).or_default();
        for (place, event) in self.events_before.drain(..).rev() {
            log.rows[place].row.logged.event = event;
        }
        log.truncate(self.rows_before);
        if let Some(listed) = self.erased_before.take() {
            self.store.erased.insert(self.site, listed);
        }
        for place in self.decided.drain(..) {
            self.store.quarantine[place].decided = None;
        }
        for (place, event) in self.held_before_erasing.drain(..).rev() {
            self.store.quarantine[place].event = event;
        }
        self.store.quarantine.truncate(self.held_before);
    }
}

/// Puts an erasure on the list.
fn list(listed: &mut BTreeMap<EventId, Vec<PartName>>, erasure: &Erasure) {
    let parts = listed.entry(erasure.event).or_default();
    parts.extend(&erasure.parts);
    parts.sort_unstable();
    parts.dedup();
}

/// The index of row `seq`, rows being numbered from 1.
fn place(seq: Seq) -> Option<usize> {
    usize::try_from(seq.checked_sub(1)?).ok()
}
