//! Generates the typed text table from the two locale files: one function for each key.
//! Not a translation library: no fallback language, no key looked up at run time. A key or
//! placeholder missing in one language stops the build.
//!
//! A key is `page.thing`; its value a text with `{placeholders}`, or `{"one": …, "other": …}`
//! chosen by the number `{n}`. The plural rule is written into the table (`one` for exactly 1 in
//! English; Chinese has a single form) rather than asked of `Intl.PluralRules`: for whole numbers
//! in these two languages CLDR says no more, and plain code can be tested without a browser.

use std::collections::BTreeMap;

use serde_json::Value;

/// One text of one language.
enum Text {
    /// The same for every number.
    Plain(String),
    /// English: for exactly one, and for all else.
    Plural { one: String, other: String },
}

/// A piece of a text: words, or a value put in.
enum Piece<'a> {
    Words(&'a str),
    Argument(&'a str),
}

/// The source of the table, or what is wrong with the locale files (in sentences).
pub(crate) fn generate(chinese: &str, english: &str) -> Result<String, Vec<String>> {
    let chinese = read("zh-CN.json", chinese).map_err(|problem| vec![problem])?;
    let english = read("en.json", english).map_err(|problem| vec![problem])?;
    let mut problems = missing("en.json", &chinese, &english);
    problems.extend(missing("zh-CN.json", &english, &chinese));
    let mut code = String::new();
    for (key, zh) in &chinese {
        let Some(en) = english.get(key) else { continue };
        match function(key, zh, en) {
            Ok(function) => code.push_str(&function),
            Err(problem) => problems.push(format!("{key}: {problem}")),
        }
    }
    if problems.is_empty() {
        Ok(code)
    } else {
        Err(problems)
    }
}

fn read(file: &str, json: &str) -> Result<BTreeMap<String, Text>, String> {
    let Entries(entries) = serde_json::from_str(json).map_err(|e| format!("{file}: {e}"))?;
    let mut texts = BTreeMap::new();
    for (key, value) in entries {
        let text = text(value).map_err(|problem| format!("{file}: {key}: {problem}"))?;
        if texts.insert(key.clone(), text).is_some() {
            return Err(format!("{file}: {key} is there twice"));
        }
    }
    Ok(texts)
}

fn text(value: Value) -> Result<Text, String> {
    let plural = "a text must be a string, or an object with exactly `one` and `other`";
    match value {
        Value::String(text) => Ok(Text::Plain(text)),
        Value::Object(mut forms) if forms.len() == 2 => {
            let mut form = |name| match forms.remove(name) {
                Some(Value::String(text)) => Ok(text),
                _ => Err(plural.to_owned()),
            };
            Ok(Text::Plural {
                one: form("one")?,
                other: form("other")?,
            })
        }
        _ => Err(plural.to_owned()),
    }
}

fn missing<T>(file: &str, from: &BTreeMap<String, T>, within: &BTreeMap<String, T>) -> Vec<String> {
    let absent = from.keys().filter(|key| !within.contains_key(*key));
    absent
        .map(|key| format!("{file} has no text for {key}"))
        .collect()
}

fn function(key: &str, zh: &Text, en: &Text) -> Result<String, String> {
    let name = function_name(key)?;
    let Text::Plain(zh) = zh else {
        return Err("Chinese has a single form: write one string in zh-CN.json".into());
    };
    let (one, other) = match en {
        Text::Plain(text) => (None, text),
        Text::Plural { one, other } => (Some(one), other),
    };
    let arguments = arguments(zh)?;
    check_same(&arguments, &self::arguments(other)?)?;
    if let Some(one) = one {
        if !arguments.contains(&"n") {
            return Err("a plural needs the number {n}".into());
        }
        // "one visit" need not write the number.
        let mut found = self::arguments(one)?;
        if !found.contains(&"n") {
            found.push("n");
        }
        check_same(&arguments, &found)?;
    }
    let parameters: String = arguments
        .iter()
        .map(|name| {
            if *name == "n" {
                ", n: u64".into()
            } else {
                format!(", {name}: &str")
            }
        })
        .collect();
    let result = if arguments.is_empty() {
        "&'static str"
    } else {
        "String"
    };
    let (doc, is_same) = (doc(other), zh == other);
    let (zh, other) = (body(zh)?, body(other)?);
    let (lang, words) = match one.map(|one| body(one)).transpose()? {
        // A name or a sign: one text for both, and the language is not asked.
        None if is_same => ("_", other),
        None => (
            "lang",
            format!("match lang {{ Language::Chinese => {zh}, Language::English => {other} }}"),
        ),
        Some(one) => {
            let others = if is_same {
                format!("Language::Chinese | Language::English => {other}")
            } else {
                format!("Language::Chinese => {zh}, Language::English => {other}")
            };
            let words = format!("match lang {{ Language::English if n == 1 => {one}, {others} }}");
            ("lang", words)
        }
    };
    Ok(format!(
        "/// {doc}\npub fn {name}({lang}: Language{parameters}) -> {result} {{ {words} }}\n"
    ))
}

fn check_same(chinese: &[&str], english: &[&str]) -> Result<(), String> {
    let same = chinese.len() == english.len() && chinese.iter().all(|name| english.contains(name));
    if same {
        Ok(())
    } else {
        Err(format!(
            "zh-CN.json names {chinese:?}, en.json names {english:?}"
        ))
    }
}

fn function_name(key: &str) -> Result<String, String> {
    let word = |word: &str| {
        let mut chars = word.chars();
        chars.next().is_some_and(|c| c.is_ascii_lowercase())
            && chars.all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
    };
    match key.split_once('.') {
        Some((page, thing)) if word(page) && word(thing) => Ok(format!("{page}_{thing}")),
        _ => Err("a key is `page.thing`, lower-case words with underscores".into()),
    }
}

/// The placeholders of a text, each once, in the order they are named.
fn arguments(text: &str) -> Result<Vec<&str>, String> {
    let mut names = Vec::new();
    for piece in pieces(text)? {
        if let Piece::Argument(name) = piece
            && !names.contains(&name)
        {
            names.push(name);
        }
    }
    Ok(names)
}

fn pieces(text: &str) -> Result<Vec<Piece<'_>>, String> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        let (words, after) = rest.split_at(open);
        let close = after.find('}').ok_or("a `{` is never closed")?;
        let name = &after[1..close];
        if name.is_empty() || !name.chars().all(|c| c.is_ascii_lowercase() || c == '_') {
            return Err(format!(
                "`{{{name}}}` is not a placeholder: lower-case letters only"
            ));
        }
        pieces.extend([Piece::Words(words), Piece::Argument(name)]);
        rest = &after[close + 1..];
    }
    pieces.push(Piece::Words(rest));
    Ok(pieces)
}

/// The expression that makes a text: a literal, or its pieces joined.
fn body(text: &str) -> Result<String, String> {
    let pieces = pieces(text)?;
    if let [Piece::Words(words)] = pieces[..] {
        return Ok(format!("{words:?}"));
    }
    let parts: Vec<String> = pieces
        .iter()
        .filter_map(|piece| match piece {
            Piece::Words("") => None,
            Piece::Words(words) => Some(format!("{words:?}")),
            Piece::Argument("n") => Some("&grouped(n)".to_owned()),
            Piece::Argument(name) => Some((*name).to_owned()),
        })
        .collect();
    Ok(format!("[{}].concat()", parts.join(", ")))
}

/// A text as one line of documentation.
fn doc(text: &str) -> String {
    text.replace('\n', " ")
        .replace(['`', '[', ']', '<', '>'], "'")
}

/// The file's entries in order, so that a key written twice is seen (a map would hide it).
struct Entries(Vec<(String, Value)>);

impl<'de> serde::Deserialize<'de> for Entries {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Entries;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object of texts")
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(
                self,
                mut map: A,
            ) -> Result<Entries, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Entries(entries))
            }
        }
        deserializer.deserialize_map(Visitor)
    }
}
