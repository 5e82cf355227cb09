//! One visit's record on paper, with its review: opinion (R3.8), decisions (R3.9), voiding, and
//! the course of events beside it. Not the list it was chosen from; that is [`super::visits`].

use doorstep_domain::id::{EventId, SubjectId};
use doorstep_domain::state::{Finish, Soundness, VisitRecord};
use doorstep_domain::topic::Topic;
use doorstep_domain::visit::VisitContent;
use leptos::prelude::*;
use leptos_router::components::A;
use leptos_router::hooks::use_params_map;

use self::correct::Correct;
use self::course::Course;
use self::finish::FinishShown;
use self::opinion::WriteOpinion;
use self::shown::{Shown, use_shown};
use self::voiding::{VoidedNotice, Voiding};
use crate::components::page_head::SlimHead;
use crate::i18n::{self, t, use_lang};
use crate::path::Path;
use crate::state::sync_status::use_sync_status;

mod added;
mod answering;
mod correct;
mod course;
mod finish;
mod opinion;
pub mod printing;
mod shown;
mod signature;
mod verdict;
mod voiding;

/// The screen.
#[component]
pub fn Visit() -> impl IntoView {
    let params = use_params_map();
    let subject: Memo<Option<SubjectId>> =
        Memo::new(move |_| params.with(|it| it.get("subject"))?.parse().ok());
    move || match subject.get() {
        Some(subject) => view! { <Record subject /> }.into_any(),
        None => view! { <Unknown /> }.into_any(),
    }
}

/// An address of no record, or one that has not reached this phone.
#[component]
fn Unknown() -> impl IntoView {
    let lang = use_lang();
    view! {
        <section class="record">
            <SlimHead
                title=lang.text(t::visit_unknown)
                back=Path::Visits
            />
            <div class="record-paper">
                <p>{lang.words(t::visit_unknown_text)}</p>
                <div class="button-row">
                    <A href=Path::Visits.to_string() attr:class="button line">
                        {lang.words(t::visit_unknown_back)}
                    </A>
                </div>
            </div>
        </section>
    }
}

/// A record, once it is here.
#[component]
fn Record(
    /// Which.
    subject: SubjectId,
) -> impl IntoView {
    let shown = use_shown(subject);
    let is_here = Memo::new(move |_| shown.is_here());
    view! {
        <Show when=move || is_here.get() fallback=|| view! { <Unknown /> }>
            <section class="record">
                <RecordHead shown />
                <div class="record-panes">
                    <div class="record-paper">
                        <Sending shown />
                        <VoidedNotice shown />
                        <Finishes shown />
                        <WriteOpinion shown />
                        <div class="button-row amending">
                            <Correct shown />
                            <Voiding shown />
                        </div>
                    </div>
                    <Course shown />
                </div>
            </section>
        </Show>
    }
}

/// Room and name, the day, and a button to print.
#[component]
fn RecordHead(
    /// The record.
    shown: Shown,
) -> impl IntoView {
    let lang = use_lang();
    let household = Memo::new(move |_| {
        let of = |content: &VisitContent| [content.room.as_str(), &content.met].join(" ");
        shown.with_counted(|finish| finish.content.as_ref().map(of))?
    });
    let title = move || {
        let unseen = || t::visit_title(lang.get()).to_owned();
        household.get().unwrap_or_else(unseen)
    };
    let time = move || {
        let at = shown.with_counted(|finish| finish.when().unix_ms());
        at.map(|at| shown.time(lang.get(), at)).unwrap_or_default()
    };
    view! {
        <SlimHead title=Signal::derive(title) caption=Signal::derive(time) back=Path::Visits>
            <Show when=move || household.with(Option::is_some)>
                <A href=Path::Printing(shown.subject).to_string() attr:class="button line small">
                    {lang.words(t::visit_print)}
                </A>
            </Show>
        </SlimHead>
    }
}

/// That the office has not received the record, or refused something of it and why.
#[component]
fn Sending(
    /// The record.
    shown: Shown,
) -> impl IntoView {
    let lang = use_lang();
    let status = use_sync_status();
    let only_here = move || {
        let waits = shown.is(|record| !record.is_received());
        waits.then(|| t::visit_only_here(lang.get()))
    };
    let refused = move || {
        status.with(|view| {
            let of_this = view.unsent.iter().filter(|it| it.subject == shown.subject);
            let refusals = of_this.filter_map(|it| Some((it.id, it.refusal.clone()?)));
            refusals.collect::<Vec<_>>()
        })
    };
    view! {
        <p class="record-only-here">{only_here}</p>
        <For each=refused key=|(id, refusal)| (*id, refusal.0) let((_, (code, params)))>
            <p class="record-refused">
                {move || t::visit_refused(lang.get(), &i18n::refusal(lang.get(), code, &params))}
            </p>
        </For>
    }
}

/// An id on the page for something about one opinion.
fn field_id(what: &str, on: EventId, topic: Topic) -> String {
    [what, "-", &topic.number().to_string(), "-", &on.to_string()].concat()
}

/// Every revision, the one that counts first.
#[component]
fn Finishes(
    /// The record.
    shown: Shown,
) -> impl IntoView {
    let lang = use_lang();
    let finishes = move || {
        let counted_first = |record: &VisitRecord| {
            let counted = record.counted().map(|finish| finish.id);
            let mut finishes = record.finishes.clone();
            finishes.sort_by_key(|finish| Some(finish.id) != counted);
            finishes
        };
        shown.with(counted_first).unwrap_or_default()
    };
    let several = move || {
        let n = shown.with(|record| record.finishes.len() as u64)?;
        (n > 1).then(|| t::visit_finishes(lang.get(), n))
    };
    // Drawn anew only when there is more or less of it to see, not when its place changes.
    let key = |it: &Finish| {
        let broken = it.soundness != Soundness::Sound;
        (it.id, broken, it.content.is_some(), it.ink.is_some())
    };
    view! {
        <p class="record-several">{several}</p>
        <For each=finishes key=key let(finish)>
            <FinishShown shown finish />
        </For>
    }
}
