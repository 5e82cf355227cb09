//! A household in the list of those found.

use std::sync::Arc;

use doorstep_domain::language::Language;
use doorstep_domain::state::Visiting;
use doorstep_domain::visit::Purpose;
use leptos::prelude::*;
use leptos_router::components::A;

use super::Standings;
use super::marked::Marked;
use super::register::Entry;
use crate::browser::format;
use crate::components::visiting_pill::VisitingPill;
use crate::i18n::{self, t, use_lang};
use crate::path::Path;
use crate::state::now::use_now;
use crate::state::register_search::use_register_search;

/// Room, first contact, kinds, last contact, and how it stands this month.
#[component]
pub(super) fn EntryRow(
    /// The household.
    entry: Arc<Entry>,
    /// How households stand this month.
    standings: Standings,
) -> impl IntoView {
    let lang = use_lang();
    let now = use_now();
    let query = use_register_search().typed();
    let (id, occupied) = (entry.id, entry.fact.occupied);
    let visiting = Signal::derive(move || standings.with(|all| all.get(&id).copied()));
    let room = entry
        .card
        .as_ref()
        .map(|card| view! { <Marked text=card.label() query /> });
    let no_room = room.is_none().then_some(lang.words(t::household_no_room));
    let first = entry.card.as_ref().and_then(|card| card.contacts.first());
    let name = first.map(|contact| view! { <Marked text=contact.name.clone() query /> });
    let kinds = move || kinds(lang.get(), &entry);
    let last = move || {
        let visiting = visiting.get()?;
        let date = format::near_date(lang.get(), now.today(), visiting.last);
        Some([" · ", &last(lang.get(), visiting, &date)].concat())
    };
    view! {
        <li>
            <A href=Path::Household(id).to_string() attr:class="row-link">
                <div class="row-words">
                    <p>
                        <b class="room">{room} {no_room}</b>
                        " "
                        {name}
                    </p>
                    <p class="caption number">{kinds} {last}</p>
                </div>
                <VisitingPill occupied visiting />
            </A>
        </li>
    }
}

/// Permanent or temporary, home or business, and whether it needs careful work (R3.7).
fn kinds(lang: Language, entry: &Entry) -> String {
    let careful = entry.card.as_ref().is_some_and(|card| card.careful);
    let mut words = vec![
        i18n::residence(lang, entry.fact.residence),
        i18n::used_as(lang, entry.fact.r#use),
    ];
    words.extend(careful.then(|| t::household_careful(lang)));
    words.join(" · ")
}

/// The last contact; a return visit is called one, as it does not count for the month.
fn last(lang: Language, visiting: Visiting, date: &str) -> String {
    if visiting.purpose == Purpose::ReturnVisit {
        t::households_last_return(lang, date)
    } else {
        t::households_last(lang, date)
    }
}
