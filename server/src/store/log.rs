//! The logs of sites as the domain's store trait wants them (D1, D4): one transaction per site,
//! the texts of events kept as they came.

use std::collections::BTreeMap;
use std::sync::PoisonError;

use doorstep_domain::erasure::{Erasure, Order};
use doorstep_domain::event::{Absence, Event, Kind, Part, PartName, PartState, Salt};
use doorstep_domain::hash::Hash;
use doorstep_domain::heads::Stated;
use doorstep_domain::id::{EventId, SiteId, SubjectId};
use doorstep_domain::log::{Head, LoggedEvent, Seq};
use doorstep_domain::quarantine::{Carrier, Decided, Held};
use doorstep_domain::receipt::Kept;
use doorstep_domain::seal::seal;
use doorstep_domain::sync::store::{
    Found, Intent, NewRow, Quarantined, SiteTransaction, Store, StoredRow, SubjectSummary,
};
use rusqlite::types::FromSql;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, TransactionBehavior, params};

use super::{Database, ReadStore, Reader, StoreError, Writer, connection, parse};

/// A transaction on one site's log and the tables beside it; dropped without commit, it leaves
/// nothing behind.
#[derive(Debug)]
pub struct SqliteTransaction<'a> {
    pub(super) transaction: Transaction<'a>,
    /// The connection it is on, for what is done after the commit.
    connection: &'a Connection,
    site: SiteId,
    /// Something was erased.
    erased: bool,
}

/// A row with everything kept beside its event, for holding one against the other.
#[derive(Debug, Clone)]
pub struct CheckedRow {
    /// The event with its place.
    pub logged: LoggedEvent,
    /// The chain's hash kept at this place.
    pub hash: Hash,
    /// Columns that repeat what the envelope says, by name, that say something else.
    pub disagreeing: Vec<&'static str>,
}

impl Store for Writer<'_> {
    type Error = StoreError;
    type Transaction<'a>
        = SqliteTransaction<'a>
    where
        Self: 'a;

    fn begin(&mut self, site: SiteId, intent: Intent) -> Result<SqliteTransaction<'_>, StoreError> {
        begin(&mut self.connection, site, intent)
    }
}

impl Store for Database {
    type Error = StoreError;
    type Transaction<'a> = SqliteTransaction<'a>;

    /// For whoever owns the whole database; requests share it and take its [`Writer`].
    fn begin(&mut self, site: SiteId, intent: Intent) -> Result<SqliteTransaction<'_>, StoreError> {
        let connection = self
            .writer
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner);
        begin(connection, site, intent)
    }
}

impl Store for ReadStore<'_> {
    type Error = StoreError;
    type Transaction<'a>
        = SqliteTransaction<'a>
    where
        Self: 'a;

    fn begin(&mut self, site: SiteId, _: Intent) -> Result<SqliteTransaction<'_>, StoreError> {
        // The connection is read-only: SQLite refuses whatever would write.
        transaction(self.connection(), site, TransactionBehavior::Deferred)
    }
}

fn begin(
    connection: &mut Connection,
    site: SiteId,
    intent: Intent,
) -> Result<SqliteTransaction<'_>, StoreError> {
    let behavior = match intent {
        // A deferred transaction sees one moment from its first read on.
        Intent::Read => TransactionBehavior::Deferred,
        // An immediate one holds the database's write lock from here to the end.
        Intent::Append => TransactionBehavior::Immediate,
    };
    transaction(connection, site, behavior)
}

/// The connection is borrowed as its only user's, so no transaction of it is open.
fn transaction(
    connection: &mut Connection,
    site: SiteId,
    behavior: TransactionBehavior,
) -> Result<SqliteTransaction<'_>, StoreError> {
    let connection: &Connection = connection;
    Ok(SqliteTransaction {
        transaction: Transaction::new_unchecked(connection, behavior)?,
        connection,
        site,
        erased: false,
    })
}

impl SqliteTransaction<'_> {
    /// The site whose log it is on.
    pub(super) fn site(&self) -> SiteId {
        self.site
    }

    /// Something was erased: with the commit the log beside the file is emptied.
    pub(super) fn empty_wal_after(&mut self) {
        self.erased = true;
    }

    /// Reads what is committed and what this transaction has written.
    pub fn reader(&self) -> Reader<'_> {
        Reader {
            connection: &self.transaction,
        }
    }
}

impl SiteTransaction for SqliteTransaction<'_> {
    type Error = StoreError;

    fn head(&mut self) -> Result<Option<Head>, StoreError> {
        self.reader().head(self.site)
    }

    fn hash_at(&mut self, seq: Seq) -> Result<Option<Hash>, StoreError> {
        self.reader().hash_at(self.site, seq)
    }

    fn find(&mut self, id: EventId) -> Result<Option<Found>, StoreError> {
        let mut query = self.transaction.prepare_cached(
            "SELECT seq, received_at, envelope_hash, hash, subject, carrier_person, carrier_device
             FROM event WHERE site = ?1 AND id = ?2",
        )?;
        let mut rows = query.query((self.site.to_string(), id.to_string()))?;
        let Some(row) = rows.next()? else {
            return Ok(None);
        };
        Ok(Some(Found {
            seq: unsigned(row, 0)?,
            received_at: row.get(1)?,
            envelope_hash: Hash(row.get(2)?),
            hash: Hash(row.get(3)?),
            subject: parse("a subject", &row.get::<_, String>(4)?)?,
            carrier: match (row.get::<_, Option<String>>(5)?, row.get(6)?) {
                (Some(person), Some(device)) => Some(Carrier {
                    person: parse("a carrier", &person)?,
                    device: Hash(device),
                }),
                _ => None,
            },
        }))
    }

    fn subject(&mut self, subject: SubjectId) -> Result<Option<SubjectSummary>, StoreError> {
        let key = (self.site.to_string(), subject.to_string());
        let mut query = self.transaction.prepare_cached(
            "SELECT kind, actor FROM event WHERE site = ?1 AND subject = ?2 ORDER BY seq LIMIT 1",
        )?;
        let first = query.query_row((&key.0, &key.1), |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))
        });
        let Some((kind, author)) = first.optional()? else {
            return Ok(None);
        };
        let mut query = self
            .transaction
            .prepare_cached("SELECT count(*) FROM event WHERE site = ?1 AND subject = ?2")?;
        let count = query.query_row((&key.0, &key.1), |row| row.get(0))?;
        let summary = SubjectSummary {
            count,
            first_kind: read_kind(&kind)?,
            author: parse("an actor", &author)?,
        };
        Ok(Some(summary))
    }

    fn append(&mut self, row: &NewRow<'_>) -> Result<(), StoreError> {
        let envelope = &row.opened.envelope;
        let (site, seq) = (self.site.to_string(), signed(row.head.seq));
        let head = self.head()?.map_or(0, |head| head.seq);
        if head + 1 != row.head.seq {
            let what = format!("a log whose row {} would follow row {head}", row.head.seq);
            return Err(StoreError::Corrupt { what });
        }
        let mut insert = self.transaction.prepare_cached(
            "INSERT INTO event (site, seq, id, subject, kind, actor, received_at, envelope_hash,
                                hash, envelope, carrier_person, carrier_device, seal)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
        )?;
        insert.execute(params![
            site,
            seq,
            envelope.id.to_string(),
            envelope.subject.to_string(),
            row.kind.as_str(),
            envelope.actor.to_string(),
            row.received_at,
            row.opened.envelope_hash.0,
            row.head.hash.0,
            row.opened.event.envelope,
            row.carrier.map(|carrier| carrier.person.to_string()),
            row.carrier.map(|carrier| carrier.device.0),
            seal(&envelope.parts).map(|seal| seal.0),
        ])?;
        let mut insert = self.transaction.prepare_cached(
            "INSERT INTO part (site, seq, name, salt, body, absence)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?;
        let erased = self.reader().erased(self.site, envelope.id)?;
        for (name, state) in &row.opened.event.parts {
            let (salt, body, absence) = match state {
                _ if erased.contains(name) => (None, None, Some(absence_name(Absence::Erased))),
                PartState::Present(part) => (Some(part.salt.0), Some(&part.body), None),
                PartState::Absent { absent } => (None, None, Some(absence_name(*absent))),
            };
            insert.execute(params![site, seq, name.as_str(), salt, body, absence])?;
        }
        self.name_photos(envelope.id, row.opened.event, &erased)?;
        if row.kind == Kind::VisitRecorded {
            // What is recorded is no draft any more.
            self.drop_draft(envelope.actor, envelope.subject)?;
        }
        if row.kind == Kind::VisitCorrected {
            // The draft of a correction has the id of its event.
            self.drop_draft(envelope.actor, envelope.id.into())?;
        }
        if row.kind == Kind::HouseholdErased {
            // Said again, if a backup had lost it.
            self.transaction.execute(
                "DELETE FROM erasing WHERE site = ?1 AND id = ?2",
                (&site, envelope.id.to_string()),
            )?;
        }
        if !erased.is_empty() {
            self.erased = true;
        }
        Ok(())
    }

    fn rows_after(&mut self, seq: Seq, limit: u32) -> Result<Vec<StoredRow>, StoreError> {
        let mut query = self.transaction.prepare_cached(
            "SELECT seq, received_at, envelope, envelope_hash, kind,
                    (SELECT first.actor FROM event AS first
                     WHERE first.site = event.site AND first.subject = event.subject
                     ORDER BY first.seq LIMIT 1)
             FROM event WHERE site = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3",
        )?;
        let mut found = query.query((self.site.to_string(), signed(seq), limit))?;
        let mut rows = Vec::new();
        while let Some(row) = found.next()? {
            rows.push(StoredRow {
                logged: read_logged(self.reader(), self.site, row)?,
                envelope_hash: Hash(row.get(3)?),
                kind: read_kind(&row.get::<_, String>(4)?)?,
                author: parse("an actor", &row.get::<_, String>(5)?)?,
            });
        }
        Ok(rows)
    }

    fn quarantine(&mut self, event: &Quarantined<'_>, per_device: u32) -> Result<bool, StoreError> {
        self.keep_aside(event, per_device)
    }

    fn held(&mut self, envelope_hash: &Hash) -> Result<Option<Held>, StoreError> {
        self.kept_aside(envelope_hash)
    }

    fn decide(&mut self, envelope_hash: &Hash, decided: &Decided) -> Result<(), StoreError> {
        self.close_aside(envelope_hash, decided)
    }

    fn erase(&mut self, erasure: &Erasure, by: EventId) -> Result<(), StoreError> {
        let (site, event) = (self.site.to_string(), erasure.event.to_string());
        for name in &erasure.parts {
            self.transaction.execute(
                "INSERT INTO erasure (site, event, part, said_by) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT DO NOTHING",
                (&site, &event, name.as_str(), by.to_string()),
            )?;
            self.transaction.execute(
                "UPDATE part SET salt = NULL, body = NULL, absence = ?4
                 WHERE site = ?1 AND name = ?3
                   AND seq = (SELECT seq FROM event WHERE site = ?1 AND id = ?2)",
                (&site, &event, name.as_str(), absence_name(Absence::Erased)),
            )?;
        }
        if erasure.parts.contains(&PartName::Content) {
            self.erase_photos(erasure.event)?;
        }
        let mut subjects = self.erase_aside(erasure)?;
        subjects.extend(self.find(erasure.event)?.map(|found| found.subject));
        for subject in subjects {
            self.drop_drafts(subject)?;
        }
        self.transaction.execute(
            "DELETE FROM erasing WHERE site = ?1 AND id = ?2",
            (&site, by.to_string()),
        )?;
        self.empty_wal_after();
        Ok(())
    }

    fn erased(&mut self, id: EventId) -> Result<Vec<PartName>, StoreError> {
        self.reader().erased(self.site, id)
    }

    fn kept_parts(&mut self, id: EventId) -> Result<Vec<PartName>, StoreError> {
        self.parts_aside(id)
    }

    fn unsaid_erasures(&mut self) -> Result<Vec<Event>, StoreError> {
        let mut query = self.transaction.prepare_cached(
            "SELECT erasing, EXISTS (SELECT 1 FROM event WHERE site = ?1 AND id = erasing.event)
             FROM erasing
             WHERE site = ?1
               AND (EXISTS (SELECT 1 FROM event WHERE site = ?1 AND id = erasing.event)
                    OR EXISTS (SELECT 1 FROM quarantine WHERE site = ?1 AND id = erasing.event)
                    OR erasing.event = erasing.id)
               AND NOT EXISTS (SELECT 1 FROM event WHERE site = ?1 AND id = erasing.id)
             ORDER BY id",
        )?;
        let mut found = query.query([self.site.to_string()])?;
        let mut events = Vec::new();
        while let Some(row) = found.next()? {
            let (text, logged): (String, bool) = (row.get(0)?, row.get(1)?);
            let event: Event = serde_json::from_str(&text).map_err(|_| StoreError::Corrupt {
                what: "an event that erases".to_owned(),
            })?;
            // One that is none is named by verify.
            let Ok(envelope) = event.read_envelope() else {
                continue;
            };
            let of_aside =
                |erasure: Erasure| logged || erasure.is_of_what_is_aside(envelope.subject);
            if Order::by(&event).is_some() || Erasure::by(&event).is_some_and(of_aside) {
                events.push(event);
            }
        }
        Ok(events)
    }

    fn commit(self) -> Result<(), StoreError> {
        self.transaction.commit()?;
        if self.erased && !connection::empty_wal(self.connection)? {
            tracing::warn!("somebody reads: what was erased leaves the log beside the file later");
        }
        Ok(())
    }
}

impl Reader<'_> {
    /// The end of a site's log; `None` when it is empty.
    pub fn head(self, site: SiteId) -> Result<Option<Head>, StoreError> {
        let mut query = self.connection.prepare_cached(
            "SELECT seq, hash FROM event WHERE site = ?1 ORDER BY seq DESC LIMIT 1",
        )?;
        let mut rows = query.query([site.to_string()])?;
        let Some(row) = rows.next()? else {
            return Ok(None);
        };
        Ok(Some(Head {
            seq: unsigned(row, 0)?,
            hash: Hash(row.get(1)?),
        }))
    }

    /// The record with this seal; of several, which only the same parts pushed twice can be, the
    /// one that came first.
    pub fn sealed(self, seal: &Hash) -> Result<Option<Kept>, StoreError> {
        let mut query = self.connection.prepare_cached(
            "SELECT seq, received_at, envelope, site, hash, subject FROM event
             WHERE seal = ?1 ORDER BY received_at, site, seq LIMIT 1",
        )?;
        let mut rows = query.query([seal.0])?;
        let Some(row) = rows.next()? else {
            return Ok(None);
        };
        let site: SiteId = parse("a site", &row.get::<_, String>(3)?)?;
        let logged = read_logged(self, site, row)?;
        let before = match logged.seq {
            0 | 1 => Head::genesis(self.organisation()?.id, site),
            seq => Head {
                seq: seq - 1,
                // A row that is gone is as good as one that was changed.
                hash: self.hash_at(site, seq - 1)?.unwrap_or(Hash([0; 32])),
            },
        };
        Ok(Some(Kept {
            site,
            before,
            logged,
            hash: Hash(row.get(4)?),
            subject: self.rows_of(site, &row.get::<_, String>(5)?)?,
        }))
    }

    /// The seals from `first` to `last`, the least first, at most `limit` of them.
    pub fn seals(self, [first, last]: [Hash; 2], limit: u32) -> Result<Vec<Hash>, StoreError> {
        let mut query = self.connection.prepare_cached(
            "SELECT DISTINCT seal FROM event WHERE seal BETWEEN ?1 AND ?2 ORDER BY seal LIMIT ?3",
        )?;
        let found = query.query_map((first.0, last.0, limit), |row| row.get(0).map(Hash))?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// Every event of a subject, in the log's order.
    fn rows_of(self, site: SiteId, subject: &str) -> Result<Vec<LoggedEvent>, StoreError> {
        let mut query = self.connection.prepare_cached(
            "SELECT seq, received_at, envelope FROM event
             WHERE site = ?1 AND subject = ?2 ORDER BY seq",
        )?;
        let mut found = query.query((site.to_string(), subject))?;
        let mut rows = Vec::new();
        while let Some(row) = found.next()? {
            rows.push(read_logged(self, site, row)?);
        }
        Ok(rows)
    }

    /// The last event of this kind that is about `subject`, with its place in the log.
    pub fn last_of(
        self,
        site: SiteId,
        subject: SubjectId,
        kind: Kind,
    ) -> Result<Option<Stated>, StoreError> {
        let mut query = self.connection.prepare_cached(
            "SELECT seq, received_at, envelope, hash FROM event
             WHERE site = ?1 AND subject = ?2 AND kind = ?3 ORDER BY seq DESC LIMIT 1",
        )?;
        let mut rows = query.query((site.to_string(), subject.to_string(), kind.as_str()))?;
        let Some(row) = rows.next()? else {
            return Ok(None);
        };
        let logged = read_logged(self, site, row)?;
        Ok(Some(Stated {
            seq: logged.seq,
            received_at: logged.received_at,
            hash: Hash(row.get(3)?),
            event: logged.event,
        }))
    }

    /// The orders to erase what is held on a household of this site, oldest first.
    pub fn orders(self, site: SiteId) -> Result<Vec<Order>, StoreError> {
        let mut query = self.connection.prepare_cached(
            "SELECT seq, received_at, envelope FROM event
             WHERE site = ?1 AND kind = 'household.erased' ORDER BY seq",
        )?;
        let mut found = query.query([site.to_string()])?;
        let mut orders = Vec::new();
        while let Some(row) = found.next()? {
            orders.extend(Order::by(&read_logged(self, site, row)?.event));
        }
        Ok(orders)
    }

    /// The first event about `subject`, which began the record.
    pub fn first_of(self, site: SiteId, subject: SubjectId) -> Result<Option<Event>, StoreError> {
        let mut query = self.connection.prepare_cached(
            "SELECT seq, received_at, envelope FROM event
             WHERE site = ?1 AND subject = ?2 ORDER BY seq LIMIT 1",
        )?;
        let mut rows = query.query((site.to_string(), subject.to_string()))?;
        let Some(row) = rows.next()? else {
            return Ok(None);
        };
        Ok(Some(read_logged(self, site, row)?.event))
    }

    /// The event with this id on a site's log.
    pub fn logged(self, site: SiteId, id: EventId) -> Result<Option<Event>, StoreError> {
        let mut query = self.connection.prepare_cached(
            "SELECT seq, received_at, envelope FROM event WHERE site = ?1 AND id = ?2",
        )?;
        let mut rows = query.query((site.to_string(), id.to_string()))?;
        let Some(row) = rows.next()? else {
            return Ok(None);
        };
        Ok(Some(read_logged(self, site, row)?.event))
    }

    /// The chain's hash at this place; `None` beyond the end.
    pub fn hash_at(self, site: SiteId, seq: Seq) -> Result<Option<Hash>, StoreError> {
        let mut query = self
            .connection
            .prepare_cached("SELECT hash FROM event WHERE site = ?1 AND seq = ?2")?;
        let found = query.query_row((site.to_string(), signed(seq)), |row| row.get(0));
        Ok(found.optional()?.map(Hash))
    }

    /// Every log there is rows of, whether the site is known or not. Rows whose site is no id at
    /// all are in none, but among [`Reader::strays`].
    pub fn logs(self) -> Result<Vec<SiteId>, StoreError> {
        let mut query = self
            .connection
            .prepare_cached("SELECT DISTINCT site FROM event ORDER BY site")?;
        let mut found = query.query([])?;
        let mut logs = Vec::new();
        while let Some(row) = found.next()? {
            let site: Option<String> = row.get(0).ok();
            logs.extend(site.and_then(|site| site.parse::<SiteId>().ok()));
        }
        Ok(logs)
    }

    /// The ids of the rows whose site is neither a known one nor `own_log`.
    pub fn strays(self, own_log: SiteId) -> Result<Vec<String>, StoreError> {
        let mut query = self.connection.prepare_cached(
            "SELECT id FROM event
             WHERE site NOT IN (SELECT id FROM site) AND site != ?1 ORDER BY site, seq",
        )?;
        let found = query.query_map([own_log.to_string()], |row| row.get(0))?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// The id in the row at this place, to name it where its event cannot be read.
    pub fn id_at(self, site: SiteId, seq: Seq) -> Result<Option<String>, StoreError> {
        let mut query = self
            .connection
            .prepare_cached("SELECT id FROM event WHERE site = ?1 AND seq = ?2")?;
        let found = query.query_row((site.to_string(), signed(seq)), |row| row.get(0));
        Ok(found.optional()?)
    }

    /// What SQLite finds wrong with the file itself: the table, where it is one, and what;
    /// nothing when it is sound.
    pub fn integrity(self) -> Result<Vec<(Option<String>, String)>, StoreError> {
        let mut query = self.connection.prepare("PRAGMA integrity_check")?;
        let said = query.query_map([], |row| row.get::<_, String>(0))?;
        let said: Vec<String> = said.collect::<Result<_, _>>()?;
        let mut query = self.connection.prepare("PRAGMA foreign_key_check")?;
        let mut orphans = query.query([])?;
        let said = said.into_iter().filter(|line| line != "ok");
        let mut found: Vec<_> = said.map(|line| (None, line)).collect();
        while let Some(row) = orphans.next()? {
            let (table, parent): (String, String) = (row.get(0)?, row.get(2)?);
            let fault = format!("a row of `{table}` belongs to no row of `{parent}`");
            found.push((Some(table), fault));
        }
        Ok(found)
    }

    /// Hands every row of a site's log to `each`, oldest first, with its `seq`, without holding
    /// the whole log; a row that cannot be read is handed over as its error.
    pub fn each_row<E: From<StoreError>>(
        self,
        site: SiteId,
        mut each: impl FnMut(Seq, Result<CheckedRow, StoreError>) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut query = self
            .connection
            .prepare_cached(
                "SELECT seq, received_at, envelope, envelope_hash, hash, id, subject, kind, actor,
                        seal
                 FROM event WHERE site = ?1 ORDER BY seq",
            )
            .map_err(StoreError::from)?;
        let mut found = query.query([site.to_string()]).map_err(StoreError::from)?;
        while let Some(row) = found.next().map_err(StoreError::from)? {
            // A place that is none stands before the first.
            let seq = unsigned(row, 0).unwrap_or_default();
            each(seq, read_checked(self, site, row))?;
        }
        Ok(())
    }

    /// The parts that a site's erasure list names of an event.
    pub(super) fn erased(self, site: SiteId, id: EventId) -> Result<Vec<PartName>, StoreError> {
        let mut query = self
            .connection
            .prepare_cached("SELECT part FROM erasure WHERE site = ?1 AND event = ?2")?;
        let mut found = query.query((site.to_string(), id.to_string()))?;
        let mut parts = Vec::new();
        while let Some(row) = found.next()? {
            parts.push(read_name("a part", &row.get::<_, String>(0)?)?);
        }
        Ok(parts)
    }

    /// A site's erasure list: the event, its part, and the event that says so.
    pub fn erasure_list(self, site: SiteId) -> Result<Vec<(String, String, String)>, StoreError> {
        let mut query = self.connection.prepare_cached(
            "SELECT event, part, said_by FROM erasure WHERE site = ?1 ORDER BY event, part",
        )?;
        let rows = query.query_map([site.to_string()], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Every site that has an erasure list, orders to erase, or erasures to be said again.
    pub fn erasing_sites(self) -> Result<Vec<String>, StoreError> {
        let mut query = self.connection.prepare_cached(
            "SELECT site FROM erasure UNION SELECT site FROM erasing
                 UNION SELECT site FROM event WHERE kind = 'household.erased'",
        )?;
        let rows = query.query_map([], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Erasures of a site that are to be said again once the event is logged: the id and the
    /// target as noted (an order's own id), and the text of the event.
    pub fn unsaid(self, site: SiteId) -> Result<Vec<(String, String, String)>, StoreError> {
        let mut query = self
            .connection
            .prepare_cached("SELECT id, event, erasing FROM erasing WHERE site = ?1 ORDER BY id")?;
        let rows = query.query_map([site.to_string()], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    fn parts(self, site: SiteId, seq: i64) -> Result<BTreeMap<PartName, PartState>, StoreError> {
        let mut query = self.connection.prepare_cached(
            "SELECT name, salt, body, absence FROM part WHERE site = ?1 AND seq = ?2",
        )?;
        let mut found = query.query((site.to_string(), seq))?;
        let mut parts = BTreeMap::new();
        while let Some(row) = found.next()? {
            let name: String = row.get(0)?;
            let known: PartName = read_name("a part", &name)?;
            let broken = StoreError::Column {
                column: known.as_str(),
            };
            let state = match (row.get(1), row.get(2), row.get::<_, Option<String>>(3)) {
                (Ok(Some(salt)), Ok(Some(body)), Ok(None)) => PartState::Present(Part {
                    salt: Salt(salt),
                    body,
                }),
                (Ok(None::<[u8; 16]>), Ok(None::<String>), Ok(Some(absence))) => {
                    let absent = read_name("an absence", &absence).map_err(|_| broken)?;
                    PartState::Absent { absent }
                }
                _ => return Err(broken),
            };
            parts.insert(known, state);
        }
        Ok(parts)
    }
}

/// Reads the first three columns, seq, `received_at` and envelope, and the parts.
fn read_logged(reader: Reader<'_>, site: SiteId, row: &Row<'_>) -> Result<LoggedEvent, StoreError> {
    Ok(LoggedEvent {
        seq: unsigned(row, 0).map_err(|_| StoreError::Column { column: "seq" })?,
        received_at: column(row, 1, "received_at")?,
        event: Event {
            envelope: column(row, 2, "envelope")?,
            parts: reader.parts(site, row.get(0)?)?,
        },
    })
}

fn read_checked(reader: Reader<'_>, site: SiteId, row: &Row<'_>) -> Result<CheckedRow, StoreError> {
    let logged = read_logged(reader, site, row)?;
    let envelope_hash = Hash(column(row, 3, "envelope_hash")?);
    let mut disagreeing = Vec::new();
    if envelope_hash != doorstep_domain::event::envelope_hash(&logged.event.envelope) {
        disagreeing.push("envelope_hash");
    }
    // An envelope that cannot be read is named by the walk along the log.
    if let Ok(envelope) = logged.event.read_envelope() {
        let kept: Option<Option<[u8; 32]>> = column(row, 9, "seal").ok();
        if kept != Some(seal(&envelope.parts).map(|seal| seal.0)) {
            disagreeing.push("seal");
        }
        let said = [
            ("id", 5, envelope.id.to_string()),
            ("subject", 6, envelope.subject.to_string()),
            ("kind", 7, envelope.kind),
            ("actor", 8, envelope.actor.to_string()),
        ];
        for (name, index, said) in said {
            if column::<String>(row, index, name).ok().as_ref() != Some(&said) {
                disagreeing.push(name);
            }
        }
    }
    Ok(CheckedRow {
        logged,
        hash: Hash(column(row, 4, "hash")?),
        disagreeing,
    })
}

/// Reads a column, and names it where it cannot be read.
fn column<T: FromSql>(row: &Row<'_>, index: usize, name: &'static str) -> Result<T, StoreError> {
    row.get(index)
        .map_err(|_| StoreError::Column { column: name })
}

pub(super) fn read_kind(name: &str) -> Result<Kind, StoreError> {
    Kind::from_name(name).ok_or_else(|| StoreError::Corrupt {
        what: format!("a kind `{name}`"),
    })
}

/// Reads a name that is spelled as on the wire.
fn read_name<T: serde::de::DeserializeOwned>(what: &str, name: &str) -> Result<T, StoreError> {
    let text = serde::de::value::StrDeserializer::<serde::de::value::Error>::new(name);
    T::deserialize(text).map_err(|_| StoreError::Corrupt {
        what: format!("{what} `{name}`"),
    })
}

fn absence_name(absence: Absence) -> &'static str {
    match absence {
        Absence::Withheld => "withheld",
        Absence::Erased => "erased",
    }
}

/// SQLite's integers are signed; a log of 2⁶³ events is beyond any disk, so a greater `seq` asks
/// for what cannot be there.
fn signed(seq: Seq) -> i64 {
    i64::try_from(seq).unwrap_or(i64::MAX)
}

fn unsigned(row: &Row<'_>, column: usize) -> Result<u64, StoreError> {
    let value: i64 = row.get(column)?;
    u64::try_from(value).map_err(|_| StoreError::Corrupt {
        what: format!("a count {value}"),
    })
}
