//! What a site holds on one household (PIPL 45, 47), and what it has held for too long (PIPL 19):
//! which of its events these are, wherever they are kept. Not the erasing, which is
//! [`crate::erasure`]'s.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::account::Site;
use crate::erasure::HouseholdErasure;
use crate::event::{Absence, Envelope, Event, Kind, PartName, PartState};
use crate::hash::Hash;
use crate::household::HouseholdFact;
use crate::id::{EventId, HouseholdId, PersonId, SubjectId};
use crate::log::{LoggedEvent, Seq};
use crate::plan::{CallFact, PlanFact};
use crate::policy::Role;
use crate::quarantine::{Held, Verdict, Why};
use crate::time::{SiteTime, UnixMs};
use crate::visit::VisitFact;

/// All that a site keeps: its log, and what is kept aside. Events that cannot be read are passed
/// over; `verify` names them.
#[derive(Debug, Clone, Copy)]
pub struct Kept<'a> {
    /// The site's log, oldest first.
    pub log: &'a [LoggedEvent],
    /// What is kept aside, whatever became of it, oldest first.
    pub aside: &'a [Held],
}

/// What [`Export::format`] says.
pub const EXPORT_FORMAT: &str = "doorstep-household/1";

/// All that is given to a household of what a site holds on it (PIPL 45): the file of an export.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Export {
    /// [`EXPORT_FORMAT`].
    pub format: String,
    /// The site.
    pub site: Site,
    /// The household.
    pub household: HouseholdId,
    /// The names of those who wrote the entries.
    pub people: BTreeMap<PersonId, String>,
    /// See [`Kept::told_to`].
    pub entries: Vec<Entry>,
    /// How many drafts the office has copies of: their authors' alone until they are recorded.
    pub drafts: u64,
    /// The photos that entries name, by their hashes, as JPEG in base64url.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub photos: BTreeMap<Hash, String>,
}

/// An event that says something of a household.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The event.
    pub event: EventId,
    /// Name of its kind, see [`Kind`].
    pub kind: String,
    /// The record it is about.
    pub record: SubjectId,
    /// Who wrote it.
    pub by: PersonId,
    /// In which role.
    pub role: Role,
    /// Device time.
    pub at: SiteTime,
    /// Server time of its arrival.
    pub received_at: UnixMs,
    /// Where it is.
    pub place: Place,
    /// Its parts by name.
    pub parts: BTreeMap<PartName, Said>,
}

/// Where an event is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// At this place of the site's log.
    Logged(Seq),
    /// Aside.
    Aside {
        /// Why.
        why: Why,
        /// What became of it; `None` while nobody has decided.
        decided: Option<Verdict>,
    },
}

/// What a part says, or why it is not told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum Said {
    /// Why it is not told.
    Absent {
        /// The reason.
        absent: Absence,
    },
    /// What it says.
    Body(Value),
}

impl<'a> Kept<'a> {
    /// All events, those of the log first.
    fn events(self) -> impl Iterator<Item = (Source<'a>, Envelope)> {
        let logged = self.log.iter().map(Source::Logged);
        let all = logged.chain(self.aside.iter().map(Source::Aside));
        all.filter_map(|source| Some((source, source.event().read_envelope().ok()?)))
    }

    /// What says something of `household`: its entries in the register, calls, plans and visits,
    /// whatever was added to these or decided about what is kept aside of them. Logged first, each in its order.
    fn on(self, household: HouseholdId) -> impl Iterator<Item = (Source<'a>, Envelope)> {
        let mut subjects = BTreeSet::from([SubjectId::from(household)]);
        for (source, envelope) in self.events() {
            if household_of(source.event(), &envelope) == Some(household) {
                subjects.insert(envelope.subject);
            }
        }
        // A decision on what is kept aside, or its erasure, is about the event's own id.
        for held in self.aside {
            let envelope = held.event.read_envelope();
            if envelope.is_ok_and(|envelope| subjects.contains(&envelope.subject)) {
                subjects.insert(held.id.into());
            }
        }
        self.events()
            .filter(move |(_, envelope)| subjects.contains(&envelope.subject))
    }

    /// All that may be given to the household (PIPL 45). Two things are held back, because R3.7 has
    /// them never leave the staff and others than the household may be in them: private notes,
    /// whose being there is told, and the mark that a household needs careful work.
    pub fn told_to(self, household: HouseholdId) -> Vec<Entry> {
        self.on(household)
            .map(|(source, envelope)| source.entry(envelope))
            .collect()
    }

    /// The events that say something of a household, each once: what is erased with it (PIPL 47).
    pub fn events_on(self, household: HouseholdId) -> BTreeSet<EventId> {
        self.on(household)
            .map(|(_, envelope)| envelope.id)
            .collect()
    }

    /// The events whose parts have been kept for the whole term, when it reaches back to `before`
    /// (PIPL 19): visits and plans of earlier dates with all that was added, when that is as old;
    /// calls; entries of the register and phrases that later ones have replaced; what is kept aside and decided. What is in force
    /// or waits for somebody is never among them.
    pub fn older_than(self, before: NaiveDate) -> BTreeSet<EventId> {
        let mut latest: BTreeMap<SubjectId, NaiveDate> = BTreeMap::new();
        let mut in_force: BTreeMap<SubjectId, EventId> = BTreeMap::new();
        for (source, envelope) in self.events() {
            let date = date(source.event(), &envelope);
            let of_record = latest.entry(envelope.subject).or_insert(date);
            *of_record = date.max(*of_record);
            if matches!(source, Source::Logged(_)) && is_in_force(&envelope) {
                in_force.insert(envelope.subject, envelope.id);
            }
        }
        let old = self.events().filter(|(source, envelope)| match source {
            Source::Aside(held) => held.decided.is_some() && envelope.at.date() < before,
            Source::Logged(_) if is_in_force(envelope) => {
                envelope.at.date() < before && in_force.get(&envelope.subject) != Some(&envelope.id)
            }
            // A call stands for itself, however long the household stays on the register.
            Source::Logged(_) if is(envelope, Kind::HouseholdCalled) => envelope.at.date() < before,
            Source::Logged(_) => latest.get(&envelope.subject).is_some_and(|it| *it < before),
        });
        old.map(|(_, envelope)| envelope.id).collect()
    }
}

/// An event where it is kept.
#[derive(Debug, Clone, Copy)]
enum Source<'a> {
    Logged(&'a LoggedEvent),
    Aside(&'a Held),
}

impl<'a> Source<'a> {
    fn event(self) -> &'a Event {
        match self {
            Self::Logged(row) => &row.event,
            Self::Aside(held) => &held.event,
        }
    }

    fn entry(self, envelope: Envelope) -> Entry {
        let (place, received_at) = match self {
            Self::Logged(row) => (Place::Logged(row.seq), row.received_at),
            Self::Aside(held) => {
                let decided = held.decided.map(|decided| decided.verdict);
                let why = held.why;
                (Place::Aside { why, decided }, held.received_at)
            }
        };
        let parts = self.event().parts.iter();
        let parts = parts.map(|(name, state)| (*name, said(*name, state, &envelope)));
        Entry {
            event: envelope.id,
            record: envelope.subject,
            by: envelope.actor,
            role: envelope.role,
            at: envelope.at,
            received_at,
            place,
            parts: parts.collect(),
            kind: envelope.kind,
        }
    }
}

fn said(name: PartName, state: &PartState, envelope: &Envelope) -> Said {
    let part = match state {
        PartState::Absent { absent } => return Said::Absent { absent: *absent },
        PartState::Present(_) if name == PartName::Private => {
            let absent = Absence::Withheld;
            return Said::Absent { absent };
        }
        PartState::Present(part) => part,
    };
    // A body that is no JSON is broken, which verify names; its text is told as it is.
    let text = || Value::String(part.body.clone());
    let mut body = serde_json::from_str(&part.body).unwrap_or_else(|_| text());
    if let Value::Object(card) = &mut body
        && name == PartName::Content
        && is(envelope, Kind::HouseholdChanged)
    {
        card.remove("careful");
    }
    Said::Body(body)
}

/// Whether it holds until a later one about the same replaces it, however old it gets.
fn is_in_force(envelope: &Envelope) -> bool {
    is(envelope, Kind::HouseholdChanged) || is(envelope, Kind::PhraseChanged)
}

fn is(envelope: &Envelope, kind: Kind) -> bool {
    envelope.known_kind() == Some(kind)
}

/// The household that an event is about by its own words; `None` for what is added to a record,
/// and for an event that cannot be read.
pub fn household_of(event: &Event, envelope: &Envelope) -> Option<HouseholdId> {
    let fact = &event.part(PartName::Fact)?.body;
    match envelope.known_kind()? {
        Kind::HouseholdChanged => {
            let fact: HouseholdFact = serde_json::from_str(fact).ok()?;
            Some(fact.household)
        }
        Kind::VisitRecorded | Kind::VisitCorrected => Some(visit(fact)?.household),
        Kind::VisitPlanned => Some(plan(fact)?.household),
        Kind::HouseholdCalled => {
            let fact: CallFact = serde_json::from_str(fact).ok()?;
            Some(fact.household)
        }
        Kind::HouseholdErased => {
            let fact: HouseholdErasure = serde_json::from_str(fact).ok()?;
            Some(fact.household)
        }
        _ => None,
    }
}

/// The day an event is of: a visit's or a plan's own, or that of its making when that is later.
fn date(event: &Event, envelope: &Envelope) -> NaiveDate {
    let own = event
        .part(PartName::Fact)
        .and_then(|fact| match envelope.known_kind()? {
            Kind::VisitRecorded | Kind::VisitCorrected => Some(visit(&fact.body)?.date),
            Kind::VisitPlanned => Some(plan(&fact.body)?.date),
            _ => None,
        });
    let made = envelope.at.date();
    own.map_or(made, |date| date.max(made))
}

fn plan(fact: &str) -> Option<PlanFact> {
    serde_json::from_str(fact).ok()
}

fn visit(fact: &str) -> Option<VisitFact> {
    serde_json::from_str(fact).ok()
}
