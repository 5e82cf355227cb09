//! Erasing parts of a record for privacy (PIPL 19, 47): what `body.erased` says. The chain, the
//! signature and the seal stay whole, because they cover salted hashes of the parts (D1).
//! Not the erasing itself, which every store and phone does to the bytes it keeps.

use serde::{Deserialize, Serialize};

use crate::event::{Event, Kind, PartName};
use crate::id::{EventId, PersonId, SubjectId};
use crate::log::LoggedEvent;

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
