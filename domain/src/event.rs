//! The event: an envelope the device signs once and parts that can each be withheld or erased
//! alone (D1, D5). What the parts say is in the files of their subjects (`visit`, `review`, …).
//!
//! An event travels and is stored as the canonical texts it was signed over (RFC 8785) and is
//! never serialised again; [`Event::open`] is the only way to look inside.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::hash::{Hash, from_base64url, tagged, to_base64url};
use crate::id::{EventId, PersonId, SiteId, SubjectId};
use crate::policy::Role;
use crate::time::SiteTime;

pub use self::canonical::Uncanonical;

mod canonical;

/// The version of the envelope this program writes.
pub const ENVELOPE_VERSION: u16 = 1;
/// Bytes of an ECDSA P-256 signature in the fixed form `r‖s` (IEEE P1363, as WebCrypto writes it).
pub const SIGNATURE_BYTES: usize = 64;
/// Most ids in `after`.
pub const AFTER_MAX: usize = 8;

/// What happened. The names are the wire's; [`Kind::from_name`] is `None` for kinds of later
/// programs, whose events are kept and chained all the same (D10).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A visit was finished (R3.4, R2.6), with or without contact.
    VisitRecorded,
    /// A sealed record was corrected by a further revision, which the owner may sign again.
    VisitCorrected,
    /// A record made in error was voided by an addition.
    VisitVoided,
    /// The supervisor's opinion on a record (R3.8).
    OpinionWritten,
    /// The director's decision on one opinion of the owner's (R3.9).
    OpinionDecided,
    /// An owner was given the answer they wanted (R3.10).
    AnswerGiven,
    /// A visit was planned, moved or given to somebody else (R2.2).
    VisitPlanned,
    /// A planned visit was called off.
    VisitCalledOff,
    /// A household's entry in the register (R3.1).
    HouseholdChanged,
    /// A call ahead that agreed no visit (R2.2).
    HouseholdCalled,
    /// A phrase was put on the office's list, changed or taken off it.
    PhraseChanged,
    /// A director took an event that was kept aside into the log, or turned it down.
    QuarantineDecided,
    /// Parts of an event were erased for privacy ([`crate::erasure`]; PIPL 19, 47).
    BodyErased,
    /// A director ordered that what was held on a household be erased
    /// ([`crate::erasure::Order`]; PIPL 47).
    HouseholdErased,
    /// A site was opened (organisation's log).
    SiteOpened,
    /// An account was added (organisation's log).
    AccountAdded,
    /// A role was granted or its term changed (organisation's log).
    RoleGranted,
    /// A device's key was enrolled (organisation's log).
    DeviceEnrolled,
    /// A device's key was revoked (organisation's log).
    DeviceRevoked,
    /// Where a site's log stands, stated by the office once a day (organisation's log).
    HeadsStated,
}

impl Kind {
    /// All kinds this program knows.
    pub const ALL: [Self; 20] = [
        Self::VisitRecorded,
        Self::VisitCorrected,
        Self::VisitVoided,
        Self::OpinionWritten,
        Self::OpinionDecided,
        Self::AnswerGiven,
        Self::VisitPlanned,
        Self::VisitCalledOff,
        Self::HouseholdChanged,
        Self::HouseholdCalled,
        Self::PhraseChanged,
        Self::QuarantineDecided,
        Self::BodyErased,
        Self::HouseholdErased,
        Self::SiteOpened,
        Self::AccountAdded,
        Self::RoleGranted,
        Self::DeviceEnrolled,
        Self::DeviceRevoked,
        Self::HeadsStated,
    ];

    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::VisitRecorded => "visit.recorded",
            Self::VisitCorrected => "visit.corrected",
            Self::VisitVoided => "visit.voided",
            Self::OpinionWritten => "opinion.written",
            Self::OpinionDecided => "opinion.decided",
            Self::AnswerGiven => "answer.given",
            Self::VisitPlanned => "visit.planned",
            Self::VisitCalledOff => "visit.called_off",
            Self::HouseholdChanged => "household.changed",
            Self::HouseholdCalled => "household.called",
            Self::PhraseChanged => "phrase.changed",
            Self::QuarantineDecided => "quarantine.decided",
            Self::BodyErased => "body.erased",
            Self::HouseholdErased => "household.erased",
            Self::SiteOpened => "site.opened",
            Self::AccountAdded => "account.added",
            Self::RoleGranted => "role.granted",
            Self::DeviceEnrolled => "device.enrolled",
            Self::DeviceRevoked => "device.revoked",
            Self::HeadsStated => "heads.stated",
        }
    }

    /// Reads a name; `None` when this program does not know it.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// The name of a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum PartName {
    /// What counting needs: no names, never erased.
    Fact,
    /// What was shown, or the text of a review.
    Content,
    /// Who signed, as what, when: the outcome of the owner's page (D5).
    Signing,
    /// The strokes of the signature.
    Ink,
    /// Staff's own note, never shown, printed or exported with the record (R3.7).
    Private,
}

impl PartName {
    /// The name on the wire and in the hash.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fact => "fact",
            Self::Content => "content",
            Self::Signing => "signing",
            Self::Ink => "ink",
            Self::Private => "private",
        }
    }
}

/// Sixteen random bytes that keep a part's hash from telling what an erased part said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Salt(pub [u8; 16]);

/// A part: its salt and its canonical JSON text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// Random, its own for each part.
    #[serde(with = "salt_text")]
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub salt: Salt,
    /// Canonical JSON (RFC 8785), without floats.
    pub body: String,
}

/// Why a part is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Absence {
    /// The reader may not hold it ([`crate::policy::sees`]).
    Withheld,
    /// It was erased for privacy; the chain still holds.
    Erased,
}

/// A part as it travels: whole, or the reason why not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum PartState {
    /// The part itself.
    Present(Part),
    /// `{"absent": "withheld"}`.
    Absent {
        /// The reason.
        absent: Absence,
    },
}

/// What the device signs. Field by field as in the notes on the log; never erased, so it holds
/// no names and no text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Envelope {
    /// Version of the envelope, [`ENVELOPE_VERSION`].
    pub v: u16,
    /// Idempotency key.
    pub id: EventId,
    /// The record it is about.
    pub subject: SubjectId,
    /// The site whose log it belongs to.
    pub site: SiteId,
    /// Name of the kind, see [`Kind`].
    pub kind: String,
    /// Version of the parts' bodies.
    pub kv: u16,
    /// Heads of the subject that the author had seen, at most [`AFTER_MAX`].
    pub after: Vec<EventId>,
    /// Who.
    pub actor: PersonId,
    /// In which role they acted.
    pub role: Role,
    /// SHA-256 of the device's public key (SPKI, DER).
    pub device: Hash,
    /// Device time with the site's offset.
    pub at: SiteTime,
    /// Device clock minus server clock in ms, as last measured; `None` when never.
    pub skew_ms: Option<i64>,
    /// Seconds since `skew_ms` was measured; `None` when never.
    pub skew_age_s: Option<u32>,
    /// Hash of each part.
    pub parts: BTreeMap<PartName, Hash>,
    /// ECDSA P-256 over [`signing_input`], base64url; absent only while being signed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sig: Option<String>,
}

/// An event as stored and sent: canonical texts, opaque to whoever only carries them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// Canonical JSON of the signed [`Envelope`].
    pub envelope: String,
    /// The parts named in the envelope, each present or absent with a reason.
    pub parts: BTreeMap<PartName, PartState>,
}

/// Why an event could not be opened. Codes for refusals are in [`crate::sync::wire`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Malformed {
    /// The envelope is not the canonical JSON of a version-1 envelope.
    Envelope,
    /// The envelope's version is a later program's.
    LaterVersion,
    /// A part is named in the envelope but not sent, or the reverse.
    PartList,
    /// A part does not have the hash that the envelope names.
    PartHash(PartName),
    /// A part's text is not the canonical JSON of its body.
    PartBody(PartName),
}

/// An event looked into: the envelope read and the parts' hashes checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened<'a> {
    /// The envelope.
    pub envelope: Envelope,
    /// Hash of the envelope's text, signature included.
    pub envelope_hash: Hash,
    /// The event it was opened from.
    pub event: &'a Event,
}

/// Hash of a part: salted, so that an erased part cannot be guessed from it.
pub fn part_hash(name: PartName, part: &Part) -> Hash {
    tagged(
        "doorstep/part/1",
        &[name.as_str().as_bytes(), &part.salt.0, part.body.as_bytes()],
    )
}

/// Hash of an envelope's canonical text, signature included.
pub fn envelope_hash(envelope: &str) -> Hash {
    tagged("doorstep/envelope/1", &[envelope.as_bytes()])
}

/// The bytes the device signs: the canonical envelope without `sig`, under a tag.
pub fn signing_input(unsigned: &Envelope) -> Vec<u8> {
    debug_assert!(unsigned.sig.is_none(), "signed before");
    tagged("doorstep/signature/1", &[canonical(unsigned).as_bytes()])
        .0
        .to_vec()
}

/// Canonical JSON (RFC 8785) of a value made of strings, integers, lists and objects.
///
/// # Panics
/// Never for what this program makes: no type of this crate holds a float or a non-string key,
/// and no number of its own is near 2^53. What came from elsewhere is read by [`read_canonical`].
pub fn canonical<T: Serialize>(value: &T) -> String {
    try_canonical(value).expect("types of the domain are canonicalisable")
}

/// The same for a value of any origin.
pub fn try_canonical<T: Serialize>(value: &T) -> Result<String, Uncanonical> {
    canonical::write(value, 512)
}

/// Reads `text` if it is the canonical JSON of a `T`, byte for byte.
pub fn read_canonical<T: Serialize + DeserializeOwned>(text: &str) -> Option<T> {
    let value: T = serde_json::from_str(text).ok()?;
    let written = canonical::write(&value, text.len()).ok()?;
    (written == text).then_some(value)
}

impl Envelope {
    /// The kind, if this program knows it.
    pub fn known_kind(&self) -> Option<Kind> {
        Kind::from_name(&self.kind)
    }

    /// The event: this envelope with its signature put in, and the parts it names.
    pub fn into_event(mut self, signature: &[u8], parts: BTreeMap<PartName, Part>) -> Event {
        self.sig = Some(to_base64url(signature));
        let parts = parts
            .into_iter()
            .map(|(name, part)| (name, PartState::Present(part)))
            .collect();
        Event {
            envelope: canonical(&self),
            parts,
        }
    }
}

impl Event {
    /// Reads the envelope and checks every present part against its hash. Does not check the
    /// signature (that needs the device's key) nor what the bodies say.
    pub fn open(&self) -> Result<Opened<'_>, Malformed> {
        match self.open_broken()? {
            (opened, None) => Ok(opened),
            (_, Some(part)) => Err(Malformed::PartHash(part)),
        }
    }

    /// Opens the event even where a part is not what was signed, to show the rest of a record as
    /// broken instead of hiding it; gives the first such part.
    pub fn open_broken(&self) -> Result<(Opened<'_>, Option<PartName>), Malformed> {
        let envelope = self.read_envelope()?;
        if !envelope.parts.keys().eq(self.parts.keys()) {
            return Err(Malformed::PartList);
        }
        let broken = envelope.parts.iter().find(|(name, hash)| {
            let part = self.part(**name);
            part.is_some_and(|part| part_hash(**name, part) != **hash)
        });
        let broken = broken.map(|(name, _)| *name);
        let opened = Opened {
            envelope,
            envelope_hash: envelope_hash(&self.envelope),
            event: self,
        };
        Ok((opened, broken))
    }

    /// Reads the envelope alone, whatever the parts are.
    pub fn read_envelope(&self) -> Result<Envelope, Malformed> {
        read_envelope(&self.envelope)
    }

    /// The same event with the parts `keep` refuses left out as `withheld`.
    #[must_use]
    pub fn withholding(mut self, keep: impl Fn(PartName) -> bool) -> Self {
        for (name, state) in &mut self.parts {
            if matches!(state, PartState::Present(_)) && !keep(*name) {
                *state = PartState::Absent {
                    absent: Absence::Withheld,
                };
            }
        }
        self
    }

    /// The same event with `parts` erased, salts and all; the others are as they were.
    #[must_use]
    pub fn erasing(mut self, parts: &[PartName]) -> Self {
        for name in parts {
            if let Some(state) = self.parts.get_mut(name) {
                *state = PartState::Absent {
                    absent: Absence::Erased,
                };
            }
        }
        self
    }

    /// The parts that were erased.
    pub fn erased(&self) -> impl Iterator<Item = PartName> {
        let erased = PartState::Absent {
            absent: Absence::Erased,
        };
        let parts = self.parts.iter();
        parts.filter_map(move |(name, state)| (*state == erased).then_some(*name))
    }

    /// A part's text, if it is here.
    pub fn part(&self, name: PartName) -> Option<&Part> {
        match self.parts.get(&name)? {
            PartState::Present(part) => Some(part),
            PartState::Absent { .. } => None,
        }
    }
}

impl Opened<'_> {
    /// Reads the body of part `name`; `Ok(None)` when the part is absent.
    pub fn body<T: Serialize + DeserializeOwned>(
        &self,
        name: PartName,
    ) -> Result<Option<T>, Malformed> {
        self.event
            .part(name)
            .map(|part| read_canonical(&part.body).ok_or(Malformed::PartBody(name)))
            .transpose()
    }

    /// The signature's bytes and what they must sign; `None` when it is not a P-256 signature.
    pub fn signature(&self) -> Option<(Vec<u8>, Vec<u8>)> {
        let bytes = from_base64url(self.envelope.sig.as_deref()?).ok()?;
        let mut unsigned = self.envelope.clone();
        unsigned.sig = None;
        (bytes.len() == SIGNATURE_BYTES).then(|| (bytes, signing_input(&unsigned)))
    }
}

fn read_envelope(text: &str) -> Result<Envelope, Malformed> {
    #[derive(Deserialize)]
    struct Version {
        v: u16,
    }
    let version: Version = serde_json::from_str(text).map_err(|_| Malformed::Envelope)?;
    if version.v > ENVELOPE_VERSION {
        return Err(Malformed::LaterVersion);
    }
    let envelope: Envelope = read_canonical(text).ok_or(Malformed::Envelope)?;
    if envelope.sig.is_none() || envelope.after.len() > AFTER_MAX {
        return Err(Malformed::Envelope);
    }
    Ok(envelope)
}

mod salt_text {
    use serde::{Deserialize, Deserializer, Serializer};

    use super::{Salt, from_base64url, to_base64url};

    pub(super) fn serialize<S: Serializer>(salt: &Salt, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&to_base64url(&salt.0))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Salt, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(from)?;
        let bytes = from_base64url(&text).map_err(serde::de::Error::custom)?;
        Ok(Salt(bytes.try_into().map_err(|_| {
            serde::de::Error::custom("salt is not 16 bytes")
        })?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Event {
        let part = Part {
            salt: Salt([3; 16]),
            body: r#"{"a":1}"#.into(),
        };
        let envelope = Envelope {
            v: ENVELOPE_VERSION,
            id: EventId::mint(1, &[1; 10]),
            subject: SubjectId::mint(1, &[2; 10]),
            site: SiteId::mint(1, &[3; 10]),
            kind: Kind::VisitRecorded.as_str().into(),
            kv: 1,
            after: vec![],
            actor: PersonId::mint(1, &[4; 10]),
            role: Role::Supervisor,
            device: crate::hash::sha256(b"key"),
            at: SiteTime::at(1_000, 480).unwrap(),
            skew_ms: None,
            skew_age_s: None,
            parts: BTreeMap::from([(PartName::Fact, part_hash(PartName::Fact, &part))]),
            sig: None,
        };
        envelope.into_event(
            &[9; SIGNATURE_BYTES],
            BTreeMap::from([(PartName::Fact, part)]),
        )
    }

    #[test]
    fn an_event_opens_and_its_signature_covers_all_but_itself() {
        let event = sample();
        let opened = event.open().unwrap();
        let (signature, input) = opened.signature().unwrap();
        assert_eq!(signature, [9; SIGNATURE_BYTES]);
        let mut changed = opened.envelope.clone();
        changed.sig = None;
        assert_eq!(signing_input(&changed), input);
        changed.kv = 2;
        assert_ne!(signing_input(&changed), input);
    }

    #[test]
    fn one_changed_character_of_a_part_is_named() {
        let mut event = sample();
        let Some(PartState::Present(part)) = event.parts.get_mut(&PartName::Fact) else {
            panic!("sample has a fact")
        };
        part.body = r#"{"a":2}"#.into();
        assert_eq!(
            event.open().unwrap_err(),
            Malformed::PartHash(PartName::Fact)
        );
    }

    #[test]
    fn an_envelope_with_another_spelling_or_more_fields_is_refused() {
        for (from, to) in [
            (r#""kv":1"#, r#""kv": 1"#),
            (r#""kv":1"#, r#""kv":1,"extra":1"#),
        ] {
            let mut event = sample();
            event.envelope = event.envelope.replace(from, to);
            assert_eq!(event.open().unwrap_err(), Malformed::Envelope);
        }
        let mut later = sample();
        later.envelope = later.envelope.replace(r#""v":1"#, r#""v":2"#);
        assert_eq!(later.open().unwrap_err(), Malformed::LaterVersion);
    }

    #[test]
    fn a_withheld_part_leaves_the_event_openable() {
        let event = sample().withholding(|_| false);
        let opened = event.open().unwrap();
        assert_eq!(opened.body::<serde_json::Value>(PartName::Fact), Ok(None));
    }

    #[test]
    fn parts_missing_or_added_on_the_way_are_refused() {
        let mut fewer = sample();
        fewer.parts.clear();
        assert_eq!(fewer.open().unwrap_err(), Malformed::PartList);
        let mut more = sample();
        let fact = more.parts[&PartName::Fact].clone();
        more.parts.insert(PartName::Private, fact);
        assert_eq!(more.open().unwrap_err(), Malformed::PartList);
    }

    #[test]
    fn kinds_read_back_by_name() {
        for kind in Kind::ALL {
            assert_eq!(Kind::from_name(kind.as_str()), Some(kind));
        }
    }
}
