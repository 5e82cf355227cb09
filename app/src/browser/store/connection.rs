//! One IndexedDB database: opened when needed, reopened once when the browser loses it, written
//! in strict transactions. Not what is in it.
//!
//! `idb` opens and reads; the transaction itself is begun and awaited here, because `idb` can
//! neither ask for `durability` nor tell why one was aborted.

use std::cell::{OnceCell, RefCell};
use std::rc::Rc;

use idb::{Database, DatabaseEvent, Factory, ObjectStore, Query};
use js_sys::{Array, Function, Promise, Uint8Array};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{IdbDatabase, IdbTransaction};

use super::{StoreError, rows};
use crate::browser::cipher::Cipher;
use crate::browser::{object, property};

/// What a transaction may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// Only read.
    Read,
    /// Write, durable once done.
    Write,
}

/// Creates the stores a database does not have yet: all of a new one, the later ones of an older.
pub(super) type Create = fn(&Database) -> Result<(), idb::Error>;

/// A database by name.
#[derive(Debug)]
pub(super) struct Connection {
    name: String,
    version: u32,
    create: Create,
    handle: Rc<RefCell<Option<IdbDatabase>>>,
    cipher: OnceCell<Rc<Cipher>>,
}

/// A running transaction.
#[derive(Debug)]
pub(super) struct Work {
    transaction: IdbTransaction,
    cipher: Option<Rc<Cipher>>,
}

impl Connection {
    /// A database that is opened at its first use. `version` is raised by one whenever `create`
    /// has a store more.
    pub(super) fn new(name: String, version: u32, create: Create) -> Self {
        Self {
            name,
            version,
            create,
            handle: Rc::default(),
            cipher: OnceCell::new(),
        }
    }

    /// Opens and seals with this from now on; the first one stays.
    pub(super) fn unlock(&self, cipher: Rc<Cipher>) {
        self.cipher.set(cipher).unwrap_or_default();
    }

    /// What opens and seals.
    pub(super) fn cipher(&self) -> Result<Rc<Cipher>, StoreError> {
        self.cipher.get().cloned().ok_or(StoreError::Locked)
    }

    /// Runs `work` in one transaction over `stores`. It is done, and durable, when this returns
    /// `Ok`; nothing of it remains when it returns `Err`. A connection the browser has lost is
    /// opened anew and `work` run once more.
    ///
    /// `work` awaits nothing but its own reads: IndexedDB ends a transaction that idles.
    pub(super) async fn run<T>(
        &self,
        stores: &[&str],
        mode: Mode,
        work: impl AsyncFn(&Work) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let first = self.attempt(stores, mode, &work).await;
        if !matches!(first, Err(StoreError::Lost(_))) {
            return first;
        }
        self.close();
        self.attempt(stores, mode, &work).await
    }

    async fn attempt<T>(
        &self,
        stores: &[&str],
        mode: Mode,
        work: &impl AsyncFn(&Work) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let transaction = self.begin(stores, mode).await?;
        let done = JsFuture::from(completion(&transaction));
        let running = Work {
            transaction,
            cipher: self.cipher.get().cloned(),
        };
        let result = work(&running).await;
        if result.is_err() {
            // Fails only when the transaction has ended already, by the same error.
            running.transaction.abort().unwrap_or_default();
        }
        let ended = done.await;
        let value = result?;
        match ended {
            Ok(_) => Ok(value),
            Err(_) => Err(running.transaction.error().map_or_else(
                || StoreError::Lost("transaction aborted".into()),
                |error| StoreError::from_js(&error),
            )),
        }
    }

    async fn begin(&self, stores: &[&str], mode: Mode) -> Result<IdbTransaction, StoreError> {
        let open = self.handle.borrow().clone();
        let database = match open {
            Some(database) => database,
            None => self.open().await?,
        };
        let names: Array = stores.iter().map(|name| JsValue::from_str(name)).collect();
        let options = object(&[("durability", &JsValue::from_str("strict"))]);
        let transaction: Function = property(&database, "transaction").unchecked_into();
        let mode = JsValue::from_str(match mode {
            Mode::Read => "readonly",
            Mode::Write => "readwrite",
        });
        let begun = transaction.call3(&database, &names, &mode, &options);
        begun
            .map(JsCast::unchecked_into)
            .map_err(|error| StoreError::from_js(&error))
    }

    /// Opens the database, creating it when it is new.
    pub(super) async fn open(&self) -> Result<IdbDatabase, StoreError> {
        let mut request = Factory::new()
            .and_then(|factory| factory.open(&self.name, Some(self.version)))
            .map_err(|_| StoreError::Unavailable)?;
        let create = self.create;
        request.on_upgrade_needed(move |event| {
            // A store that cannot be created leaves the upgrade aborted and the open failed.
            event
                .database()
                .and_then(|database| create(&database))
                .unwrap_or_default();
        });
        let database: IdbDatabase = request.await?.into();
        self.forget_when_closed(&database);
        *self.handle.borrow_mut() = Some(database.clone());
        Ok(database)
    }

    /// The browser may close a database by itself (storage cleared), and another tab may want it
    /// deleted or upgraded: let go of it then.
    fn forget_when_closed(&self, database: &IdbDatabase) {
        let handle = Rc::clone(&self.handle);
        let closing = database.clone();
        let forget = Closure::once_into_js(move || {
            closing.close();
            handle.borrow_mut().take();
        });
        let forget: &Function = forget.unchecked_ref();
        database.set_onclose(Some(forget));
        database.set_onversionchange(Some(forget));
    }

    /// Lets go of the connection; the next use opens it again.
    pub(super) fn close(&self) {
        let open = self.handle.borrow_mut().take();
        if let Some(database) = open {
            database.set_onclose(None);
            database.close();
        }
    }
}

impl Work {
    /// A record by key.
    pub(super) async fn get(
        &self,
        store: &str,
        key: &JsValue,
    ) -> Result<Option<JsValue>, StoreError> {
        Ok(self.store(store)?.get(key.clone())?.await?)
    }

    /// All records, or those of a key range, in key order.
    pub(super) async fn get_all(
        &self,
        store: &str,
        range: Option<Query>,
    ) -> Result<Vec<JsValue>, StoreError> {
        Ok(self.store(store)?.get_all(range, None)?.await?)
    }

    /// A body sealed for its place, as it is kept.
    pub(super) fn seal(&self, place: &str, body: &[u8]) -> Result<JsValue, StoreError> {
        let sealed = self.cipher()?.seal(place, body);
        Ok(Uint8Array::from(sealed.as_slice()).into())
    }

    /// The body of a record, opened; `None` when it was sealed for another place or is damaged.
    pub(super) fn open(
        &self,
        place: &str,
        record: &JsValue,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.cipher()?.open(place, &rows::bytes(record, "body")))
    }

    fn cipher(&self) -> Result<&Cipher, StoreError> {
        self.cipher.as_deref().ok_or(StoreError::Locked)
    }

    /// Writes a record that carries its own key. Not awaited: the transaction is.
    pub(super) fn put(&self, store: &str, record: &JsValue) -> Result<(), StoreError> {
        self.store(store)?.put(record, None)?;
        Ok(())
    }

    /// Writes a value under a key.
    pub(super) fn put_at(&self, store: &str, key: &str, value: &JsValue) -> Result<(), StoreError> {
        self.store(store)?
            .put(value, Some(&JsValue::from_str(key)))?;
        Ok(())
    }

    /// Deletes the record, or all records of a key range.
    pub(super) fn delete(&self, store: &str, query: impl Into<Query>) -> Result<(), StoreError> {
        self.store(store)?.delete(query.into())?;
        Ok(())
    }

    fn store(&self, name: &str) -> Result<ObjectStore, StoreError> {
        Ok(idb::Transaction::from(self.transaction.clone()).object_store(name)?)
    }
}

/// Deletes a database.
pub(super) async fn delete(name: &str) -> Result<(), StoreError> {
    let factory = Factory::new().map_err(|_| StoreError::Unavailable)?;
    Ok(factory.delete(name)?.await?)
}

/// Resolves when the transaction has committed, rejects when it was aborted.
fn completion(transaction: &IdbTransaction) -> Promise {
    Promise::new(&mut |resolve, reject| {
        transaction.set_oncomplete(Some(&resolve));
        transaction.set_onabort(Some(&reject));
    })
}
