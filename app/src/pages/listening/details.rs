//! How the visit came about: way, appointment and the reason R3.6 asks for; whom, what for, since
//! when; and whether anybody was met.

use doorstep_domain::visit::{Agreed, Channel, Outcome, Purpose, Relation, Way};
use leptos::prelude::*;

use crate::components::choice::Choice;
use crate::components::text_area::TextArea;
use crate::components::time_field::TimeField;
use crate::i18n::{self, t, use_lang};
use crate::pages::draft::use_writing;

/// Way, appointment, reason.
#[component]
pub fn Agreement() -> impl IntoView {
    let lang = use_lang();
    let writing = use_writing();
    let way = Memo::new(move |_| writing.read(|draft| draft.way));
    view! {
        <div class="card">
            <Choice
                name="way"
                legend=lang.text(t::listening_way)
                options=Way::ALL.to_vec()
                label=i18n::way
                value=way
                on_choose=Callback::new(move |way| writing.choose(|draft| draft.way = way))
            />
            <Show when=move || way.get() == Way::Door>
                <Appointment />
            </Show>
            <Reason />
        </div>
    }
}

/// Whether the door visit was agreed beforehand; if so, for when and how.
#[component]
fn Appointment() -> impl IntoView {
    let lang = use_lang();
    let writing = use_writing();
    let agreed = Memo::new(move |_| writing.read(|draft| draft.agreed));
    let is_agreed = Memo::new(move |_| agreed.get().is_some());
    let label = |lang, agreed| {
        if agreed {
            t::listening_agreed(lang)
        } else {
            t::listening_not_agreed(lang)
        }
    };
    let choose = move |is_agreed: bool| {
        writing.choose(|draft| {
            let at = draft.started_at;
            let channel = Channel::default();
            draft.agreed = is_agreed.then_some(Agreed { at, channel });
        });
    };
    let began = move || writing.read(|draft| draft.started_at);
    let at = move || agreed.get().map_or_else(began, |agreed| agreed.at);
    let channel = move || {
        agreed
            .get()
            .map(|agreed| agreed.channel)
            .unwrap_or_default()
    };
    let set_at = move |at| {
        writing.choose(|draft| {
            if let Some(agreed) = &mut draft.agreed {
                agreed.at = at;
            }
        });
    };
    let set_channel = move |channel| {
        writing.choose(|draft| {
            if let Some(agreed) = &mut draft.agreed {
                agreed.channel = channel;
            }
        });
    };
    view! {
        <Choice
            name="appointment"
            legend=lang.text(t::listening_appointment)
            options=vec![true, false]
            label=label
            value=is_agreed
            on_choose=Callback::new(choose)
        />
        <Show when=move || is_agreed.get()>
            <TimeField
                id="agreed-at"
                label=lang.text(t::listening_agreed_at)
                value=Signal::derive(at)
                on_change=Callback::new(set_at)
            />
            <Choice
                name="channel"
                legend=lang.text(t::listening_channel)
                options=Channel::ALL.to_vec()
                label=i18n::channel
                value=Signal::derive(channel)
                on_choose=Callback::new(set_channel)
            />
        </Show>
    }
}

/// The reason R3.6 asks for, while it does.
#[component]
fn Reason() -> impl IntoView {
    let lang = use_lang();
    let writing = use_writing();
    let exception = Memo::new(move |_| {
        writing.read(|draft| {
            let asked = draft.outcome == Outcome::Met;
            draft.exceptions().first().copied().filter(|_| asked)
        })
    });
    let hint = move || {
        let problem = exception
            .get()
            .map(doorstep_domain::visit::ContentProblem::ReasonMissing);
        let words = problem.map(|problem| i18n::content_problem(lang.get(), problem));
        words.unwrap_or_default().to_owned()
    };
    view! {
        <Show when=move || exception.get().is_some()>
            <TextArea
                id="reason"
                label=lang.text(t::listening_reason)
                hint=Signal::derive(hint)
                value=Signal::derive(move || writing.read(|draft| draft.reason.clone()))
                on_input=Callback::new(move |text| writing.edit(|draft| draft.reason = text))
                on_leave=Callback::new(move |()| writing.flush())
            />
        </Show>
    }
}

/// Whom, what for, since when: filled in already, opened where something differs.
#[component]
pub fn Details() -> impl IntoView {
    let lang = use_lang();
    let writing = use_writing();
    let set_began = move |at| writing.choose(|draft| draft.started_at = at);
    view! {
        <details class="card more">
            <summary>{lang.words(t::listening_details)}</summary>
            <div class="field">
                <label for="met">{lang.words(t::listening_met)}</label>
                <input
                    id="met"
                    type="text"
                    autocomplete="off"
                    prop:value=move || writing.read(|draft| draft.met.clone())
                    on:input:target=move |event| {
                        writing.edit(|draft| draft.met = event.target().value());
                    }
                    on:blur=move |_| writing.flush()
                />
            </div>
            <Choice
                name="relation"
                legend=lang.text(t::listening_relation)
                options=Relation::ALL.to_vec()
                label=i18n::relation
                value=Signal::derive(move || writing.read(|draft| draft.relation))
                on_choose=Callback::new(move |relation| {
                    writing.choose(|draft| draft.relation = relation);
                })
            />
            <Choice
                name="purpose"
                legend=lang.text(t::listening_purpose)
                options=Purpose::ALL.to_vec()
                label=i18n::purpose
                value=Signal::derive(move || writing.read(|draft| draft.purpose))
                on_choose=Callback::new(move |purpose| {
                    writing.choose(|draft| draft.purpose = purpose);
                })
            />
            <TimeField
                id="started"
                label=lang.text(t::listening_started)
                value=Signal::derive(move || writing.read(|draft| draft.started_at))
                on_change=Callback::new(set_began)
            />
        </details>
    }
}

/// Whether anybody was met (R2.3).
#[component]
pub fn OutcomeChoice() -> impl IntoView {
    let lang = use_lang();
    let writing = use_writing();
    let options = [Outcome::Met, Outcome::NobodyHome, Outcome::ConsentRefused];
    view! {
        <div class="card">
            <Choice
                name="outcome"
                legend=lang.text(t::listening_outcome)
                options=options.to_vec()
                label=i18n::outcome
                value=Signal::derive(move || writing.read(|draft| draft.outcome))
                on_choose=Callback::new(move |outcome| {
                    writing.choose(|draft| draft.outcome = outcome);
                })
            />
        </div>
    }
}
