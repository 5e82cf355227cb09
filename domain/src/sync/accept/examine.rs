//! What can be said of a pushed item without asking the database: size, form, kind, author,
//! device, signature. Not whether the author may write it there, which is [`super::offer`].

use serde_json::Value;

use super::{Context, Signatures};
use crate::event::{Event, Kind, Malformed, Opened, PartName, PartState};
use crate::id::{EventId, SiteId};
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
    let for_sites = matches!(
        candidate.kind,
        Kind::VisitRecorded
            | Kind::VisitVoided
            | Kind::OpinionWritten
            | Kind::OpinionDecided
            | Kind::HouseholdChanged
    );
    if !for_sites || envelope.site == context.organisation.into() {
        let refusal = candidate.refusal(RefusalCode::NotForPush);
        return Err(refusal.with("kind", candidate.kind.as_str()));
    }
    if envelope.actor != context.person {
        return Err(candidate.refusal(RefusalCode::OtherPerson));
    }
    if envelope.device != context.device {
        return Err(candidate.refusal(RefusalCode::OtherDevice));
    }
    signed(candidate, context.signatures)
}

/// Reads an event of any known kind whose parts are all there.
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
        if matches!(state, PartState::Absent { .. }) {
            let missing = Refusal::new(item, id, RefusalCode::PartMissing);
            return Err(with_part(missing, *name));
        }
    }
    Ok(Candidate { item, kind, opened })
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
