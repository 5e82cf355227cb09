//! The filters of the list, each with its count, in one tap.
//! Not what they admit; that is [`super::listing`].

use doorstep_domain::language::Language;
use leptos::prelude::*;

use super::listing::{Filter, Listing};
use crate::components::aria::truth;
use crate::i18n::{grouped, t, use_lang};
use crate::state::session::use_session;

/// The filters that are for this reader.
#[component]
pub fn Filters(
    /// The list, for the counts.
    listing: Memo<Listing>,
    /// The one chosen.
    filter: RwSignal<Filter>,
    /// Chooses one.
    choose: Callback<Filter>,
) -> impl IntoView {
    let lang = use_lang();
    let session = use_session();
    let offered = Memo::new(move |_| {
        let (roles, chosen) = (session.roles(), filter.get());
        let is_any_here = listing.with(|it| it.count(Filter::OnPhone) > 0);
        let mut offered = Filter::ALL.to_vec();
        // What is only here is worth a filter while there is something.
        offered.retain(|it| {
            it.is_for(&roles) && (*it != Filter::OnPhone || is_any_here || chosen == *it)
        });
        offered
    });
    view! {
        <div class="filters" role="group" aria-label=lang.words(t::visits_filter_label)>
            <For each=move || offered.get() key=|it| *it let(it)>
                <button
                    class="filter"
                    aria-pressed=move || truth(filter.get() == it)
                    on:click=move |_| choose.run(it)
                >
                    {move || name(lang.get(), it)}
                    " "
                    <span class="number">{move || grouped(listing.with(|list| list.count(it)))}</span>
                </button>
            </For>
        </div>
    }
}

fn name(lang: Language, filter: Filter) -> &'static str {
    match filter {
        Filter::All => t::visits_filter_all(lang),
        Filter::Decision => t::visits_filter_decision(lang),
        Filter::Opinion => t::visits_filter_opinion(lang),
        Filter::Answer => t::visits_filter_answer(lang),
        Filter::Mine => t::visits_filter_mine(lang),
        Filter::OnPhone => t::visits_filter_on_phone(lang),
    }
}
