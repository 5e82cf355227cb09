//! Opening the database file with the settings the promises rest on. Not what is asked of it.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::StoreError;

/// The first SQLite without the WAL-reset corruption (3.7.0 to 3.51.2), as `sqlite3_libversion`
/// counts.
const SQLITE_MIN: i32 = 3_051_003;
/// How long a connection waits for another program's transaction before it gives up.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// Opens for writing, making the file when it is missing, and checks what durability needs: an
/// acknowledged visit survives a power cut only with WAL and `synchronous=FULL`.
pub(super) fn open_writer(path: &Path) -> Result<Connection, StoreError> {
    if rusqlite::version_number() < SQLITE_MIN {
        return Err(StoreError::OldSqlite {
            found: rusqlite::version().to_owned(),
        });
    }
    let connection = Connection::open(path)?;
    prepare(&connection)?;
    let journal: String =
        connection.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    let synchronous: i64 = connection.pragma_query_value(None, "synchronous", |row| row.get(0))?;
    let keys: i64 = connection.pragma_query_value(None, "foreign_keys", |row| row.get(0))?;
    if (journal.as_str(), synchronous, keys) != ("wal", 2, 1) {
        let setting = format!("journal {journal}, synchronous {synchronous}, foreign keys {keys}");
        return Err(StoreError::Unsafe { setting });
    }
    Ok(connection)
}

/// Opens for reading a database that a writer has opened before.
pub(super) fn open_reader(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    prepare(&connection)?;
    Ok(connection)
}

fn prepare(connection: &Connection) -> Result<(), StoreError> {
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_writer_is_durable_and_a_reader_cannot_write() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.sqlite");
        open_writer(&path)
            .unwrap()
            .execute_batch("CREATE TABLE a (b)")
            .unwrap();
        let reader = open_reader(&path).unwrap();
        assert!(reader.execute_batch("INSERT INTO a VALUES (1)").is_err());
    }

    #[test]
    fn where_wal_is_not_to_be_had_nothing_starts() {
        let refused = open_writer(Path::new(":memory:")).unwrap_err();
        assert!(matches!(refused, StoreError::Unsafe { .. }), "{refused}");
    }
}
