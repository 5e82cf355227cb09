//! Every key that was ever enrolled, as the organisation's log tells it: what a log is verified
//! by. Not who may still sign, which is the device table's.

use std::collections::BTreeMap;

use doorstep_domain::account::DeviceKey;
use doorstep_domain::event::{Kind, PartName};
use doorstep_domain::hash::{Hash, from_base64url};
use doorstep_domain::log::LoggedEvent;
use doorstep_domain::policy::Role;
use doorstep_domain::time::SiteTime;
use doorstep_domain::verify::Evidence;

use chrono_tz::Tz;

use crate::clock;
use crate::signature::PublicKey;

/// The keys by device.
#[derive(Debug, Clone, Default)]
pub struct KeyRing {
    keys: BTreeMap<Hash, PublicKey>,
    /// The device of the log's first event, which enrols itself.
    office: Option<Hash>,
}

impl KeyRing {
    /// Takes in the next event of the organisation's log. Only the office enrols; whether it is
    /// the office that signed, the walk along that log says.
    pub fn take(&mut self, row: &LoggedEvent) {
        let Ok(opened) = row.event.open() else { return };
        let envelope = &opened.envelope;
        let office = *self.office.get_or_insert(envelope.device);
        let enrols = envelope.known_kind() == Some(Kind::DeviceEnrolled);
        if !enrols || envelope.device != office || envelope.role != Role::Office {
            return;
        }
        let Ok(Some(enrolled)) = opened.body::<DeviceKey>(PartName::Fact) else {
            return;
        };
        let key = from_base64url(&enrolled.key)
            .ok()
            .and_then(|spki| PublicKey::from_spki(&spki));
        if let Some(key) = key.filter(|key| key.device() == enrolled.device) {
            self.keys.insert(enrolled.device, key);
        }
    }

    /// Whether this device was enrolled with this key.
    pub fn holds(&self, key: &PublicKey) -> bool {
        self.keys.get(&key.device()) == Some(key)
    }

    /// What a walk along the log of a site in `zone` asks; `None` for the organisation's log,
    /// which lies in no zone.
    pub fn evidence(&self, zone: Option<Tz>) -> impl Evidence {
        KeysAndZone { keys: self, zone }
    }
}

struct KeysAndZone<'a> {
    keys: &'a KeyRing,
    zone: Option<Tz>,
}

impl Evidence for KeysAndZone<'_> {
    fn signed(&self, device: &Hash, message: &[u8], signature: &[u8]) -> Option<bool> {
        let key = self.keys.keys.get(device)?;
        Some(key.verifies(message, signature))
    }

    fn offset_fits(&self, time: SiteTime) -> bool {
        self.zone.is_none_or(|zone| clock::offset_fits(time, zone))
    }
}
