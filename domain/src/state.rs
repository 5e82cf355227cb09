//! The fold: what a site's log says, as screens show it. Decided here and never refused: a late
//! or superseded fact is kept and marked so.
//!
//! Events are applied in the order of the log, the phone's own pending ones last; applying an
//! event again (when its place becomes known) updates its place and nothing else.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::erasure::{Erasure, Order};
use crate::event::{Event, Kind, Opened, PartName};
use crate::hash::Hash;
use crate::household::{HouseholdCard, HouseholdFact};
use crate::id::{EventId, HouseholdId, PersonId, SubjectId};
use crate::log::{LoggedEvent, Seq};
use crate::policy::Role;
use crate::quarantine;
use crate::review::{About, Decision, Words};
use crate::seal::seal;
use crate::time::{Month, SiteTime, UnixMs};
use crate::topic::Topic;
use crate::visit::{Outcome, PrivateNote, Purpose, Signing, VisitContent, VisitFact};

pub use self::follow_ups::{Answered, FollowUp};
pub use self::phrases::{Listed, Phrase, PhraseEntry};
pub use self::plans::{Call, Plan, PlanEntry};

mod corrections;
mod follow_ups;
mod phrases;
mod plans;

/// Where an event is: only here, or in the office's log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// Received by the office. Sorts before what is only here: the log's order decides.
    Received {
        /// Place in the log.
        seq: Seq,
        /// Server time of acceptance.
        at: UnixMs,
    },
    /// Only on this phone, not yet received by the office.
    OnPhone,
}

/// What a check of a record's parts against its envelope found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Soundness {
    /// Everything here is as it was signed.
    Sound,
    /// This part is not what was signed.
    Broken(PartName),
}

/// One revision of a visit's record: a `visit.recorded` or a `visit.corrected` event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finish {
    /// The event.
    pub id: EventId,
    /// Who recorded it.
    pub actor: PersonId,
    /// In which role.
    pub role: Role,
    /// On which device.
    pub device: Hash,
    /// Device time of finishing.
    pub at: SiteTime,
    /// Where it is.
    pub place: Place,
    /// What counting needs.
    pub fact: VisitFact,
    /// What was shown; `None` when withheld or erased.
    pub content: Option<VisitContent>,
    /// How the owner's page ended; `None` when nobody was met, or withheld.
    pub signing: Option<Signing>,
    /// Canonical text of the ink, read only when it is drawn.
    pub ink: Option<String>,
    /// Staff's own note.
    pub private: Option<PrivateNote>,
    /// The seal; `None` when nobody was met.
    pub seal: Option<Hash>,
    /// Whether the parts here are as they were signed.
    pub soundness: Soundness,
    /// Taken in by a director: when it came, its author had no right to record it.
    pub adopted: Option<Adoption>,
}

/// How an event that was kept aside came into the log: by a director's decision before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Adoption {
    /// The decision.
    pub decision: EventId,
    /// Who decided.
    pub by: PersonId,
    /// In which role.
    pub role: Role,
    /// Device time of the decision.
    pub at: SiteTime,
}

/// Words added to a record by somebody: an opinion (R3.8) or the reason of voiding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Addition {
    /// The event.
    pub id: EventId,
    /// The `visit.recorded` event it is about.
    pub on: EventId,
    /// Who.
    pub actor: PersonId,
    /// In which role.
    pub role: Role,
    /// Device time.
    pub at: SiteTime,
    /// Where it is.
    pub place: Place,
    /// The words; `None` when withheld or erased.
    pub words: Option<String>,
    /// Taken in by a director: when it came, its author had no right to write it.
    pub adopted: Option<Adoption>,
}

/// A director's decision on an event that was kept aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AsideDecided {
    /// What was decided about which event.
    pub decision: quarantine::Decision,
    /// Who, when, where, and the reason.
    pub addition: Addition,
}

/// The director's decision on one opinion (R3.9).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// What was decided about which opinion.
    pub decision: Decision,
    /// Who, when, where, and the reason.
    pub addition: Addition,
}

/// A visit: its finishes and what came after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VisitRecord {
    /// The record.
    pub subject: SubjectId,
    /// Finishes and corrections in the log's order; more than one finish when it was finished on
    /// two phones. Counted once ([`VisitRecord::counted`]), all shown.
    pub finishes: Vec<Finish>,
    /// Voided by these additions; the first is the one that counts.
    pub voided: Vec<Addition>,
    /// Opinions on the record (R3.8) in the log's order.
    pub opinions: Vec<Addition>,
    /// Decisions in the log's order; the last about a topic holds.
    pub decisions: Vec<Decided>,
    /// Answers owners were given, in the log's order (R3.10).
    pub answers: Vec<Answered>,
    /// Events nothing in this record came after yet.
    pub heads: Vec<EventId>,
}

/// A household: its card and what the register has said of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Household {
    /// As registered now.
    pub fact: HouseholdFact,
    /// The card; `None` when withheld or erased.
    pub card: Option<HouseholdCard>,
    /// The entry that the card is of.
    pub card_of: EventId,
    /// Every entry by the date it was made, for a past month's quota.
    pub history: Vec<(NaiveDate, HouseholdFact)>,
    /// Events nothing about this household came after yet.
    pub heads: Vec<EventId>,
}

/// What a site's log says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SiteState {
    /// The register.
    pub households: BTreeMap<HouseholdId, Household>,
    /// The visits.
    pub visits: BTreeMap<SubjectId, VisitRecord>,
    /// The office's phrases, those taken off the list among them.
    pub phrases: BTreeMap<SubjectId, Phrase>,
    /// Planned visits.
    pub plans: BTreeMap<SubjectId, Plan>,
    /// Decisions on events that were kept aside, by the hash of their envelope; of several on one
    /// event the first in the log.
    pub aside: BTreeMap<Hash, AsideDecided>,
    /// Events this program cannot read: a later program's, or broken beyond opening.
    pub unreadable: u32,
    /// Calls ahead that agreed no visit.
    calls: BTreeMap<HouseholdId, Vec<Call>>,
    /// The visits that were recorded on a plan.
    made_on: BTreeMap<SubjectId, BTreeSet<SubjectId>>,
    applied: BTreeSet<EventId>,
    /// Events that an applied one was made after, and that are still to come: an erasure is logged
    /// again at once in a log restored from a backup.
    awaited: BTreeSet<EventId>,
}

/// The month's visiting against its quota (R3.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// The month.
    pub month: Month,
    /// All households of the site.
    pub households: u64,
    /// Those occupied.
    pub occupied: u64,
    /// How many must be visited.
    pub required: u64,
    /// Households visited, by anybody.
    pub visited: u64,
    /// Households the asking person visited.
    pub own: u64,
    /// Of `visited`, those that count only by records still on this phone.
    pub on_phone: u64,
}

/// How a household that was ever contacted stands with a month's visiting (R3.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Visiting {
    /// Whether it was visited in the month, so that it counts for the quota.
    pub this_month: bool,
    /// Date of the latest contact.
    pub last: NaiveDate,
    /// What that contact was for: a return visit is a contact and does not count.
    pub purpose: Purpose,
    /// Months from the latest contact to the month asked about.
    pub months: u32,
}

/// Months without contact from which a household stands out (practice; no rule names one).
pub const LONG_UNVISITED_MONTHS: u32 = 3;

impl Visiting {
    /// Whether the latest contact is so long ago that the household stands out.
    pub fn is_long_ago(&self) -> bool {
        self.months >= LONG_UNVISITED_MONTHS
    }
}

impl SiteState {
    /// Folds a whole log.
    pub fn fold<'a>(log: impl IntoIterator<Item = &'a LoggedEvent>) -> Self {
        let mut state = Self::default();
        for row in log {
            state.apply(
                &row.event,
                Place::Received {
                    seq: row.seq,
                    at: row.received_at,
                },
            );
        }
        state
    }

    /// Whether the event is among those applied, from the log or from this phone.
    pub fn knows(&self, id: EventId) -> bool {
        self.applied.contains(&id)
    }

    /// Applies one event at its place.
    pub fn apply(&mut self, event: &Event, place: Place) {
        // A broken part is shown as broken, not hidden.
        let Ok((opened, broken)) = event.open_broken() else {
            return self.unreadable += 1;
        };
        let soundness = broken.map_or(Soundness::Sound, Soundness::Broken);
        let first_time = self.applied.insert(opened.envelope.id);
        let read = match opened.envelope.known_kind() {
            Some(Kind::VisitRecorded | Kind::VisitCorrected) => {
                self.apply_visit(&opened, place, soundness)
            }
            Some(Kind::VisitVoided) => {
                self.apply_addition(&opened, place, |record| &mut record.voided)
            }
            Some(Kind::OpinionWritten) => {
                self.apply_addition(&opened, place, |record| &mut record.opinions)
            }
            Some(Kind::OpinionDecided) => self.apply_decision(&opened, place),
            Some(Kind::AnswerGiven) => self.apply_answer(&opened, place),
            Some(Kind::VisitPlanned) => self.apply_plan(&opened, place),
            Some(Kind::VisitCalledOff) => self.apply_calling_off(&opened, place),
            Some(Kind::HouseholdCalled) => self.apply_call(&opened, place),
            Some(Kind::PhraseChanged) => self.apply_phrase(&opened, place),
            // A register entry says the same wherever it is.
            Some(Kind::HouseholdChanged) if !first_time => Some(()),
            Some(Kind::HouseholdChanged) => self.apply_household(&opened),
            Some(Kind::QuarantineDecided) => self.apply_aside(&opened, place),
            Some(Kind::BodyErased) => self.apply_erasure(event, opened.envelope.subject),
            // What it erases of the log is said event by event.
            Some(Kind::HouseholdErased) => Order::by(event).map(|_| ()),
            _ => None,
        };
        match read {
            None => self.unreadable += 1,
            Some(()) if first_time => self.advance_heads(&opened),
            Some(()) => {}
        }
    }

    fn advance_heads(&mut self, opened: &Opened<'_>) {
        let subject = opened.envelope.subject;
        let household = self
            .households
            .get_mut(&subject.into())
            .map(|household| &mut household.heads);
        let visit = self
            .visits
            .get_mut(&subject)
            .map(|record| &mut record.heads);
        let plan = self.plans.get_mut(&subject).map(|plan| &mut plan.heads);
        let phrase = self.phrases.get_mut(&subject).map(|it| &mut it.heads);
        let envelope = &opened.envelope;
        let missing = envelope.after.iter();
        let missing = missing.filter(|after| !self.applied.contains(after));
        self.awaited.extend(missing);
        let built_upon = self.awaited.remove(&envelope.id);
        if let Some(heads) = visit.or(household).or(plan).or(phrase) {
            heads.retain(|head| !envelope.after.contains(head));
            if !built_upon {
                heads.push(envelope.id);
            }
            // In one order wherever they are folded: a phone's own came here before others' did.
            heads.sort_unstable();
        }
    }

    fn record(&mut self, opened: &Opened<'_>) -> &mut VisitRecord {
        let subject = opened.envelope.subject;
        self.visits.entry(subject).or_insert_with(|| VisitRecord {
            subject,
            finishes: Vec::new(),
            voided: Vec::new(),
            opinions: Vec::new(),
            decisions: Vec::new(),
            answers: Vec::new(),
            heads: Vec::new(),
        })
    }

    fn apply_visit(
        &mut self,
        opened: &Opened<'_>,
        place: Place,
        soundness: Soundness,
    ) -> Option<()> {
        let envelope = &opened.envelope;
        let finish = Finish {
            id: envelope.id,
            actor: envelope.actor,
            role: envelope.role,
            device: envelope.device,
            at: envelope.at,
            place,
            fact: opened.body(PartName::Fact).ok()??,
            content: shown(opened, PartName::Content, soundness)?,
            signing: shown(opened, PartName::Signing, soundness)?,
            ink: opened
                .event
                .part(PartName::Ink)
                .map(|part| part.body.clone()),
            private: shown(opened, PartName::Private, soundness)?,
            seal: seal(&envelope.parts),
            soundness,
            adopted: self.adoption(opened, place),
        };
        if let Some(plan) = finish.fact.plan {
            self.made_on
                .entry(plan)
                .or_default()
                .insert(envelope.subject);
        }
        let finishes = &mut self.record(opened).finishes;
        upsert(finishes, finish, |it| it.id, |it| it.place);
        Some(())
    }

    fn apply_addition(
        &mut self,
        opened: &Opened<'_>,
        place: Place,
        list: fn(&mut VisitRecord) -> &mut Vec<Addition>,
    ) -> Option<()> {
        let about: About = opened.body(PartName::Fact).ok()??;
        let mut addition = addition_of(opened, place, about.on)?;
        addition.adopted = self.adoption(opened, place);
        let list = list(self.record(opened));
        upsert(list, addition, |it| it.id, |it| it.place);
        Some(())
    }

    fn apply_decision(&mut self, opened: &Opened<'_>, place: Place) -> Option<()> {
        let decision: Decision = opened.body(PartName::Fact).ok()??;
        let mut addition = addition_of(opened, place, decision.on)?;
        addition.adopted = self.adoption(opened, place);
        let decided = Decided { decision, addition };
        let list = &mut self.record(opened).decisions;
        upsert(list, decided, |it| it.addition.id, |it| it.addition.place);
        Some(())
    }

    fn apply_aside(&mut self, opened: &Opened<'_>, place: Place) -> Option<()> {
        let decision: quarantine::Decision = opened.body(PartName::Fact).ok()??;
        let made = AsideDecided {
            decision,
            addition: addition_of(opened, place, decision.id)?,
        };
        match self.aside.entry(decision.envelope_hash) {
            Entry::Vacant(free) => {
                free.insert(made);
            }
            Entry::Occupied(mut known) => {
                let first = &known.get().addition;
                if first.id == made.addition.id || made.addition.place < first.place {
                    known.insert(made);
                }
            }
        }
        Some(())
    }

    /// How the event at `place` was taken in. A decision that came after the event closed a case
    /// that had settled itself.
    fn adoption(&self, opened: &Opened<'_>, place: Place) -> Option<Adoption> {
        let made = self.aside.get(&opened.envelope_hash)?;
        let before =
            matches!(made.addition.place, Place::Received { .. }) && made.addition.place < place;
        let adopted = made.decision.verdict == quarantine::Verdict::Adopt;
        (adopted && before).then_some(Adoption {
            decision: made.addition.id,
            by: made.addition.actor,
            role: made.addition.role,
            at: made.addition.at,
        })
    }

    fn apply_household(&mut self, opened: &Opened<'_>) -> Option<()> {
        let fact: HouseholdFact = opened.body(PartName::Fact).ok()??;
        let card: Option<HouseholdCard> = opened.body(PartName::Content).ok()?;
        let date = opened.envelope.at.date();
        let household = self
            .households
            .entry(fact.household)
            .or_insert_with(|| Household {
                fact,
                card: None,
                card_of: opened.envelope.id,
                history: Vec::new(),
                heads: Vec::new(),
            });
        household.fact = fact;
        // An entry whose card is gone does not bring an older one back.
        household.card = card;
        household.card_of = opened.envelope.id;
        household.history.push((date, fact));
        Some(())
    }

    /// Takes what was erased out of what is shown. Whoever keeps the events takes it out there
    /// ([`crate::erasure::erasures`]).
    fn apply_erasure(&mut self, event: &Event, subject: SubjectId) -> Option<()> {
        let erasure = Erasure::by(event)?;
        if let Some(record) = self.visits.get_mut(&subject) {
            record.erase(&erasure);
        }
        if let Some(household) = self.households.get_mut(&subject.into())
            && household.card_of == erasure.event
            && erasure.parts.contains(&PartName::Content)
        {
            household.card = None;
        }
        self.erase_plans(subject, &erasure);
        self.erase_phrase(subject, &erasure);
        Some(())
    }

    /// Households on the register now.
    pub fn listed(&self) -> impl Iterator<Item = &Household> {
        self.households
            .values()
            .filter(|household| household.fact.listed)
    }

    /// The month's visiting as of `today`, a past month with the register as it was on its last
    /// day. `me` is whose own visits are told apart.
    pub fn progress(&self, month: Month, today: NaiveDate, me: Option<PersonId>) -> Progress {
        let as_of = month.last_day().min(today);
        let register = self.households.values().filter_map(|it| it.fact_on(as_of));
        let (mut households, mut occupied) = (0, 0);
        for fact in register.filter(|fact| fact.listed) {
            households += 1;
            occupied += u64::from(fact.occupied);
        }
        // Per household: visited by me, and visited by a record the office has.
        let mut visited: BTreeMap<HouseholdId, (bool, bool)> = BTreeMap::new();
        for record in self.visits.values() {
            let Some(finish) = record.counts_in(month) else {
                continue;
            };
            let (own, received) = visited.entry(finish.fact.household).or_default();
            *own |= Some(record.visitor(finish)) == me;
            *received |= finish.place != Place::OnPhone;
        }
        let count =
            |of: fn(&(bool, bool)) -> bool| visited.values().filter(|it| of(it)).count() as u64;
        Progress {
            month,
            households,
            occupied,
            required: crate::quota::required(households, occupied),
            visited: visited.len() as u64,
            own: count(|(own, _)| *own),
            on_phone: count(|(_, received)| !received),
        }
    }

    /// The latest contact with each household that ever had one: not voided, somebody met.
    pub fn last_contacts(&self) -> BTreeMap<HouseholdId, &Finish> {
        let mut latest: BTreeMap<HouseholdId, &Finish> = BTreeMap::new();
        for finish in self.visits.values().filter_map(VisitRecord::contact) {
            let known = latest.entry(finish.fact.household).or_insert(finish);
            if known.fact.date <= finish.fact.date {
                *known = finish;
            }
        }
        latest
    }

    /// How each household that was ever contacted stands with the visiting of `month`; those
    /// that never were are left out.
    pub fn visiting(&self, month: Month) -> BTreeMap<HouseholdId, Visiting> {
        let mut visiting: BTreeMap<HouseholdId, Visiting> = self
            .last_contacts()
            .into_iter()
            .map(|(household, finish)| {
                let standing = Visiting {
                    this_month: false,
                    last: finish.fact.date,
                    purpose: finish.fact.purpose,
                    months: month.since(Month::of(finish.fact.date)),
                };
                (household, standing)
            })
            .collect();
        let counted = self.visits.values().filter_map(|it| it.counts_in(month));
        for finish in counted {
            if let Some(standing) = visiting.get_mut(&finish.fact.household) {
                standing.this_month = true;
            }
        }
        visiting
    }

    /// Occupied households not visited in `month`, those longest without contact first (never
    /// contacted before all others), then in the register's order.
    pub fn longest_unvisited(&self, month: Month) -> Vec<&Household> {
        let visiting = self.visiting(month);
        let last = |household: &Household| visiting.get(&household.fact.household);
        let mut households: Vec<&Household> = self
            .listed()
            .filter(|it| it.fact.occupied && last(it).is_none_or(|last| !last.this_month))
            .collect();
        households.sort_by(|a, b| {
            let since = |it| last(it).map(|last| last.last);
            since(a)
                .cmp(&since(b))
                .then_with(|| Household::register_order(a, b))
        });
        households
    }

    /// The visits of a household, the latest first.
    pub fn visits_of(&self, household: HouseholdId) -> Vec<&VisitRecord> {
        let mut visits: Vec<(&Finish, &VisitRecord)> = self
            .visits
            .values()
            .filter_map(|record| Some((record.counted()?, record)))
            .filter(|(finish, _)| finish.fact.household == household)
            .collect();
        visits.sort_by_key(|(finish, _)| core::cmp::Reverse((finish.fact.date, finish.at)));
        visits.into_iter().map(|(_, record)| record).collect()
    }
}

impl Household {
    /// The register's order; households whose card is withheld or erased come last.
    pub fn register_order(&self, other: &Self) -> core::cmp::Ordering {
        match (&self.card, &other.card) {
            (Some(card), Some(other)) => card.register_order(other),
            (card, other) => card.is_none().cmp(&other.is_none()),
        }
    }

    /// The entry in force at the end of `date`.
    pub fn fact_on(&self, date: NaiveDate) -> Option<HouseholdFact> {
        let entries = self.history.iter().filter(|(from, _)| *from <= date);
        // Entries of one day keep the log's order: the last one made holds.
        entries.max_by_key(|(from, _)| *from).map(|(_, fact)| *fact)
    }
}

impl Finish {
    fn erase(&mut self, part: PartName) {
        match part {
            PartName::Fact => {}
            PartName::Content => self.content = None,
            PartName::Signing => self.signing = None,
            PartName::Ink => self.ink = None,
            PartName::Private => self.private = None,
        }
        if self.soundness == Soundness::Broken(part) {
            self.soundness = Soundness::Sound;
        }
    }
}

impl VisitRecord {
    fn erase(&mut self, erasure: &Erasure) {
        let finishes = self.finishes.iter_mut();
        for finish in finishes.filter(|it| it.id == erasure.event) {
            erasure.parts.iter().for_each(|part| finish.erase(*part));
        }
        if erasure.parts.contains(&PartName::Content) {
            let answers = self.answers.iter_mut();
            let erased = answers.filter(|it| it.addition.id == erasure.event);
            erased.for_each(|it| it.measure = None);
        }
        let decisions = self.decisions.iter_mut().map(|it| &mut it.addition);
        let answers = self.answers.iter_mut().map(|it| &mut it.addition);
        let additions = self.voided.iter_mut().chain(&mut self.opinions);
        for addition in additions.chain(decisions).chain(answers) {
            if addition.id == erasure.event && erasure.parts.contains(&PartName::Content) {
                addition.words = None;
            }
        }
    }

    /// Whether the record was voided.
    pub fn is_voided(&self) -> bool {
        !self.voided.is_empty()
    }

    /// The revision that was a contact with the household: not voided, somebody met.
    pub fn contact(&self) -> Option<&Finish> {
        let counted = self.counted()?;
        (!self.is_voided() && counted.fact.outcome == Outcome::Met).then_some(counted)
    }

    /// The finish that counts for the quota of `month` (R3.3), if the record counts: a contact,
    /// not a return visit, in that month. Two finishes of one record count once.
    pub fn counts_in(&self, month: Month) -> Option<&Finish> {
        self.contact().filter(|finish| {
            finish.fact.purpose != Purpose::ReturnVisit && Month::of(finish.fact.date) == month
        })
    }

    /// The decision in force on `topic` of the revision `on`; one on an earlier revision stands
    /// where the words are the same.
    pub fn decision(&self, on: EventId, topic: Topic) -> Option<&Decided> {
        let alike = self.alike(on, topic);
        let about = |it: &&Decided| alike.contains(&it.decision.on) && it.decision.topic == topic;
        self.decisions.iter().rfind(about)
    }

    /// The opinion in force on the finish `on` (R3.8).
    pub fn opinion(&self, on: EventId) -> Option<&Addition> {
        self.opinions.iter().rfind(|it| it.on == on)
    }

    /// Topics of `finish` that wait for a decision (R3.9).
    pub fn undecided(&self, finish: &Finish) -> Vec<Topic> {
        let opinions = finish.content.iter().flat_map(|content| &content.opinions);
        opinions
            .filter(|opinion| opinion.calls_for_decision())
            .map(|opinion| opinion.topic)
            .filter(|topic| self.decision(finish.id, *topic).is_none())
            .collect()
    }

    /// Whether `addition` was made by the one who made the visit: an opinion on one's own visit
    /// does not stand alone and is marked.
    pub fn is_own(&self, addition: &Addition) -> bool {
        self.finish(addition.on)
            .is_some_and(|it| [it.actor, self.visitor(it)].contains(&addition.actor))
    }
}

/// Puts `item` into `list` or in the place of what is known by its id, and keeps the log's order.
fn upsert<T>(list: &mut Vec<T>, item: T, id: fn(&T) -> EventId, place: fn(&T) -> Place) {
    match list.iter_mut().find(|known| id(known) == id(&item)) {
        Some(known) => *known = item,
        None => list.push(item),
    }
    list.sort_by_key(place);
}

/// A part's body; of a broken record what cannot be read is left out and the rest shown.
#[expect(clippy::option_option, reason = "outer: readable; inner: there or not")]
fn shown<T: Serialize + DeserializeOwned>(
    opened: &Opened<'_>,
    name: PartName,
    soundness: Soundness,
) -> Option<Option<T>> {
    match opened.body(name) {
        Err(_) if soundness != Soundness::Sound => Some(None),
        body => body.ok(),
    }
}

fn addition_of(opened: &Opened<'_>, place: Place, on: EventId) -> Option<Addition> {
    let words: Option<Words> = opened.body(PartName::Content).ok()?;
    let words = words.map(|words| words.text);
    Some(addition_of_words(opened, place, on, words))
}

fn addition_of_words(
    opened: &Opened<'_>,
    place: Place,
    on: EventId,
    words: Option<String>,
) -> Addition {
    let envelope = &opened.envelope;
    Addition {
        id: envelope.id,
        on,
        actor: envelope.actor,
        role: envelope.role,
        at: envelope.at,
        place,
        words,
        adopted: None,
    }
}
