//! What is kept aside: events that were rightly signed and could not be logged. Their content is
//! kept whatever becomes of them; a director of the site takes one in or turns it down.
//! Not where they are kept, which is a store's, and not which events come here, which
//! `sync::accept` decides.

use serde::{Deserialize, Serialize};

use crate::event::Event;
use crate::hash::Hash;
use crate::id::{EventId, PersonId, SiteId};
use crate::sync::wire::{Params, RefusalCode};
use crate::time::UnixMs;

/// Why an event was kept aside instead of being logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// Another event with its id is logged.
    IdConflict,
    /// Its author did not hold the role on the site when it came, or the role may not do this.
    NotAuthorised,
    /// The record had as many events as a record may have.
    SubjectFull,
    /// The record it is about is of another sort.
    WrongSubject,
    /// What it says is not valid.
    Invalid,
    /// The key that signed it was revoked.
    DeviceRevoked,
    /// It was handed in without a log-in.
    Deposited,
}

impl Why {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::IdConflict,
        Self::NotAuthorised,
        Self::SubjectFull,
        Self::WrongSubject,
        Self::Invalid,
        Self::DeviceRevoked,
        Self::Deposited,
    ];

    /// Why an event refused with `code` is kept aside; `None` when it is not. What is not whole,
    /// or not signed by a device of its author's, is nobody's word and is not kept; what may
    /// still be accepted as it is comes again by itself.
    pub fn of(code: RefusalCode) -> Option<Self> {
        match code {
            RefusalCode::IdConflict => Some(Self::IdConflict),
            RefusalCode::NotAuthorised => Some(Self::NotAuthorised),
            RefusalCode::SubjectFull => Some(Self::SubjectFull),
            RefusalCode::WrongSubject => Some(Self::WrongSubject),
            RefusalCode::Invalid => Some(Self::Invalid),
            RefusalCode::DeviceRevoked => Some(Self::DeviceRevoked),
            RefusalCode::Malformed
            | RefusalCode::PartChanged
            | RefusalCode::PartMissing
            | RefusalCode::LaterVersion
            | RefusalCode::NotForPush
            | RefusalCode::TooLarge
            | RefusalCode::TooDeep
            | RefusalCode::OtherPerson
            | RefusalCode::OtherDevice
            | RefusalCode::BadSignature
            | RefusalCode::UnknownAfter
            | RefusalCode::UnknownSubject
            | RefusalCode::NotHeld
            | RefusalCode::AlreadyDecided
            | RefusalCode::NotAdoptable
            | RefusalCode::QuarantineFull
            | RefusalCode::Other => None,
        }
    }

    /// The name on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::IdConflict => "id_conflict",
            Self::NotAuthorised => "not_authorised",
            Self::SubjectFull => "subject_full",
            Self::WrongSubject => "wrong_subject",
            Self::Invalid => "invalid",
            Self::DeviceRevoked => "device_revoked",
            Self::Deposited => "deposited",
        }
    }

    /// Reads a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|why| why.as_str() == name)
    }
}

/// Who brought an event to the office: mostly its author, on the device that signed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Carrier {
    /// The person who was logged in.
    pub person: PersonId,
    /// SHA-256 of the device's public key.
    pub device: Hash,
}

/// The director's verdict on an event kept aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It is taken into the log.
    Adopt,
    /// It is not; its content stays where it is.
    Reject,
}

impl Verdict {
    /// The name on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Adopt => "adopt",
            Self::Reject => "reject",
        }
    }

    /// Whether a reason must be given.
    pub fn needs_reason(self) -> bool {
        self == Self::Reject
    }

    /// Reads a name.
    pub fn from_name(name: &str) -> Option<Self> {
        let all = [Self::Adopt, Self::Reject];
        all.into_iter().find(|verdict| verdict.as_str() == name)
    }
}

/// Part `fact` of `quarantine.decided`, whose subject is the id of the event it is about; part
/// `content` holds the reason ([`crate::review::Words`]). Of several decisions on one event the
/// first in the log stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// The event decided on.
    pub id: EventId,
    /// Hash of its envelope's text: several may be kept under one id.
    pub envelope_hash: Hash,
    /// How.
    pub verdict: Verdict,
}

/// What became of an event kept aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Decided {
    /// The event of the site's log that decided it.
    pub by: EventId,
    /// How.
    pub verdict: Verdict,
}

/// An event kept aside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Held {
    /// Its number, ascending in the order of arrival over all sites, with holes.
    pub number: u64,
    /// The site whose log it was for.
    pub site: SiteId,
    /// Its id, as its envelope says.
    pub id: EventId,
    /// Hash of its envelope's text; with the site, what it is kept once under.
    pub envelope_hash: Hash,
    /// The event as it came, with all its parts.
    pub event: Event,
    /// Why it was not logged.
    pub why: Why,
    /// What a sentence about that needs.
    pub params: Params,
    /// Who brought it first.
    pub carrier: Carrier,
    /// Server time of its first arrival.
    pub received_at: UnixMs,
    /// What became of it; `None` while nobody has decided.
    pub decided: Option<Decided>,
}

/// The answer to `GET /api/v1/quarantine`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Quarantine {
    /// Events kept aside on the sites whose director the asker is, by number.
    pub held: Vec<Held>,
    /// There are more after the last of them.
    pub more: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back_and_are_those_on_the_wire() {
        for why in Why::ALL {
            assert_eq!(Why::from_name(why.as_str()), Some(why));
            assert_eq!(serde_json::to_value(why).unwrap(), why.as_str());
        }
        for verdict in [Verdict::Adopt, Verdict::Reject] {
            assert_eq!(Verdict::from_name(verdict.as_str()), Some(verdict));
            assert_eq!(serde_json::to_value(verdict).unwrap(), verdict.as_str());
        }
    }

    #[test]
    fn what_may_be_accepted_later_is_not_kept_aside() {
        for code in RefusalCode::ALL {
            assert!(!(code.retryable() && Why::of(code).is_some()), "{code:?}");
        }
    }
}
