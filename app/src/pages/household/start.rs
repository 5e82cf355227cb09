//! What the thumb does here: start a visit, go on with one begun before, or plan one.
//! Not the writing; that is the draft's page's.

use doorstep_domain::id::{HouseholdId, SubjectId};
use doorstep_domain::language::Language;
use doorstep_domain::plan::Standing;
use doorstep_domain::policy::Action;
use doorstep_domain::state::Household;
use leptos::prelude::*;
use leptos_router::components::A;

use crate::components::draft_row::DraftSummary;
use crate::components::icon::{Glyph, Icon};
use crate::components::start_visit::StartVisit;
use crate::i18n::{t, use_lang};
use crate::path::Path;
use crate::state::plans::{use_own_plans, use_site_time};
use crate::state::session::use_session;

/// Why no visit is started here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hindrance {
    /// The person's post does not visit.
    Post,
    /// The household was taken off the register.
    OffRegister,
    /// Its card is not here.
    NoCard,
}

impl Hindrance {
    fn of(household: &Household, visits: bool) -> Option<Self> {
        if !visits {
            Some(Self::Post)
        } else if !household.fact.listed {
            Some(Self::OffRegister)
        } else if household.card.is_none() {
            Some(Self::NoCard)
        } else {
            None
        }
    }

    fn words(self, lang: Language) -> &'static str {
        match self {
            Self::Post => t::household_may_not(lang),
            Self::OffRegister => t::household_off_register(lang),
            Self::NoCard => t::household_no_card(lang),
        }
    }
}

/// The button under the thumb, or why there is none.
#[component]
pub fn Start(
    /// The household.
    household: Household,
    /// The draft of a visit begun here before.
    begun: Memo<Option<DraftSummary>>,
) -> impl IntoView {
    let lang = use_lang();
    let session = use_session();
    let visits = Memo::new(move |_| session.role_for(Action::RecordVisit).is_some());
    move || {
        let hindrance = Hindrance::of(&household, visits.get());
        match (
            hindrance,
            begun.with(|begun| begun.as_ref().map(|it| it.subject)),
        ) {
            (Some(hindrance), _) => {
                let words = move || hindrance.words(lang.get());
                view! { <p class="caption">{words}</p> }.into_any()
            }
            (None, Some(subject)) => view! { <GoOn subject /> }.into_any(),
            (None, None) => view! { <Begin household=household.fact.household /> }.into_any(),
        }
    }
}

/// Goes on with the visit begun before.
#[component]
fn GoOn(
    /// Its record.
    subject: SubjectId,
) -> impl IntoView {
    let lang = use_lang();
    view! {
        <div class="thumb-bar">
            <A href=Path::Listening(subject).to_string() attr:class="button primary">
                {lang.words(t::household_continue)}
            </A>
        </div>
    }
}

/// Begins a visit, on the plan whose day has come; or plans one.
#[component]
fn Begin(
    /// The household.
    household: HouseholdId,
) -> impl IntoView {
    let lang = use_lang();
    let plans = use_own_plans();
    let now = use_site_time();
    let plan = move || {
        let now = now.get();
        plans.with(|plans| {
            let mut due = plans
                .iter()
                .filter(|it| it.standing(now) != Standing::Later);
            due.find(|it| it.household == household).map(|it| it.plan)
        })
    };
    view! {
        <div class="thumb-bar two">
            <A href=Path::Planning(household).to_string() attr:class="button line">
                <Icon glyph=Glyph::Calendar />
                {lang.words(t::planning_open)}
            </A>
            <StartVisit household plan=Signal::derive(plan) />
        </div>
    }
}

#[cfg(test)]
mod tests {
    use doorstep_domain::household::{HouseholdCard, HouseholdFact, Residence, Use};
    use doorstep_domain::id::{EventId, HouseholdId};

    use super::*;

    #[test]
    fn a_visit_needs_a_post_that_visits_and_a_household_with_a_card_on_the_register() {
        let household = |listed, card| Household {
            fact: HouseholdFact {
                household: HouseholdId::mint(1, &[1; 10]),
                r#use: Use::Home,
                residence: Residence::Permanent,
                occupied: false,
                listed,
            },
            card,
            card_of: EventId::mint(1, &[2; 10]),
            history: vec![],
            heads: vec![],
        };
        let card = Some(HouseholdCard::default());
        let vacant = household(true, card.clone());
        assert_eq!(Hindrance::of(&vacant, true), None);
        assert_eq!(Hindrance::of(&vacant, false), Some(Hindrance::Post));
        let off = household(false, card);
        assert_eq!(Hindrance::of(&off, true), Some(Hindrance::OffRegister));
        let bare = household(true, None);
        assert_eq!(Hindrance::of(&bare, true), Some(Hindrance::NoCard));
    }
}
