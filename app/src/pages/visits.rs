//! The site's visits, newest first, and beside them (at a desk) the record that is open; on a
//! phone one or the other. Not the record; that is [`super::visit`].

use std::collections::BTreeSet;

use doorstep_domain::id::SubjectId;
use doorstep_domain::policy::Action;
use leptos::either::Either;
use leptos::prelude::*;
use leptos_router::components::{A, Outlet};
use leptos_router::hooks::use_location;

use self::filters::Filters;
use self::listing::{Asked, Filter, Listing, list};
use self::row::{VisitRow, row_id};
use crate::browser::document;
use crate::browser::format::{self, Style};
use crate::components::sync_pill::SyncPill;
use crate::i18n::{t, use_lang};
use crate::path::Path;
use crate::state::session::use_session;
use crate::state::sites::use_sites;
use crate::state::sync_status::use_sync_status;

mod filters;
mod listing;
mod row;

/// Rows shown at first, and more of them with each "show more".
const ROWS_STEP: usize = 60;

/// The list, and the record that is open.
#[component]
pub fn Visits() -> impl IntoView {
    let address = use_location().pathname;
    let open = Memo::new(move |_| match address.with(|it| Path::parse(it)) {
        Some(Path::Visit(subject)) => Some(subject),
        _ => None,
    });
    let is_open = Signal::derive(move || open.get().is_some());
    Effect::new(move |before: Option<Option<SubjectId>>| {
        let now = open.get();
        if let (Some(Some(left)), None) = (before, now) {
            // Back in the list at the row one came from; after the heading has had the focus.
            request_animation_frame(move || {
                request_animation_frame(move || document::focus_id(&row_id(left)));
            });
        }
        now
    });
    view! {
        <main class="desk" class:with-record=is_open>
            <Inbox is_open />
            <Outlet />
        </main>
    }
}

/// What stands beside the list at a desk before a record is chosen.
#[component]
pub fn NoneChosen() -> impl IntoView {
    let lang = use_lang();
    view! { <p class="desk-none">{lang.words(t::visits_choose)}</p> }
}

/// The list with its head and filters.
#[component]
fn Inbox(
    /// Whether a record is open, whose heading is the screen's then.
    is_open: Signal<bool>,
) -> impl IntoView {
    let lang = use_lang();
    let filter = RwSignal::new(Filter::All);
    let limit = RwSignal::new(ROWS_STEP);
    let listing = use_listing(filter, limit);
    let total = Memo::new(move |_| listing.with(|it| it.count(filter.get())));
    let counted = move || t::visits_count(lang.get(), total.get());
    let (session, status) = (use_session(), use_sync_status());
    let as_of = move || {
        let at = status.with(|view| view.last_contact)?;
        let time = format::time(lang.get(), &session.zone(), Style::DayClock, at);
        Some(t::visits_as_of(lang.get(), &time))
    };
    let choose = Callback::new(move |chosen| {
        filter.set(chosen);
        limit.set(ROWS_STEP);
    });
    let more = move || total.get().saturating_sub(limit.get() as u64);
    let next = move || more().min(ROWS_STEP as u64);
    view! {
        <section class="inbox" aria-labelledby="inbox-title">
            <InboxHead is_open />
            <Filters listing filter choose />
            <p class="inbox-count caption number">
                <span role="status">{counted}</span>
                {as_of}
            </p>
            <ul class="inbox-rows">
                <For each=move || listing.with(|it| it.rows.clone()) key=|row| row.clone() let(row)>
                    <VisitRow row />
                </For>
            </ul>
            <Show when=move || total.get() == 0>
                <Nothing filter choose />
            </Show>
            <Show when=move || { more() > 0 }>
                <button
                    class="button line small inbox-more"
                    on:click=move |_| limit.update(|limit| *limit += ROWS_STEP)
                >
                    {move || t::visits_more(lang.get(), next())}
                </button>
            </Show>
            <Unreadable />
        </section>
    }
}

/// The list of the site being worked on, kept in step.
fn use_listing(filter: RwSignal<Filter>, limit: RwSignal<usize>) -> Memo<Listing> {
    let sites = use_sites();
    let session = use_session();
    let status = use_sync_status();
    let refused: Memo<BTreeSet<SubjectId>> = Memo::new(move |_| {
        status.with(|view| {
            let refused = view.unsent.iter().filter(|it| it.refusal.is_some());
            refused.map(|it| it.subject).collect()
        })
    });
    Memo::new(move |_| {
        let asked = Asked {
            filter: filter.get(),
            limit: limit.get(),
            me: session.person(),
            roles: session.roles(),
            refused: refused.get(),
        };
        sites.with(|state| list(state, &asked))
    })
}

/// Where one is. With a record open the screen's first heading is the record's.
#[component]
fn InboxHead(
    /// Whether a record is open.
    is_open: Signal<bool>,
) -> impl IntoView {
    let lang = use_lang();
    let session = use_session();
    let site = move || session.site().map(|site| site.name);
    let title = lang.words(t::visits_title);
    let heading = move || {
        if is_open.get() {
            Either::Left(view! { <h2 class="inbox-title" id="inbox-title">{title}</h2> })
        } else {
            Either::Right(view! { <h1 class="inbox-title" id="inbox-title">{title}</h1> })
        }
    };
    view! {
        <header class="page-head">
            <div class="grow">
                <p class="caption">{site}</p>
                {heading}
            </div>
            <SyncPill />
        </header>
    }
}

/// Why there is no row, and what to do.
#[component]
fn Nothing(
    /// The filter chosen.
    filter: RwSignal<Filter>,
    /// Chooses another.
    choose: Callback<Filter>,
) -> impl IntoView {
    let lang = use_lang();
    let sites = use_sites();
    let session = use_session();
    let status = use_sync_status();
    let is_all = move || filter.get() == Filter::All;
    let is_awaited = Memo::new(move |_| {
        let is_empty = sites.with(|site| site.households.is_empty() && site.visits.is_empty());
        is_empty && status.with(|view| view.last_contact.is_none() || view.sending)
    });
    let may_visit = move || session.role_for(Action::RecordVisit).is_some();
    let title = move || match (is_all(), is_awaited.get()) {
        (true, true) => t::visits_not_here(lang.get()),
        (true, false) => t::visits_empty(lang.get()),
        (false, _) => t::visits_empty_filter(lang.get()),
    };
    let text = move || {
        if is_awaited.get() {
            Some(t::visits_not_here_text(lang.get()))
        } else {
            may_visit().then(|| t::visits_empty_text(lang.get()))
        }
    };
    view! {
        <div class="inbox-nothing">
            <b>{title}</b>
            <Show
                when=is_all
                fallback=move || {
                    view! {
                        <button class="button line small" on:click=move |_| choose.run(Filter::All)>
                            {lang.words(t::visits_empty_filter_act)}
                        </button>
                    }
                }
            >
                <p class="caption">{text}</p>
                <Show when=move || !is_awaited.get() && may_visit()>
                    <A href=Path::Households.to_string() attr:class="button line small">
                        {lang.words(t::visits_empty_act)}
                    </A>
                </Show>
            </Show>
        </div>
    }
}

/// Entries this version cannot read are not passed over in silence.
#[component]
fn Unreadable() -> impl IntoView {
    let lang = use_lang();
    let sites = use_sites();
    let count = Memo::new(move |_| sites.with(|site| u64::from(site.unreadable)));
    let words = move || (count.get() > 0).then(|| t::visits_unreadable(lang.get(), count.get()));
    view! { <p class="inbox-unreadable late">{words}</p> }
}
