//! The texts of the pages this server writes itself, from `server/locales`. Not those of the app,
//! which has its own, nor of the command line.

use std::sync::LazyLock;

use doorstep_domain::language::Language;
use serde::Deserialize;

/// All texts of one language.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Texts {
    /// The product's name.
    pub(crate) name: String,
    /// What the other language calls itself.
    pub(crate) other_language: String,
    /// The receipt's pages.
    pub(crate) receipt: Receipt,
}

/// Texts of the receipt's pages, under the names they have in the files.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Receipt {
    pub(crate) title: String,
    pub(crate) received: String,
    pub(crate) received_at: String,
    pub(crate) site: String,
    pub(crate) code: String,
    pub(crate) unchanged: String,
    pub(crate) changed: String,
    pub(crate) voided: String,
    pub(crate) corrected: String,
    pub(crate) erased: String,
    pub(crate) by_code: String,
    pub(crate) missing: String,
    pub(crate) missing_text: String,
    pub(crate) several: String,
    pub(crate) several_text: String,
    pub(crate) malformed: String,
    pub(crate) malformed_text: String,
    pub(crate) too_many: String,
    /// With `{seconds}`.
    pub(crate) too_many_text: String,
    pub(crate) failed: String,
    pub(crate) failed_text: String,
    pub(crate) find: String,
    pub(crate) find_label: String,
    pub(crate) find_button: String,
    pub(crate) about: String,
}

static CHINESE: LazyLock<Texts> = LazyLock::new(|| read(include_str!("../locales/zh-CN.json")));
static ENGLISH: LazyLock<Texts> = LazyLock::new(|| read(include_str!("../locales/en.json")));

/// The texts of a language.
pub(crate) fn texts(language: Language) -> &'static Texts {
    match language {
        Language::Chinese => &CHINESE,
        Language::English => &ENGLISH,
    }
}

fn read(file: &str) -> Texts {
    serde_json::from_str(file).expect("a test reads the locale files")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_have_every_text_and_its_places() {
        for language in Language::ALL {
            let texts = texts(language);
            assert!(texts.receipt.too_many_text.contains("{seconds}"));
        }
        assert_ne!(CHINESE.receipt.title, ENGLISH.receipt.title);
    }
}
