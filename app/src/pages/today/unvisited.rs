//! Whom to visit next: occupied households not visited this month, the longest first.
//! Not the choice; nobody is kept from visiting another (R3.1).

use chrono::NaiveDate;
use doorstep_domain::id::HouseholdId;
use doorstep_domain::state::{SiteState, Visiting};
use doorstep_domain::time::Month;
use leptos::prelude::*;
use leptos_router::components::A;

use crate::browser::format;
use crate::components::draft_row::use_draft_summaries;
use crate::components::visiting_pill::VisitingPill;
use crate::i18n::{t, use_lang};
use crate::path::Path;
use crate::state::now::use_now;
use crate::state::sites::use_sites;

/// How many are named.
const NAMED: usize = 5;

/// A household in short.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Suggestion {
    id: HouseholdId,
    room: String,
    name: String,
    visiting: Option<Visiting>,
}

impl Suggestion {
    /// Another date or month is another row.
    fn key(&self) -> (HouseholdId, Option<(NaiveDate, u32)>) {
        (self.id, self.visiting.map(|it| (it.last, it.months)))
    }
}

/// The first few, or that all are done.
#[component]
pub fn Unvisited() -> impl IntoView {
    let lang = use_lang();
    let sites = use_sites();
    let now = use_now();
    let drafts = use_draft_summaries();
    let begun = Memo::new(move |_| {
        let abouts = drafts.get().into_iter().filter_map(|draft| draft.about);
        abouts.map(|about| about.household).collect::<Vec<_>>()
    });
    let suggested = Memo::new(move |_| {
        let (month, begun) = (now.month(), begun.get());
        sites.with(|state| suggest(state, month, &begun))
    });
    let are_none = move || suggested.with(Vec::is_empty);
    view! {
        <h2 class="section">{lang.words(t::today_unvisited)}</h2>
        <Show
            when=move || !are_none()
            fallback=move || {
                view! { <p class="card">{lang.words(t::today_all_visited)}</p> }
            }
        >
            <ul class="list">
                <For each=move || suggested.get() key=Suggestion::key let(suggestion)>
                    <SuggestionRow suggestion />
                </For>
            </ul>
        </Show>
    }
}

/// One household.
#[component]
fn SuggestionRow(
    /// The household.
    suggestion: Suggestion,
) -> impl IntoView {
    let lang = use_lang();
    let now = use_now();
    let Suggestion {
        id,
        room,
        name,
        visiting,
    } = suggestion;
    let last = move || {
        let last = visiting?.last;
        let date = format::near_date(lang.get(), now.today(), last);
        Some(t::households_last(lang.get(), &date))
    };
    view! {
        <li>
            <A href=Path::Household(id).to_string() attr:class="row-link">
                <div class="row-words">
                    <p>
                        <b class="room">{room}</b>
                        " "
                        {name}
                    </p>
                    <p class="caption number">{last}</p>
                </div>
                <VisitingPill occupied=true visiting=Signal::derive(move || visiting) />
            </A>
        </li>
    }
}

/// The first few not visited in `month` whose visit is not begun either.
fn suggest(state: &SiteState, month: Month, begun: &[HouseholdId]) -> Vec<Suggestion> {
    let visiting = state.visiting(month);
    let unvisited = state.longest_unvisited(month).into_iter();
    let suggestions = unvisited.filter_map(|household| {
        let (id, card) = (household.fact.household, household.card.as_ref()?);
        let name = card.contacts.first().map(|contact| contact.name.clone());
        (!begun.contains(&id)).then(|| Suggestion {
            id,
            room: card.label(),
            name: name.unwrap_or_default(),
            visiting: visiting.get(&id).copied(),
        })
    });
    suggestions.take(NAMED).collect()
}
