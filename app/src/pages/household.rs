//! One household: what is planned with it, whom to ask for, what it is, what was visited, and
//! starting a visit.
//! Not the register's upkeep; the office imports it.

use doorstep_domain::household::HouseholdCard;
use doorstep_domain::id::HouseholdId;
use doorstep_domain::state;
use leptos::either::Either;
use leptos::prelude::*;
use leptos_router::components::A;
use leptos_router::hooks::use_params_map;

use self::calls::Calls;
use self::contacts::Contacts;
use self::planned::PlannedHere;
use self::start::Start;
use self::visits::Visits;
use crate::components::draft_row::{DraftRow, DraftSummary, use_draft_summaries};
use crate::components::page_head::SlimHead;
use crate::components::register_gap::{Gap, GapNotice, use_gap};
use crate::components::visiting_pill::VisitingPill;
use crate::i18n::{self, t, use_lang};
use crate::path::Path;
use crate::state::now::use_now;
use crate::state::session::use_session;
use crate::state::sites::use_sites;

mod calls;
mod contacts;
mod planned;
mod start;
mod visits;

/// The screen.
#[component]
pub fn Household() -> impl IntoView {
    let params = use_params_map();
    let sites = use_sites();
    let gap = use_gap();
    let id = Memo::new(move |_| params.with(|params| params.get("id")?.parse().ok()));
    let household = Memo::new(move |_| {
        let id: HouseholdId = id.get()?;
        sites.with(|state| state.households.get(&id).cloned())
    });
    let missing = move || match gap.get() {
        Some(gap) => Either::Left(view! { <NotHere gap /> }),
        None => Either::Right(view! { <Unknown /> }),
    };
    move || match household.get() {
        Some(household) => Either::Left(view! { <Known household /> }),
        None => Either::Right(missing),
    }
}

/// A household of the register.
#[component]
fn Known(
    /// The household, as registered now.
    household: state::Household,
) -> impl IntoView {
    let lang = use_lang();
    let fact = household.fact;
    let drafts = use_draft_summaries();
    // The one last kept: going on with it comes before a second visit to the same people.
    let begun = Memo::new(move |_| {
        let of_this = |draft: &DraftSummary| {
            let about = draft.about.as_ref();
            about.is_some_and(|about| about.household == fact.household && !about.corrects)
        };
        drafts.with(|drafts| drafts.iter().find(|draft| of_this(draft)).cloned())
    });
    let room = household.card.as_ref().map(HouseholdCard::label);
    let title = move || {
        let unknown = || t::household_no_room(lang.get()).to_owned();
        room.clone().unwrap_or_else(unknown)
    };
    let contacts = household.card.as_ref().map(|card| card.contacts.clone());
    let called = RwSignal::new(false);
    view! {
        <SlimHead title=Signal::derive(title) back=Path::Households />
        <main class="page acting">
            <Kinds household=household.clone() />
            <PlannedHere household=fact.household />
            {contacts.map(|contacts| view! { <Contacts contacts called /> })}
            <Calls household=fact.household called />
            <Begun begun />
            <Visits household=fact.household />
            <Start household begun />
        </main>
    }
}

/// What it is (R3.1, R3.7), and how it stands with the month's visiting.
#[component]
fn Kinds(
    /// The household.
    household: state::Household,
) -> impl IntoView {
    let lang = use_lang();
    let now = use_now();
    let sites = use_sites();
    let fact = household.fact;
    let visiting = Memo::new(move |_| {
        let month = now.month();
        sites.with(|state| state.visiting(month).get(&fact.household).copied())
    });
    let words = move || {
        let lang = lang.get();
        let occupied = if fact.occupied {
            t::household_occupied(lang)
        } else {
            t::household_vacant(lang)
        };
        let kinds = [
            i18n::residence(lang, fact.residence),
            i18n::used_as(lang, fact.r#use),
            occupied,
        ];
        kinds.join(" · ")
    };
    let is_careful = household.card.is_some_and(|card| card.careful);
    view! {
        <div class="household-kinds">
            <p class="caption">{words}</p>
            <VisitingPill occupied=fact.occupied visiting />
            <Show when=move || is_careful>
                <span class="pill amber">{lang.words(t::household_careful)}</span>
            </Show>
        </div>
    }
}

/// The visit begun here and not finished, if there is one.
#[component]
fn Begun(
    /// Its draft.
    begun: Memo<Option<DraftSummary>>,
) -> impl IntoView {
    let lang = use_lang();
    let row = move || begun.get().map(|draft| view! { <DraftRow draft /> });
    view! {
        <Show when=move || begun.with(Option::is_some)>
            <h2 class="section">{lang.words(t::household_begun)}</h2>
            <ul class="list">{row}</ul>
        </Show>
    }
}

/// An address of no household of this register.
#[component]
fn Unknown() -> impl IntoView {
    let lang = use_lang();
    let session = use_session();
    let text = move || {
        let site = session.site().map(|site| site.name).unwrap_or_default();
        t::household_unknown_text(lang.get(), &site)
    };
    view! {
        <SlimHead
            title=lang.text(t::household_unknown_title)
            back=Path::Households
        />
        <main class="page acting">
            <p>{text}</p>
            <div class="thumb-bar">
                <A href=Path::Households.to_string() attr:class="button primary">
                    {lang.words(t::household_to_register)}
                </A>
            </div>
        </main>
    }
}

/// There is no register to find it on.
#[component]
fn NotHere(
    /// Why.
    gap: Gap,
) -> impl IntoView {
    let lang = use_lang();
    view! {
        <SlimHead
            title=lang.text(t::household_title)
            back=Path::Households
        />
        <main class="page">
            <GapNotice gap />
        </main>
    }
}
