//! What the organisation's log tells of sites, accounts, roles and devices, held against the
//! tables that act by it. Passwords and sessions are told nowhere and stand apart.

use std::collections::BTreeMap;

use doorstep_domain::account::{AccountAdded, DeviceKey, RoleGranted, Site};
use doorstep_domain::event::{Kind, Opened, PartName};
use doorstep_domain::hash::{Hash, to_base64url};
use doorstep_domain::id::{PersonId, SiteId};
use doorstep_domain::log::LoggedEvent;
use doorstep_domain::policy::Grant;
use doorstep_domain::time::UnixMs;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::store::{Device, Reader, StoreError};

/// The tables as the log tells them.
#[derive(Debug, Default)]
pub(super) struct Told {
    sites: BTreeMap<SiteId, Site>,
    /// Log-in name and name.
    accounts: BTreeMap<PersonId, (String, String)>,
    grants: Vec<(PersonId, Grant)>,
    devices: BTreeMap<Hash, Enrolled>,
}

/// A device by its events.
#[derive(Debug, PartialEq, Eq)]
struct Enrolled {
    person: PersonId,
    key: String,
    at: UnixMs,
    revoked_at: Option<UnixMs>,
}

impl Told {
    /// Takes in the next event of the organisation's log. Whether the office said it, the walk
    /// along that log tells.
    pub(super) fn take(&mut self, row: &LoggedEvent) {
        let Ok(opened) = row.event.open() else { return };
        match opened.envelope.known_kind() {
            Some(Kind::SiteOpened) => {
                let site = fact::<Site>(&opened);
                self.sites.extend(site.map(|site| (site.id, site)));
            }
            Some(Kind::AccountAdded) => {
                let added: Option<AccountAdded> = body(&opened, PartName::Content);
                let account = added.map(|it| (it.person, (it.login, it.name)));
                self.accounts.extend(account);
            }
            Some(Kind::RoleGranted) => {
                if let Some(RoleGranted { person, grant }) = fact(&opened) {
                    self.granted(person, grant, row.received_at);
                }
            }
            Some(Kind::DeviceEnrolled) => {
                let enrolled = |it: DeviceKey| {
                    let enrolled = Enrolled {
                        person: it.person,
                        key: it.key,
                        at: row.received_at,
                        revoked_at: None,
                    };
                    (it.device, enrolled)
                };
                self.devices.extend(fact(&opened).map(enrolled));
            }
            Some(Kind::DeviceRevoked) => {
                let device =
                    fact(&opened).and_then(|it: DeviceKey| self.devices.get_mut(&it.device));
                if let Some(device) = device {
                    device.revoked_at = Some(row.received_at);
                }
            }
            _ => {}
        }
    }

    /// A grant that ends at the moment of its event ends one that is open; any other is new.
    fn granted(&mut self, person: PersonId, grant: Grant, now: UnixMs) {
        let ends = grant.until == Some(now.max(grant.from));
        let open = self.grants.iter_mut().find(|(whose, open)| {
            let open_ended = Grant {
                until: grant.until,
                ..open.clone()
            };
            *whose == person && open_ended == grant && open.until.is_none_or(|until| now < until)
        });
        match open {
            Some((_, open)) if ends => open.until = grant.until,
            _ => self.grants.push((person, grant)),
        }
    }

    /// Whether the log opens this very site.
    pub(super) fn opened(&self, site: &Site) -> bool {
        self.sites.get(&site.id) == Some(site)
    }

    /// Where the tables say something else, in words.
    pub(super) fn differences(&self, reader: Reader<'_>) -> Result<Vec<String>, StoreError> {
        let mut found = Vec::new();
        let sites = reader.sites()?;
        let strange = sites.iter().filter(|site| !self.opened(site));
        found.extend(strange.map(|site| format!("no event opens the site `{}` so", site.code)));
        let gone = self.sites.values().filter(|site| !sites.contains(site));
        found.extend(gone.map(|site| format!("the site `{}` was opened and is gone", site.code)));

        let accounts = reader.accounts()?;
        let mut grants = Vec::new();
        for account in &accounts {
            let told = self.accounts.get(&account.person);
            if told != Some(&(account.login.clone(), account.name.clone())) {
                found.push(format!("no event adds the account `{}` so", account.login));
            }
            let held = reader.grants(account.person)?;
            grants.extend(held.into_iter().map(|grant| (account.person, grant)));
        }
        let known: Vec<PersonId> = accounts.iter().map(|account| account.person).collect();
        let gone = self.accounts.iter().filter(|(id, _)| !known.contains(id));
        found.extend(gone.map(|(_, (login, _))| format!("the account `{login}` is gone")));
        let mut told = self.grants.clone();
        told.sort_unstable();
        grants.sort_unstable();
        let role = |(person, grant): &(PersonId, Grant)| {
            let login = self.accounts.get(person).map(|(login, _)| login.as_str());
            format!("`{}` to `{}`", grant.role.as_str(), login.unwrap_or("?"))
        };
        let strange = grants.iter().filter(|grant| !told.contains(grant));
        found.extend(strange.map(|grant| format!("no event grants {} so", role(grant))));
        let gone = told.iter().filter(|grant| !grants.contains(grant));
        found.extend(gone.map(|grant| format!("the grant of {} is gone or changed", role(grant))));

        self.compare_devices(
            &reader.devices()?,
            reader.organisation()?.office,
            &mut found,
        );
        Ok(found)
    }

    fn compare_devices(&self, devices: &[Device], office: PersonId, found: &mut Vec<String>) {
        for device in devices {
            let enrolled = Enrolled {
                person: device.person,
                key: to_base64url(device.key.spki()),
                at: device.enrolled_at,
                revoked_at: device.revoked_at,
            };
            if self.devices.get(&device.id) != Some(&enrolled) {
                found.push(format!(
                    "no event enrols or revokes the device {} so",
                    device.id
                ));
            }
        }
        // The office's own key is kept elsewhere.
        let of_people = self.devices.iter().filter(|(_, it)| it.person != office);
        let known: Vec<Hash> = devices.iter().map(|device| device.id).collect();
        let gone = of_people.filter(|(id, _)| !known.contains(id));
        found.extend(gone.map(|(id, _)| format!("the device {id} was enrolled and is gone")));
    }
}

fn fact<T: Serialize + DeserializeOwned>(opened: &Opened<'_>) -> Option<T> {
    body(opened, PartName::Fact)
}

fn body<T: Serialize + DeserializeOwned>(opened: &Opened<'_>, name: PartName) -> Option<T> {
    opened.body(name).ok().flatten()
}
