//! The screen of [`crate::path::Path::Sealed`].
//! Not yet more than its heading.

use leptos::prelude::*;

use crate::i18n::{t, use_lang};

/// The screen.
#[component]
pub fn Sealed() -> impl IntoView {
    let lang = use_lang();
    view! {
        <main class="page">
            <h1>{move || t::sealed_title(lang.get())}</h1>
        </main>
    }
}
