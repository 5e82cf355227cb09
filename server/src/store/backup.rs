//! Copies of a database, and what one that takes another's place has to take over from it. Not
//! which copy is a good one.

use std::path::Path;

use doorstep_domain::erasure::{Erasure, Order};
use doorstep_domain::id::SiteId;
use doorstep_domain::sync::wire::Epoch;
use rusqlite::{Connection, OpenFlags, params_from_iter};

use super::{Reader, SqliteTransaction, StoreError, connection, parse};
use crate::random;

/// A database that this program alone has open, until it is dropped.
#[derive(Debug)]
pub struct Seized {
    connection: Connection,
}

/// What a database has erased: what a backup that takes its place must not bring back.
#[derive(Debug, Default)]
pub struct Erasures {
    /// The erasure lists: site, event, part, the event that says so.
    list: Vec<[String; 4]>,
    /// The events that say so: site, id, the event erased (an order's own id), the event's JSON.
    events: Vec<[String; 4]>,
}

/// Copies a database as it is at one moment into `into`, which is empty or missing, while others
/// write to it. What was erased or deleted is not in the copy.
pub fn copy(from: &Path, into: &Path) -> Result<(), StoreError> {
    copy_on(&connection::open_reader(from)?, into)
}

fn copy_on(connection: &Connection, into: &Path) -> Result<(), StoreError> {
    let Some(into) = into.to_str() else {
        let what = "a path that is not UTF-8".to_owned();
        return Err(StoreError::Corrupt { what });
    };
    connection.execute("VACUUM INTO ?1", [into])?;
    Ok(())
}

impl Seized {
    /// Seizes an existing database; fails with [`StoreError::InUse`] while a server or any other
    /// program has it open. Its log beside the file is brought into it.
    pub fn take(path: &Path) -> Result<Self, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags)?;
        // Leaving WAL needs, and the exclusive lock keeps, the file for this connection alone.
        connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
        let seize = || {
            connection.pragma_update_and_check(None, "journal_mode", "DELETE", |row| {
                row.get::<_, String>(0)
            })?;
            connection.execute_batch("BEGIN EXCLUSIVE; COMMIT")
        };
        seize().map_err(|error: rusqlite::Error| {
            let error = StoreError::Sql(error);
            if error.may_pass() {
                StoreError::InUse
            } else {
                error
            }
        })?;
        Ok(Self { connection })
    }

    /// Copies it into `into`, which is empty or missing.
    pub fn copy(&self, into: &Path) -> Result<(), StoreError> {
        copy_on(&self.connection, into)
    }
}

impl Reader<'_> {
    /// All that this database has erased.
    pub fn erasures(self) -> Result<Erasures, StoreError> {
        let mut erasures = Erasures::default();
        for site in self.erasing_sites()? {
            let id: SiteId = parse("a site", &site)?;
            let list = self.erasure_list(id)?.into_iter();
            let list = list.map(|(event, part, by)| [site.clone(), event, part, by]);
            erasures.list.extend(list);
            let unsaid = self.unsaid(id)?.into_iter();
            let unsaid = unsaid.map(|(id, event, text)| [site.clone(), id, event, text]);
            erasures.events.extend(unsaid);
            self.each_row(id, |_, row| {
                let event = row?.logged.event;
                if let (Some(_), Ok(envelope)) = (Order::by(&event), event.read_envelope()) {
                    let text = serde_json::to_string(&event).expect("events are JSON");
                    let id = envelope.id.to_string();
                    erasures.events.push([site.clone(), id.clone(), id, text]);
                }
                if let (Some(erasure), Ok(envelope)) = (Erasure::by(&event), event.read_envelope())
                {
                    let text = serde_json::to_string(&event).expect("events are JSON");
                    let of = erasure.event.to_string();
                    erasures
                        .events
                        .push([site.clone(), envelope.id.to_string(), of, text]);
                }
                Ok::<_, StoreError>(())
            })?;
        }
        Ok(erasures)
    }
}

impl SqliteTransaction<'_> {
    /// Makes the database one that begins anew: another epoch, and nobody is logged in.
    pub fn begin_anew(&mut self) -> Result<Epoch, StoreError> {
        let epoch = Epoch::from_be_bytes(random::bytes());
        self.transaction.execute(
            "UPDATE meta SET value = ?1 WHERE key = 'epoch'",
            [epoch.to_be_bytes()],
        )?;
        self.transaction.execute("DELETE FROM session", [])?;
        Ok(epoch)
    }

    /// Puts what another database has erased on this one's lists. Where the event that says so is
    /// not in this log, it waits to be said again.
    pub fn take_over(&mut self, erasures: &Erasures) -> Result<(), StoreError> {
        for row in &erasures.list {
            self.transaction.execute(
                "INSERT INTO erasure (site, event, part, said_by) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT DO NOTHING",
                params_from_iter(row),
            )?;
        }
        for row in &erasures.events {
            self.transaction.execute(
                "INSERT INTO erasing (site, id, event, erasing)
                 SELECT ?1, ?2, ?3, ?4
                 WHERE NOT EXISTS (SELECT 1 FROM event WHERE site = ?1 AND id = ?2)
                 ON CONFLICT DO NOTHING",
                params_from_iter(row),
            )?;
        }
        Ok(())
    }
}
