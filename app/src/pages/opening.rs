//! What is said while the phone's records are being opened, and when they cannot be.
//! Not waiting for a network: opening needs none.

use leptos::prelude::*;

use crate::browser::document;
use crate::browser::store::StoreError;
use crate::components::brand::Brand;
use crate::i18n::{self, t, use_lang};
use crate::state::phone::use_phone;

/// Shown for a moment; the sentence appears only when it takes longer (by style).
#[component]
pub fn Opening() -> impl IntoView {
    let lang = use_lang();
    view! {
        <main class="doorway">
            <Brand />
            <p class="opening" role="status">
                {lang.words(t::opening_text)}
            </p>
        </main>
    }
}

/// The records cannot be opened: why, and what to do.
#[component]
pub fn CannotOpen(
    /// What is wrong.
    error: StoreError,
) -> impl IntoView {
    let lang = use_lang();
    let phone = use_phone();
    let detail = match &error {
        StoreError::Lost(text) => text.clone(),
        _ => String::new(),
    };
    let what_to_do = move || i18n::store_error(lang.get(), &error);
    view! {
        <main class="doorway">
            <Brand />
            <div class="card" role="alert">
                <h1>{lang.words(t::opening_failed_title)}</h1>
                <p>{what_to_do}</p>
                <p class="caption">{detail}</p>
            </div>
            <div class="button-row">
                <button class="button primary" on:click=move |_| phone.start()>
                    {lang.words(t::opening_again)}
                </button>
                <button class="button line" on:click=move |_| document::reload()>
                    {lang.words(t::opening_reload)}
                </button>
            </div>
        </main>
    }
}
