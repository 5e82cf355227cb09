//! Copies of drafts, one person's each: for whoever loses the phone in the middle of a visit.
//! Not a log: a draft is replaced, and gone once its visit is recorded.

use doorstep_domain::draft_copy::{DraftCopy, DraftEntry};
use doorstep_domain::hash::Hash;
use doorstep_domain::id::{HouseholdId, PersonId, SiteId, SubjectId};
use doorstep_domain::time::UnixMs;
use rusqlite::{OptionalExtension, Row, params};

use super::{Reader, SqliteTransaction, StoreError, parse};

const COLUMNS: &str = "SELECT subject, site, revision, saved_at, device, body FROM draft";

impl Reader<'_> {
    /// A person's drafts, without what is in them, the latest first.
    pub fn drafts(self, person: PersonId) -> Result<Vec<DraftEntry>, StoreError> {
        let mut query = self.connection.prepare_cached(&format!(
            "{COLUMNS} WHERE person = ?1 ORDER BY revision DESC"
        ))?;
        let mut rows = query.query([person.to_string()])?;
        let mut drafts = Vec::new();
        while let Some(row) = rows.next()? {
            drafts.push(read(row)?);
        }
        Ok(drafts)
    }

    /// A person's draft of this visit.
    pub fn draft(
        self,
        person: PersonId,
        subject: SubjectId,
    ) -> Result<Option<DraftCopy>, StoreError> {
        let mut query = self
            .connection
            .prepare_cached(&format!("{COLUMNS} WHERE person = ?1 AND subject = ?2"))?;
        let mut rows = query.query((person.to_string(), subject.to_string()))?;
        let Some(row) = rows.next()? else {
            return Ok(None);
        };
        Ok(Some(DraftCopy {
            entry: read(row)?,
            body: row.get(5)?,
        }))
    }

    /// Whether the draft `draft` of this person has become a visit, or a correction of one.
    pub fn has_recorded(self, person: PersonId, draft: SubjectId) -> Result<bool, StoreError> {
        let mut query = self.connection.prepare_cached(
            "SELECT 1 FROM site JOIN event ON event.site = site.id AND event.subject = ?2
             WHERE event.actor = ?1 AND event.kind = 'visit.recorded'
             UNION ALL
             SELECT 1 FROM site JOIN event ON event.site = site.id AND event.id = ?2
             WHERE event.actor = ?1 AND event.kind = 'visit.corrected'
             LIMIT 1",
        )?;
        let found = query.query_row((person.to_string(), draft.to_string()), |_| Ok(()));
        Ok(found.optional()?.is_some())
    }
}

impl Reader<'_> {
    /// How many drafts of a site name this household.
    pub fn drafts_naming(self, site: SiteId, household: HouseholdId) -> Result<u64, StoreError> {
        let mut query = self
            .connection
            .prepare_cached("SELECT count(*) FROM draft WHERE site = ?1 AND instr(body, ?2) > 0")?;
        let count: i64 =
            query.query_row((site.to_string(), household.to_string()), |row| row.get(0))?;
        Ok(count.unsigned_abs())
    }
}

impl Reader<'_> {
    /// Everybody's drafts of a site that name this household: whose, of which record, and the text.
    fn drafts_with(
        self,
        site: SiteId,
        household: HouseholdId,
    ) -> Result<Vec<(PersonId, SubjectId, String)>, StoreError> {
        let mut query = self.connection.prepare_cached(
            "SELECT person, subject, body FROM draft WHERE site = ?1 AND instr(body, ?2) > 0",
        )?;
        let mut rows = query.query((site.to_string(), household.to_string()))?;
        let mut drafts = Vec::new();
        while let Some(row) = rows.next()? {
            let person = parse("a person", &row.get::<_, String>(0)?)?;
            let subject = parse("a subject", &row.get::<_, String>(1)?)?;
            drafts.push((person, subject, row.get(2)?));
        }
        Ok(drafts)
    }
}

impl SqliteTransaction<'_> {
    /// Drops everybody's drafts on this site that name this household. The office does not read
    /// drafts; the id is looked for in them as they are.
    pub fn drop_drafts_naming(&mut self, household: HouseholdId) -> Result<(), StoreError> {
        self.transaction.execute(
            "DELETE FROM draft WHERE site = ?1 AND instr(body, ?2) > 0",
            (self.site().to_string(), household.to_string()),
        )?;
        self.empty_wal_after();
        Ok(())
    }

    /// Drops the drafts on this site that its orders to erase a household reach: a backup that was
    /// restored may have brought them back.
    pub fn drop_drafts_ordered_away(&mut self) -> Result<(), StoreError> {
        let site = self.site();
        for order in self.reader().orders(site)? {
            let household = order.erasure.household;
            for (person, subject, body) in self.reader().drafts_with(site, household)? {
                if order.reaches_draft(subject, body.as_bytes(), 0) {
                    self.drop_draft(person, subject)?;
                }
            }
        }
        self.empty_wal_after();
        Ok(())
    }

    /// Keeps a person's draft instead of the one before it.
    pub fn put_draft(&mut self, person: PersonId, draft: &DraftCopy) -> Result<(), StoreError> {
        let entry = &draft.entry;
        self.transaction.execute(
            "INSERT INTO draft (person, subject, site, revision, saved_at, device, body)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT (person, subject) DO UPDATE SET
                 site = excluded.site, revision = excluded.revision,
                 saved_at = excluded.saved_at, device = excluded.device, body = excluded.body",
            params![
                person.to_string(),
                entry.subject.to_string(),
                entry.site.to_string(),
                entry.revision,
                entry.saved_at,
                entry.device.0,
                draft.body
            ],
        )?;
        Ok(())
    }

    /// Drops everybody's drafts of this visit: what is in them was erased.
    pub(super) fn drop_drafts(&self, subject: SubjectId) -> Result<(), StoreError> {
        self.transaction.execute(
            "DELETE FROM draft WHERE site = ?1 AND subject = ?2",
            (self.site().to_string(), subject.to_string()),
        )?;
        Ok(())
    }

    /// Drops everybody's drafts that were saved last before `time`.
    pub fn drop_drafts_before(&self, time: UnixMs) -> Result<(), StoreError> {
        self.transaction
            .execute("DELETE FROM draft WHERE saved_at < ?1", [time])?;
        Ok(())
    }

    /// Drops a person's draft, if there is one.
    pub fn drop_draft(&self, person: PersonId, subject: SubjectId) -> Result<(), StoreError> {
        let mut query = self
            .transaction
            .prepare_cached("DELETE FROM draft WHERE person = ?1 AND subject = ?2")?;
        query.execute((person.to_string(), subject.to_string()))?;
        Ok(())
    }
}

fn read(row: &Row<'_>) -> Result<DraftEntry, StoreError> {
    let revision: UnixMs = row.get(2)?;
    Ok(DraftEntry {
        subject: parse("a subject", &row.get::<_, String>(0)?)?,
        site: parse("a site", &row.get::<_, String>(1)?)?,
        revision,
        saved_at: row.get(3)?,
        device: Hash(row.get(4)?),
    })
}
