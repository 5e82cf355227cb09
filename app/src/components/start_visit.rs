//! The button that starts a visit: one draft however often it is tapped, on its plan where there is
//! one. Not whether a visit may be started; the screen asks that.

use doorstep_domain::draft::VisitDraft;
use doorstep_domain::id::{HouseholdId, SubjectId};
use doorstep_domain::language::Language;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::icon::{Glyph, Icon};
use crate::browser::{clock, random};
use crate::i18n::{self, t, use_lang};
use crate::path::{Path, use_go};
use crate::state::drafts::DraftError;
use crate::state::phone::{Phone, use_phone};

/// The button, and why it did not work.
#[component]
pub fn StartVisit(
    /// Whom.
    household: HouseholdId,
    /// The plan it is made on, at the moment of the tap.
    #[prop(into)]
    plan: Signal<Option<SubjectId>>,
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
        let go = go.clone();
        let plan = plan.get_untracked();
        spawn_local(async move {
            match begin(phone, household, plan).await {
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
        <p class="form-error" role="alert">{problem}</p>
        <button
            class="button primary"
            aria-disabled=move || busy.get().then_some("true")
            on:click=begin
        >
            <Icon glyph=Glyph::Door />
            {label}
        </button>
    }
}

/// Keeps a new draft of a visit to the household.
async fn begin(
    phone: Phone,
    household: HouseholdId,
    plan: Option<SubjectId>,
) -> Result<SubjectId, DraftError> {
    let site = untrack(|| phone.session.site()).ok_or(DraftError::NobodyHere)?;
    let subject = SubjectId::mint(clock::now_ms().cast_unsigned(), &random::bytes());
    let now = clock::site_time(&site.zone);
    let draft = phone.sites.with_untracked(|state| {
        let household = state.households.get(&household)?;
        let card = household.card.clone().unwrap_or_default();
        let draft = VisitDraft::begin(subject, site.id, household.fact, &card, now);
        Some(match plan.and_then(|plan| state.plans.get(&plan)) {
            Some(plan) => draft.on_plan(plan, &card),
            None => draft,
        })
    });
    // Taken off the phone while the screen was open.
    let draft = draft.ok_or(DraftError::NobodyHere)?;
    phone.begin_draft(subject, &draft.to_bytes()).await?;
    Ok(subject)
}

pub(crate) fn words(lang: Language, error: &DraftError) -> &'static str {
    match error {
        DraftError::NobodyHere => t::household_logged_out(lang),
        // A new record's id is nobody else's; should it be, another one is minted.
        DraftError::Conflict(_) => t::household_try_again(lang),
        DraftError::Store(error) => i18n::store_error(lang, error),
    }
}
