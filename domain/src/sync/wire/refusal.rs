//! Why one pushed item was not logged. Not a failure of the request: the other items go on.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::id::EventId;

/// Numbers and names that a sentence about a refusal or problem needs, e.g. `{"limit": 65536}`.
pub type Params = BTreeMap<String, Value>;

/// A pushed item that was not logged, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Refusal {
    /// Place of the item in the request's `push`, from 0.
    pub item: usize,
    /// The event's id, when the item could be read that far.
    pub id: Option<EventId>,
    /// Why.
    pub code: RefusalCode,
    /// What a sentence about it needs; `kept` (true) when the office keeps the event aside for a
    /// director to decide on ([`crate::quarantine`]).
    pub params: Params,
    /// Whether the same bytes may be accepted later ([`RefusalCode::retryable`]); told apart
    /// from the code for phones that do not know the code.
    pub retryable: bool,
}

impl Refusal {
    /// A refusal of item `item` without parameters.
    pub fn new(item: usize, id: Option<EventId>, code: RefusalCode) -> Self {
        Self {
            item,
            id,
            code,
            params: Params::new(),
            retryable: code.retryable(),
        }
    }

    /// The same with one parameter more.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.params.insert(name.into(), value.into());
        self
    }
}

/// The reasons for refusing one item. Adding one is a change of the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum RefusalCode {
    /// Not an event, or not in its one canonical spelling; `part` when a part's text is at fault.
    Malformed,
    /// A part does not have the hash the envelope commits to; `part`.
    PartChanged,
    /// A part named in the envelope was not sent along; `part`.
    PartMissing,
    /// The envelope, the kind or its body is of a later version than this server's.
    LaterVersion,
    /// A kind that only the office writes; `kind`.
    NotForPush,
    /// A part or the envelope is longer than allowed; `part` (absent for the envelope), `limit`
    /// in bytes.
    TooLarge,
    /// JSON nested deeper than allowed; `limit`.
    TooDeep,
    /// The record has as many events as a record may have; `limit`.
    SubjectFull,
    /// Made by another person than the one logged in, and not pushed as carried.
    OtherPerson,
    /// Made on another device than the one logged in, and not pushed as carried.
    OtherDevice,
    /// The signature is not the device's over this envelope, or the device is not enrolled.
    BadSignature,
    /// The person does not hold the role on the site now, or the role may not do this; `role`.
    NotAuthorised,
    /// Another event with this id is logged.
    IdConflict,
    /// An event that the author had seen is not logged here yet; retryable; `after`.
    UnknownAfter,
    /// The record it is about is not logged here yet; retryable.
    UnknownSubject,
    /// The record it is about is of another sort, or belongs to another log.
    WrongSubject,
    /// What it says is not valid; `reason` is the code of the rule.
    Invalid,
    /// Another person's event, signed by a device that was revoked since: a director decides.
    DeviceRevoked,
    /// A decision on an event that is not kept aside here.
    NotHeld,
    /// A decision on what was decided before; `by` is the event that did.
    AlreadyDecided,
    /// The event kept aside cannot be taken into the log; `code` and what else is there say why.
    NotAdoptable,
    /// Handed in without a log-in: as many events of this device are kept aside as may be;
    /// `limit`.
    QuarantineFull,
    /// A code of a later server (never sent by this one).
    #[serde(other)]
    #[cfg_attr(feature = "schema", schemars(skip))]
    Other,
}

impl RefusalCode {
    /// All codes this program sends.
    pub const ALL: [Self; 22] = [
        Self::Malformed,
        Self::PartChanged,
        Self::PartMissing,
        Self::LaterVersion,
        Self::NotForPush,
        Self::TooLarge,
        Self::TooDeep,
        Self::SubjectFull,
        Self::OtherPerson,
        Self::OtherDevice,
        Self::BadSignature,
        Self::NotAuthorised,
        Self::IdConflict,
        Self::UnknownAfter,
        Self::UnknownSubject,
        Self::WrongSubject,
        Self::Invalid,
        Self::DeviceRevoked,
        Self::NotHeld,
        Self::AlreadyDecided,
        Self::NotAdoptable,
        Self::QuarantineFull,
    ];

    /// Whether the same bytes may be accepted later without anybody mending anything: what they
    /// refer to may still be on its way from another phone.
    pub fn retryable(self) -> bool {
        matches!(self, Self::UnknownAfter | Self::UnknownSubject)
    }

    /// The name on the wire, and of the sentence about it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::PartChanged => "part_changed",
            Self::PartMissing => "part_missing",
            Self::LaterVersion => "later_version",
            Self::NotForPush => "not_for_push",
            Self::TooLarge => "too_large",
            Self::TooDeep => "too_deep",
            Self::SubjectFull => "subject_full",
            Self::OtherPerson => "other_person",
            Self::OtherDevice => "other_device",
            Self::BadSignature => "bad_signature",
            Self::NotAuthorised => "not_authorised",
            Self::IdConflict => "id_conflict",
            Self::UnknownAfter => "unknown_after",
            Self::UnknownSubject => "unknown_subject",
            Self::WrongSubject => "wrong_subject",
            Self::Invalid => "invalid",
            Self::DeviceRevoked => "device_revoked",
            Self::NotHeld => "not_held",
            Self::AlreadyDecided => "already_decided",
            Self::NotAdoptable => "not_adoptable",
            Self::QuarantineFull => "quarantine_full",
            Self::Other => "other",
        }
    }
}
