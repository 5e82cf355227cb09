//! An address that is no screen of the app.

use leptos::prelude::*;
use leptos_router::components::A;

use crate::components::page_head::PageHead;
use crate::i18n::{t, use_lang};
use crate::path::Path;

/// Says so, and leads back.
#[component]
pub fn NotFound() -> impl IntoView {
    let lang = use_lang();
    view! {
        <PageHead title=lang.text(t::not_found_title) />
        <main class="page">
            <p>{move || t::not_found_text(lang.get())}</p>
            <A href=Path::Today.to_string() attr:class="button primary">
                {move || t::not_found_back(lang.get())}
            </A>
        </main>
    }
}
