//! The course of events (经过) beside the record: what happened, by the clock, and what it waits
//! for. Not the order and not the waiting, which are the domain's.

use doorstep_domain::course::{Awaited, Happening, Step, awaited, course};
use doorstep_domain::language::Language;
use leptos::prelude::*;

use super::shown::Shown;
use crate::browser::clock;
use crate::i18n::{self, t, use_lang};

/// The course, earliest first.
#[component]
pub fn Course(
    /// The record.
    shown: Shown,
) -> impl IntoView {
    let lang = use_lang();
    let steps = Memo::new(move |_| shown.with(course).unwrap_or_default());
    let waits = Memo::new(move |_| shown.with(awaited).unwrap_or_default());
    let key = |step: &Step| {
        let arrival = matches!(step.what, Happening::Received { .. });
        (step.event, arrival, step.on_phone)
    };
    view! {
        <section class="course" aria-labelledby="course">
            <h2 id="course">{lang.words(t::course_title)}</h2>
            <ol>
                <For each=move || steps.get() key=key let(step)>
                    <StepShown shown step />
                </For>
                <Show when=move || waits.with(|waits| !waits.is_empty())>
                    <li class="course-next">
                        <span class="caption">{lang.words(t::course_now)}</span>
                        <For each=move || waits.get() key=|it| *it let(it)>
                            <p>{move || waiting(lang.get(), it)}</p>
                        </For>
                    </li>
                </Show>
            </ol>
        </section>
    }
}

/// One step.
#[component]
fn StepShown(
    /// The record.
    shown: Shown,
    /// The step.
    step: Step,
) -> impl IntoView {
    let lang = use_lang();
    let machine = move || clock::in_zone(&shown.session.zone(), step.at).to_string();
    let time = move || shown.time(lang.get(), step.at);
    let on_phone = step.on_phone.then(|| {
        view! { <span class="pill amber">{lang.words(t::visit_on_phone)}</span> }
    });
    view! {
        <li>
            <time class="caption number" datetime=machine>{time}</time>
            <p>{move || happened(lang.get(), shown, step.what)}</p>
            {on_phone}
        </li>
    }
}

fn happened(lang: Language, shown: Shown, what: Happening) -> String {
    let who = |by: doorstep_domain::course::Actor| shown.who(lang, by.role, by.person);
    match what {
        Happening::Finished {
            by,
            signing: Some(signing),
            ..
        } => t::course_sealed(lang, &who(by), i18n::signing(lang, signing)),
        // The signing is withheld, or nobody was met.
        Happening::Finished {
            by, sealed: true, ..
        } => t::course_recorded_met(lang, &who(by)),
        Happening::Finished { by, outcome, .. } => {
            t::course_recorded(lang, &who(by), i18n::outcome(lang, outcome))
        }
        Happening::Corrected {
            by,
            signing: Some(signing),
            ..
        } => t::course_corrected(lang, &who(by), i18n::signing(lang, signing)),
        Happening::Corrected { by, .. } => t::course_corrected_plain(lang, &who(by)),
        Happening::Received { intact: None } => t::course_received(lang).to_owned(),
        Happening::Received { intact: Some(true) } => t::course_received_intact(lang).to_owned(),
        Happening::Received {
            intact: Some(false),
        } => t::course_received_broken(lang).to_owned(),
        Happening::OpinionWritten { by } => t::course_opinion(lang, &who(by)),
        Happening::Decided { by, topic, verdict } => {
            let verdict = i18n::verdict(lang, verdict);
            t::course_decided(lang, &who(by), i18n::topic(lang, topic), verdict)
        }
        Happening::Answered { by, topic } => {
            t::course_answered(lang, &who(by), i18n::topic(lang, topic))
        }
        Happening::Voided { by } => t::course_voided(lang, &who(by)),
    }
}

fn waiting(lang: Language, awaited: Awaited) -> String {
    match awaited {
        Awaited::Receipt => t::course_wait_receipt(lang).to_owned(),
        Awaited::Opinion => t::course_wait_opinion(lang).to_owned(),
        Awaited::Decisions(n) => t::course_wait_decision(lang, n),
        Awaited::Answers(n) => t::course_wait_answer(lang, n),
    }
}
