//! Erasing parts of a record for privacy (PIPL 19, 47): what `body.erased` says, and what
//! `household.erased` says of what is in no log yet. The chain, the signature and the seal stay
//! whole, because they cover salted hashes of the parts (D1).
//! Not the erasing itself, which every store and phone does to the bytes it keeps.

use serde::{Deserialize, Serialize};

use crate::event::{Envelope, Event, Kind, PartName};
use crate::holdings::household_of;
use crate::id::{EventId, HouseholdId, PersonId, SubjectId};
use crate::log::LoggedEvent;
use crate::time::UnixMs;

/// Why something is erased. Each reason is one of the law's, see [`Reason::rule`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// What it was kept for has been reached or can no longer be.
    NoLongerNeeded,
    /// The term for which it is kept is over.
    TermEnded,
    /// The person has taken their consent back.
    ConsentWithdrawn,
    /// It should never have been written down, or kept so: a law, an agreement or R3.7 is against
    /// it.
    Unlawful,
}

impl Reason {
    /// All reasons.
    pub const ALL: [Self; 4] = [
        Self::NoLongerNeeded,
        Self::TermEnded,
        Self::ConsentWithdrawn,
        Self::Unlawful,
    ];

    /// The name on the wire and in commands.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoLongerNeeded => "no_longer_needed",
            Self::TermEnded => "term_ended",
            Self::ConsentWithdrawn => "consent_withdrawn",
            Self::Unlawful => "unlawful",
        }
    }

    /// Reads a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == name)
    }

    /// The article of the Personal Information Protection Law (PIPL) that it rests on.
    pub fn rule(self) -> &'static str {
        match self {
            Self::NoLongerNeeded => "PIPL 47(1)",
            Self::TermEnded => "PIPL 19, 47(2)",
            Self::ConsentWithdrawn => "PIPL 47(3)",
            Self::Unlawful => "PIPL 47(4)",
        }
    }

    /// Whether a director must have ordered it. The end of a term is the rule's own order.
    pub fn needs_order(self) -> bool {
        self != Self::TermEnded
    }
}

/// Part `fact` of `body.erased`: which parts of which event are gone, and why. The event is one of
/// the same record; or one that is kept aside, whose id is then the subject of `body.erased`, as it
/// is of a decision on it ([`crate::quarantine::Decision`]).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Erasure {
    /// The event whose parts are erased.
    pub event: EventId,
    /// The parts, sorted, each once; never `fact`, never none.
    pub parts: Vec<PartName>,
    /// Why.
    pub reason: Reason,
    /// The director who ordered it; there where [`Reason::needs_order`] says so.
    pub ordered_by: Option<PersonId>,
}

impl Erasure {
    /// Whether it names parts that can be erased and, where one is needed, whose order it is.
    pub fn is_sound(&self) -> bool {
        let rising = self.parts.windows(2).all(|pair| pair[0] < pair[1]);
        let ordered = self.ordered_by.is_some() || !self.reason.needs_order();
        let erasable = !self.parts.is_empty() && !self.parts.contains(&PartName::Fact);
        rising && ordered && erasable
    }

    /// Whether, `subject` being that of the event that erases, it is about what is kept aside.
    pub fn is_of_what_is_aside(&self, subject: SubjectId) -> bool {
        subject == self.event.into()
    }

    /// What `event` erases; `None` for every other kind of event, and for one that cannot be read.
    pub fn by(event: &Event) -> Option<Self> {
        let opened = event.open().ok()?;
        if opened.envelope.known_kind() != Some(Kind::BodyErased) {
            return None;
        }
        let erasure: Self = opened.body(PartName::Fact).ok()??;
        erasure.is_sound().then_some(erasure)
    }
}

/// What the events of `rows` erase, in their order: what whoever stores them has to take out of
/// what they keep. The erased event may be among `rows` itself.
pub fn erasures(rows: &[LoggedEvent]) -> Vec<Erasure> {
    rows.iter()
        .filter_map(|row| Erasure::by(&row.event))
        .collect()
}

/// Takes what `erasures` erase out of an event that is kept; whether that changed it.
pub fn erase(erasures: &[Erasure], event: &mut Event) -> bool {
    let Ok(envelope) = event.read_envelope() else {
        return false;
    };
    let about = erasures.iter().filter(|it| it.event == envelope.id);
    let erased = about.fold(event.clone(), |event, it| event.erasing(&it.parts));
    let changed = erased != *event;
    *event = erased;
    changed
}

/// Part `fact` of `household.erased`, whose subject is the household: a director ordered that what
/// was held on it be erased (PIPL 47). What the log and the office hold of it is erased event by
/// event, with the order; the order itself is for what nobody at the office has yet, see [`Order`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HouseholdErasure {
    /// The household.
    pub household: HouseholdId,
    /// Why; one that [`Reason::needs_order`]. Terms end event by event.
    pub reason: Reason,
    /// The director who ordered it.
    pub ordered_by: PersonId,
}

/// `POST /api/v1/households/{household}/erasure`: the asker, a director of the site, orders it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ErasureRequest {
    /// Why; `term_ended` is refused, as terms end event by event.
    pub reason: Reason,
    /// The asker's password: what is erased is gone for good, and a phone may lie open.
    pub password: String,
}

/// What was erased on an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ErasureReply {
    /// The household.
    pub household: HouseholdId,
    /// Of how many events all parts but facts went now.
    pub events: u64,
    /// How many copies of drafts went.
    pub drafts: u64,
}

/// An order of this kind with its time: it concerns what was held until then. What is begun after
/// it is not concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Order {
    /// What is to go, and why.
    pub erasure: HouseholdErasure,
    /// When, by the office's clock. It stays when a restored log says the order again.
    pub at: UnixMs,
}

impl Order {
    /// The order that `event` is; `None` for every other kind, and for one that cannot be read.
    pub fn by(event: &Event) -> Option<Self> {
        let opened = event.open().ok()?;
        if opened.envelope.known_kind() != Some(Kind::HouseholdErased) {
            return None;
        }
        let erasure: HouseholdErasure = opened.body(PartName::Fact).ok()??;
        let at = opened.envelope.at.unix_ms();
        erasure.reason.needs_order().then_some(Self { erasure, at })
    }

    /// Whether it concerns an event on `household`: a visit begun before it, whenever that was
    /// finished; anything else written before it. The device's clock is set right by its skew.
    pub fn reaches(&self, household: HouseholdId, envelope: &Envelope) -> bool {
        let written = envelope.at.unix_ms();
        let begun = match envelope.known_kind() {
            Some(Kind::VisitRecorded | Kind::VisitCorrected) => {
                envelope.subject.minted_at().min(written)
            }
            _ => written,
        };
        let begun = begun.saturating_sub(envelope.skew_ms.unwrap_or_default());
        household == self.erasure.household && begun < self.at
    }

    /// Whether it concerns a draft of the record `subject`: one begun before it in which the
    /// household's id stands. Nobody reads a draft for that; its text may be of any version.
    /// `skew_ms` is the clock it was begun by minus the server's.
    pub fn reaches_draft(&self, subject: SubjectId, body: &[u8], skew_ms: i64) -> bool {
        let name = self.erasure.household.to_string();
        let begun = subject.minted_at().saturating_sub(skew_ms);
        begun < self.at && body.windows(name.len()).any(|at| at == name.as_bytes())
    }
}

/// Whether `event` erases anything: parts of an event, or what is held on a household.
pub fn erases(event: &Event) -> bool {
    Erasure::by(event).is_some() || Order::by(event).is_some()
}

/// Whether a phone that hears `rows` has to drop a draft of the record `subject`: they erase
/// something of this very record, or the household it names. `skew_ms` is the phone's clock minus
/// the server's.
pub fn reaches_draft(rows: &[LoggedEvent], subject: SubjectId, body: &[u8], skew_ms: i64) -> bool {
    rows.iter().any(|LoggedEvent { event, .. }| {
        let of_record = || {
            let envelope = event.read_envelope();
            let same = envelope.is_ok_and(|envelope| envelope.subject == subject);
            same && Erasure::by(event).is_some()
        };
        let order = Order::by(event);
        order.is_some_and(|order| order.reaches_draft(subject, body, skew_ms)) || of_record()
    })
}

/// Takes what `rows` erase out of an event that the office has refused and that its phone keeps;
/// whether that changed it. What still waits to be sent is left whole: the log is to have its
/// fact, and the office erases the rest as it comes.
pub fn erase_refused(rows: &[LoggedEvent], event: &mut Event) -> bool {
    let Ok(envelope) = event.read_envelope() else {
        return false;
    };
    let household = household_of(event, &envelope);
    let mut orders = rows.iter().filter_map(|row| Order::by(&row.event));
    if household.is_some_and(|it| orders.any(|order| order.reaches(it, &envelope))) {
        let parts = event.parts.keys().copied();
        let parts: Vec<PartName> = parts.filter(|name| *name != PartName::Fact).collect();
        let erased = event.clone().erasing(&parts);
        let changed = erased != *event;
        *event = erased;
        return changed;
    }
    erase(&erasures(rows), event)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn erasure(parts: &[PartName], reason: Reason, ordered: bool) -> Erasure {
        Erasure {
            event: EventId::mint(1, &[1; 10]),
            parts: parts.to_vec(),
            reason,
            ordered_by: ordered.then(|| PersonId::mint(1, &[2; 10])),
        }
    }

    #[test]
    fn the_fact_is_never_erased_and_parts_are_named_once_in_order() {
        use PartName::{Content, Fact, Ink, Private};
        let sound = |parts: &[PartName]| erasure(parts, Reason::Unlawful, true).is_sound();
        assert!(sound(&[Content, Ink, Private]));
        assert!(sound(&[Private]));
        for parts in [
            &[][..],
            &[Fact],
            &[Fact, Content],
            &[Ink, Content],
            &[Ink, Ink],
        ] {
            assert!(!sound(parts), "{parts:?}");
        }
    }

    #[test]
    fn all_but_the_end_of_a_term_needs_a_directors_order() {
        for reason in Reason::ALL {
            assert!(erasure(&[PartName::Ink], reason, true).is_sound());
            let alone = erasure(&[PartName::Ink], reason, false).is_sound();
            assert_eq!(alone, reason == Reason::TermEnded, "{reason:?}");
            assert_eq!(Reason::from_name(reason.as_str()), Some(reason));
        }
    }
}
