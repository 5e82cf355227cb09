//! What travels when a phone hands its events in without a log-in, on its key alone.

use serde::{Deserialize, Serialize};

use super::Refusal;
use crate::event::{Event, envelope_hash};
use crate::hash::{Hash, tagged};
use crate::id::{EventId, SiteId};
use crate::time::UnixMs;

/// Most milliseconds by which a deposit's `at` may be off the server's time (10 minutes). A
/// deposit that somebody repeats within it changes nothing: everything is kept once.
pub const DEPOSIT_FRESH_MS: UnixMs = 10 * 60 * 1_000;

/// `POST /api/v1/deposit`: for whoever cannot log in any more, on a device that may be revoked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DepositRequest {
    /// SHA-256 of the device's public key.
    pub device: Hash,
    /// Server time as the phone knows it; the problem `stale_proof` tells it what it is.
    pub at: UnixMs,
    /// The device's own events.
    pub events: Vec<Event>,
    /// ECDSA P-256 over [`deposit_proof_input`], base64url.
    pub proof: String,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DepositReply {
    /// Server time.
    pub now: UnixMs,
    /// Events that the office has, for good.
    pub kept: Vec<Kept>,
    /// Events that it has not; the phone goes on keeping them.
    pub refused: Vec<Refusal>,
}

/// A deposited event that the office has: in the log, or aside until a director decides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Kept {
    /// The event.
    pub id: EventId,
    /// Its site.
    pub site: SiteId,
    /// Hash of the envelope that is kept. The phone lets go of its copy only when this is that
    /// copy's.
    pub envelope_hash: Hash,
    /// It is in the log.
    pub logged: bool,
}

/// The bytes a device signs to hand in: itself, the time, and the envelopes, under a tag.
pub fn deposit_proof_input(device: &Hash, at: UnixMs, events: &[Event]) -> Vec<u8> {
    let hashes: Vec<Hash> = events
        .iter()
        .map(|event| envelope_hash(&event.envelope))
        .collect();
    let at = at.to_be_bytes();
    let mut fields: Vec<&[u8]> = vec![&device.0, &at];
    fields.extend(hashes.iter().map(|hash| &hash.0[..]));
    tagged("doorstep/deposit/1", &fields).0.to_vec()
}
