//! Starting a visit: one draft however often it is tapped, and going on with one begun before.
//! Not the writing; that is the draft's page's.

use doorstep_domain::draft::VisitDraft;
use doorstep_domain::id::SubjectId;
use doorstep_domain::language::Language;
use doorstep_domain::policy::Action;
use doorstep_domain::state::Household;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::components::A;

use crate::browser::{clock, random};
use crate::components::draft_row::DraftSummary;
use crate::components::icon::{Glyph, Icon};
use crate::i18n::{self, t, use_lang};
use crate::path::{Path, use_go};
use crate::state::drafts::DraftError;
use crate::state::phone::{Phone, use_phone};
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
            (None, None) => view! { <Begin household=household.clone() /> }.into_any(),
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

/// Begins a visit, and says why when it cannot.
#[component]
fn Begin(
    /// The household.
    household: Household,
) -> impl IntoView {
    let lang = use_lang();
    let phone = use_phone();
    let go = use_go();
    let busy = RwSignal::new(false);
    let error = RwSignal::new(None::<DraftError>);
    let begin = move |_| {
        // A second tap is the same visit.
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        error.set(None);
        let (go, household) = (go.clone(), household.clone());
        spawn_local(async move {
            match begin(phone, &household).await {
                Ok(subject) => go(Path::Listening(subject)),
                Err(problem) => {
                    error.try_set(Some(problem));
                    busy.try_set(false);
                }
            }
        });
    };
    let problem = move || error.get().map(|error| words(lang.get(), &error));
    let label = move || {
        if busy.get() {
            t::household_starting(lang.get())
        } else {
            t::household_start(lang.get())
        }
    };
    view! {
        <div class="thumb-bar">
            <p class="form-error" role="alert">{problem}</p>
            <button
                class="button primary"
                aria-disabled=move || busy.get().then_some("true")
                on:click=begin
            >
                <Icon glyph=Glyph::Door />
                {label}
            </button>
        </div>
    }
}

/// Keeps a new draft of a visit to `household`.
async fn begin(phone: Phone, household: &Household) -> Result<SubjectId, DraftError> {
    let site = untrack(|| phone.session.site()).ok_or(DraftError::NobodyHere)?;
    let card = household.card.clone().unwrap_or_default();
    let subject = SubjectId::mint(clock::now_ms().cast_unsigned(), &random::bytes());
    let now = clock::site_time(&site.zone);
    let draft = VisitDraft::begin(subject, site.id, household.fact, &card, now);
    phone.begin_draft(subject, &draft.to_bytes()).await?;
    Ok(subject)
}

fn words(lang: Language, error: &DraftError) -> &'static str {
    match error {
        DraftError::NobodyHere => t::household_logged_out(lang),
        // A new record's id is nobody else's; should it be, another one is minted.
        DraftError::Conflict(_) => t::household_try_again(lang),
        DraftError::Store(error) => i18n::store_error(lang, error),
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
