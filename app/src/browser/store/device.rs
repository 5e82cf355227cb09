//! The device's own small database: who works here now, and who has used this phone.
//! Not their records; those are in a database of each person's own.

use doorstep_domain::id::PersonId;
use idb::ObjectStoreParams;
use serde::{Deserialize, Serialize};
use wasm_bindgen::JsValue;

use super::StoreError;
use super::connection::{Connection, Mode};
use super::rows;

const STORE: &str = "device";
const KEY: &str = "device";

/// What the device knows.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Device {
    /// Who works here now; nobody after a log-out.
    pub current: Option<PersonId>,
    /// Everybody with records on this phone.
    pub people: Vec<KnownPerson>,
    /// The last log-out did not reach the server yet.
    pub logout_pending: bool,
}

/// Somebody with records on this phone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownPerson {
    /// The person.
    pub person: PersonId,
    /// Log-in name.
    pub login: String,
    /// The name people read.
    pub name: String,
}

/// The device's database.
#[derive(Debug)]
pub struct DeviceStore(Connection);

impl DeviceStore {
    /// The database, opened at its first use.
    pub fn new() -> Self {
        Self(Connection::new("doorstep".into(), 1, |database| {
            database
                .create_object_store(STORE, ObjectStoreParams::new())
                .map(|_| ())
        }))
    }

    /// What the device knows; nothing on a fresh phone.
    pub async fn read(&self) -> Result<Device, StoreError> {
        self.0
            .run(&[STORE], Mode::Read, async |work| {
                let kept = work.get(STORE, &JsValue::from_str(KEY)).await?;
                Ok(kept.as_ref().and_then(rows::parse).unwrap_or_default())
            })
            .await
    }

    /// Changes what the device knows, in one transaction, and returns it.
    pub async fn change(&self, change: impl Fn(&mut Device)) -> Result<Device, StoreError> {
        self.0
            .run(&[STORE], Mode::Write, async |work| {
                let kept = work.get(STORE, &JsValue::from_str(KEY)).await?;
                let mut device: Device = kept.as_ref().and_then(rows::parse).unwrap_or_default();
                change(&mut device);
                work.put_at(STORE, KEY, &rows::to_json(&device))?;
                Ok(device)
            })
            .await
    }
}

impl Device {
    /// Notes that this person works here now and has records here.
    pub fn enter(&mut self, known: KnownPerson) {
        self.current = Some(known.person);
        self.people.retain(|it| it.person != known.person);
        self.people.push(known);
        self.logout_pending = false;
    }

    /// Notes that nobody works here now; the person's records stay.
    pub fn leave(&mut self) {
        self.current = None;
        self.logout_pending = true;
    }

    /// Forgets a person whose records were deleted.
    pub fn forget(&mut self, person: PersonId) {
        self.people.retain(|it| it.person != person);
        if self.current == Some(person) {
            self.leave();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(n: u8) -> KnownPerson {
        let person = PersonId::mint(1, &[n; 10]);
        KnownPerson {
            person,
            login: n.to_string(),
            name: n.to_string(),
        }
    }

    #[test]
    fn people_come_and_go_and_are_listed_once() {
        let mut device = Device::default();
        device.enter(known(1));
        device.enter(known(2));
        device.enter(known(1));
        assert_eq!(device.people, [known(2), known(1)]);
        assert_eq!(device.current, Some(known(1).person));
        device.leave();
        assert_eq!((device.current, device.people.len()), (None, 2));
        assert!(device.logout_pending);
        device.forget(known(1).person);
        assert_eq!(device.people, [known(2)]);
    }
}
