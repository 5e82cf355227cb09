//! The office's own list of phrases (常用语): what its owners say often, to be put into an opinion
//! by one tap and changed there. Each is a record of its own, so that two people who change the list
//! at the same time both do.

use serde::{Deserialize, Serialize};

use crate::text::is_clean;
use crate::topic::Topic;

/// Longest phrase, in characters.
pub const PHRASE_MAX: usize = 60;
/// Most phrases on a site's list: more are no shorter way than typing.
pub const PHRASES_MAX: usize = 100;

/// Part `fact` of `phrase.changed`: the latest in the log holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PhraseFact {
    /// Under which topic it is offered; `None` for all.
    pub topic: Option<Topic>,
    /// Whether it is on the list; no longer once it was taken off.
    pub listed: bool,
}

/// Part `content` of `phrase.changed`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PhraseText {
    /// The phrase: one line, at most [`PHRASE_MAX`] characters.
    pub text: String,
}

/// U+FF1B, full width semicolon.
const WIDE_SEMICOLON: &str = "\u{ff1b}";

/// What is wrong with a phrase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PhraseProblem {
    /// Nothing is in it.
    Empty,
    /// It has more than [`PHRASE_MAX`] characters, or several lines.
    Text,
}

impl PhraseText {
    /// The first thing wrong with it, if any.
    pub fn check(&self) -> Result<(), PhraseProblem> {
        if self.text.is_empty() {
            Err(PhraseProblem::Empty)
        } else if is_clean(&self.text, PHRASE_MAX) && !self.text.contains('\n') {
            Ok(())
        } else {
            Err(PhraseProblem::Text)
        }
    }
}

/// `text` with `phrase` behind it, in a sentence of its own.
pub fn put_into(text: &str, phrase: &str) -> String {
    let text = text.trim_end();
    let ended = text.chars().next_back().is_none_or(ends_a_sentence);
    let between = match (ended, is_wide(text)) {
        _ if text.is_empty() => "",
        (false, true) => WIDE_SEMICOLON,
        (false, false) => "; ",
        (true, true) => "",
        (true, false) => " ",
    };
    [text, between, phrase].concat()
}

/// Punctuation: ASCII's, and the marks of full width (Unicode, "CJK Symbols and Punctuation",
/// "Halfwidth and Fullwidth Forms").
fn ends_a_sentence(c: char) -> bool {
    c.is_ascii_punctuation()
        || matches!(c, '\u{3001}'..='\u{3002}' | '\u{ff01}'..='\u{ff0f}' | '\u{ff1a}'..='\u{ff1f}')
}

/// Whether the text ends in a script that is written without spaces.
fn is_wide(text: &str) -> bool {
    text.chars().next_back().is_some_and(|c| c > '\u{2e7f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phrase_is_one_line_of_some_length() {
        let check = |text: &str| PhraseText { text: text.into() }.check();
        assert_eq!(check("电梯异响"), Ok(()));
        assert_eq!(check(&"长".repeat(PHRASE_MAX)), Ok(()));
        assert_eq!(check(""), Err(PhraseProblem::Empty));
        for wrong in [
            &"长".repeat(PHRASE_MAX + 1),
            " 前有空格",
            "两\n行",
            "看不见\u{202e}",
        ] {
            assert_eq!(check(wrong), Err(PhraseProblem::Text), "{wrong:?}");
        }
    }

    #[test]
    fn a_phrase_follows_what_is_there_as_a_sentence_of_its_own() {
        for (text, phrase, whole) in [
            ("", "电梯异响", "电梯异响"),
            ("车库积水", "电梯异响", "车库积水；电梯异响"),
            ("车库积水。 \n", "电梯异响", "车库积水。电梯异响"),
            ("The lift", "rattles", "The lift; rattles"),
            ("Water.", "The lift rattles", "Water. The lift rattles"),
        ] {
            assert_eq!(put_into(text, phrase), whole);
        }
    }
}
