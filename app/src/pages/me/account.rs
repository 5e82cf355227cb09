//! The account's own screens, as a list of links.

use leptos::prelude::*;
use leptos_router::components::A;

use crate::i18n::{Lang, t, use_lang};
use crate::path::Path;

/// The list.
#[component]
pub fn Account() -> impl IntoView {
    let lang = use_lang();
    view! {
        <h2 class="section">{lang.words(t::account_heading)}</h2>
        <ul class="list">
            {link(lang, Path::Password, t::password_title, t::password_caption)}
            {link(lang, Path::Devices, t::devices_title, t::devices_caption)}
        </ul>
    }
}

type Words = fn(doorstep_domain::language::Language) -> &'static str;

fn link(lang: Lang, path: Path, title: Words, caption: Words) -> impl IntoView {
    view! {
        <li>
            <A href=path.to_string() attr:class="row-link">
                <div class="row-words">
                    <b>{lang.words(title)}</b>
                    <p class="caption">{lang.words(caption)}</p>
                </div>
            </A>
        </li>
    }
}
