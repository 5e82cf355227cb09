//! What can be said of a pushed item without asking the database: size, form, kind, author,
//! device, signature. Not whether the author may write it there, which is [`super::offer`].

use serde_json::Value;

use super::{Context, Origin, Signatures, aside};
use crate::event::{Absence, Event, Kind, Malformed, Opened, PartName, PartState};
use crate::id::{EventId, SiteId};
use crate::quarantine::Carrier;
use crate::sync::limits::{ENVELOPE_BYTES, Exceeded, JSON_DEPTH, check_event, part_bytes};
use crate::sync::wire::{Pushed, Refusal, RefusalCode};
use crate::validity::BODY_VERSION;

/// An item that is an event of a known kind, whole and rightly signed.
#[derive(Debug)]
pub(super) struct Candidate<'a> {
    /// Its place in the push.
    pub(super) item: usize,
    /// Its kind.
    pub(super) kind: Kind,
    /// The event.
    pub(super) opened: Opened<'a>,
    /// Who brings it, if not its author on the device that signed it.
    pub(super) carrier: Option<Carrier>,
    /// The key that signed it was revoked.
    pub(super) revoked: bool,
}

impl Candidate<'_> {
    /// The site whose log it is for.
    pub(super) fn site(&self) -> SiteId {
        self.opened.envelope.site
    }

    /// A refusal of this item.
    pub(super) fn refusal(&self, code: RefusalCode) -> Refusal {
        Refusal::new(self.item, Some(self.opened.envelope.id), code)
    }
}

/// Reads a pushed item and checks what it alone can tell.
pub(super) fn examine<'a>(
    context: &Context<'_>,
    item: usize,
    pushed: &'a Pushed,
    carried: bool,
) -> Result<Candidate<'a>, Refusal> {
    let event = match pushed {
        Pushed::Event(event) => event,
        Pushed::Unreadable(value) => {
            let refusal = Refusal::new(item, id_in(value), RefusalCode::Malformed);
            return Err(refusal);
        }
    };
    let candidate = read(item, event)?;
    let envelope = &candidate.opened.envelope;
    if !is_for_phones(candidate.kind) || envelope.site == context.organisation.into() {
        let refusal = candidate.refusal(RefusalCode::NotForPush);
        return Err(refusal.with("kind", candidate.kind.as_str()));
    }
    let own = envelope.actor == context.person && envelope.device == context.device;
    if carried && !own {
        return brought(candidate, context);
    }
    if envelope.actor != context.person {
        return Err(candidate.refusal(RefusalCode::OtherPerson));
    }
    if envelope.device != context.device {
        return Err(candidate.refusal(RefusalCode::OtherDevice));
    }
    signed(candidate, context.signatures)
}

/// Whether phones write events of this kind.
pub(super) fn is_for_phones(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::VisitRecorded
            | Kind::VisitCorrected
            | Kind::VisitVoided
            | Kind::OpinionWritten
            | Kind::OpinionDecided
            | Kind::AnswerGiven
            | Kind::VisitPlanned
            | Kind::VisitCalledOff
            | Kind::HouseholdChanged
            | Kind::HouseholdCalled
            | Kind::PhraseChanged
            | Kind::QuarantineDecided
            | Kind::BodyErased
    )
}

/// Lets a carried candidate through if a device of its author's signed it, revoked or not.
fn brought<'a>(
    mut candidate: Candidate<'a>,
    context: &Context<'_>,
) -> Result<Candidate<'a>, Refusal> {
    candidate.revoked = match aside::origin(context.signatures, &candidate) {
        Origin::Unproven => return Err(candidate.refusal(RefusalCode::BadSignature)),
        Origin::Revoked => true,
        Origin::Enrolled => false,
    };
    candidate.carrier = Some(context.carrier());
    Ok(candidate)
}

/// Reads an event of any known kind whose parts are all there, or said to be erased: whether
/// they are, the site's log knows ([`super::offer`]).
pub(super) fn read(item: usize, event: &Event) -> Result<Candidate<'_>, Refusal> {
    let refusal = |code| Refusal::new(item, None, code);
    check_event(event).map_err(|exceeded| match exceeded {
        Exceeded::Envelope => refusal(RefusalCode::TooLarge).with("limit", ENVELOPE_BYTES),
        Exceeded::Part(name) => {
            with_part(refusal(RefusalCode::TooLarge), name).with("limit", part_bytes(name))
        }
        Exceeded::Depth => refusal(RefusalCode::TooDeep).with("limit", JSON_DEPTH),
    })?;
    let opened = event.open().map_err(|malformed| match malformed {
        Malformed::Envelope | Malformed::PartList => refusal(RefusalCode::Malformed),
        Malformed::LaterVersion => refusal(RefusalCode::LaterVersion),
        Malformed::PartHash(name) => with_part(refusal(RefusalCode::PartChanged), name),
        Malformed::PartBody(name) => with_part(refusal(RefusalCode::Malformed), name),
    })?;
    let id = Some(opened.envelope.id);
    let later = || Refusal::new(item, id, RefusalCode::LaterVersion);
    let kind = opened.envelope.known_kind().ok_or_else(later)?;
    if opened.envelope.kv > BODY_VERSION {
        return Err(later());
    }
    for (name, state) in &event.parts {
        let absent = match state {
            PartState::Present(_) => None,
            PartState::Absent { absent } => Some(*absent),
        };
        if absent == Some(Absence::Withheld) || (absent.is_some() && *name == PartName::Fact) {
            let missing = Refusal::new(item, id, RefusalCode::PartMissing);
            return Err(with_part(missing, *name));
        }
    }
    Ok(Candidate {
        item,
        kind,
        opened,
        carrier: None,
        revoked: false,
    })
}

/// Lets the candidate through if its signature holds.
pub(super) fn signed<'a>(
    candidate: Candidate<'a>,
    signatures: &dyn Signatures,
) -> Result<Candidate<'a>, Refusal> {
    let device = &candidate.opened.envelope.device;
    let holds = candidate
        .opened
        .signature()
        .is_some_and(|(signature, message)| signatures.verify(device, &message, &signature));
    if holds {
        Ok(candidate)
    } else {
        Err(candidate.refusal(RefusalCode::BadSignature))
    }
}

fn with_part(refusal: Refusal, name: PartName) -> Refusal {
    refusal.with("part", name.as_str())
}

/// The event's id in an item of unknown shape, if there is one, for whoever reads the refusal.
fn id_in(value: &Value) -> Option<EventId> {
    let envelope: Value = serde_json::from_str(value.get("envelope")?.as_str()?).ok()?;
    envelope.get("id")?.as_str()?.parse().ok()
}
