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
            <p>{lang.words(t::not_found_text)}</p>
            <A href=Path::Today.to_string() attr:class="button primary">
                {lang.words(t::not_found_back)}
            </A>
        </main>
    }
}
