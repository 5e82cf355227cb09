//! The simulation's seeds on SQLite with real signatures (tier B): the same story as on the store
//! in memory, with everything it promises, ends in the same heads.
//!
//! A signature of P-256 is another one each time, and a head commits to it; so both stores are
//! given the same events, each signed once. Every other choice is the seed's. The databases lie in
//! memory where there is such a folder; their settings are those of the server.

use std::cell::Cell;
use std::collections::HashMap;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::thread;

use doorstep_domain::event::SIGNATURE_BYTES;
use doorstep_domain::hash::Hash;
use doorstep_domain::id::SiteId;
use doorstep_domain::quarantine::Held;
use doorstep_domain::sync::memory::MemoryStore;
use doorstep_domain::sync::store::{Intent, SiteTransaction, Store};
use doorstep_server::signature::SigningKey;
use doorstep_server::store::{Database, Erasures, Reader, SqliteTransaction, StoreError};
use doorstep_simulation::{Archive, Fault, Heads, Keys, OfficeStore, Tally, run_on};
use tempfile::TempDir;

/// How a seed's story ended, or what was broken.
type Ended = Result<(Tally, Heads), String>;

/// The keys of the devices, drawn when first used.
static DRAWN: LazyLock<Mutex<HashMap<Hash, Arc<SigningKey>>>> = LazyLock::new(Mutex::default);

/// Real signatures.
const P256: Keys = Keys {
    sign: |device, message| {
        key(device)
            .sign(message)
            .try_into()
            .unwrap_or([0; SIGNATURE_BYTES])
    },
    verify: |device, message, signature| key(device).public().verifies(message, signature),
};

fn key(device: &Hash) -> Arc<SigningKey> {
    let mut drawn = DRAWN.lock().unwrap_or_else(PoisonError::into_inner);
    let key = drawn.entry(*device).or_insert_with(|| {
        let key = SigningKey::read(&SigningKey::draw()).expect("a key as it was drawn");
        Arc::new(key)
    });
    Arc::clone(key)
}

/// Where databases are made, each a copy of an empty one.
struct Shelf {
    folder: TempDir,
    empty: PathBuf,
    made: Cell<u32>,
}

impl Shelf {
    fn new() -> Self {
        let memory = Path::new("/dev/shm");
        let folder = tempfile::tempdir_in(memory).or_else(|_| tempfile::tempdir());
        let folder = folder.expect("a folder");
        let empty = folder.path().join("empty.sqlite");
        drop(Database::open(&empty, 1).expect("a folder of our own"));
        Self {
            folder,
            empty,
            made: Cell::new(0),
        }
    }

    /// A database that begins as the one at `path`, which nobody writes to meanwhile.
    fn copy_of(&self, path: &Path) -> OnShelf<'_> {
        self.made.set(self.made.get() + 1);
        let copy = self
            .folder
            .path()
            .join(format!("{}.sqlite", self.made.get()));
        fs::copy(path, &copy).expect("room for a copy");
        if log(path).exists() {
            fs::copy(log(path), log(&copy)).expect("room for a copy");
        }
        OnShelf {
            database: Some(Database::open(&copy, 1).expect("a whole copy")),
            path: copy,
            shelf: self,
        }
    }
}

/// The write-ahead log beside a database.
fn log(path: &Path) -> PathBuf {
    path.with_extension("sqlite-wal")
}

/// A database on the shelf; its files go with it.
struct OnShelf<'a> {
    database: Option<Database>,
    path: PathBuf,
    shelf: &'a Shelf,
}

impl OnShelf<'_> {
    fn open_on(&self, sites: &[SiteId]) -> Vec<Held> {
        let all = self
            .database()
            .read(|reader| reader.open_quarantine(sites, 0, usize::MAX >> 1, usize::MAX));
        let all: Result<_, StoreError> = all;
        all.expect("it can be read").0
    }

    fn database(&self) -> &Database {
        self.database.as_ref().expect("there until it is dropped")
    }
}

impl Drop for OnShelf<'_> {
    fn drop(&mut self) {
        self.database = None;
        for ending in ["sqlite", "sqlite-wal", "sqlite-shm"] {
            // The last two go when a database is closed.
            let _ = fs::remove_file(self.path.with_extension(ending));
        }
    }
}

impl Store for OnShelf<'_> {
    type Error = StoreError;
    type Transaction<'t>
        = SqliteTransaction<'t>
    where
        Self: 't;

    fn begin(&mut self, site: SiteId, intent: Intent) -> Result<SqliteTransaction<'_>, StoreError> {
        let database = self.database.as_mut().expect("there until it is dropped");
        database.begin(site, intent)
    }
}

impl OfficeStore for OnShelf<'_> {
    fn copy(&mut self) -> Self {
        self.shelf.copy_of(&self.path)
    }

    fn kept_aside(&mut self) -> u64 {
        let sites = self.database().read(logs);
        self.open_on(&sites.expect("it can be read")).len() as u64
    }

    fn open_aside(&mut self, site: SiteId) -> Vec<Held> {
        self.open_on(&[site])
    }

    fn take_over(&mut self, replaced: &mut Self) {
        let erasures = replaced.database().read(erasures);
        let erasures = erasures.expect("it can be read");
        // Any site's transaction will do: the lists name theirs.
        let any = SiteId::mint(1, &[0; 10]);
        let mut writing = self.begin(any, Intent::Append).expect("room to write");
        writing.take_over(&erasures).expect("erasures of our own");
        writing.commit().expect("room to write");
    }
}

fn logs(reader: Reader<'_>) -> Result<Vec<SiteId>, StoreError> {
    reader.logs()
}

fn erasures(reader: Reader<'_>) -> Result<Erasures, StoreError> {
    reader.erasures()
}

/// Runs a seed on both stores.
fn both(seed: u64, archive: &mut Archive, shelf: &Shelf) -> (Ended, Ended) {
    let in_memory = run_on(seed, archive, MemoryStore::default());
    let on_sqlite = run_on(seed, archive, shelf.copy_of(&shelf.empty));
    (in_memory, on_sqlite)
}

/// Runs these seeds on both stores, on all cores, and holds one's end against the other's.
fn hold_both(seeds: Range<u64>) {
    let next = AtomicU64::new(seeds.start);
    let one_share = || {
        let (mut archive, shelf) = (Archive::new(P256), Shelf::new());
        let mut tally = Tally::default();
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if !seeds.contains(&seed) {
                return tally;
            }
            match both(seed, &mut archive, &shelf) {
                (Ok((_, expected)), Ok((part, heads))) => {
                    assert_eq!(heads, expected, "seed {seed}");
                    tally += part;
                }
                (in_memory, on_sqlite) => {
                    panic!("seed {seed}: in memory {in_memory:?}, on SQLite {on_sqlite:?}")
                }
            }
        }
    };
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let mut tally = Tally::default();
    thread::scope(|scope| {
        let shares: Vec<_> = (0..threads).map(|_| scope.spawn(one_share)).collect();
        for share in shares {
            tally += share.join().expect("both end alike");
        }
    });
    println!("{tally}");
    assert_eq!(tally.runs, seeds.end - seeds.start);
    // What a store is asked for only when things go wrong has been asked for.
    for fault in [
        Fault::CrashBeforeCommit,
        Fault::CrashAfterCommit,
        Fault::Restored,
        Fault::LaterEvent,
    ] {
        assert!(tally.of(fault) > 0, "no {}", fault.name());
    }
    assert!(tally.quarantined > 0 && tally.appended > tally.runs);
}

#[test]
fn two_hundred_seeds_end_on_sqlite_with_real_signatures_as_they_do_in_memory() {
    hold_both(0..200);
}

/// `cargo xtask test` runs it.
#[test]
#[ignore = "takes a minute"]
fn two_thousand_seeds_end_on_sqlite_with_real_signatures_as_they_do_in_memory() {
    hold_both(0..2_000);
}

#[test]
fn a_signature_of_another_device_is_none() {
    let (one, other) = (Hash([1; 32]), Hash([2; 32]));
    let signature = (P256.sign)(&one, b"message");
    assert!((P256.verify)(&one, b"message", &signature));
    assert!(!(P256.verify)(&other, b"message", &signature));
    assert!(!(P256.verify)(&one, b"messagE", &signature));
}
