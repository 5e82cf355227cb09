//! Every device that was ever enrolled, and what everybody holds: for events that somebody else
//! brings than who signed them. Read whole, and only where it is needed: an office has some
//! hundreds.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use doorstep_domain::hash::Hash;
use doorstep_domain::id::PersonId;
use doorstep_domain::policy::Grant;
use doorstep_domain::sync::accept::Origin;

use crate::store::{Device, Reader, StoreError};

/// Devices and grants.
#[derive(Debug, Default)]
pub struct Everybody {
    devices: BTreeMap<Hash, Device>,
    grants: BTreeMap<PersonId, Vec<Grant>>,
}

impl Everybody {
    /// As the tables say now.
    pub fn read(reader: Reader<'_>) -> Result<Self, StoreError> {
        let mut all = Self::default();
        for device in reader.devices()? {
            if let Entry::Vacant(unread) = all.grants.entry(device.person) {
                unread.insert(reader.grants(device.person)?);
            }
            all.devices.insert(device.id, device);
        }
        Ok(all)
    }

    /// See [`doorstep_domain::sync::accept::Signatures::origin`].
    pub fn origin(
        &self,
        author: PersonId,
        device: &Hash,
        message: &[u8],
        signature: &[u8],
    ) -> Origin {
        let device = self.devices.get(device).filter(|it| it.person == author);
        match device {
            Some(it) if !it.key.verifies(message, signature) => Origin::Unproven,
            Some(it) if it.revoked_at.is_some() => Origin::Revoked,
            Some(_) => Origin::Enrolled,
            None => Origin::Unproven,
        }
    }

    /// All grants of a person.
    pub fn grants_of(&self, person: PersonId) -> Vec<Grant> {
        self.grants.get(&person).cloned().unwrap_or_default()
    }
}
