use super::*;

#[test]
fn the_organisation_is_drawn_once_and_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.sqlite");
    let first = Database::open(&path, 1)
        .unwrap()
        .writer()
        .reader()
        .organisation()
        .unwrap();
    let again = Database::open(&path, 2).unwrap();
    let again = again.writer().reader().organisation().unwrap();
    assert_eq!(
        (first.id, first.office, first.epoch),
        (again.id, again.office, again.epoch)
    );
    assert_eq!(first.key.public(), again.key.public());
}

#[test]
fn opening_a_database_of_today_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.sqlite");
    drop(Database::open(&path, 1).unwrap());
    let before = std::fs::read(&path).unwrap();
    let database = Database::open(&path, 2).unwrap();
    // A commit would be in the log beside the file until the last connection ends.
    let log = std::fs::metadata(folder.path().join("a.sqlite-wal"));
    assert_eq!(log.map_or(0, |log| log.len()), 0);
    drop(database);
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[test]
fn a_file_that_is_no_database_is_refused_and_left_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.sqlite");
    std::fs::write(&path, "a letter, not a database. ".repeat(100)).unwrap();
    let refused = Database::open(&path, 1).unwrap_err();
    assert!(matches!(refused, StoreError::Sql(_)), "{refused}");
    assert!(
        std::fs::read_to_string(&path)
            .unwrap()
            .starts_with("a letter")
    );
}

#[test]
fn readers_do_not_see_what_is_not_committed() {
    use doorstep_domain::account::Site;
    use doorstep_domain::id::SiteId;
    use doorstep_domain::sync::store::{Intent, SiteTransaction, Store};

    let folder = tempfile::tempdir().unwrap();
    let database = Database::open(&folder.path().join("a.sqlite"), 1).unwrap();
    let site = Site {
        id: SiteId::mint(1, &[1; 10]),
        code: "a".into(),
        name: "A".into(),
        zone: "Asia/Shanghai".into(),
    };
    let count = || {
        database
            .read_store()
            .unwrap()
            .reader()
            .sites()
            .unwrap()
            .len()
    };
    let mut writer = database.writer();
    let mut transaction = writer.begin(site.id, Intent::Append).unwrap();
    transaction.add_site(&site).unwrap();
    assert_eq!(
        (transaction.reader().sites().unwrap().len(), count()),
        (1, 0)
    );
    drop(transaction);
    assert_eq!(count(), 0);
    let mut transaction = writer.begin(site.id, Intent::Append).unwrap();
    transaction.add_site(&site).unwrap();
    transaction.commit().unwrap();
    assert_eq!(count(), 1);
    let mut transaction = writer.begin(site.id, Intent::Append).unwrap();
    let refused = transaction.add_site(&site).unwrap_err();
    assert!(
        matches!(refused, StoreError::Taken(ref code) if code == "a"),
        "{refused}"
    );
}

#[test]
fn a_revoked_device_has_neither_session_nor_key() {
    use doorstep_domain::id::{PersonId, SiteId};
    use doorstep_domain::sync::store::{Intent, SiteTransaction, Store};

    let folder = tempfile::tempdir().unwrap();
    let database = Database::open(&folder.path().join("a.sqlite"), 1).unwrap();
    let key = crate::signature::SigningKey::read(&crate::signature::SigningKey::draw()).unwrap();
    let key = key.public();
    let account = Account {
        person: PersonId::mint(1, &[1; 10]),
        login: "lin".into(),
        name: "Lin".into(),
        password: String::new(),
        one_time_until: None,
    };
    let session = NewSession {
        token_hash: key.device(),
        person: account.person,
        device: key.device(),
        now: 10,
        expires_at: 20,
    };
    let mut writer = database.writer();
    let log = SiteId::mint(1, &[2; 10]);
    let mut transaction = writer.begin(log, Intent::Append).unwrap();
    transaction.add_person(&account).unwrap();
    transaction.enrol(account.person, key, "a", 10).unwrap();
    transaction.open_session(&session).unwrap();
    transaction.commit().unwrap();
    let holds = |writer: &Writer<'_>| {
        let session = writer.reader().session(&session.token_hash, 15).unwrap();
        let live = writer.reader().live_devices(account.person).unwrap();
        (session.is_some(), live.len())
    };
    assert_eq!(holds(&writer), (true, 1));
    let ended = writer.reader().session(&session.token_hash, 20).unwrap();
    assert_eq!(ended, None, "its end is no longer in it");
    let mut transaction = writer.begin(log, Intent::Append).unwrap();
    assert!(transaction.revoke(&key.device(), 15).unwrap());
    // Even if a session were opened again behind its back.
    transaction.open_session(&session).unwrap();
    transaction.commit().unwrap();
    assert_eq!(holds(&writer), (false, 0));
}
