//! Accounts, log-ins and devices: the shapes of log-in and session, and the bodies of the
//! organisation's log. Not password storage nor sessions, which are the server's tables.

use serde::{Deserialize, Serialize};

use crate::hash::{Hash, tagged};
use crate::id::{OrganisationId, PersonId, SiteId};
use crate::policy::Grant;
use crate::time::UnixMs;

/// `POST /api/v1/login`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LoginRequest {
    /// Log-in name.
    pub login: String,
    /// Password in clear; the connection is the protection.
    pub password: String,
    /// The phone's key, enrolled by this log-in.
    pub device: DeviceProof,
}

/// A device's public key with the proof that the sender holds the private one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DeviceProof {
    /// Public key, SPKI in DER, base64url.
    pub key: String,
    /// What people call the device, e.g. `Chrome on Android`; at most 80 characters.
    pub label: String,
    /// ECDSA P-256 over [`login_proof_input`], base64url.
    pub proof: String,
}

/// The bytes a device signs to enrol: log-in name and public key under a tag.
pub fn login_proof_input(login: &str, spki: &[u8]) -> Vec<u8> {
    tagged("doorstep/login/1", &[login.as_bytes(), spki])
        .0
        .to_vec()
}

/// The answer to a log-in and to `GET /api/v1/session`: all the phone needs to work offline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Session {
    /// Who is logged in.
    pub person: PersonId,
    /// Log-in name.
    pub login: String,
    /// The name people read.
    pub name: String,
    /// The company whose logs these are (in every genesis hash).
    pub organisation: OrganisationId,
    /// The device this session is bound to: SHA-256 of its public key.
    pub device: Hash,
    /// Sites on which the person holds a role now.
    pub sites: Vec<Site>,
    /// The person's grants, ended ones left out.
    pub grants: Vec<Grant>,
    /// The password was given by somebody else: nothing but changing it is answered before that.
    pub password_due: bool,
    /// Server time.
    pub now: UnixMs,
}

/// `POST /api/v1/password`; answered as a log-in is, with a new cookie.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PasswordChange {
    /// The password as it is.
    pub old: String,
    /// As it is to be: 8 to 128 characters, not one of those that are tried first.
    pub new: String,
}

/// The answer to `POST /api/v1/people/{person}/reset-password`, for the asker to hand over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct OneTimePassword {
    /// The account's log-in name.
    pub login: String,
    /// The password, told this once.
    pub password: String,
    /// First moment at which it can no longer be used.
    pub until: UnixMs,
}

/// A site as everybody working on it knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Site {
    /// Immutable id, the shard.
    pub id: SiteId,
    /// The alias people type, e.g. `jinhaiwan`.
    pub code: String,
    /// The name people read, e.g. 金海湾花园.
    pub name: String,
    /// IANA time zone, e.g. `Asia/Shanghai`.
    pub zone: String,
}

/// The answer to `GET /api/v1/devices`: the asker's own devices and those they may revoke.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Devices {
    /// By log-in name, then by enrolment.
    pub devices: Vec<Device>,
}

/// A device as the office knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Device {
    /// SHA-256 of its public key.
    pub device: Hash,
    /// Whose it is.
    pub person: PersonId,
    /// Their log-in name.
    pub login: String,
    /// The name people read.
    pub name: String,
    /// What people call the device.
    pub label: String,
    /// Server time of enrolment.
    pub enrolled_at: UnixMs,
    /// Server time of revocation, if revoked.
    pub revoked_at: Option<UnixMs>,
    /// It is the one that asks.
    pub this: bool,
    /// When it was last heard of, and what it told; `None` when it has never synced.
    pub contact: Option<Contact>,
    /// Its log-in, if one holds.
    pub session: Option<Term>,
}

/// What a device told with its last sync.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// Server time, to within a minute.
    pub at: UnixMs,
    /// The client's build.
    pub build: String,
    /// Events that waited on it to be sent, when it was answered.
    pub unsent: u32,
}

/// The answer to `GET /api/v1/devices/{device}/standing`: what a device that has no log-in may hear
/// of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Standing {
    /// It was locked out for good.
    pub revoked: bool,
}

/// From when until when a log-in holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Term {
    /// Server time of the log-in.
    pub opened_at: UnixMs,
    /// First moment at which it no longer holds, unless the device is heard of before.
    pub expires_at: UnixMs,
}

/// Body of `site.opened`, part `fact`.
pub type SiteOpened = Site;

/// Body of `account.added`, part `content` (a name is personal).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountAdded {
    /// The account.
    pub person: PersonId,
    /// Log-in name.
    pub login: String,
    /// The name people read.
    pub name: String,
}

/// Body of `role.granted`, part `fact`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoleGranted {
    /// To whom.
    pub person: PersonId,
    /// What, where, from when until when.
    pub grant: Grant,
}

/// Body of `device.enrolled` and `device.revoked`, part `fact`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeviceKey {
    /// Whose device.
    pub person: PersonId,
    /// SHA-256 of the public key.
    pub device: Hash,
    /// Public key, SPKI in DER, base64url.
    pub key: String,
}
