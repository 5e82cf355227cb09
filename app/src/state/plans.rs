//! Planned visits in short, as the day and the household show them. Not the rules, which are
//! [`doorstep_domain::plan`]'s, nor the form.

use doorstep_domain::draft::VisitDraft;
use doorstep_domain::household::HouseholdCard;
use doorstep_domain::id::{EventId, HouseholdId, PersonId, SubjectId};
use doorstep_domain::plan::{PlanContent, Standing};
use doorstep_domain::state::{Plan, SiteState};
use doorstep_domain::time::SiteTime;
use doorstep_domain::visit::Purpose;
use leptos::prelude::*;

use super::drafts::use_drafts;
use super::now::use_now;
use super::session::use_session;
use super::sites::use_sites;
use crate::browser::clock;
use crate::browser::store::KeptDraft;

/// Two visits of one person nearer than this, in ms, are pointed out: half an hour (*practice*).
pub const CLASH_MS: i64 = 30 * 60 * 1_000;

/// A planned visit that waits to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedVisit {
    /// The plan.
    pub plan: SubjectId,
    /// The entry that holds: what is called off.
    pub entry: EventId,
    /// The household.
    pub household: HouseholdId,
    /// Its address; empty when its card is not here.
    pub room: String,
    /// The first of its contacts; empty when there is none.
    pub first_contact: String,
    /// The first of its contacts whose number can be dialled, and that number.
    pub call: Option<(String, String)>,
    /// Who is to make the visit.
    pub visitor: PersonId,
    /// What for.
    pub purpose: Purpose,
    /// When, how and what was agreed.
    pub content: PlanContent,
}

impl PlannedVisit {
    fn of(state: &SiteState, plan: &Plan) -> Option<Self> {
        let entry = plan.entry()?;
        let fact = entry.fact;
        let household = state.households.get(&fact.household);
        let card = household.and_then(|household| household.card.as_ref());
        let contacts = card.map_or(&[][..], |card| card.contacts.as_slice());
        let mut called = contacts
            .iter()
            .map(|contact| (contact.name.clone(), contact.dialled()));
        Some(Self {
            plan: plan.subject,
            entry: entry.id,
            household: fact.household,
            room: card.map(HouseholdCard::label).unwrap_or_default(),
            first_contact: contacts
                .first()
                .map(|contact| contact.name.clone())
                .unwrap_or_default(),
            call: called.find(|(_, number)| !number.is_empty()),
            visitor: fact.visitor,
            purpose: fact.purpose,
            content: entry.content.clone()?,
        })
    }

    /// How it stands at `now`.
    pub fn standing(&self, now: SiteTime) -> Standing {
        Standing::of(self.content.at, now)
    }

    /// Whom to expect: with whom it was agreed, else the household's first contact.
    pub fn name(&self) -> &str {
        let agreement = self.content.agreement.as_ref();
        let with = agreement.map_or("", |agreement| &agreement.with);
        if with.is_empty() {
            &self.first_contact
        } else {
            with
        }
    }
}

/// The plans of `state` that wait for their visit, by time.
fn waiting(state: &SiteState) -> Vec<PlannedVisit> {
    let open = state.open_plans().into_iter();
    open.filter_map(|plan| PlannedVisit::of(state, plan))
        .collect()
}

/// Visits the person here is to make and has not begun, by time.
pub fn use_own_plans() -> Memo<Vec<PlannedVisit>> {
    let sites = use_sites();
    let session = use_session();
    let drafts = use_drafts();
    let plan = |draft: &KeptDraft| VisitDraft::from_bytes(&draft.body)?.plan;
    let begun = Memo::new(move |_| drafts.all().iter().filter_map(plan).collect::<Vec<_>>());
    Memo::new(move |_| {
        let me = session.person();
        let mut plans = sites.with(waiting);
        plans.retain(|plan| Some(plan.visitor) == me && !begun.with(|it| it.contains(&plan.plan)));
        plans
    })
}

/// The next visit of the day: the first of `plans` that it is not too late for.
pub fn use_next_plan(plans: Memo<Vec<PlannedVisit>>) -> Memo<Option<PlannedVisit>> {
    let now = use_site_time();
    Memo::new(move |_| {
        let now = now.get();
        plans.with(|plans| {
            let mut todays = plans.iter().filter(|it| it.standing(now).is_todays());
            todays.next().cloned()
        })
    })
}

/// Visits planned to `household`, by whomever, by time.
pub fn use_plans_of(household: HouseholdId) -> Memo<Vec<PlannedVisit>> {
    let sites = use_sites();
    Memo::new(move |_| {
        let mut plans = sites.with(waiting);
        plans.retain(|plan| plan.household == household);
        plans
    })
}

/// The time of day on the site's clock; moves on by the half minute.
pub fn use_site_time() -> Memo<SiteTime> {
    let session = use_session();
    let now = use_now();
    Memo::new(move |_| clock::in_zone(&session.zone(), now.unix_ms()))
}
