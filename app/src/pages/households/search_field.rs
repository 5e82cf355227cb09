//! What to look for, typed or cleared. Not the finding.

use leptos::prelude::*;

use crate::browser::document;
use crate::components::icon::{Glyph, Icon};
use crate::i18n::{t, use_lang};
use crate::state::register_search::use_register_search;

/// The id of the input.
const ID: &str = "search";

/// The field; its label is its placeholder too, and read out before it.
#[component]
pub(super) fn SearchField() -> impl IntoView {
    let lang = use_lang();
    let search = use_register_search();
    let typed = search.typed();
    let is_typed = move || typed.with(|typed| !typed.is_empty());
    let clear = move |_| {
        search.look_for(String::new());
        document::focus_id(ID);
    };
    view! {
        <div class="search" role="search">
            <label class="visually-hidden" for=ID>
                {lang.words(t::households_search)}
            </label>
            <Icon glyph=Glyph::Search />
            <input
                id=ID
                type="search"
                autocomplete="off"
                autocapitalize="off"
                spellcheck="false"
                enterkeyhint="search"
                placeholder=lang.words(t::households_search)
                prop:value=typed
                on:input:target=move |event| search.look_for(event.target().value())
            />
            <Show when=is_typed>
                <button
                    class="icon-button"
                    aria-label=lang.words(t::households_clear)
                    on:click=clear
                >
                    <Icon glyph=Glyph::Close />
                </button>
            </Show>
        </div>
    }
}
