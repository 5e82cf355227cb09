//! Choosing the language: each is named in itself, so that it is found by those who read it.

use doorstep_domain::language::Language;
use leptos::prelude::*;

use super::choice::Choice;
use crate::i18n::{t, use_lang};

/// The two languages.
#[component]
pub fn LanguageChoice() -> impl IntoView {
    let lang = use_lang();
    let name = |_: Language, option: Language| match option {
        Language::Chinese => t::language_chinese(Language::Chinese),
        Language::English => t::language_english(Language::English),
    };
    view! {
        <Choice
            name="language"
            legend=lang.text(t::language_legend)
            options=Language::ALL.to_vec()
            label=name
            value=Signal::derive(move || lang.get())
            on_choose=Callback::new(move |language| lang.set(language))
        />
    }
}
