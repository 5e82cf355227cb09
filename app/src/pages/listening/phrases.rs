//! The office's phrases under a topic: one tap puts one into the owner's words, another takes it
//! out again.

use doorstep_domain::phrase::put_into;
use doorstep_domain::state::Listed;
use doorstep_domain::topic::Topic;
use leptos::prelude::*;

use crate::i18n::{t, use_lang};
use crate::pages::draft::use_writing;
use crate::state::sites::use_sites;
use crate::state::undo::use_undo;

/// A row of phrases; nothing when the office has none for the topic.
#[component]
pub fn TopicPhrases(
    /// Which topic.
    topic: Topic,
) -> impl IntoView {
    let lang = use_lang();
    let sites = use_sites();
    let phrases = Memo::new(move |_| sites.with(|state| state.phrases_for(topic)));
    view! {
        <Show when=move || phrases.with(|phrases| !phrases.is_empty())>
            <div class="phrases" role="group" aria-label=lang.text(t::phrases_title)>
                <For each=move || phrases.get() key=|it| (it.subject, it.text.clone()) let(it)>
                    <PhraseChip topic phrase=it />
                </For>
            </div>
        </Show>
    }
}

/// One phrase.
#[component]
fn PhraseChip(
    /// Of which topic's opinion.
    topic: Topic,
    /// The phrase.
    phrase: Listed,
) -> impl IntoView {
    let writing = use_writing();
    let undo = use_undo();
    let text = phrase.text.clone();
    let put = move |_| {
        let before = writing.read_untracked(|draft| draft.note(topic).text.clone());
        let after = put_into(&before, &phrase.text);
        let written = after.clone();
        writing.choose(|draft| draft.note_mut(topic).text = written);
        undo.offer(t::phrases_put, move || {
            // What was typed since stays.
            let same = writing.is_open()
                && writing.read_untracked(|draft| draft.note(topic).text == after);
            if same {
                writing.choose(|draft| draft.note_mut(topic).text.clone_from(&before));
            }
        });
    };
    view! {
        <button type="button" class="phrase" on:click=put>
            {text}
        </button>
    }
}
