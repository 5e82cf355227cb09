//! The tables, and how an older database becomes today's. Not what is in them.

use doorstep_domain::event::Envelope;
use doorstep_domain::seal::seal;
use rusqlite::functions::FunctionFlags;
use rusqlite::{Connection, TransactionBehavior};

use super::StoreError;

/// One step per version, append-only: a step that was ever released is never edited.
/// `PRAGMA user_version` holds how many of them a database has seen.
const STEPS: [&str; VERSION as usize] = [
    FIRST, DOORS, ASIDE, CARRIED, DRAFTS, ERASURE, SEALS, ORDERS, PHOTOS,
];
/// The version of today's tables.
const VERSION: u32 = 9;

/// Version 1. Ids are hyphenated UUIDs, hashes 32 bytes, times milliseconds since 1970 UTC.
/// Texts of events are the canonical bytes that were signed; nothing rewrites them.
const FIRST: &str = "
    CREATE TABLE meta (
        key TEXT PRIMARY KEY,
        value BLOB NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE site (
        id TEXT PRIMARY KEY,
        code TEXT NOT NULL UNIQUE,
        name TEXT NOT NULL,
        zone TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE event (
        site TEXT NOT NULL,
        seq INTEGER NOT NULL CHECK (seq > 0),
        id TEXT NOT NULL,
        subject TEXT NOT NULL,
        kind TEXT NOT NULL,
        actor TEXT NOT NULL,
        received_at INTEGER NOT NULL,
        envelope_hash BLOB NOT NULL CHECK (length(envelope_hash) = 32),
        hash BLOB NOT NULL CHECK (length(hash) = 32),
        envelope TEXT NOT NULL,
        PRIMARY KEY (site, seq),
        UNIQUE (site, id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX event_subject ON event (site, subject, seq);

    CREATE TABLE part (
        site TEXT NOT NULL,
        seq INTEGER NOT NULL,
        name TEXT NOT NULL,
        salt BLOB CHECK (length(salt) = 16),
        body TEXT,
        absence TEXT,
        PRIMARY KEY (site, seq, name),
        FOREIGN KEY (site, seq) REFERENCES event (site, seq),
        CHECK ((salt IS NULL) = (body IS NULL) AND (body IS NULL) = (absence IS NOT NULL))
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE quarantine (
        site TEXT NOT NULL,
        device BLOB NOT NULL CHECK (length(device) = 32),
        envelope_hash BLOB NOT NULL CHECK (length(envelope_hash) = 32),
        received_at INTEGER NOT NULL,
        reason TEXT NOT NULL,
        event TEXT NOT NULL,
        PRIMARY KEY (device, site, envelope_hash)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE person (
        id TEXT PRIMARY KEY,
        login TEXT NOT NULL UNIQUE,
        name TEXT NOT NULL,
        password TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE role_grant (
        person TEXT NOT NULL REFERENCES person (id),
        role TEXT NOT NULL,
        site TEXT REFERENCES site (id),
        from_ms INTEGER NOT NULL,
        until_ms INTEGER
    ) STRICT;
    CREATE INDEX role_grant_person ON role_grant (person);

    CREATE TABLE device (
        id BLOB PRIMARY KEY CHECK (length(id) = 32),
        person TEXT NOT NULL REFERENCES person (id),
        public_key BLOB NOT NULL,
        label TEXT NOT NULL,
        enrolled_at INTEGER NOT NULL,
        revoked_at INTEGER
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX device_person ON device (person);

    CREATE TABLE session (
        token_hash BLOB PRIMARY KEY CHECK (length(token_hash) = 32),
        person TEXT NOT NULL REFERENCES person (id),
        device BLOB NOT NULL REFERENCES device (id),
        extended_at INTEGER NOT NULL,
        expires_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX session_person ON session (person);
    CREATE INDEX session_device ON session (device);
";

/// What a device last told of itself, since when a log-in holds, passwords that have to be changed,
/// and what was refused to whom.
const DOORS: &str = "
    ALTER TABLE device ADD COLUMN contact_at INTEGER;
    ALTER TABLE device ADD COLUMN build TEXT;
    ALTER TABLE device ADD COLUMN unsent INTEGER;

    ALTER TABLE session ADD COLUMN opened_at INTEGER NOT NULL DEFAULT 0;
    UPDATE session SET opened_at = extended_at;

    ALTER TABLE person ADD COLUMN one_time_until INTEGER;

    CREATE TABLE refusal (
        number INTEGER PRIMARY KEY,
        at INTEGER NOT NULL,
        person TEXT,
        device BLOB,
        network TEXT NOT NULL,
        address TEXT NOT NULL,
        code TEXT NOT NULL,
        params TEXT NOT NULL
    ) STRICT;
    CREATE INDEX refusal_at ON refusal (at);
";

/// What is kept aside is numbered, kept once whoever brings it, tells who did, and is decided.
const ASIDE: &str = "
    ALTER TABLE quarantine RENAME TO aside;

    CREATE TABLE quarantine (
        number INTEGER PRIMARY KEY,
        site TEXT NOT NULL,
        id TEXT NOT NULL,
        envelope_hash BLOB NOT NULL CHECK (length(envelope_hash) = 32),
        event TEXT NOT NULL,
        why TEXT NOT NULL,
        params TEXT NOT NULL,
        carrier_person TEXT NOT NULL,
        carrier_device BLOB NOT NULL CHECK (length(carrier_device) = 32),
        received_at INTEGER NOT NULL,
        decided_by TEXT,
        verdict TEXT,
        UNIQUE (site, envelope_hash),
        CHECK ((decided_by IS NULL) = (verdict IS NULL))
    ) STRICT;
    CREATE INDEX quarantine_carrier ON quarantine (carrier_device);

    INSERT OR IGNORE INTO quarantine (site, id, envelope_hash, event, why, params,
                                      carrier_person, carrier_device, received_at)
    SELECT site, json_extract(event, '$.envelope') ->> '$.id', envelope_hash, event, reason, '{}',
           json_extract(event, '$.envelope') ->> '$.actor', device, received_at
    FROM aside ORDER BY received_at;
    DROP TABLE aside;
";

/// Who brought an event that is another's, or was signed on another device.
const CARRIED: &str = "
    ALTER TABLE event ADD COLUMN carrier_person TEXT;
    ALTER TABLE event ADD COLUMN carrier_device BLOB
        CHECK ((carrier_device IS NULL) = (carrier_person IS NULL));
";

/// Copies of drafts, one person's each.
const DRAFTS: &str = "
    CREATE TABLE draft (
        person TEXT NOT NULL REFERENCES person (id),
        subject TEXT NOT NULL,
        site TEXT NOT NULL,
        revision INTEGER NOT NULL,
        saved_at INTEGER NOT NULL,
        device BLOB NOT NULL CHECK (length(device) = 32),
        body TEXT NOT NULL,
        PRIMARY KEY (person, subject)
    ) STRICT, WITHOUT ROWID;
";

/// The erasure list: which parts of which events are gone, whether their log has them or not, and
/// which event said so. `erasing` keeps such events of logs that a backup has replaced, for the log
/// to say again.
const ERASURE: &str = "
    CREATE TABLE erasure (
        site TEXT NOT NULL,
        event TEXT NOT NULL,
        part TEXT NOT NULL,
        said_by TEXT NOT NULL,
        PRIMARY KEY (site, event, part)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE erasing (
        site TEXT NOT NULL,
        id TEXT NOT NULL,
        event TEXT NOT NULL,
        erasing TEXT NOT NULL,
        PRIMARY KEY (site, id)
    ) STRICT, WITHOUT ROWID;
";

/// The seal of each event that has one, to find a record by its receipt.
const SEALS: &str = "
    ALTER TABLE event ADD COLUMN seal BLOB CHECK (length(seal) = 32);
    UPDATE event SET seal = seal_of(envelope);
    CREATE INDEX event_seal ON event (seal) WHERE seal IS NOT NULL;
";

/// Lets steps ask what the domain computes: `seal_of(envelope)`, null for what has no seal.
fn teach(connection: &Connection) -> Result<(), StoreError> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    connection.create_scalar_function("seal_of", 1, flags, |context| {
        let envelope: String = context.get(0)?;
        let envelope = serde_json::from_str::<Envelope>(&envelope).ok();
        Ok(envelope.and_then(|it| seal(&it.parts)).map(|seal| seal.0))
    })?;
    Ok(())
}

/// Orders to erase what is held on a household: few, and asked for with every push.
const ORDERS: &str = "
    CREATE INDEX event_order ON event (site, seq) WHERE kind = 'household.erased';
";

/// Photos and what names them. `named` repeats whether anything does, to find those that nothing
/// names without looking at all.
const PHOTOS: &str = "
    CREATE TABLE photo (
        hash BLOB PRIMARY KEY CHECK (length(hash) = 32),
        size INTEGER NOT NULL CHECK (size > 0),
        bytes BLOB NOT NULL CHECK (length(bytes) <= size),
        person TEXT NOT NULL,
        begun_at INTEGER NOT NULL,
        named INTEGER NOT NULL CHECK (named IN (0, 1))
    ) STRICT;
    CREATE INDEX photo_unnamed ON photo (person, begun_at) WHERE named = 0;

    CREATE TABLE photo_name (
        hash BLOB NOT NULL CHECK (length(hash) = 32),
        site TEXT NOT NULL,
        event TEXT NOT NULL,
        PRIMARY KEY (hash, site, event)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX photo_name_event ON photo_name (site, event);
";

/// Brings the database to today's tables, each step whole or not at all. Several programs may
/// try at once; the database's lock lets one do it.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let found: u32 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if found > VERSION {
        return Err(StoreError::LaterVersion {
            found,
            known: VERSION,
        });
    }
    if found == VERSION {
        // Nothing is written: a server starts on a full disk too, for whoever reads.
        return Ok(());
    }
    teach(&transaction)?;
    for step in STEPS.iter().skip(found as usize) {
        transaction.execute_batch(step)?;
    }
    transaction.pragma_update(None, "user_version", VERSION)?;
    transaction.commit()?;
    Ok(())
}

/// Refuses a database whose tables are not today's.
pub(super) fn check(connection: &Connection) -> Result<(), StoreError> {
    let found: u32 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    match found {
        VERSION => Ok(()),
        found if found > VERSION => Err(StoreError::LaterVersion {
            found,
            known: VERSION,
        }),
        _ => Err(StoreError::Corrupt {
            what: "tables".to_owned(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_kept_aside_before_is_kept_whoever_it_was_from() {
        let mut connection = Connection::open_in_memory().unwrap();
        connection.execute_batch(FIRST).unwrap();
        connection.execute_batch(DOORS).unwrap();
        connection.pragma_update(None, "user_version", 2).unwrap();
        let kept = r#"INSERT INTO quarantine VALUES
            ('site', zeroblob(32), x'00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff',
             7, 'id_conflict', '{"envelope":"{\"id\":\"the id\",\"actor\":\"who\"}","parts":{}}')"#;
        connection.execute_batch(kept).unwrap();
        migrate(&mut connection).unwrap();
        let read = "SELECT id || carrier_person || why || received_at FROM quarantine
                    WHERE length(carrier_device) = 32 AND event LIKE '{%}' AND decided_by IS NULL";
        let read: String = connection.query_row(read, [], |row| row.get(0)).unwrap();
        assert_eq!(read, "the idwhoid_conflict7");
    }

    #[test]
    fn what_was_logged_before_is_found_by_its_seal() {
        let hash = |letter: char| format!("{}A", letter.to_string().repeat(42));
        let envelope = |parts: &str| {
            format!(
                r#"{{"v":1,"id":"{ID}","subject":"{ID}","site":"{ID}","kind":"visit.recorded","kv":1,
                "after":[],"actor":"{ID}","role":"steward","device":"{}",
                "at":"2026-11-23T15:20:00.000+08:00","skew_ms":null,"skew_age_s":null,
                "parts":{{{parts}}}}}"#,
                hash('d')
            )
        };
        const ID: &str = "01890000-0000-7000-8000-000000000001";
        let (content, signing) = (hash('c'), hash('s'));
        let sealed = envelope(&format!(r#""content":"{content}","signing":"{signing}""#));
        let mut connection = Connection::open_in_memory().unwrap();
        for step in [FIRST, DOORS, ASIDE, CARRIED, DRAFTS] {
            connection.execute_batch(step).unwrap();
        }
        connection.pragma_update(None, "user_version", 5).unwrap();
        let insert = "INSERT INTO event (site, seq, id, subject, kind, actor, received_at,
                                         envelope_hash, hash, envelope)
                      VALUES ('', ?1, ?1, '', '', '', 0, zeroblob(32), zeroblob(32), ?2)";
        for (seq, text) in [(1, &sealed), (2, &envelope("")), (3, &"broken".to_owned())] {
            connection.execute(insert, (seq, text)).unwrap();
        }
        migrate(&mut connection).unwrap();
        let mut query = connection
            .prepare("SELECT seal FROM event ORDER BY seq")
            .unwrap();
        let seals = query.query_map([], |row| row.get::<_, Option<[u8; 32]>>(0));
        let seals: Vec<_> = seals.unwrap().map(Result::unwrap).collect();
        let parts = serde_json::from_str::<Envelope>(&sealed).unwrap().parts;
        assert_eq!(seals, [seal(&parts).map(|seal| seal.0), None, None]);
        assert!(seals[0].is_some());
    }

    #[test]
    fn migrating_twice_changes_nothing_and_a_later_database_is_refused() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection).unwrap();
        migrate(&mut connection).unwrap();
        connection
            .pragma_update(None, "user_version", VERSION + 1)
            .unwrap();
        let refused = migrate(&mut connection).unwrap_err();
        assert!(
            matches!(refused, StoreError::LaterVersion { .. }),
            "{refused}"
        );
    }
}
