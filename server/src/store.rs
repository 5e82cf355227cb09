//! The database: logs, accounts, sessions and devices in one SQLite file. The only place that
//! names SQL. Not what may be written: the domain decides that before anything is asked here.
//!
//! One connection writes, several read. Everything that must hold together is one transaction of
//! [`SqliteTransaction`], on a site's log and the tables beside it.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::Connection;

pub use self::backup::{Erasures, Seized, copy};
pub use self::device::{Device, Enrolment};
pub use self::log::{CheckedRow, SqliteTransaction};
pub use self::meta::Organisation;
pub use self::person::Account;
pub use self::photo::{ArrivingPhoto, CheckedPhoto, NamedBy};
pub use self::session::{NewSession, OpenSession};

mod backup;
mod connection;
mod device;
mod draft;
mod log;
mod meta;
mod person;
mod photo;
mod quarantine;
mod refusal;
mod schema;
mod session;
mod site;

/// Most idle reading connections kept open.
const READERS_MAX: usize = 4;

/// What went wrong with the database. Shown to whoever runs the program, never to a phone.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// SQLite refused.
    #[error("the database: {0}")]
    Sql(#[from] rusqlite::Error),
    /// The SQLite inside this program has a known fault.
    #[error("SQLite {found} can corrupt a database in WAL mode; 3.51.3 or later is needed")]
    OldSqlite {
        /// Its version.
        found: String,
    },
    /// The settings that keep an acknowledged visit through a power cut do not hold here.
    #[error(
        "the database cannot be made safe where it is ({setting}); put it on a local disk, \
         not on a network share"
    )]
    Unsafe {
        /// The settings found.
        setting: String,
    },
    /// A later program made this database.
    #[error("the database is of a later Doorstep (tables {found}, this one knows {known}); update")]
    LaterVersion {
        /// Version of its tables.
        found: u32,
        /// Version this program knows.
        known: u32,
    },
    /// A value that this program never writes.
    #[error("the database holds {what} that Doorstep did not write; run `doorstep verify`")]
    Corrupt {
        /// What it is.
        what: String,
    },
    /// The same, in a column of one row.
    #[error("the column `{column}` holds what Doorstep did not write")]
    Column {
        /// Its name.
        column: &'static str,
    },
    /// Somebody else has the database open.
    #[error("a server or another program has the database open: end it first")]
    InUse,
    /// A unique name is taken: a log-in name, a site's code.
    #[error("{0} exists already")]
    Taken(String),
}

impl StoreError {
    /// Whether the same may succeed later without anybody mending this program or its data: the
    /// database is locked by another program, or the disk is full.
    pub fn may_pass(&self) -> bool {
        use rusqlite::ErrorCode::{DatabaseBusy, DatabaseLocked, DiskFull};
        let Self::Sql(error) = self else { return false };
        let code = error.sqlite_error_code();
        matches!(code, Some(DatabaseBusy | DatabaseLocked | DiskFull))
    }
}

/// The one database of a company, shared by all requests.
#[derive(Debug)]
pub struct Database {
    path: PathBuf,
    // Closed before the writer, which as the last one tidies the files up.
    readers: Mutex<Vec<Connection>>,
    writer: Mutex<Connection>,
}

/// The right to write; there is one at a time in this program.
#[derive(Debug)]
pub struct Writer<'a> {
    connection: MutexGuard<'a, Connection>,
}

/// A store that cannot be written: what pulls are answered from.
#[derive(Debug)]
pub struct ReadStore<'a> {
    database: &'a Database,
    /// There until it is put back.
    connection: Option<Connection>,
}

/// What can be asked without changing anything.
#[derive(Debug, Clone, Copy)]
pub struct Reader<'a> {
    connection: &'a Connection,
}

impl Database {
    /// Opens the file, making or migrating it as needed. `now` (Unix ms) stamps the ids that a
    /// new database draws.
    pub fn open(path: &Path, now: u64) -> Result<Self, StoreError> {
        let mut connection = connection::open_writer(path)?;
        schema::migrate(&mut connection)?;
        meta::ensure(&mut connection, now)?;
        Ok(Self {
            path: path.to_owned(),
            writer: Mutex::new(connection),
            readers: Mutex::new(Vec::new()),
        })
    }

    /// Brings all of it into the one file, which can then be given another name. Fails while
    /// anybody else has it open.
    pub fn settle(self) -> Result<(), StoreError> {
        self.readers().clear();
        connection::leave_wal(&self.writer().connection)
    }

    /// Waits for the right to write.
    pub fn writer(&self) -> Writer<'_> {
        // A panic inside a transaction rolled it back; the connection itself is sound.
        let connection = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        Writer { connection }
    }

    /// A store of which only [`Intent::Read`](doorstep_domain::sync::store::Intent) can be asked,
    /// beside the writer.
    pub fn read_store(&self) -> Result<ReadStore<'_>, StoreError> {
        let connection = Some(self.reading()?);
        Ok(ReadStore {
            database: self,
            connection,
        })
    }

    /// Reads beside the writer, seeing one moment of the database for the whole of `read`.
    pub fn read<T, E: From<StoreError>>(
        &self,
        read: impl FnOnce(Reader<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut connection = self.reading()?;
        let result = {
            let moment = connection.transaction().map_err(StoreError::from)?;
            read(Reader {
                connection: &moment,
            })
        };
        self.put_back(connection);
        result
    }

    fn reading(&self) -> Result<Connection, StoreError> {
        let idle = self.readers().pop();
        idle.map_or_else(|| connection::open_reader(&self.path), Ok)
    }

    fn put_back(&self, connection: Connection) {
        let mut readers = self.readers();
        if readers.len() < READERS_MAX {
            readers.push(connection);
        }
    }

    fn readers(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.readers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reads a database that exists without changing anything about it, however broken it is.
pub fn inspect<T, E: From<StoreError>>(
    path: &Path,
    read: impl FnOnce(Reader<'_>) -> Result<T, E>,
) -> Result<T, E> {
    let mut connection = connection::open_reader(path)?;
    let moment = connection.transaction().map_err(StoreError::from)?;
    schema::check(&moment)?;
    read(Reader {
        connection: &moment,
    })
}

impl Writer<'_> {
    /// Reads what is committed.
    pub fn reader(&self) -> Reader<'_> {
        Reader {
            connection: &self.connection,
        }
    }
}

impl ReadStore<'_> {
    /// Reads what is committed.
    pub fn reader(&self) -> Reader<'_> {
        Reader {
            connection: self.connection.as_ref().expect(NOT_PUT_BACK),
        }
    }

    fn connection(&mut self) -> &mut Connection {
        self.connection.as_mut().expect(NOT_PUT_BACK)
    }
}

impl Drop for ReadStore<'_> {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            self.database.put_back(connection);
        }
    }
}

const NOT_PUT_BACK: &str = "the connection is put back when the store is dropped, not before";

/// Reads the text of an id, hash name or the like that this program wrote.
fn parse<T: std::str::FromStr>(what: &str, text: &str) -> Result<T, StoreError> {
    text.parse().map_err(|_| StoreError::Corrupt {
        what: format!("{what} `{text}`"),
    })
}

/// A unique key that is taken, told apart from all other errors.
fn taken(name: &str) -> impl FnOnce(rusqlite::Error) -> StoreError + '_ {
    move |error| match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::ConstraintViolation) => StoreError::Taken(name.to_owned()),
        _ => StoreError::Sql(error),
    }
}

#[cfg(test)]
mod tests;
