//! What counts as clean text in a record, and how long it may be.
//! Not a sanitiser for HTML: texts are always shown as text.

/// Longest text of one opinion, conclusion, reason or note, in characters. Ten opinions and a
/// conclusion of this length at four bytes a character stay below a part's 64 KiB.
pub const TEXT_MAX: usize = 1_000;
/// Longest name, relation, building, unit or room, in characters.
pub const NAME_MAX: usize = 60;

/// Trims, folds line ends to `\n` and drops what cannot be seen: control characters and the
/// direction overrides that can make a sentence read as another.
pub fn clean(text: &str) -> String {
    let unified = text.replace("\r\n", "\n").replace('\r', "\n");
    let seen: String = unified.chars().filter(|c| is_visible(*c)).collect();
    seen.trim().to_owned()
}

/// Whether `text` is at most `max` characters and is as [`clean`] would leave it.
pub fn is_clean(text: &str, max: usize) -> bool {
    text.chars().count() <= max && text.chars().all(is_visible) && text.trim().len() == text.len()
}

fn is_visible(c: char) -> bool {
    let overrides = matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let unseen = matches!(c, '\u{feff}' | '\u{fff9}'..='\u{fffb}');
    c == '\n' || !(c.is_control() || overrides || unseen)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cleaning_leaves_clean_text() {
        let raw = "  \u{feff}车库\u{0} 积水\r\n雨后\u{202e}两三天 ";
        assert_eq!(clean(raw), "车库 积水\n雨后两三天");
        assert!(!is_clean(raw, TEXT_MAX));
        assert!(is_clean(&clean(raw), TEXT_MAX));
    }

    #[test]
    fn length_is_counted_in_characters() {
        assert!(is_clean(&"积".repeat(NAME_MAX), NAME_MAX));
        assert!(!is_clean(&"积".repeat(NAME_MAX + 1), NAME_MAX));
    }
}
