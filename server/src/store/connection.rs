//! Opening the database file with the settings the promises rest on. Not what is asked of it.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::StoreError;

/// The first SQLite without the WAL-reset corruption (3.7.0 to 3.51.2), as `sqlite3_libversion`
/// counts.
const SQLITE_MIN: i32 = 3_051_003;
/// How long a connection waits for another program's transaction before it gives up.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Opens for writing, making the file when it is missing, and checks what durability needs: an
/// acknowledged visit survives a power cut only with WAL and `synchronous=FULL`.
pub(super) fn open_writer(path: &Path) -> Result<Connection, StoreError> {
    check_version(rusqlite::version_number())?;
    let connection = Connection::open(path)?;
    prepare(&connection)?;
    let journal: String =
        connection.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    let synchronous: i64 = connection.pragma_query_value(None, "synchronous", |row| row.get(0))?;
    let keys: i64 = connection.pragma_query_value(None, "foreign_keys", |row| row.get(0))?;
    // What is erased is overwritten, not only unlinked.
    let wiped: i64 =
        connection.pragma_update_and_check(None, "secure_delete", true, |row| row.get(0))?;
    if (journal.as_str(), synchronous, keys, wiped) != ("wal", 2, 1, 1) {
        let setting = format!(
            "journal {journal}, synchronous {synchronous}, foreign keys {keys}, \
             secure delete {wiped}"
        );
        return Err(StoreError::Unsafe { setting });
    }
    Ok(connection)
}

/// Brings the log beside the file into it and empties it, so that it holds nothing any more that
/// was erased; `false` when somebody reads, and it has to be done later.
pub(super) fn empty_wal(connection: &Connection) -> Result<bool, StoreError> {
    let busy: i64 =
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
    Ok(busy == 0)
}

/// Takes a database that nobody else has open out of WAL mode, into one file.
pub(super) fn leave_wal(connection: &Connection) -> Result<(), StoreError> {
    let journal: String =
        connection.pragma_update_and_check(None, "journal_mode", "DELETE", |row| row.get(0))?;
    if journal == "delete" {
        Ok(())
    } else {
        Err(StoreError::InUse)
    }
}

fn check_version(number: i32) -> Result<(), StoreError> {
    if number >= SQLITE_MIN {
        return Ok(());
    }
    let (major, minor, patch) = (number / 1_000_000, number / 1_000 % 1_000, number % 1_000);
    let found = format!("{major}.{minor}.{patch}");
    Err(StoreError::OldSqlite { found })
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
    fn an_sqlite_that_can_corrupt_its_log_is_refused() {
        for (number, fit) in [
            (3_051_002, false),
            (3_051_003, true),
            (3_052_000, true),
            (4_000_000, true),
        ] {
            assert_eq!(check_version(number).is_ok(), fit, "{number}");
        }
        let refused = check_version(3_046_001).unwrap_err().to_string();
        assert!(refused.contains("SQLite 3.46.1"), "{refused}");
    }

    #[test]
    fn a_writer_is_durable_and_a_reader_cannot_write() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.sqlite");
        let writer = open_writer(&path).unwrap();
        writer.execute_batch("CREATE TABLE a (b)").unwrap();
        let asked = |name| -> rusqlite::types::Value {
            let answer = writer.pragma_query_value(None, name, |row| row.get(0));
            answer.unwrap()
        };
        assert_eq!(asked("journal_mode"), "wal".to_owned().into());
        // 2 is FULL: a commit returns when it is on the disk.
        assert_eq!(asked("synchronous"), 2.into());
        let reader = open_reader(&path).unwrap();
        assert!(reader.execute_batch("INSERT INTO a VALUES (1)").is_err());
    }

    #[test]
    fn where_wal_is_not_to_be_had_nothing_starts() {
        let refused = open_writer(Path::new(":memory:")).unwrap_err();
        assert!(matches!(refused, StoreError::Unsafe { .. }), "{refused}");
    }
}
