//! The office's list of phrases: what is on it, by topic; put on and taken off by whoever may.
//! Not the putting of one into an opinion, which is done while listening.

use doorstep_domain::event::{Kind, PartName, canonical};
use doorstep_domain::id::SubjectId;
use doorstep_domain::phrase::{PHRASES_MAX, PhraseFact, PhraseProblem, PhraseText};
use doorstep_domain::policy::Action;
use doorstep_domain::state::{Listed, SiteState};
use doorstep_domain::text::clean;
use doorstep_domain::topic::Topic;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::browser::{clock, document, random};
use crate::components::adding::{Attempt, AttemptShown};
use crate::components::field::TextField;
use crate::components::icon::{Glyph, Icon};
use crate::components::page_head::SlimHead;
use crate::i18n::{self, t, use_lang};
use crate::path::Path;
use crate::state::phone::{Phone, use_phone};
use crate::state::queue::NewEvent;
use crate::state::session::{SessionState, use_session};
use crate::state::sites::use_sites;
use crate::state::undo::use_undo;

/// The field of a new phrase.
const NEW: &str = "phrase";

/// The screen.
#[component]
pub fn Phrases() -> impl IntoView {
    let lang = use_lang();
    let session = use_session();
    let sites = use_sites();
    let attempt = Attempt::new();
    let listed = Memo::new(move |_| sites.with(SiteState::listed_phrases));
    let may = Memo::new(move |_| session.role_for(Action::ChangePhrases).is_some());
    let has_room = Memo::new(move |_| listed.with(Vec::len) < PHRASES_MAX);
    let full = move || t::phrases_full(lang.get(), &PHRASES_MAX.to_string());
    view! {
        <SlimHead title=lang.text(t::phrases_title) back=Path::Me />
        <main class="page">
            <p class="caption">{lang.words(t::phrases_text)}</p>
            <Show
                when=move || may.get()
                fallback=move || view! { <p class="card">{lang.words(t::phrases_not_yours)}</p> }
            >
                <Show
                    when=move || has_room.get()
                    fallback=move || view! { <p class="card">{full}</p> }
                >
                    <NewPhrase attempt />
                </Show>
                <AttemptShown attempt />
            </Show>
            <Show
                when=move || listed.with(|listed| !listed.is_empty())
                fallback=move || view! { <p class="card">{lang.words(t::phrases_none)}</p> }
            >
                <ul class="card phrase-list">
                    <For
                        each=move || listed.get()
                        key=|it| (it.subject, it.topic, it.text.clone())
                        let(it)
                    >
                        <PhraseRow listed=it may attempt />
                    </For>
                </ul>
            </Show>
        </main>
    }
}

/// Puts a phrase on the list.
#[component]
fn NewPhrase(
    /// How the keeping of a change goes.
    attempt: Attempt,
) -> impl IntoView {
    let lang = use_lang();
    let phone = use_phone();
    let session = use_session();
    let topic = RwSignal::new(None::<Topic>);
    let typed = RwSignal::new(String::new());
    let problem = RwSignal::new(None::<PhraseProblem>);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let text = PhraseText {
            text: clean(&typed.get_untracked()),
        };
        let found = text.check().err();
        problem.set(found);
        if found.is_some() {
            return document::focus_id(NEW);
        }
        let subject = SubjectId::mint(clock::now_ms().cast_unsigned(), &random::bytes());
        let fact = PhraseFact {
            topic: topic.get_untracked(),
            listed: true,
        };
        attempt.keep(phone, changed(session, subject, fact, &text), move || {
            typed.try_set(String::new());
            document::focus_id(NEW);
        });
    };
    let error = move || {
        let lang = lang.get();
        let words = problem.get().map(|problem| match problem {
            PhraseProblem::Empty => t::phrases_empty(lang),
            PhraseProblem::Text => t::phrases_too_long(lang),
        });
        words.unwrap_or_default().to_owned()
    };
    let option = move |it: Topic| {
        view! {
            <option value=it.number()>{move || i18n::topic(lang.get(), it)}</option>
        }
    };
    let choose = move |value: String| {
        let chosen = Topic::ALL
            .into_iter()
            .find(|it| it.number().to_string() == value);
        topic.set(chosen);
    };
    view! {
        <form class="card" novalidate on:submit=submit>
            <TextField
                id=NEW
                label=lang.text(t::phrases_new)
                value=typed
                error=Signal::derive(error)
            />
            <div class="field">
                <label for="phrase-topic">{lang.words(t::phrases_topic)}</label>
                <select
                    id="phrase-topic"
                    on:change:target=move |event| choose(event.target().value())
                >
                    <option value="">{lang.words(t::phrases_all_topics)}</option>
                    {Topic::ALL.map(option).collect_view()}
                </select>
            </div>
            <button
                class="button primary wide"
                type="submit"
                aria-disabled=move || attempt.busy()
            >
                {lang.words(t::phrases_add)}
            </button>
        </form>
    }
}

/// A phrase, and the cross that takes it off the list.
#[component]
fn PhraseRow(
    /// The phrase.
    listed: Listed,
    /// Whether the person may take it off.
    may: Memo<bool>,
    /// How the keeping of a change goes.
    attempt: Attempt,
) -> impl IntoView {
    let lang = use_lang();
    let phone = use_phone();
    let session = use_session();
    let undo = use_undo();
    let Listed {
        subject,
        topic,
        text,
    } = listed;
    let under = move || {
        let lang = lang.get();
        topic.map_or(t::phrases_all_topics(lang), |it| i18n::topic(lang, it))
    };
    let said = text.clone();
    let label = move || t::phrases_remove(lang.get(), &said);
    let shown = text.clone();
    let remove = move |_| {
        let phrase = PhraseText { text: text.clone() };
        let off = PhraseFact {
            topic,
            listed: false,
        };
        let off = changed(session, subject, off, &phrase);
        attempt.keep(phone, off, move || {
            undo.offer(t::phrases_removed, move || {
                let on = PhraseFact {
                    topic,
                    listed: true,
                };
                put_back(phone, changed(session, subject, on, &phrase));
            });
        });
    };
    view! {
        <li class="phrase-row">
            <span class="grow">
                {shown} <span class="caption">{under}</span>
            </span>
            <Show when=move || may.get()>
                <button
                    class="icon-button"
                    aria-label=label.clone()
                    aria-disabled=move || attempt.busy()
                    on:click=remove.clone()
                >
                    <Icon glyph=Glyph::Close />
                </button>
            </Show>
        </li>
    }
}

/// Keeps an event whose screen may be gone; what fails shows in the storage banner.
fn put_back(phone: Phone, event: Option<NewEvent>) {
    if let Some(event) = event {
        spawn_local(async move {
            phone.queue_event(event).await.ok();
        });
    }
}

/// The event that changes a phrase, made by the person here; `None` when their post changes none.
fn changed(
    session: SessionState,
    subject: SubjectId,
    fact: PhraseFact,
    text: &PhraseText,
) -> Option<NewEvent> {
    let role = untrack(|| session.role_for(Action::ChangePhrases));
    let (site, role) = untrack(|| session.site()).zip(role)?;
    Some(NewEvent {
        kind: Kind::PhraseChanged,
        subject,
        site: site.id,
        role,
        bodies: vec![
            (PartName::Fact, canonical(&fact)),
            (PartName::Content, canonical(text)),
        ],
        draft: None,
    })
}
