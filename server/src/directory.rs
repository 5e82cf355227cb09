//! Sites, people, roles and devices: each change of the tables together with its event in the
//! organisation's log, in one transaction. Not who may ask for it.

use doorstep_domain::account::{AccountAdded, DeviceKey, RoleGranted, Site};
use doorstep_domain::event::{Kind, PartName};
use doorstep_domain::hash::{Hash, to_base64url};
use doorstep_domain::id::{PersonId, SiteId};
use doorstep_domain::policy::{Grant, Role};
use doorstep_domain::sync::store::{Intent, SiteTransaction, Store};
use doorstep_domain::text::{NAME_MAX, is_clean};
use doorstep_domain::time::UnixMs;

use crate::office::{Office, OfficeFailure, Statement};
use crate::signature::PublicKey;
use crate::store::{Account, Device, Enrolment, NewSession, SqliteTransaction, Writer};
use crate::{clock, random};

/// Most characters of a log-in name or a site's code.
pub const CODE_MAX: usize = 40;
/// Most characters of a device's label.
pub const LABEL_MAX: usize = 80;

/// Why the directory was not changed.
#[derive(Debug, thiserror::Error)]
pub enum DirectoryError {
    /// The database or the log refused.
    #[error(transparent)]
    Office(#[from] OfficeFailure),
    /// Not a code.
    #[error(
        "`{0}` cannot be used: take 1 to 40 lower-case letters, digits, `.`, `_` or `-`, \
         beginning with a letter or digit"
    )]
    BadCode(String),
    /// Not a name.
    #[error("the name must have 1 to 60 visible characters and no space around it")]
    BadName,
    /// Not a time zone.
    #[error("`{0}` is no time zone: take an IANA name such as Asia/Shanghai")]
    BadZone(String),
}

impl From<crate::store::StoreError> for DirectoryError {
    fn from(error: crate::store::StoreError) -> Self {
        Self::Office(error.into())
    }
}

/// Opens a site.
pub fn add_site(
    writer: &mut Writer<'_>,
    code: &str,
    name: &str,
    zone: &str,
) -> Result<Site, DirectoryError> {
    check_code(code)?;
    check_name(name)?;
    clock::zone(zone).ok_or_else(|| DirectoryError::BadZone(zone.to_owned()))?;
    let office = Office::now(writer.reader())?;
    let site = Site {
        id: SiteId::mint(clock::id_stamp(), &random::bytes()),
        code: code.to_owned(),
        name: name.to_owned(),
        zone: zone.to_owned(),
    };
    // A site's event is about itself: its id is its subject, too.
    let opened = Statement::new(site.id, Kind::SiteOpened).with(PartName::Fact, &site);
    let mut transaction = writer.begin(office.own_log(), Intent::Append)?;
    transaction.add_site(&site)?;
    office.log(office.own_log(), vec![opened], &mut transaction)?;
    transaction.commit()?;
    Ok(site)
}

/// Adds an account with its roles.
pub fn add_account(
    writer: &mut Writer<'_>,
    login: &str,
    name: &str,
    password_hash: &str,
    grants: &[Grant],
) -> Result<PersonId, DirectoryError> {
    check_code(login)?;
    check_name(name)?;
    let office = Office::now(writer.reader())?;
    let person = PersonId::mint(clock::id_stamp(), &random::bytes());
    let account = Account {
        person,
        login: login.to_owned(),
        name: name.to_owned(),
        password: password_hash.to_owned(),
        one_time_until: None,
    };
    let added = AccountAdded {
        person,
        login: account.login.clone(),
        name: account.name.clone(),
    };
    let mut statements =
        vec![Statement::new(person, Kind::AccountAdded).with(PartName::Content, &added)];
    statements.extend(grants.iter().map(|grant| granted(person, grant)));
    let mut transaction = writer.begin(office.own_log(), Intent::Append)?;
    transaction.add_person(&account)?;
    for grant in grants {
        transaction.add_grant(person, grant)?;
    }
    office.log(office.own_log(), statements, &mut transaction)?;
    transaction.commit()?;
    Ok(person)
}

/// Grants a role.
pub fn grant(
    writer: &mut Writer<'_>,
    person: PersonId,
    grant: &Grant,
) -> Result<(), DirectoryError> {
    let office = Office::now(writer.reader())?;
    let mut transaction = writer.begin(office.own_log(), Intent::Append)?;
    transaction.add_grant(person, grant)?;
    office.log(
        office.own_log(),
        vec![granted(person, grant)],
        &mut transaction,
    )?;
    transaction.commit()?;
    Ok(())
}

/// Ends a role now, and takes it back where it has not begun yet; gives how many grants that
/// were.
pub fn end_role(
    writer: &mut Writer<'_>,
    person: PersonId,
    role: Role,
    site: Option<SiteId>,
) -> Result<usize, DirectoryError> {
    let office = Office::now(writer.reader())?;
    let mut transaction = writer.begin(office.own_log(), Intent::Append)?;
    let ended = transaction.end_grants(person, role, site, office.now)?;
    let statements = ended.iter().map(|grant| granted(person, grant)).collect();
    office.log(office.own_log(), statements, &mut transaction)?;
    transaction.commit()?;
    Ok(ended.len())
}

/// Replaces an account's password, by one to be used until then if a time is given, and ends its
/// sessions. Not an event: it is nobody's business but the person's.
pub fn set_password(
    writer: &mut Writer<'_>,
    person: PersonId,
    password_hash: &str,
    one_time_until: Option<UnixMs>,
) -> Result<(), DirectoryError> {
    let office = Office::now(writer.reader())?;
    let mut transaction = writer.begin(office.own_log(), Intent::Append)?;
    transaction.set_password(person, password_hash, one_time_until)?;
    transaction.commit()?;
    Ok(())
}

/// Replaces the password of a session's person; of all their sessions this new one is left.
pub fn change_password(
    writer: &mut Writer<'_>,
    password_hash: &str,
    session: &NewSession,
) -> Result<(), DirectoryError> {
    let office = Office::now(writer.reader())?;
    let mut transaction = writer.begin(office.own_log(), Intent::Append)?;
    transaction.set_password(session.person, password_hash, None)?;
    transaction.open_session(session)?;
    transaction.commit()?;
    Ok(())
}

/// Enrols the device (or finds it enrolled) and, if it may be used, opens the session on it, all
/// at once.
pub fn log_in(
    writer: &mut Writer<'_>,
    key: &PublicKey,
    label: &str,
    session: &NewSession,
) -> Result<Enrolment, DirectoryError> {
    let office = Office::now(writer.reader())?;
    let mut transaction = writer.begin(office.own_log(), Intent::Append)?;
    let enrolment = enrol(&office, session.person, key, label, &mut transaction)?;
    if matches!(enrolment, Enrolment::New | Enrolment::Known) {
        transaction.open_session(session)?;
        transaction.commit()?;
    }
    Ok(enrolment)
}

/// Enrols a device inside the caller's transaction on the organisation's log.
pub fn enrol(
    office: &Office,
    person: PersonId,
    key: &PublicKey,
    label: &str,
    transaction: &mut SqliteTransaction<'_>,
) -> Result<Enrolment, DirectoryError> {
    let enrolment = transaction.enrol(person, key, label, office.now)?;
    if enrolment == Enrolment::New {
        let enrolled = device_event(person, key, Kind::DeviceEnrolled);
        office.log(office.own_log(), vec![enrolled], transaction)?;
    }
    Ok(enrolment)
}

/// Revokes a device: its sessions end at once, nothing it signs is accepted any more. `false`
/// when it was revoked before.
pub fn revoke_device(writer: &mut Writer<'_>, device: &Device) -> Result<bool, DirectoryError> {
    let office = Office::now(writer.reader())?;
    let mut transaction = writer.begin(office.own_log(), Intent::Append)?;
    let changed = transaction.revoke(&device.id, office.now)?;
    if changed {
        let revoked = device_event(device.person, &device.key, Kind::DeviceRevoked);
        office.log(office.own_log(), vec![revoked], &mut transaction)?;
    }
    transaction.commit()?;
    Ok(changed)
}

/// Revokes a device of a database that this one takes the place of, enrolling it first where it is
/// not known here, so that it is not enrolled by the next log-in. `false` when it is revoked here,
/// too, or its person is not known.
pub fn keep_revoked(writer: &mut Writer<'_>, device: &Device) -> Result<bool, DirectoryError> {
    if writer.reader().account(device.person)?.is_none() {
        return Ok(false);
    }
    let office = Office::now(writer.reader())?;
    let mut transaction = writer.begin(office.own_log(), Intent::Append)?;
    let (person, key) = (device.person, &device.key);
    enrol(&office, person, key, &device.label, &mut transaction)?;
    transaction.commit()?;
    revoke_device(writer, device)
}

/// Finds a device by its id or the first characters of it, as `device list` shows them.
pub fn matches_device(id: &Hash, shown: &str) -> bool {
    shown.len() >= 6 && id.to_string().starts_with(shown)
}

fn granted(person: PersonId, grant: &Grant) -> Statement {
    let fact = RoleGranted {
        person,
        grant: grant.clone(),
    };
    Statement::new(person, Kind::RoleGranted).with(PartName::Fact, &fact)
}

fn device_event(person: PersonId, key: &PublicKey, kind: Kind) -> Statement {
    let fact = DeviceKey {
        person,
        device: key.device(),
        key: to_base64url(key.spki()),
    };
    Statement::new(person, kind).with(PartName::Fact, &fact)
}

fn check_code(code: &str) -> Result<(), DirectoryError> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let sound = code.len() <= CODE_MAX
        && code.starts_with(plain)
        && code
            .chars()
            .all(|c| plain(c) || matches!(c, '.' | '_' | '-'));
    if sound {
        Ok(())
    } else {
        Err(DirectoryError::BadCode(code.to_owned()))
    }
}

fn check_name(name: &str) -> Result<(), DirectoryError> {
    let sound = !name.is_empty() && !name.contains('\n') && is_clean(name, NAME_MAX);
    if sound {
        Ok(())
    } else {
        Err(DirectoryError::BadName)
    }
}
