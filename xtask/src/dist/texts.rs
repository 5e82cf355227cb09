//! The few words that are said before the app runs, from the locale file made for them; the app's
//! own are its own matter.

use std::collections::BTreeMap;

use anyhow::{Result, ensure};

/// `{"en": {"name": "Doorstep"}}` as `en name` -> `Doorstep`; every language must say the same
/// things. Texts go into HTML and JSON as they are, so they may hold nothing special to either.
pub(super) fn read(json: &str) -> Result<BTreeMap<String, String>> {
    let languages: BTreeMap<String, BTreeMap<String, String>> = serde_json::from_str(json)?;
    let mut texts = BTreeMap::new();
    for (language, said) in &languages {
        for other in languages.values() {
            ensure!(
                other.keys().eq(said.keys()),
                "not every language says what {language} says"
            );
        }
        for (name, text) in said {
            let special = text.contains(['<', '>', '&', '"', '\\']) || text.contains("{{");
            ensure!(
                !special,
                "{language} {name}: write it without < > & \" \\ and {{{{"
            );
            texts.insert(format!("{language} {name}"), text.clone());
        }
    }
    Ok(texts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_found_by_language_and_name() {
        let texts = read(r#"{"en": {"name": "Doorstep"}, "zh-CN": {"name": "叩门"}}"#).unwrap();
        assert_eq!(texts["en name"], "Doorstep");
        assert_eq!(texts["zh-CN name"], "叩门");
    }

    #[test]
    fn what_one_language_lacks_or_would_break_a_page_is_refused() {
        assert!(read(r#"{"en": {"name": "Doorstep"}, "zh-CN": {}}"#).is_err());
        assert!(read(r#"{"en": {"name": "<b>"}}"#).is_err());
    }
}
