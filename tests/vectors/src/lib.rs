//! The writer and the reader of canonical JSON (RFC 8785) against the vectors of `canonical.json`,
//! which any other program can be held against too.
//!
//! What a phone hashes is compiled to WebAssembly and what the server hashes is not: `cargo test`
//! holds the one against the vectors, `cargo xtask test` the other, by the program beside this.

use doorstep_domain::event::{read_canonical, try_canonical};
use serde_json::Value;

/// A vector, and whether it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// Its name, with its group's.
    pub name: String,
    /// Whether it holds.
    pub holds: bool,
}

/// A group of vectors: what it is called in the file, and how one of it is checked.
type Group = (&'static str, fn(&Value) -> Option<bool>);

const GROUPS: [Group; 3] = [
    ("canonical", has_one_text),
    ("refused", is_refused),
    ("otherwise", is_not_the_one),
];

/// Checks all vectors; nothing is missing when the file is as it should be, and an entry that
/// cannot be understood does not hold.
pub fn check() -> Vec<Checked> {
    let all: Value = serde_json::from_str(include_str!("../canonical.json")).unwrap_or_default();
    let entries = |(group, holds): Group| {
        let entries = all[group].as_array().cloned().unwrap_or_default();
        entries.into_iter().map(move |entry| Checked {
            name: format!("{group}: {}", entry["name"].as_str().unwrap_or("unnamed")),
            holds: holds(&entry).unwrap_or(false),
        })
    };
    GROUPS.into_iter().flat_map(entries).collect()
}

/// A value has one text, whatever it was read from.
fn has_one_text(entry: &Value) -> Option<bool> {
    let to = entry["to"].as_str()?;
    let value: Value = serde_json::from_str(entry["from"].as_str()?).ok()?;
    let written = try_canonical(&value).ok()?;
    Some(written == to && read_canonical::<Value>(to) == Some(value))
}

/// Floats and numbers beyond what is exact everywhere are refused.
fn is_refused(entry: &Value) -> Option<bool> {
    let text = entry["text"].as_str()?;
    let value: Value = serde_json::from_str(text).ok()?;
    Some(try_canonical(&value).is_err() && read_canonical::<Value>(text).is_none())
}

/// A text that is not the one is not read.
fn is_not_the_one(entry: &Value) -> Option<bool> {
    let text = entry["text"].as_str()?;
    let value: Value = serde_json::from_str(text).ok()?;
    let written = try_canonical(&value).ok()?;
    Some(written != text && read_canonical::<Value>(text).is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_vector_holds() {
        let checked = check();
        for (group, _) in GROUPS {
            let of_group = checked.iter().filter(|it| it.name.starts_with(group));
            assert!(of_group.count() > 5, "{group}");
        }
        let broken: Vec<_> = checked.iter().filter(|it| !it.holds).collect();
        assert!(broken.is_empty(), "{broken:?}");
    }

    #[test]
    fn a_vector_that_does_not_hold_is_seen() {
        let entry = |text: &str| serde_json::from_str::<Value>(text).unwrap();
        let swapped = r#"{"from": "{\"b\":1,\"a\":2}", "to": "{\"b\":1,\"a\":2}"}"#;
        assert_eq!(has_one_text(&entry(swapped)), Some(false));
        assert_eq!(is_refused(&entry(r#"{"text": "1"}"#)), Some(false));
        assert_eq!(is_not_the_one(&entry(r#"{"text": "1"}"#)), Some(false));
        assert_eq!(is_refused(&entry("{}")), None);
    }
}
