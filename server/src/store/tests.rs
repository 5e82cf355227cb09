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
