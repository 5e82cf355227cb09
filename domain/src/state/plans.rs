//! The fold of planned visits and of calls ahead (R2.2).

use super::{Addition, Adoption, Place, SiteState, addition_of, upsert};
use crate::erasure::Erasure;
use crate::event::{Opened, PartName};
use crate::id::{EventId, HouseholdId, PersonId, SubjectId};
use crate::plan::{CallFact, CalledOff, PlanContent, PlanFact};
use crate::policy::Role;
use crate::time::SiteTime;

/// One entry of a plan: it was made, moved, agreed or given to somebody else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanEntry {
    /// The event.
    pub id: EventId,
    /// Who planned.
    pub actor: PersonId,
    /// In which role.
    pub role: Role,
    /// Device time.
    pub at: SiteTime,
    /// Where it is.
    pub place: Place,
    /// Whom, by whom, which day.
    pub fact: PlanFact,
    /// When and what was agreed; `None` when withheld or erased.
    pub content: Option<PlanContent>,
    /// Taken in by a director: when it came, its author had no right to plan it.
    pub adopted: Option<Adoption>,
}

/// A planned visit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The plan.
    pub subject: SubjectId,
    /// Its entries in the log's order, never none; the last one holds.
    pub entries: Vec<PlanEntry>,
    /// Called off by these additions.
    pub called_off: Vec<Addition>,
    /// Events nothing in this plan came after yet.
    pub heads: Vec<EventId>,
}

/// A call ahead that agreed no visit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// What came of it.
    pub fact: CallFact,
    /// Who, when, where, and what was said.
    pub addition: Addition,
}

impl Plan {
    /// The entry that holds; `None` for a plan of which only the calling off has arrived.
    pub fn entry(&self) -> Option<&PlanEntry> {
        self.entries.last()
    }

    /// Whether the entry that holds was called off. One who called off an earlier entry had not
    /// seen the new time.
    pub fn is_called_off(&self) -> bool {
        let held = self.entry().map(|entry| entry.id);
        self.called_off.iter().any(|off| Some(off.on) == held)
    }
}

impl PlanEntry {
    /// When the visit is to be; `None` when that is withheld or erased.
    pub fn time(&self) -> Option<SiteTime> {
        self.content.as_ref().map(|content| content.at)
    }
}

impl SiteState {
    /// Plans that wait for their visit, by time: neither called off nor made. One whose time is
    /// not here is none of them.
    pub fn open_plans(&self) -> Vec<&Plan> {
        let mut open: Vec<(SiteTime, &Plan)> = self
            .plans
            .values()
            .filter(|plan| !plan.is_called_off() && !self.is_made(plan.subject))
            .filter_map(|plan| Some((plan.entry()?.time()?, plan)))
            .collect();
        open.sort_by_key(|(time, plan)| (*time, plan.subject));
        open.into_iter().map(|(_, plan)| plan).collect()
    }

    /// Whether a visit was recorded on this plan, however it ended, and not voided.
    pub fn is_made(&self, plan: SubjectId) -> bool {
        let made = self.made_on.get(&plan);
        made.into_iter()
            .flatten()
            .any(|visit| self.visits.get(visit).is_some_and(|it| !it.is_voided()))
    }

    /// The calls ahead to a household that agreed no visit, in the log's order.
    pub fn calls_to(&self, household: HouseholdId) -> &[Call] {
        self.calls.get(&household).map_or(&[], Vec::as_slice)
    }

    pub(super) fn apply_plan(&mut self, opened: &Opened<'_>, place: Place) -> Option<()> {
        let envelope = &opened.envelope;
        let entry = PlanEntry {
            id: envelope.id,
            actor: envelope.actor,
            role: envelope.role,
            at: envelope.at,
            place,
            fact: opened.body(PartName::Fact).ok()??,
            content: opened.body(PartName::Content).ok()?,
            adopted: self.adoption(opened, place),
        };
        let entries = &mut self.plan(envelope.subject).entries;
        upsert(entries, entry, |entry| entry.id, |entry| entry.place);
        Some(())
    }

    pub(super) fn apply_calling_off(&mut self, opened: &Opened<'_>, place: Place) -> Option<()> {
        let off: CalledOff = opened.body(PartName::Fact).ok()??;
        let mut addition = addition_of(opened, place, off.on)?;
        addition.adopted = self.adoption(opened, place);
        let list = &mut self.plan(opened.envelope.subject).called_off;
        upsert(list, addition, |it| it.id, |it| it.place);
        Some(())
    }

    pub(super) fn apply_call(&mut self, opened: &Opened<'_>, place: Place) -> Option<()> {
        let fact: CallFact = opened.body(PartName::Fact).ok()??;
        let mut addition = addition_of(opened, place, opened.envelope.id)?;
        addition.adopted = self.adoption(opened, place);
        let list = self.calls.entry(fact.household).or_default();
        let call = Call { fact, addition };
        upsert(list, call, |it| it.addition.id, |it| it.addition.place);
        Some(())
    }

    /// Takes erased words out of a plan, or out of the calls to a household.
    pub(super) fn erase_plans(&mut self, subject: SubjectId, erasure: &Erasure) {
        if !erasure.parts.contains(&PartName::Content) {
            return;
        }
        let calls = self.calls.get_mut(&subject.into()).into_iter().flatten();
        let mut additions: Vec<&mut Addition> = calls.map(|call| &mut call.addition).collect();
        if let Some(plan) = self.plans.get_mut(&subject) {
            let entries = plan.entries.iter_mut();
            entries
                .filter(|entry| entry.id == erasure.event)
                .for_each(|entry| entry.content = None);
            additions.extend(&mut plan.called_off);
        }
        let erased = additions.into_iter().filter(|it| it.id == erasure.event);
        erased.for_each(|it| it.words = None);
    }

    fn plan(&mut self, subject: SubjectId) -> &mut Plan {
        self.plans.entry(subject).or_insert_with(|| Plan {
            subject,
            entries: Vec::new(),
            called_off: Vec::new(),
            heads: Vec::new(),
        })
    }
}
