//! Devices and the keys they sign with. A device belongs to one person for ever.

use doorstep_domain::account::{self as known, Contact, Term};
use doorstep_domain::hash::Hash;
use doorstep_domain::id::PersonId;
use doorstep_domain::time::UnixMs;
use rusqlite::{Row, params};

use super::{Reader, SqliteTransaction, StoreError, Writer, parse};
use crate::signature::PublicKey;

/// A person's device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// SHA-256 of the public key's SPKI.
    pub id: Hash,
    /// Whose it is.
    pub person: PersonId,
    /// The public key.
    pub key: PublicKey,
    /// What people call it.
    pub label: String,
    /// Server time of enrolment.
    pub enrolled_at: UnixMs,
    /// Server time of revocation, if revoked.
    pub revoked_at: Option<UnixMs>,
}

/// What became of enrolling a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Enrolment {
    /// It is enrolled now.
    New,
    /// It was enrolled to the same person before.
    Known,
    /// It is another person's.
    OfAnother,
    /// It was revoked.
    Revoked,
}

const COLUMNS: &str = "SELECT id, person, public_key, label, enrolled_at, revoked_at FROM device";

impl Reader<'_> {
    /// All devices, oldest first.
    pub fn devices(self) -> Result<Vec<Device>, StoreError> {
        let mut query = self
            .connection
            .prepare_cached(&format!("{COLUMNS} ORDER BY enrolled_at"))?;
        let mut rows = query.query([])?;
        let mut devices = Vec::new();
        while let Some(row) = rows.next()? {
            devices.push(read(row)?);
        }
        Ok(devices)
    }

    /// The devices of a person that are not revoked.
    pub fn live_devices(self, person: PersonId) -> Result<Vec<Device>, StoreError> {
        let mut query = self.connection.prepare_cached(&format!(
            "{COLUMNS} WHERE person = ?1 AND revoked_at IS NULL"
        ))?;
        let mut rows = query.query([person.to_string()])?;
        let mut devices = Vec::new();
        while let Some(row) = rows.next()? {
            devices.push(read(row)?);
        }
        Ok(devices)
    }

    /// The device with this id.
    pub fn device(self, id: &Hash) -> Result<Option<Device>, StoreError> {
        let mut query = self
            .connection
            .prepare_cached(&format!("{COLUMNS} WHERE id = ?1"))?;
        let mut rows = query.query([id.0])?;
        rows.next()?.map(read).transpose()
    }
}

impl Reader<'_> {
    /// All devices as the office knows them, `of` one person or of everybody, with the log-ins
    /// that hold at `now`. [`known::Device::this`] is left false.
    pub fn known_devices(
        self,
        of: Option<PersonId>,
        now: UnixMs,
    ) -> Result<Vec<known::Device>, StoreError> {
        let mut query = self.connection.prepare_cached(
            "SELECT device.id, person.id, person.login, person.name, device.label,
                    device.enrolled_at, device.revoked_at, device.contact_at, device.build,
                    device.unsent, session.opened_at, session.expires_at
             FROM device
             JOIN person ON person.id = device.person
             LEFT JOIN session ON session.device = device.id AND session.expires_at > ?2
             WHERE ?1 IS NULL OR device.person = ?1
             ORDER BY person.login, device.enrolled_at",
        )?;
        let mut rows = query.query((of.map(|person| person.to_string()), now))?;
        let mut devices = Vec::new();
        while let Some(row) = rows.next()? {
            devices.push(read_known(row)?);
        }
        Ok(devices)
    }
}

impl Writer<'_> {
    /// Keeps what a device told of itself.
    pub fn note_contact(&mut self, id: &Hash, contact: &Contact) -> Result<(), StoreError> {
        self.connection.execute(
            "UPDATE device SET contact_at = ?2, build = ?3, unsent = ?4 WHERE id = ?1",
            (id.0, contact.at, &contact.build, contact.unsent),
        )?;
        Ok(())
    }
}

impl SqliteTransaction<'_> {
    /// Enrols a device, unless its key is known.
    pub fn enrol(
        &mut self,
        person: PersonId,
        key: &PublicKey,
        label: &str,
        now: UnixMs,
    ) -> Result<Enrolment, StoreError> {
        let id = key.device();
        if let Some(known) = self.reader().device(&id)? {
            return Ok(match known {
                Device { person: of, .. } if of != person => Enrolment::OfAnother,
                Device {
                    revoked_at: Some(_),
                    ..
                } => Enrolment::Revoked,
                _ => Enrolment::Known,
            });
        }
        self.transaction.execute(
            "INSERT INTO device (id, person, public_key, label, enrolled_at)
             VALUES (?1, ?2, ?3, ?4, ?5)",
            params![id.0, person.to_string(), key.spki(), label, now],
        )?;
        Ok(Enrolment::New)
    }

    /// Revokes a device and ends its sessions; `false` when it was revoked before.
    pub fn revoke(&mut self, id: &Hash, now: UnixMs) -> Result<bool, StoreError> {
        let changed = self.transaction.execute(
            "UPDATE device SET revoked_at = ?2 WHERE id = ?1 AND revoked_at IS NULL",
            (id.0, now),
        )?;
        self.transaction
            .execute("DELETE FROM session WHERE device = ?1", [id.0])?;
        Ok(changed == 1)
    }
}

fn read_known(row: &Row<'_>) -> Result<known::Device, StoreError> {
    let session: (Option<UnixMs>, Option<UnixMs>) = (row.get(10)?, row.get(11)?);
    Ok(known::Device {
        device: Hash(row.get(0)?),
        person: parse("a person", &row.get::<_, String>(1)?)?,
        login: row.get(2)?,
        name: row.get(3)?,
        label: row.get(4)?,
        enrolled_at: row.get(5)?,
        revoked_at: row.get(6)?,
        this: false,
        contact: contact(row, 7)?,
        session: match session {
            (Some(opened_at), Some(expires_at)) => Some(Term {
                opened_at,
                expires_at,
            }),
            _ => None,
        },
    })
}

/// What a device told last: three columns from `first` on.
pub(super) fn contact(row: &Row<'_>, first: usize) -> Result<Option<Contact>, StoreError> {
    let Some(at) = row.get(first)? else {
        return Ok(None);
    };
    Ok(Some(Contact {
        at,
        build: row.get(first + 1)?,
        unsent: row.get(first + 2)?,
    }))
}

fn read(row: &Row<'_>) -> Result<Device, StoreError> {
    let spki: Vec<u8> = row.get(2)?;
    Ok(Device {
        id: Hash(row.get(0)?),
        person: parse("a person", &row.get::<_, String>(1)?)?,
        key: PublicKey::from_spki(&spki).ok_or_else(|| StoreError::Corrupt {
            what: "a device's key".to_owned(),
        })?,
        label: row.get(3)?,
        enrolled_at: row.get(4)?,
        revoked_at: row.get(5)?,
    })
}
