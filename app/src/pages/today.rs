//! What is next today: how the month's visiting stands, the appointments, what is being written,
//! what waits, and whom to visit.

use doorstep_domain::policy::Action;
use leptos::either::Either;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::components::A;

use self::aside::KeptAside;
use self::decisions::Decisions;
use self::elsewhere::Elsewhere;
use self::follow_ups::FollowUps;
use self::month_card::MonthCard;
use self::on_phone::OnPhone;
use self::planned::Planned;
use self::unvisited::Unvisited;
use crate::browser::format::{self, Style};
use crate::components::draft_row::{DraftRow, use_draft_summaries};
use crate::components::icon::{Glyph, Icon};
use crate::components::page_head::PageHead;
use crate::components::register_gap::{GapNotice, use_gap};
use crate::i18n::{t, use_lang};
use crate::path::Path;
use crate::state::now::use_now;
use crate::state::phone::use_phone;
use crate::state::plans::{use_next_plan, use_own_plans};
use crate::state::register_search::use_register_search;
use crate::state::session::use_session;

mod aside;
mod decisions;
mod elsewhere;
mod follow_ups;
mod month_card;
mod on_phone;
mod planned;
mod unvisited;

/// The screen.
#[component]
pub fn Today() -> impl IntoView {
    let lang = use_lang();
    let session = use_session();
    let now = use_now();
    let gap = use_gap();
    let title = move || {
        let site = session.site().map(|site| site.name);
        site.unwrap_or_else(|| t::today_title(lang.get()).to_owned())
    };
    let date = move || format::time(lang.get(), &session.zone(), Style::Day, now.unix_ms());
    let month = move || match gap.get() {
        Some(gap) => Either::Left(view! { <GapNotice gap /> }),
        None => Either::Right(view! { <MonthCard /> }),
    };
    let has_register = move || gap.get().is_none();
    view! {
        <PageHead title=Signal::derive(title) caption=Signal::derive(date) />
        <main class="page acting">
            {month}
            <Planned />
            <Erased />
            <Drafts />
            <Elsewhere />
            <OnPhone />
            <FollowUps />
            <Show when=has_register>
                <WhatApplies />
            </Show>
        </main>
    }
}

/// What is being written on this phone.
#[component]
fn Drafts() -> impl IntoView {
    let lang = use_lang();
    let drafts = use_draft_summaries();
    let are_some = move || drafts.with(|drafts| !drafts.is_empty());
    view! {
        <Show when=are_some>
            <h2 class="section">{lang.words(t::drafts_heading)}</h2>
            <ul class="list">
                <For each=move || drafts.get() key=|draft| (draft.subject, draft.saved_at, draft.is_copied) let(draft)>
                    <DraftRow draft />
                </For>
            </ul>
        </Show>
    }
}

/// That drafts were erased on this phone; until it was read.
#[component]
fn Erased() -> impl IntoView {
    let lang = use_lang();
    let phone = use_phone();
    let are_some = move || phone.drafts.erased() > 0;
    let words = move || t::drafts_erased(lang.get(), phone.drafts.erased());
    let read = move |_| spawn_local(phone.note_erased());
    view! {
        <Show when=are_some>
            <div class="card" role="status">
                <p>{words}</p>
                <div class="button-row">
                    <button type="button" class="button line" on:click=read>
                        {lang.words(t::drafts_erased_read)}
                    </button>
                </div>
            </div>
        </Show>
    }
}

/// What the person's post has to do here: decide, visit, or look on.
#[component]
fn WhatApplies() -> impl IntoView {
    let session = use_session();
    let decides = Memo::new(move |_| session.role_for(Action::DecideOpinion).is_some());
    let visits = Memo::new(move |_| session.role_for(Action::RecordVisit).is_some());
    let looks_on = move || !decides.get() && !visits.get();
    view! {
        <Show when=move || decides.get()>
            <Decisions />
            <KeptAside />
        </Show>
        <Show when=looks_on>
            <LookingOn />
        </Show>
        <Show when=move || visits.get()>
            <Unvisited />
            <PickHousehold />
        </Show>
    }
}

/// For posts that neither visit nor decide: where they can look on.
#[component]
fn LookingOn() -> impl IntoView {
    let lang = use_lang();
    view! {
        <div class="card">
            <p>{lang.words(t::today_watch)}</p>
            <div class="button-row">
                <A href=Path::Visits.to_string() attr:class="button line">
                    <Icon glyph=Glyph::Book />
                    {lang.words(t::today_see_visits)}
                </A>
            </div>
        </div>
    }
}

/// The screen's main action: to the register, with an empty search.
#[component]
fn PickHousehold() -> impl IntoView {
    let lang = use_lang();
    let search = use_register_search();
    let next = use_next_plan(use_own_plans());
    // An appointment of today's comes first.
    let class = move || {
        if next.with(Option::is_some) {
            "button line"
        } else {
            "button primary"
        }
    };
    view! {
        <div class="thumb-bar">
            <A
                href=Path::Households.to_string()
                attr:class=class
                on:click=move |_| search.clear()
            >
                <Icon glyph=Glyph::Door />
                {lang.words(t::today_pick)}
            </A>
        </div>
    }
}
