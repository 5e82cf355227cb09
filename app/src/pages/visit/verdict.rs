//! Beneath each of the owner's opinions: the director's decision (R3.9), or the two buttons to
//! make it. Seen by everybody who sees the record.

use doorstep_domain::event::{Kind, canonical};
use doorstep_domain::id::EventId;
use doorstep_domain::policy::Action;
use doorstep_domain::review::{Decision, Verdict};
use doorstep_domain::state::Decided;
use doorstep_domain::topic::Topic;
use leptos::prelude::*;

use super::added::{AddedLine, AddedWords};
use super::field_id;
use super::shown::Shown;
use crate::browser::document;
use crate::components::adding::{Attempt, AttemptShown, New, use_adding};
use crate::components::icon::{Glyph, Icon};
use crate::components::text_area::TextArea;
use crate::i18n::{self, t, use_lang};
use crate::state::phone::use_phone;

/// The decision on one opinion.
#[component]
pub fn Judgement(
    /// The record.
    shown: Shown,
    /// The finish that holds the opinion.
    on: EventId,
    /// Which opinion.
    topic: Topic,
) -> impl IntoView {
    let lang = use_lang();
    let decided = Memo::new(move |_| shown.decided(on, topic));
    let is_decided = move || decided.with(Option::is_some);
    let changing = RwSignal::new(false);
    let corrected = Memo::new(move |_| shown.is_corrected(on));
    let may = Memo::new(move |_| shown.may(Action::DecideOpinion) && !corrected.get());
    let asks = move || may.get() && (!is_decided() || changing.get());
    let changes = move || may.get() && is_decided() && !changing.get();
    let id = field_id("decision", on, topic);
    let done = {
        let id = id.clone();
        Callback::new(move |()| {
            changing.try_set(false);
            // The pressed button is gone: the focus goes to what came of it.
            let id = id.clone();
            request_animation_frame(move || document::focus_id(&id));
        })
    };
    view! {
        <div
            class="judgement"
            hidden=move || corrected.get() && !is_decided()
            lang=move || lang.get().tag()
        >
            <div id=id tabindex="-1" role="status">
                {move || decided.get().map(|decided| view! { <VerdictShown shown decided /> })}
                <Show when=move || !is_decided() && !may.get() && !corrected.get()>
                    <Waiting shown />
                </Show>
            </div>
            <Show when=asks>
                <DecisionForm shown on topic done />
            </Show>
            <Show when=changes>
                <button class="button line small" on:click=move |_| changing.set(true)>
                    {lang.words(t::decide_change)}
                </button>
                <p class="caption">{lang.words(t::decide_change_hint)}</p>
            </Show>
        </div>
    }
}

/// What was decided, by whom, when and why.
#[component]
fn VerdictShown(
    /// The record.
    shown: Shown,
    /// The decision in force.
    decided: Decided,
) -> impl IntoView {
    let lang = use_lang();
    let Decided { decision, addition } = decided;
    let (class, glyph) = match decision.verdict {
        Verdict::Adopt => ("verdict jade", Glyph::Check),
        Verdict::NotAdopt => ("verdict", Glyph::Close),
    };
    let word = move || i18n::verdict(lang.get(), decision.verdict);
    let before = Memo::new(move |_| {
        let about =
            |it: &&Decided| (it.decision.on, it.decision.topic) == (decision.on, decision.topic);
        let made = shown.with(|record| record.decisions.iter().filter(about).count());
        made.unwrap_or_default().saturating_sub(1) as u64
    });
    let changed =
        move || (before.get() > 0).then(|| t::decide_last_holds(lang.get(), before.get()));
    view! {
        <p class=class>
            <Icon glyph />
            <b>{word}</b>
        </p>
        <AddedWords addition=addition.clone() />
        <AddedLine shown addition />
        <p class="caption">{changed}</p>
    }
}

/// That nothing is decided yet.
#[component]
fn Waiting(
    /// The record.
    shown: Shown,
) -> impl IntoView {
    let lang = use_lang();
    let words = move || {
        let (voided, received) = shown.with(|it| (it.is_voided(), it.is_received()))?;
        match (voided, received) {
            (true, _) => None,
            (false, true) => Some(t::decide_waiting(lang.get())),
            (false, false) => Some(t::decide_waiting_receipt(lang.get())),
        }
    };
    view! { <p class="caption">{words}</p> }
}

/// Adopt in one tap; not adopting asks why first.
#[component]
fn DecisionForm(
    /// The record.
    shown: Shown,
    /// The finish that holds the opinion.
    on: EventId,
    /// Which opinion.
    topic: Topic,
    /// Called when the decision is kept.
    done: Callback<()>,
) -> impl IntoView {
    let lang = use_lang();
    let adding = use_adding(shown.subject);
    let phone = use_phone();
    let id = StoredValue::new(field_id("reason", on, topic));
    let reason = phone.unfinished_text(&on, id.get_value());
    let explaining = RwSignal::new(!reason.read_untracked().is_empty());
    let explain = Callback::new(move |()| {
        explaining.set(true);
        request_animation_frame(move || {
            id.try_with_value(|id| document::focus_id(id));
        });
    });
    let decide = Callback::new(move |verdict: Verdict| {
        let new = New {
            action: Action::DecideOpinion,
            kind: Kind::OpinionDecided,
            fact: canonical(&Decision { on, topic, verdict }),
            needs_words: verdict.needs_reason(),
        };
        let kept = move || {
            phone.forget_unfinished(&on, field_id("reason", on, topic));
            // The form may be gone, and the record with it.
            done.try_run(());
        };
        if !adding.add(new, &reason.read_untracked(), kept) {
            explain.run(());
        }
    });
    let attempt = adding.attempt;
    let error = move || attempt.error(lang.get(), t::decide_reason_missing);
    let legend = move || t::decide_legend(lang.get(), i18n::topic(lang.get(), topic));
    view! {
        <div class="decision" role="group" aria-label=legend>
            <Show when=move || explaining.get()>
                <TextArea
                    id=id.get_value()
                    label=lang.text(t::decide_reason)
                    value=reason
                    on_input=Callback::new(move |words| reason.set(words))
                    error=Signal::derive(error)
                />
            </Show>
            <DecisionButtons attempt explaining decide explain />
            <AttemptShown attempt />
        </div>
    }
}

/// Adopt, do not adopt, say why.
#[component]
fn DecisionButtons(
    /// Whether a decision is being kept.
    attempt: Attempt,
    /// Whether the reason's field is open.
    #[prop(into)]
    explaining: Signal<bool>,
    /// Decides.
    decide: Callback<Verdict>,
    /// Opens the reason's field.
    explain: Callback<()>,
) -> impl IntoView {
    let lang = use_lang();
    view! {
        <div class="button-row">
            <button
                class="button primary small"
                aria-disabled=move || attempt.busy()
                on:click=move |_| decide.run(Verdict::Adopt)
            >
                {lang.words(t::decide_adopt)}
            </button>
            <button
                class="button line small"
                aria-disabled=move || attempt.busy()
                on:click=move |_| decide.run(Verdict::NotAdopt)
            >
                {lang.words(t::decide_not_adopt)}
            </button>
            <Show when=move || !explaining.get()>
                <button class="button small" on:click=move |_| explain.run(())>
                    {lang.words(t::decide_explain)}
                </button>
            </Show>
        </div>
    }
}
