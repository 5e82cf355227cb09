//! The writer and the reader of canonical JSON against the vectors of `tests/vectors/canonical.json`,
//! which any other program can be held against too.

use doorstep_domain::event::{read_canonical, try_canonical};
use serde_json::Value;

/// The entries under `name`, each with its own name for the failure.
fn vectors(name: &str) -> Vec<Value> {
    let all: Value =
        serde_json::from_str(include_str!("../../../tests/vectors/canonical.json")).unwrap();
    let entries = all[name].as_array().unwrap().clone();
    assert!(entries.len() > 5, "{name}");
    entries
}

fn text<'a>(entry: &'a Value, field: &str) -> &'a str {
    entry[field].as_str().unwrap()
}

#[test]
fn a_value_has_one_text_whatever_it_was_read_from() {
    for entry in vectors("canonical") {
        let (name, to) = (&entry["name"], text(&entry, "to"));
        let value: Value = serde_json::from_str(text(&entry, "from")).unwrap();
        assert_eq!(try_canonical(&value).unwrap(), to, "{name}");
        assert_eq!(read_canonical::<Value>(to), Some(value), "{name}");
    }
}

#[test]
fn floats_and_numbers_beyond_what_is_exact_everywhere_are_refused() {
    for entry in vectors("refused") {
        let (name, text) = (&entry["name"], text(&entry, "text"));
        let value: Value = serde_json::from_str(text).unwrap();
        assert!(try_canonical(&value).is_err(), "{name}");
        assert_eq!(read_canonical::<Value>(text), None, "{name}");
    }
}

#[test]
fn a_text_that_is_not_the_one_is_not_read() {
    for entry in vectors("otherwise") {
        let (name, text) = (&entry["name"], text(&entry, "text"));
        let value: Value = serde_json::from_str(text).unwrap();
        assert_ne!(try_canonical(&value).unwrap(), text, "{name}");
        assert_eq!(read_canonical::<Value>(text), None, "{name}");
    }
}
