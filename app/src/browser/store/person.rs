//! One person's database on this phone: opening it, loading everything at start, and the small
//! records (session, device key). Drafts, outbox and log have files of their own.

use std::collections::BTreeMap;

use doorstep_domain::account::Session;
use doorstep_domain::id::{PersonId, SiteId};
use doorstep_domain::log::LoggedEvent;
use doorstep_domain::sync::engine::{Contact, SavedItem, SiteCopy};
use idb::{Database, KeyPath, ObjectStoreParams};
use js_sys::Uint8Array;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::CryptoKeyPair;

use super::connection::{Connection, Mode, Work};
use super::drafts::{self, KeptDraft};
use super::handed::{self, Handed};
use super::unfinished::{self, Unfinished};
use super::{StoreError, log, outbox, rows};
use crate::browser::{object, property};

pub(super) const SESSION: &str = "session";
pub(super) const KEYS: &str = "keys";
pub(super) const DRAFTS: &str = "drafts";
pub(super) const OUTBOX: &str = "outbox";
pub(super) const LOG: &str = "log";
pub(super) const HEADS: &str = "heads";
pub(super) const CLOCK: &str = "clock";
/// The key in [`CLOCK`] of how many erased drafts the person has not been told of.
pub(super) const ERASED: &str = "drafts-erased";
pub(super) const PHOTOS: &str = "photos";
/// Counters that keep the outbox in order.
pub(super) const ORDER: &str = "order";

/// The only key of stores that hold a single record.
pub(super) const ONLY: &str = "only";

/// A person's database.
#[derive(Debug)]
pub struct PersonStore {
    pub(super) connection: Connection,
    person: PersonId,
}

/// The phone's key for this person, enrolled by their log-in. The private half cannot leave the
/// browser.
#[derive(Debug, Clone)]
pub struct DeviceKey {
    /// The pair (ECDSA P-256, not extractable).
    pub pair: CryptoKeyPair,
    /// The public key, SPKI in DER.
    pub spki: Vec<u8>,
}

/// The copy of a site's log as kept.
#[derive(Debug, Clone, Default)]
pub struct LogCopy {
    /// Its rows, in order.
    pub rows: Vec<LoggedEvent>,
    /// How many pages of rows could not be read back.
    pub damaged: u32,
}

/// Everything the app starts from, beside what may be read while it is locked
/// ([`super::vault::Threshold`]).
#[derive(Debug)]
pub struct Loaded {
    /// Drafts, by their records' ids.
    pub drafts: Vec<KeptDraft>,
    /// The outbox, in order.
    pub outbox: Vec<SavedItem>,
    /// Records of the outbox that cannot be read back, as texts.
    pub unreadable: Vec<String>,
    /// Copies of logs.
    pub logs: BTreeMap<SiteId, LogCopy>,
    /// Where each copy ends.
    pub copies: BTreeMap<SiteId, SiteCopy>,
    /// The last contact with the server.
    pub contact: Option<Contact>,
    /// How many drafts were erased here that the person has not been told of.
    pub drafts_erased: u64,
    /// In whose hands the phone is.
    pub handed: Handed,
    /// Texts begun on records and not signed yet.
    pub unfinished: Vec<Unfinished>,
}

pub(super) fn database_name(person: PersonId) -> String {
    format!("doorstep-{person}")
}

/// 2: photos.
const VERSION: u32 = 2;

fn create(database: &Database) -> Result<(), idb::Error> {
    let there = database.store_names();
    let single = |key| Some(KeyPath::new_single(key));
    for (store, key) in [
        (SESSION, None),
        (KEYS, None),
        (CLOCK, None),
        (ORDER, None),
        (DRAFTS, single("subject")),
        (OUTBOX, single("id")),
        (HEADS, single("site")),
        (LOG, Some(KeyPath::new_array(["site", "seq"]))),
        (PHOTOS, single("hash")),
    ] {
        if there.iter().any(|name| name == store) {
            continue;
        }
        let mut parameters = ObjectStoreParams::new();
        parameters.key_path(key);
        database.create_object_store(store, parameters)?;
    }
    Ok(())
}

impl Loaded {
    /// Sites whose copy has rows that cannot be read, too few or too many of them.
    fn unsound_copies(&self) -> Vec<SiteId> {
        let none = LogCopy::default();
        let sound = |site: &SiteId, copy: &LogCopy| {
            let end = self.copies.get(site).map_or(0, |copy| copy.head.seq);
            copy.damaged == 0 && copy.rows.len() as u64 == end
        };
        let sites = self.logs.keys().chain(self.copies.keys());
        let mut unsound: Vec<SiteId> = sites
            .filter(|site| !sound(site, self.logs.get(site).unwrap_or(&none)))
            .copied()
            .collect();
        unsound.dedup();
        unsound
    }
}

impl PersonStore {
    /// The person's database, opened (and created, if new) at its first use.
    pub fn new(person: PersonId) -> Self {
        Self {
            connection: Connection::new(database_name(person), VERSION, create),
            person,
        }
    }

    /// Whose it is.
    pub fn person(&self) -> PersonId {
        self.person
    }

    /// Lets go of the database, so that it can be deleted.
    pub fn close(&self) {
        self.connection.close();
    }

    /// See [`Connection::run`].
    pub(super) async fn run<T>(
        &self,
        stores: &[&str],
        mode: Mode,
        work: impl AsyncFn(&Work) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.connection.run(stores, mode, work).await
    }

    /// Everything kept, as of one moment. A copy of a log that does not read back whole is
    /// dropped first: the office has it, and sends it anew.
    pub async fn load(&self) -> Result<Loaded, StoreError> {
        let loaded = self.load_as_is().await?;
        let unsound = loaded.unsound_copies();
        if unsound.is_empty() {
            return Ok(loaded);
        }
        self.drop_copies(&unsound).await?;
        self.load_as_is().await
    }

    /// The same without the copies of logs, which are most of it.
    pub async fn load_own(&self) -> Result<Loaded, StoreError> {
        self.run(&OWN, Mode::Read, async |work| read_own(work).await)
            .await
    }

    async fn load_as_is(&self) -> Result<Loaded, StoreError> {
        let stores = [&OWN[..], &[LOG, HEADS]].concat();
        let read = self.run(&stores, Mode::Read, async |work| {
            let heads = work.get_all(HEADS, None).await?;
            let pages = log::read_all(work).await?;
            let loaded = Loaded {
                copies: heads.iter().filter_map(log::read_copy).collect(),
                ..read_own(work).await?
            };
            Ok((loaded, pages))
        });
        let (loaded, pages) = read.await?;
        let logs = log::open_all(&*self.connection.cipher()?, pages).await?;
        Ok(Loaded { logs, ..loaded })
    }

    /// The phone's key for this person, if one was enrolled here.
    pub async fn key(&self) -> Result<Option<DeviceKey>, StoreError> {
        self.run(&[KEYS], Mode::Read, async |work| {
            Ok(work
                .get(KEYS, &JsValue::from_str(ONLY))
                .await?
                .as_ref()
                .and_then(read_key))
        })
        .await
    }

    /// Keeps the session as confirmed by the server, and with a log-in the key it enrolled.
    pub async fn save_session(
        &self,
        session: &Session,
        key: Option<&DeviceKey>,
    ) -> Result<(), StoreError> {
        self.run(&[SESSION, KEYS], Mode::Write, async |work| {
            work.put_at(SESSION, ONLY, &rows::to_json(session))?;
            if let Some(key) = key {
                let spki = Uint8Array::from(key.spki.as_slice());
                work.put_at(KEYS, ONLY, &object(&[("pair", &key.pair), ("spki", &spki)]))?;
            }
            Ok(())
        })
        .await
    }

    /// How many events the office has not received.
    pub async fn count_unsent(&self) -> Result<u64, StoreError> {
        self.run(&[OUTBOX], Mode::Read, async |work| {
            let records = work.get_all(OUTBOX, None).await?;
            Ok(records
                .iter()
                .filter(|record| outbox::is_unsent(record))
                .count() as u64)
        })
        .await
    }
}

/// The stores of what [`PersonStore::load_own`] loads.
const OWN: [&str; 4] = [SESSION, DRAFTS, OUTBOX, CLOCK];

/// Reads all but the copies of logs within a transaction on [`OWN`].
async fn read_own(work: &Work) -> Result<Loaded, StoreError> {
    let only = JsValue::from_str(ONLY);
    let outbox = outbox::read_all(work).await?;
    let contact = work.get(CLOCK, &only).await?;
    let erased = work.get(CLOCK, &JsValue::from_str(ERASED)).await?;
    Ok(Loaded {
        drafts: drafts::read_all(work).await?,
        outbox: outbox.items,
        unreadable: outbox.unreadable,
        logs: BTreeMap::new(),
        copies: BTreeMap::new(),
        contact: contact.as_ref().and_then(rows::parse),
        drafts_erased: drafts::count_erased(erased.as_ref()),
        handed: handed::read(work).await?,
        unfinished: unfinished::read(work).await?,
    })
}

pub(super) fn read_key(record: &JsValue) -> Option<DeviceKey> {
    let pair = property(record, "pair");
    let spki = rows::bytes(record, "spki");
    (pair.is_object() && !spki.is_empty()).then(|| DeviceKey {
        pair: pair.unchecked_into(),
        spki,
    })
}
