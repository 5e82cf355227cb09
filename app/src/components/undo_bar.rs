//! What was just done, and a button that takes it back; above the tabs for a while.

use leptos::prelude::*;

use crate::i18n::{t, use_lang};
use crate::state::undo::use_undo;

/// The bar; nothing when there is nothing to take back.
#[component]
pub fn UndoBar() -> impl IntoView {
    let lang = use_lang();
    let undo = use_undo();
    let words = move || undo.get().map(|offer| (offer.words)(lang.get()));
    view! {
        <div class="undo" role="status">
            <Show when=move || undo.get().is_some()>
                <div class="undo-bar">
                    <p>{words}</p>
                    <button class="button line small" on:click=move |_| undo.take_back()>
                        {lang.words(t::app_undo)}
                    </button>
                </div>
            </Show>
        </div>
    }
}
