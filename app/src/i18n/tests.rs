//! What the text table promises: typed, complete, plural by number.

use doorstep_domain::language::Language::{Chinese, English};

use super::{generator, t};

#[test]
fn texts_come_in_both_languages() {
    assert_eq!(t::tabs_today(Chinese), "今日");
    assert_eq!(t::tabs_today(English), "Today");
}

#[test]
fn english_counts_one_and_other_and_chinese_does_not() {
    assert_eq!(t::sync_only_here(English, 1), "1 only on this phone");
    assert_eq!(t::sync_only_here(Chinese, 3), "3 份只在本机");
    let en = r#"{"a.b": {"one": "one visit", "other": "{n} visits"}}"#;
    let code = generator::generate(r#"{"a.b": "{n} 份"}"#, en).unwrap();
    assert!(
        code.contains("Language::English if n == 1 => \"one visit\""),
        "{code}"
    );
}

#[test]
fn a_text_both_languages_share_is_written_once() {
    let code = |zh: &str, en: &str| generator::generate(zh, en).unwrap();
    let name = code(r#"{"a.b": "中文"}"#, r#"{"a.b": "中文"}"#);
    assert!(
        name.ends_with("fn a_b(_: Language) -> &'static str { \"中文\" }\n"),
        "{name}"
    );
    let counted = code(
        r#"{"a.b": "{n} MB"}"#,
        r#"{"a.b": {"one": "a MB", "other": "{n} MB"}}"#,
    );
    assert!(
        counted.contains(
            r#"=> "a MB", Language::Chinese | Language::English => [&grouped(n), " MB"]"#
        ),
        "{counted}"
    );
}

#[test]
fn a_missing_key_or_placeholder_stops_the_build() {
    for (zh, en, problem) in [
        (r#"{"a.b": "x"}"#, "{}", "en.json has no text for a.b"),
        ("{}", r#"{"a.b": "x"}"#, "zh-CN.json has no text for a.b"),
        (
            r#"{"a.b": "{name} x"}"#,
            r#"{"a.b": "x"}"#,
            r#"a.b: zh-CN.json names ["name"], en.json names []"#,
        ),
        (r#"{"a": "x"}"#, r#"{"a": "x"}"#, "a: a key is"),
        (
            r#"{"a.b": "x", "a.b": "y"}"#,
            "{}",
            "zh-CN.json: a.b is there twice",
        ),
        (
            r#"{"a.b": "{x"}"#,
            r#"{"a.b": "{x"}"#,
            "a.b: a `{` is never closed",
        ),
        (
            r#"{"a.b": "x"}"#,
            r#"{"a.b": {"one": "x", "other": "y"}}"#,
            "a.b: a plural needs the number {n}",
        ),
    ] {
        let problems = generator::generate(zh, en).unwrap_err().join("\n");
        assert!(problems.contains(problem), "{problems}");
    }
}

#[test]
fn arguments_follow_the_chinese_order() {
    let zh = r#"{"a.b": "{name} 在 {place}"}"#;
    let code = generator::generate(zh, r#"{"a.b": "At {place}: {name}"}"#).unwrap();
    assert!(
        code.contains("fn a_b(lang: Language, name: &str, place: &str) -> String"),
        "{code}"
    );
    assert!(
        code.contains(r#"["At ", place, ": ", name].concat()"#),
        "{code}"
    );
}
