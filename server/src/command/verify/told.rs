//! What the organisation's log tells of sites, accounts, roles and devices, held against the
//! tables that act by it. Passwords and sessions are told nowhere and stand apart.

use std::collections::BTreeMap;

use doorstep_domain::account::{AccountAdded, DeviceKey, RoleGranted, Site};
use doorstep_domain::event::{Kind, Opened, PartName};
use doorstep_domain::hash::{Hash, to_base64url};
use doorstep_domain::heads::HeadStated;
use doorstep_domain::id::{PersonId, SiteId};
use doorstep_domain::log::{Head, LoggedEvent};
use doorstep_domain::policy::Grant;
use doorstep_domain::time::UnixMs;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::store::{Reader, StoreError};

/// The tables as the log tells them.
#[derive(Debug, Default)]
pub(super) struct Told {
    sites: BTreeMap<SiteId, Site>,
    /// Log-in name and name.
    accounts: BTreeMap<PersonId, (String, String)>,
    grants: Vec<(PersonId, Grant)>,
    devices: BTreeMap<Hash, Enrolled>,
    /// Where the logs of sites stood.
    stated: Vec<(SiteId, Head)>,
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
            Some(Kind::HeadsStated) => {
                let stated: Option<HeadStated> = fact(&opened);
                self.stated.extend(stated.map(|it| (it.site, it.head)));
            }
            _ => {}
        }
    }

    /// Every head of a site's log that the office has stated.
    pub(super) fn stated(&self) -> &[(SiteId, Head)] {
        &self.stated
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

    /// To whom this device was enrolled.
    pub(super) fn owner(&self, device: &Hash) -> Option<PersonId> {
        self.devices.get(device).map(|enrolled| enrolled.person)
    }

    /// Where the tables say something else: the table, with its column where only one differs,
    /// and what is wrong in words.
    pub(super) fn differences(&self, reader: Reader<'_>) -> Vec<(String, String)> {
        let mut found = Vec::new();
        let mut table = |name: &str, compared: Result<Vec<Difference>, StoreError>| match compared {
            Ok(differences) => found.extend(differences.into_iter().map(|it| it.of(name))),
            Err(error) => found.push((name.to_owned(), error.to_string())),
        };
        table("site", self.compare_sites(reader));
        table("person", self.compare_accounts(reader));
        table("role_grant", self.compare_grants(reader));
        table("device", self.compare_devices(reader));
        found
    }

    fn compare_sites(&self, reader: Reader<'_>) -> Result<Vec<Difference>, StoreError> {
        let sites = reader.sites()?;
        let strange = sites.iter().filter(|site| !self.opened(site));
        let strange = strange.map(|site| {
            let told = self.sites.get(&site.id);
            let column = told.and_then(|told| {
                only(&[
                    ("code", told.code == site.code),
                    ("name", told.name == site.name),
                    ("zone", told.zone == site.zone),
                ])
            });
            let fault = format!("no event opens the site `{}` so", site.code);
            Difference { column, fault }
        });
        let gone = self.sites.values().filter(|site| !sites.contains(site));
        let gone = gone.map(|site| format!("the site `{}` was opened and is gone", site.code));
        Ok(strange.chain(gone.map(Difference::whole)).collect())
    }

    fn compare_accounts(&self, reader: Reader<'_>) -> Result<Vec<Difference>, StoreError> {
        let accounts = reader.accounts()?;
        let strange = accounts.iter().filter_map(|account| {
            let told = self.accounts.get(&account.person);
            let same = |(login, name): &(String, String)| {
                [
                    ("login", *login == account.login),
                    ("name", *name == account.name),
                ]
            };
            let sound = told.is_some_and(|told| same(told).iter().all(|(_, same)| *same));
            let fault = format!("no event adds the account `{}` so", account.login);
            let column = told.and_then(|told| only(&same(told)));
            (!sound).then_some(Difference { column, fault })
        });
        let known = |id: &PersonId| accounts.iter().any(|account| account.person == *id);
        let gone = self.accounts.iter().filter(|(id, _)| !known(id));
        let gone = gone.map(|(_, (login, _))| format!("the account `{login}` is gone"));
        Ok(strange.chain(gone.map(Difference::whole)).collect())
    }

    fn compare_grants(&self, reader: Reader<'_>) -> Result<Vec<Difference>, StoreError> {
        let mut held = reader.all_grants()?;
        held.sort_unstable();
        let mut told = self.grants.clone();
        told.sort_unstable();
        let role = |(person, grant): &(PersonId, Grant)| {
            let login = self.accounts.get(person).map(|(login, _)| login.as_str());
            format!("`{}` to `{}`", grant.role.as_str(), login.unwrap_or("?"))
        };
        let strange = held.iter().filter(|grant| !told.contains(grant));
        let strange = strange.map(|grant| format!("no event grants {} so", role(grant)));
        let gone = told.iter().filter(|grant| !held.contains(grant));
        let gone = gone.map(|grant| format!("the grant of {} is gone or changed", role(grant)));
        let mut found: Vec<Difference> = strange.chain(gone).map(Difference::whole).collect();
        if found.is_empty() && held.len() != told.len() {
            let fault = "a grant is there more often than it was given".to_owned();
            found.push(Difference::whole(fault));
        }
        Ok(found)
    }

    fn compare_devices(&self, reader: Reader<'_>) -> Result<Vec<Difference>, StoreError> {
        let office = reader.organisation()?.office;
        let devices = reader.devices()?;
        let mut found = Vec::new();
        for device in &devices {
            let enrolled = Enrolled {
                person: device.person,
                key: to_base64url(device.key.spki()),
                at: device.enrolled_at,
                revoked_at: device.revoked_at,
            };
            let told = self.devices.get(&device.id);
            if told == Some(&enrolled) {
                continue;
            }
            let column = told.and_then(|told| {
                only(&[
                    ("person", told.person == enrolled.person),
                    ("public_key", told.key == enrolled.key),
                    ("enrolled_at", told.at == enrolled.at),
                    ("revoked_at", told.revoked_at == enrolled.revoked_at),
                ])
            });
            let fault = format!("no event enrols or revokes the device {} so", device.id);
            found.push(Difference { column, fault });
        }
        // The office's own key is kept elsewhere.
        let of_people = self.devices.iter().filter(|(_, it)| it.person != office);
        let known = |id: &Hash| devices.iter().any(|device| device.id == *id);
        let gone = of_people.filter(|(id, _)| !known(id));
        let gone = gone.map(|(id, _)| format!("the device {id} was enrolled and is gone"));
        found.extend(gone.map(Difference::whole));
        Ok(found)
    }
}

/// Where a table says something else than the log.
struct Difference {
    /// The one column that does; none where the whole row does.
    column: Option<&'static str>,
    fault: String,
}

impl Difference {
    fn whole(fault: String) -> Self {
        Self {
            column: None,
            fault,
        }
    }

    fn of(self, table: &str) -> (String, String) {
        let column = self.column.map_or(String::new(), |it| format!(".{it}"));
        (format!("{table}{column}"), self.fault)
    }
}

/// The one column that differs, where it is one.
fn only(columns: &[(&'static str, bool)]) -> Option<&'static str> {
    let mut other = columns.iter().filter(|(_, same)| !same);
    let first = other.next()?;
    other.next().is_none().then_some(first.0)
}

fn fact<T: Serialize + DeserializeOwned>(opened: &Opened<'_>) -> Option<T> {
    body(opened, PartName::Fact)
}

fn body<T: Serialize + DeserializeOwned>(opened: &Opened<'_>, name: PartName) -> Option<T> {
    opened.body(name).ok().flatten()
}
