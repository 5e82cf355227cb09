//! A store in memory with real rollback, for tests and the simulation.
//! Not for keeping anything: it is gone with the process.

use core::fmt;
use std::collections::BTreeMap;

use super::store::{
    Found, Intent, NewRow, Quarantined, SiteTransaction, Store, StoredRow, SubjectSummary,
};
use crate::hash::Hash;
use crate::id::{EventId, SiteId, SubjectId};
use crate::log::{Head, LoggedEvent, Seq};
use crate::quarantine::{Carrier, Decided, Held};

/// The logs of all sites, and what was kept aside. A clone is a backup.
#[derive(Debug, Clone, Default)]
pub struct MemoryStore {
    logs: BTreeMap<SiteId, Log>,
    quarantine: Vec<Held>,
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
        Ok(())
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
        self.store.quarantine.push(Held {
            number: self.store.quarantine.len() as u64 + 1,
            site: self.site,
            id: opened.envelope.id,
            envelope_hash: opened.envelope_hash,
            event: opened.event.clone(),
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
        Ok(())
    }
}

impl Drop for MemoryTransaction<'_> {
    fn drop(&mut self) {
        let len = self.rows_before;
        self.log().truncate(len);
        for place in self.decided.drain(..) {
            self.store.quarantine[place].decided = None;
        }
        self.store.quarantine.truncate(self.held_before);
    }
}

/// The index of row `seq`, rows being numbered from 1.
fn place(seq: Seq) -> Option<usize> {
    usize::try_from(seq.checked_sub(1)?).ok()
}
