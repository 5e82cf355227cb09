//! The conformance suite on the stores there are.

use std::cell::Cell;
use std::path::PathBuf;

use doorstep_domain::id::SiteId;
use doorstep_domain::sync::memory::MemoryStore;
use doorstep_domain::sync::store::{Intent, Store};
use doorstep_server::store::{Database, SqliteTransaction, StoreError};
use doorstep_tests::conformance::store_conformance;

/// A database that knows where it lies.
struct File {
    database: Database,
    path: PathBuf,
}

impl File {
    fn open(path: PathBuf) -> Self {
        let database = Database::open(&path, 1).expect("a folder of our own");
        Self { database, path }
    }
}

impl Store for File {
    type Error = StoreError;
    type Transaction<'a> = SqliteTransaction<'a>;

    fn begin(&mut self, site: SiteId, intent: Intent) -> Result<SqliteTransaction<'_>, StoreError> {
        self.database.begin(site, intent)
    }
}

#[test]
fn the_memory_store_conforms() {
    store_conformance(MemoryStore::default, |store| store);
}

#[test]
fn the_sqlite_store_conforms() {
    let folder = tempfile::tempdir().expect("a folder");
    let made = Cell::new(0);
    let fresh = || {
        made.set(made.get() + 1);
        File::open(folder.path().join(format!("{}.sqlite", made.get())))
    };
    store_conformance(fresh, |File { database, path }| {
        drop(database);
        File::open(path)
    });
}
