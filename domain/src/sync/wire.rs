//! What travels: the one sync request, its reply, refusals of single items and whole-request
//! problems. Not the rules behind the answers, which are in [`super::accept`].

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use self::deposit::{
    DEPOSIT_FRESH_MS, DepositReply, DepositRequest, Kept, deposit_proof_input,
};
pub use self::problem::{PROBLEM_MEDIA_TYPE, Problem, ProblemCode};
pub use self::refusal::{Params, Refusal, RefusalCode};
use crate::event::Event;
use crate::hash::{Hash, tagged};
use crate::id::{EventId, SiteId};
use crate::log::{Head, LoggedEvent, Seq};
use crate::policy::{POLICY_VERSION, Role};
use crate::time::UnixMs;

mod deposit;
mod problem;
mod refusal;

/// A number the server draws when its database is made; a restored or replaced database may
/// have another. A hint for people only: divergence is found by hashes.
pub type Epoch = u32;

/// `POST /api/v1/sync`: what the phone has, and what it wants logged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SyncRequest {
    /// SHA-256 of the device's public key; must be the session's device.
    pub device: Hash,
    /// The client's build, for the server's log and for asking for an update.
    pub build: String,
    /// The server's epoch as last heard, if ever.
    pub epoch: Option<Epoch>,
    /// The end of the phone's copy of each site it asks about.
    pub cursors: BTreeMap<SiteId, Head>,
    /// The [`scope_digest`] each copy was taken under; sites never answered yet are left out.
    pub scope: BTreeMap<SiteId, Hash>,
    /// Events in the phone's outbox, those in `push` included, for whoever looks after devices.
    pub unsent: u32,
    /// Events to log, in the order they were made.
    pub push: Vec<Pushed>,
    /// Places in `push` (from 0) of events that another device signed, maybe another person's: the
    /// session's device carries them to the office. Named, so that nobody pushes them unawares.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub carried: Vec<usize>,
    /// Most rows the phone wants in the reply; the server may send fewer.
    pub limit: u32,
}

/// A pushed item: an event, or something this program cannot read as one, which is refused
/// alone and holds up nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum Pushed {
    /// An event.
    Event(Event),
    /// Anything else.
    Unreadable(Value),
}

/// The answer to a [`SyncRequest`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SyncReply {
    /// The server's epoch.
    pub epoch: Epoch,
    /// Server time.
    pub now: UnixMs,
    /// Pushed events that are committed to the log, now or before.
    pub acks: Vec<Ack>,
    /// Pushed items that are not.
    pub refused: Vec<Refusal>,
    /// One answer for every site in the request's cursors.
    pub sites: BTreeMap<SiteId, SiteReply>,
}

/// "Committed": a pushed event's place in its site's log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Ack {
    /// The event.
    pub id: EventId,
    /// The site whose log it is in.
    pub site: SiteId,
    /// Its place there.
    pub seq: Seq,
    /// Server time of acceptance; the first one when it was pushed before.
    pub received_at: UnixMs,
    /// Hash of the envelope that is in the log. The phone lets go of its copy only when this is
    /// that copy's.
    pub envelope_hash: Hash,
    /// The chain's hash at `seq`.
    pub hash: Hash,
}

/// What the server says about one site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum SiteReply {
    /// The log goes on from the phone's cursor.
    Page(Page),
    /// It does not; the phone's copy must go.
    Reset(Reset),
}

/// Rows of a site's log, contiguous from the phone's cursor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Page {
    /// What the rows were chosen by; the phone sends it back with its next request.
    pub scope: Hash,
    /// The rows, without a gap.
    pub rows: Vec<Row>,
    /// The log's head after the last of `rows` (the cursor itself when there are none).
    pub head: Head,
    /// There are rows after these.
    pub more: bool,
}

/// One row of a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Row {
    /// An event, with what the reader may not hold withheld.
    Event(LoggedEvent),
    /// An event acknowledged in this very reply: the phone has it in its outbox.
    Stub(Stub),
}

/// The row of an event that the phone has already.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Stub {
    /// Place in the site's log.
    pub seq: Seq,
    /// Server time of acceptance.
    pub received_at: UnixMs,
    /// Which event it is.
    pub envelope_hash: Hash,
}

/// Why a phone's copy of a site has to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Reset {
    /// The server does not have the cursor's hash at the cursor's place: one of the two was
    /// restored from an older copy. The phone takes the site anew and offers its own events
    /// again. Told to whoever may no longer read the site too, before anything else.
    Diverged,
    /// What the reader may see has changed; the phone takes the site anew.
    Scope,
    /// The reader may no longer read this site, and the office has all of the phone's copy; the
    /// phone keeps what it has not sent.
    NoAccess,
}

/// Digest of what decides which rows and parts a reader receives: their roles on the site
/// (sorted, each once) and the policy's version.
pub fn scope_digest(roles: &[Role]) -> Hash {
    let version = POLICY_VERSION.to_be_bytes();
    let mut fields: Vec<&[u8]> = vec![&version];
    fields.extend(roles.iter().map(|role| role.as_str().as_bytes()));
    tagged("doorstep/scope/1", &fields)
}

#[cfg(test)]
mod tests;
