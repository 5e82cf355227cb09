//! The screens of the account and of what the office keeps for the person, as a list of links.

use doorstep_domain::policy::Action;
use leptos::prelude::*;
use leptos_router::components::A;

use crate::i18n::{Lang, t, use_lang};
use crate::path::Path;
use crate::state::session::use_session;

/// The list.
#[component]
pub fn Account() -> impl IntoView {
    let lang = use_lang();
    let session = use_session();
    let decides = Memo::new(move |_| session.role_for(Action::DecideQuarantine).is_some());
    view! {
        <h2 class="section">{lang.words(t::account_heading)}</h2>
        <ul class="list">
            {link(lang, Path::Password, t::password_title, t::password_caption)}
            {link(lang, Path::Code, t::code_title, t::code_caption)}
            {link(lang, Path::Devices, t::devices_title, t::devices_caption)}
            {link(lang, Path::Phrases, t::phrases_title, t::phrases_caption)}
            {link(lang, Path::Rescue, t::rescue_title, t::rescue_caption)}
            <Show when=move || decides.get()>
                {link(lang, Path::Aside, t::aside_title, t::aside_caption)}
            </Show>
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
