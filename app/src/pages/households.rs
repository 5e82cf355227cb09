//! The register, searched by room or name. Every household is found (R3.1); filters only narrow
//! the look. Not one household's page.

use std::collections::BTreeMap;
use std::sync::Arc;

use doorstep_domain::household::Query;
use doorstep_domain::id::HouseholdId;
use doorstep_domain::language::Language;
use doorstep_domain::state::Visiting;
use leptos::either::Either;
use leptos::prelude::*;

use self::register::{Entry, Register};
use self::row::EntryRow;
use self::search_field::SearchField;
use crate::components::choice::Choice;
use crate::components::page_head::PageHead;
use crate::components::register_gap::{GapNotice, use_gap};
use crate::i18n::{grouped, t, use_lang};
use crate::state::now::use_now;
use crate::state::register_search::{Among, use_register_search};
use crate::state::session::use_session;
use crate::state::sites::use_sites;

mod marked;
mod register;
mod row;
mod search_field;

/// Which of the households ever contacted stands how this month.
type Standings = Memo<BTreeMap<HouseholdId, Visiting>>;

/// The screen.
#[component]
pub fn Households() -> impl IntoView {
    let lang = use_lang();
    let gap = use_gap();
    use_register_search().resume();
    let content = move || match gap.get() {
        Some(gap) => Either::Left(view! { <GapNotice gap /> }),
        None => Either::Right(view! { <Searched /> }),
    };
    view! {
        <PageHead title=lang.text(t::households_title) />
        <main class="page">{content}</main>
    }
}

/// Search, filters, and what they find. Each step is computed only when what it is made of
/// changes: the register seldom, the finding with each key.
#[component]
fn Searched() -> impl IntoView {
    let session = use_session();
    let sites = use_sites();
    let now = use_now();
    let search = use_register_search();
    let edition = Memo::new(move |_| {
        (
            session.site().map(|it| it.id),
            sites.with(register::edition),
        )
    });
    let register = Memo::new(move |_| {
        edition.track();
        sites.with_untracked(Register::of)
    });
    let standings: Standings = Memo::new(move |_| {
        let month = now.month();
        sites.with(|state| state.visiting(month))
    });
    let found = Memo::new(move |_| {
        let (query, among) = (
            search.typed().with(|typed| Query::new(typed)),
            search.among(),
        );
        register
            .with(|register| standings.with(|standings| register.find(&query, among, standings)))
    });
    let total = Memo::new(move |_| register.with(Register::len));
    view! {
        <SearchField />
        <Filters />
        <Count found total />
        <Results found standings />
    }
}

/// Which households are looked among, in one tap.
#[component]
fn Filters() -> impl IntoView {
    let lang = use_lang();
    let search = use_register_search();
    let label = |lang: Language, among: Among| match among {
        Among::All => t::households_filter_all(lang),
        Among::NotThisMonth => t::households_filter_month(lang),
        Among::LongUnvisited => t::households_filter_long(lang),
    };
    view! {
        <div class="register-filters">
            <Choice
                name="among"
                legend=lang.text(t::households_filter)
                options=Among::ALL.to_vec()
                label
                value=Signal::derive(move || search.among())
                on_choose=Callback::new(move |among| search.look_among(among))
            />
        </div>
    }
}

/// How many of how many; announced politely as one types.
#[component]
fn Count(
    /// What was found.
    found: Memo<Vec<Arc<Entry>>>,
    /// How many the register has.
    total: Memo<usize>,
) -> impl IntoView {
    let lang = use_lang();
    let words = move || {
        let (found, total) = (found.with(Vec::len) as u64, total.get() as u64);
        if found == total {
            t::households_count(lang.get(), total)
        } else {
            t::households_found(lang.get(), found, &grouped(total))
        }
    };
    view! {
        <p class="section number" role="status">
            {words}
        </p>
    }
}

/// The first rows found, and more on demand.
#[component]
fn Results(
    /// What was found.
    found: Memo<Vec<Arc<Entry>>>,
    /// How households stand this month.
    standings: Standings,
) -> impl IntoView {
    let lang = use_lang();
    let search = use_register_search();
    let limit = move || search.limit();
    let rows = move || found.with(|found| found.iter().take(limit()).cloned().collect::<Vec<_>>());
    let are_none = Memo::new(move |_| found.with(Vec::is_empty));
    let more = move || found.with(Vec::len).saturating_sub(limit());
    let next = move || more().min(crate::state::register_search::STEP) as u64;
    view! {
        <Show when=move || !are_none.get() fallback=|| view! { <NoMatch /> }>
            <ul class="list">
                <For each=rows key=|entry| (entry.id, entry.edition) let(entry)>
                    <EntryRow entry standings />
                </For>
            </ul>
            <Show when=move || { more() > 0 }>
                <button class="button line wide" on:click=move |_| search.show_more()>
                    {move || t::households_more(lang.get(), next())}
                </button>
            </Show>
        </Show>
    }
}

/// Nothing was found: what for, and a way on.
#[component]
fn NoMatch() -> impl IntoView {
    let lang = use_lang();
    let search = use_register_search();
    let words = move || {
        let typed = search.typed().with(|typed| typed.trim().to_owned());
        if typed.is_empty() {
            t::households_none_left(lang.get()).to_owned()
        } else {
            t::households_none_match(lang.get(), &typed)
        }
    };
    let is_narrowed = move || search.among() != Among::All;
    view! {
        <div class="card">
            <p>{words}</p>
            <Show when=is_narrowed>
                <div class="button-row">
                    <button class="button line" on:click=move |_| search.look_among(Among::All)>
                        {lang.words(t::households_search_all)}
                    </button>
                </div>
            </Show>
        </div>
    }
}
