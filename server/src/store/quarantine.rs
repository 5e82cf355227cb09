//! Events kept aside, as a table. No row is deleted from it: what was decided stays, with what was
//! said. Only parts that a director has erased are taken out of the events.

use std::collections::BTreeSet;

use doorstep_domain::erasure::Erasure;
use doorstep_domain::event::{Event, PartName};
use doorstep_domain::hash::Hash;
use doorstep_domain::id::{EventId, SiteId, SubjectId};
use doorstep_domain::quarantine::{Carrier, Decided, Held, Verdict, Why};
use doorstep_domain::sync::store::Quarantined;
use rusqlite::{Row, params};

use super::{Reader, SqliteTransaction, StoreError, parse};

const COLUMNS: &str = "SELECT number, site, id, envelope_hash, event, why, params, carrier_person,
                              carrier_device, received_at, decided_by, verdict
                       FROM quarantine";

/// Neither decided nor logged since.
const OPEN: &str = "decided_by IS NULL AND NOT EXISTS (
                        SELECT 1 FROM event
                        WHERE event.site = quarantine.site AND event.id = quarantine.id
                          AND event.envelope_hash = quarantine.envelope_hash)";

impl SqliteTransaction<'_> {
    /// See [`doorstep_domain::sync::store::SiteTransaction::quarantine`].
    pub(super) fn keep_aside(
        &mut self,
        event: &Quarantined<'_>,
        per_device: u32,
    ) -> Result<bool, StoreError> {
        let opened = event.opened;
        if self.kept_aside(&opened.envelope_hash)?.is_some() {
            return Ok(true);
        }
        let open: u32 = self.transaction.query_row(
            &format!("SELECT count(*) FROM quarantine WHERE carrier_device = ?1 AND {OPEN}"),
            [event.carrier.device.0],
            |row| row.get(0),
        )?;
        if open >= per_device {
            return Ok(false);
        }
        let erased = self.reader().erased(self.site(), opened.envelope.id)?;
        let text = serde_json::to_string(&opened.event.clone().erasing(&erased));
        let text = text.expect("events are JSON");
        let told = serde_json::to_string(event.params).expect("parameters are JSON");
        self.transaction.execute(
            "INSERT INTO quarantine (site, id, envelope_hash, event, why, params, carrier_person,
                                     carrier_device, received_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            params![
                self.site().to_string(),
                opened.envelope.id.to_string(),
                opened.envelope_hash.0,
                text,
                event.why.as_str(),
                told,
                event.carrier.person.to_string(),
                event.carrier.device.0,
                event.received_at
            ],
        )?;
        self.name_photos(opened.envelope.id, opened.event, &erased)?;
        Ok(true)
    }

    /// See [`doorstep_domain::sync::store::SiteTransaction::held`].
    pub(super) fn kept_aside(&self, envelope_hash: &Hash) -> Result<Option<Held>, StoreError> {
        let mut query = self
            .transaction
            .prepare_cached(&format!("{COLUMNS} WHERE site = ?1 AND envelope_hash = ?2"))?;
        let mut rows = query.query((self.site().to_string(), envelope_hash.0))?;
        rows.next()?.map(read).transpose()
    }

    /// All that is kept aside under this id on the site: its number, and the event.
    fn aside(&self, id: EventId) -> Result<Vec<(i64, Event)>, StoreError> {
        let mut query = self
            .transaction
            .prepare_cached("SELECT number, event FROM quarantine WHERE site = ?1 AND id = ?2")?;
        let mut rows = query.query((self.site().to_string(), id.to_string()))?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push((row.get(0)?, read_event(&row.get::<_, String>(1)?)?));
        }
        Ok(found)
    }

    /// See [`doorstep_domain::sync::store::SiteTransaction::kept_parts`].
    pub(super) fn parts_aside(&self, id: EventId) -> Result<Vec<PartName>, StoreError> {
        let events = self.aside(id)?;
        let names = events.iter().flat_map(|(_, event)| event.parts.keys());
        Ok(names
            .copied()
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect())
    }

    /// Erases parts of what is kept aside under an id; the subjects of these events.
    pub(super) fn erase_aside(&self, erasure: &Erasure) -> Result<Vec<SubjectId>, StoreError> {
        let mut subjects = Vec::new();
        for (number, event) in self.aside(erasure.event)? {
            subjects.extend(event.read_envelope().map(|envelope| envelope.subject));
            let left = serde_json::to_string(&event.erasing(&erasure.parts));
            self.transaction.execute(
                "UPDATE quarantine SET event = ?2 WHERE number = ?1",
                (number, left.expect("events are JSON")),
            )?;
        }
        Ok(subjects)
    }

    /// See [`doorstep_domain::sync::store::SiteTransaction::decide`].
    pub(super) fn close_aside(
        &mut self,
        envelope_hash: &Hash,
        decided: &Decided,
    ) -> Result<(), StoreError> {
        self.transaction.execute(
            "UPDATE quarantine SET decided_by = ?3, verdict = ?4
             WHERE site = ?1 AND envelope_hash = ?2 AND decided_by IS NULL",
            (
                self.site().to_string(),
                envelope_hash.0,
                decided.by.to_string(),
                decided.verdict.as_str(),
            ),
        )?;
        Ok(())
    }
}

impl Reader<'_> {
    /// All that is kept aside under this id on a site, whatever became of it.
    pub fn aside_of(self, site: SiteId, id: EventId) -> Result<Vec<Held>, StoreError> {
        let mut query = self
            .connection
            .prepare_cached(&format!("{COLUMNS} WHERE site = ?1 AND id = ?2"))?;
        let mut rows = query.query((site.to_string(), id.to_string()))?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(read(row)?);
        }
        Ok(found)
    }

    /// All that is kept aside on a site, whatever became of it, by number.
    pub fn kept_aside(self, site: SiteId) -> Result<Vec<Held>, StoreError> {
        let mut query = self
            .connection
            .prepare_cached(&format!("{COLUMNS} WHERE site = ?1 ORDER BY number"))?;
        let mut rows = query.query([site.to_string()])?;
        let mut held = Vec::new();
        while let Some(row) = rows.next()? {
            held.push(read(row)?);
        }
        Ok(held)
    }

    /// Open events kept aside on these sites after number `after`, ascending: at most `limit`,
    /// and none further once they have `bytes`; and whether there are more.
    pub fn open_quarantine(
        self,
        sites: &[SiteId],
        after: u64,
        limit: usize,
        bytes: usize,
    ) -> Result<(Vec<Held>, bool), StoreError> {
        let mut query = self.connection.prepare_cached(&format!(
            "{COLUMNS} WHERE number > ?1 AND {OPEN} ORDER BY number"
        ))?;
        let after = i64::try_from(after).unwrap_or(i64::MAX);
        let mut rows = query.query([after])?;
        let (mut held, mut left) = (Vec::new(), bytes);
        while let Some(row) = rows.next()? {
            let one = read(row)?;
            if !sites.contains(&one.site) {
                continue;
            }
            if held.len() == limit || left == 0 {
                return Ok((held, true));
            }
            left = left.saturating_sub(row.get_ref(4)?.as_str().map_or(0, str::len));
            held.push(one);
        }
        Ok((held, false))
    }
}

fn read_event(text: &str) -> Result<Event, StoreError> {
    serde_json::from_str(text).map_err(|_| StoreError::Corrupt {
        what: "the text of an event kept aside".to_owned(),
    })
}

fn read(row: &Row<'_>) -> Result<Held, StoreError> {
    let wrong = |what: &str| StoreError::Corrupt {
        what: format!("{what} of an event kept aside"),
    };
    let text = |column| row.get::<_, String>(column);
    let decided: (Option<String>, Option<String>) = (row.get(10)?, row.get(11)?);
    Ok(Held {
        number: u64::try_from(row.get::<_, i64>(0)?).map_err(|_| wrong("the number"))?,
        site: parse("a site", &text(1)?)?,
        id: parse("an event", &text(2)?)?,
        envelope_hash: Hash(row.get(3)?),
        event: read_event(&text(4)?)?,
        why: Why::from_name(&text(5)?).ok_or_else(|| wrong("the reason"))?,
        params: serde_json::from_str(&text(6)?).map_err(|_| wrong("the parameters"))?,
        carrier: Carrier {
            person: parse("a person", &text(7)?)?,
            device: Hash(row.get(8)?),
        },
        received_at: row.get(9)?,
        decided: match decided {
            (Some(by), Some(verdict)) => Some(Decided {
                by: parse("an event", &by)?,
                verdict: Verdict::from_name(&verdict).ok_or_else(|| wrong("the verdict"))?,
            }),
            _ => None,
        },
    })
}
