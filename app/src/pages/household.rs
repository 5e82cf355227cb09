//! The screen of [`crate::path::Path::Household`].
//! Not yet more than its heading.

use leptos::prelude::*;

use crate::i18n::{t, use_lang};

/// The screen.
#[component]
pub fn Household() -> impl IntoView {
    let lang = use_lang();
    view! {
        <main class="page">
            <h1>{move || t::household_title(lang.get())}</h1>
        </main>
    }
}
