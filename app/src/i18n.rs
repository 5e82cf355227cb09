//! The language people read, and every word of the app in it (D9).
//! Not a translator: texts are in `locales/*.json`, [`t`] is generated from them at build time;
//! dates and times are written by [`crate::browser::format`].

use doorstep_domain::language::Language;
use leptos::prelude::*;

use crate::browser::{document, preferences};

mod ages;
mod codes;
#[cfg(test)]
#[path = "../build/texts.rs"]
mod generator;
mod numbers;
mod review_words;
mod visit_words;

pub use ages::age;
pub use codes::*;
pub use numbers::grouped;
pub use review_words::*;
pub use visit_words::*;

/// The words: one function for each key of the locale files, `login.title` is
/// `t::login_title(language)`. Placeholders are arguments in the order of the Chinese text;
/// `{n}` is a whole number (written with thousands grouped), all others are texts.
pub mod t {
    use doorstep_domain::language::Language;

    use super::grouped;

    include!(concat!(env!("OUT_DIR"), "/texts.rs"));
}

/// The language of the app. Read it inside a reactive closure:
/// `{lang.words(t::today_title)}`.
#[derive(Clone, Copy)]
pub struct Lang(RwSignal<Language>);

impl Lang {
    /// The language now; tracked.
    pub fn get(self) -> Language {
        self.0.get()
    }

    /// A text without placeholders as a piece of a view or an attribute, always in the language of
    /// the moment: `{lang.words(t::login_title)}`. One type for all texts, where a closure written
    /// out is a type, and code to draw it, for each.
    pub fn words(self, of: fn(Language) -> &'static str) -> impl Fn() -> &'static str + Copy {
        move || of(self.get())
    }

    /// As [`Self::words`], for components' inputs: `label=lang.text(t::login_name)`.
    pub fn text(self, of: fn(Language) -> &'static str) -> Signal<String> {
        Signal::derive(move || of(self.get()).to_owned())
    }

    /// Switches, and remembers the choice on this phone.
    pub fn set(self, language: Language) {
        preferences::set_language(language);
        self.0.set(language);
    }
}

/// Chooses the language (remembered, else the browser's: `zh*` is Chinese, all else English) and
/// keeps the document's `lang` in step.
pub fn provide_lang() {
    let chosen = preferences::language().unwrap_or_else(document::browser_language);
    let lang = Lang(RwSignal::new(chosen));
    Effect::new(move || {
        document::set_language(lang.get());
        document::set_title(t::app_name(lang.get()));
    });
    provide_context(lang);
}

/// The language of the app.
pub fn use_lang() -> Lang {
    expect_context()
}

#[cfg(test)]
mod tests;
