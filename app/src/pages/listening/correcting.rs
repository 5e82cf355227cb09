//! Why a sealed record is corrected, and what becomes of the one there is; nothing for a new visit.

use leptos::prelude::*;

use crate::components::text_area::TextArea;
use crate::i18n::{t, use_lang};
use crate::pages::draft::use_writing;

/// The card.
#[component]
pub fn Why() -> impl IntoView {
    let lang = use_lang();
    let writing = use_writing();
    let corrects = writing.read_untracked(|draft| draft.correcting.is_some());
    let why = move || {
        writing.read(|draft| {
            let correcting = draft.correcting.as_ref();
            correcting.map(|it| it.why.clone()).unwrap_or_default()
        })
    };
    let set_why = move |words| {
        writing.edit(|draft| {
            if let Some(correcting) = &mut draft.correcting {
                correcting.why = words;
            }
        });
    };
    view! {
        <Show when=move || corrects>
            <div class="card">
                <h2>{lang.words(t::correct_title)}</h2>
                <p class="caption">{lang.words(t::correct_about)}</p>
                <TextArea
                    id="why"
                    label=lang.text(t::correct_why)
                    hint=lang.text(t::correct_why_hint)
                    value=Signal::derive(why)
                    on_input=Callback::new(set_why)
                    on_leave=Callback::new(move |()| writing.flush())
                />
            </div>
        </Show>
    }
}
