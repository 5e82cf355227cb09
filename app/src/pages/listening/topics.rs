//! The ten topics (R3.2) as cards that open under the thumb: a mark in one tap, words and the
//! wish for an answer beneath.

use doorstep_domain::draft::Note;
use doorstep_domain::topic::{Satisfaction, Topic};
use doorstep_domain::visit::Outcome;
use leptos::prelude::*;

use super::photos::TopicPhotos;
use super::phrases::TopicPhrases;
use crate::components::aria::truth;
use crate::components::icon::{Glyph, Icon};
use crate::components::text_area::TextArea;
use crate::i18n::{self, t, use_lang};
use crate::pages::draft::{Writing, use_writing};

/// All ten, while somebody was met.
#[component]
pub fn Topics() -> impl IntoView {
    let lang = use_lang();
    let writing = use_writing();
    let met = Memo::new(move |_| writing.read(|draft| draft.outcome == Outcome::Met));
    let opened = RwSignal::new(None);
    view! {
        <Show when=move || met.get()>
            <h2 class="section">{lang.words(t::listening_topics)}</h2>
            {Topic::ALL.map(|topic| view! { <TopicCard topic opened /> }).collect_view()}
        </Show>
    }
}

/// One topic.
#[component]
fn TopicCard(
    /// Which.
    topic: Topic,
    /// The card that is open; one at a time.
    opened: RwSignal<Option<Topic>>,
) -> impl IntoView {
    let lang = use_lang();
    let writing = use_writing();
    let open = Memo::new(move |_| opened.get() == Some(topic));
    let toggle = move |_| opened.update(|it| *it = (*it != Some(topic)).then_some(topic));
    let expanded = move || truth(open.get());
    let name = move || i18n::topic(lang.get(), topic);
    let gist = move || {
        (!open.get()).then(|| writing.read(|draft| draft.note(topic).text.trim().to_owned()))
    };
    let wished = move || {
        let wished = !open.get() && writing.read(|draft| draft.note(topic).wants_answer);
        wished.then(|| t::listening_wants_answer(lang.get()))
    };
    view! {
        <article class="card topic" class:open=open>
            <h3>
                <button type="button" class="topic-head" aria-expanded=expanded on:click=toggle>
                    <span class="topic-number">{topic.number()}</span>
                    <span class="grow">{name}</span>
                    <span class="topic-wish">{wished}</span>
                    <Icon glyph=Glyph::Down />
                </button>
            </h3>
            <Marks topic opened />
            <p class="topic-gist">{gist}</p>
            <Show when=move || open.get()>
                <TopicNote topic />
            </Show>
        </article>
    }
}

/// The three marks; a second tap takes the mark back.
#[component]
fn Marks(
    /// Of which topic.
    topic: Topic,
    /// The card that is open: a bad mark asks for words.
    opened: RwSignal<Option<Topic>>,
) -> impl IntoView {
    let lang = use_lang();
    let writing = use_writing();
    let given = Memo::new(move |_| writing.read(|draft| draft.note(topic).satisfaction));
    let mark = move |it: Satisfaction| {
        let pressed = move || truth(given.get() == Some(it));
        let give = move |_| {
            let again = given.get_untracked() == Some(it);
            change(writing, topic, |note| {
                note.satisfaction = (!again).then_some(it);
            });
            if it == Satisfaction::Dissatisfied && !again {
                opened.set(Some(topic));
            }
        };
        view! {
            <button type="button" class=["mark ", tone(it)].concat() aria-pressed=pressed on:click=give>
                {move || i18n::satisfaction(lang.get(), it)}
            </button>
        }
    };
    view! {
        <div class="marks" role="group" aria-label=move || i18n::topic(lang.get(), topic)>
            {Satisfaction::ALL.map(mark).collect_view()}
        </div>
    }
}

/// The owner's words and the wish for an answer.
#[component]
fn TopicNote(
    /// Of which topic.
    topic: Topic,
) -> impl IntoView {
    let lang = use_lang();
    let writing = use_writing();
    let label = move || t::listening_words(lang.get(), i18n::topic(lang.get(), topic));
    let wants = Memo::new(move |_| writing.read(|draft| draft.note(topic).wants_answer));
    let pressed = move || truth(wants.get());
    let wish = move |_| {
        let now = wants.get_untracked();
        change(writing, topic, |note| note.wants_answer = !now);
    };
    let typed = move |text| writing.edit(|draft| draft.note_mut(topic).text = text);
    view! {
        <TextArea
            id=["topic-", &topic.number().to_string()].concat()
            label=Signal::derive(label)
            value=Signal::derive(move || writing.read(|draft| draft.note(topic).text.clone()))
            on_input=Callback::new(typed)
            on_leave=Callback::new(move |()| writing.flush())
        />
        <TopicPhrases topic />
        <TopicPhotos topic />
        <button type="button" class="chip" aria-pressed=pressed on:click=wish>
            {lang.words(t::listening_wants_answer)}
        </button>
    }
}

fn change(writing: Writing, topic: Topic, change: impl FnOnce(&mut Note)) {
    writing.choose(|draft| change(draft.note_mut(topic)));
}

fn tone(mark: Satisfaction) -> &'static str {
    match mark {
        Satisfaction::Satisfied => "jade",
        Satisfaction::MostlySatisfied => "amber",
        Satisfaction::Dissatisfied => "seal",
    }
}
