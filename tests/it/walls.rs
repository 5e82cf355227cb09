//! The walls of the house: who may depend on whom, and what may be named where. Reads manifests
//! and sources as tokens; says nothing about what they do.

mod source;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use self::source::{Source, sources};

/// All the domain may depend on: values, encodings, hashing; nothing that does I/O, knows a
/// clock or draws random numbers.
const DOMAIN_DEPENDENCIES: [&str; 7] = [
    "chrono",
    "data-encoding",
    // Only when the server asks for it, below.
    "schemars",
    "serde",
    "serde_json",
    "sha2",
    "uuid",
];

/// Features with which those would know a clock or draw random numbers.
const CLOCK_AND_CHANCE: [&str; 8] = ["clock", "now", "wasmbind", "v1", "v4", "v6", "v7", "rng"];

/// Chinese in code that is not a text of the product: what register files and demo data hold,
/// and the examples of such in the command line's help.
const CHINESE_DATA: [&str; 6] = [
    "domain/src/household.rs",
    "server/src/command",
    "server/src/demo",
    "server/src/register_file",
    "server/src/demo.rs",
    "server/src/register_file.rs",
];

fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().expect("tests/ lies in the workspace").into()
}

fn manifest(path: &str) -> toml::Table {
    let text = fs::read_to_string(root().join(path)).expect("a manifest");
    text.parse().expect("a manifest is TOML")
}

/// The names in a manifest's tables of dependencies, of every kind and target.
fn dependencies(manifest: &toml::Table) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for (key, value) in manifest {
        let Some(table) = value.as_table() else {
            continue;
        };
        if key.ends_with("dependencies") {
            names.extend(table.keys().cloned());
        } else if key == "target" {
            let targets = table.values().filter_map(toml::Value::as_table);
            names.extend(targets.flat_map(dependencies));
        }
    }
    names
}

#[test]
fn the_domain_depends_on_nothing_that_acts() {
    let found = dependencies(&manifest("domain/Cargo.toml"));
    let allowed = DOMAIN_DEPENDENCIES.map(String::from).into();
    let others: Vec<_> = found.difference(&allowed).collect();
    assert!(others.is_empty(), "the domain depends on {others:?}");
}

#[test]
fn phones_carry_no_schemas() {
    let domain = manifest("domain/Cargo.toml");
    let schemars = &domain["dependencies"]["schemars"];
    assert_eq!(schemars["optional"].as_bool(), Some(true));
    assert!(
        !domain["features"]
            .as_table()
            .is_some_and(|it| it.contains_key("default"))
    );
    let app = &manifest("app/Cargo.toml")["dependencies"]["doorstep-domain"];
    assert!(app.get("features").is_none(), "{app:?}");
}

#[test]
fn what_the_domain_depends_on_knows_no_clock_and_draws_no_numbers() {
    let workspace = manifest("Cargo.toml");
    let own = manifest("domain/Cargo.toml");
    for name in ["chrono", "uuid"] {
        let shared = &workspace["workspace"]["dependencies"][name];
        assert_eq!(shared["default-features"].as_bool(), Some(false), "{name}");
        for table in [shared, &own["dependencies"][name]] {
            let features = table.get("features").and_then(toml::Value::as_array);
            for feature in features.into_iter().flatten() {
                let feature = feature.as_str().expect("features are names");
                assert!(
                    !CLOCK_AND_CHANCE.contains(&feature),
                    "{name} with {feature}"
                );
            }
        }
    }
}

#[test]
fn arrows_point_at_the_domain_and_into_neither_app_nor_server() {
    for (path, forbidden) in [
        ("app/Cargo.toml", &["doorstep-server", "doorstep-tests"][..]),
        ("server/Cargo.toml", &["doorstep-app", "doorstep-tests"]),
        (
            "simulation/Cargo.toml",
            &["doorstep-app", "doorstep-server", "doorstep-tests"],
        ),
        (
            "xtask/Cargo.toml",
            &["doorstep-app", "doorstep-server", "doorstep-tests"],
        ),
    ] {
        let found = dependencies(&manifest(path));
        for name in forbidden {
            assert!(!found.contains(*name), "{path} depends on {name}");
        }
    }
}

#[test]
fn the_domain_does_no_io_and_knows_no_clock() {
    let paths = [
        "std::env",
        "std::fs",
        "std::io",
        "std::net",
        "std::os",
        "std::process",
        "std::thread",
        "std::time",
        "core::time",
    ];
    let words = [
        "async",
        "await",
        "eprintln",
        "extern",
        "Instant",
        "println",
        "SystemTime",
        "unsafe",
        "Utc",
        "Local",
    ];
    for source in sources(&root(), &["domain/src"]) {
        for path in paths {
            assert!(!source.names(path), "{source} names {path}");
        }
        for word in words {
            assert!(!source.has_word(word), "{source} says {word}");
        }
    }
}

#[test]
fn only_the_browser_adapters_name_the_browser() {
    let words = ["web_sys", "js_sys", "wasm_bindgen", "wasm_bindgen_futures"];
    for source in sources(&root(), &["app/src", "domain/src", "server/src"]) {
        if source.is_under(&["app/src/browser", "app/src/browser.rs"]) {
            continue;
        }
        for word in words {
            assert!(!source.has_word(word), "{source} names {word}");
        }
        let gloo = source.words().find(|word| word.starts_with("gloo"));
        assert_eq!(gloo, None, "{source} names it");
    }
}

#[test]
fn only_the_store_names_sql() {
    let statements = [
        "SELECT ",
        "INSERT ",
        "UPDATE ",
        "DELETE FROM ",
        "CREATE TABLE ",
        "CREATE INDEX ",
        "PRAGMA ",
        "BEGIN IMMEDIATE",
    ];
    let everywhere = ["app/src", "domain/src", "server/src", "xtask/src"];
    for source in sources(&root(), &everywhere) {
        if source.is_under(&["server/src/store", "server/src/store.rs"]) {
            continue;
        }
        assert!(!source.has_word("rusqlite"), "{source} names rusqlite");
        for text in source.texts() {
            let sql = statements
                .iter()
                .find(|statement| text.contains(*statement));
            assert_eq!(sql, None, "{source} says {text}");
        }
    }
}

#[test]
fn texts_for_people_are_in_the_locale_files_only() {
    for source in sources(
        &root(),
        &["app/src", "domain/src", "server/src", "xtask/src"],
    ) {
        if source.is_under(&CHINESE_DATA) {
            continue;
        }
        let chinese = source.texts().find(|text| text.chars().any(is_chinese));
        assert_eq!(chinese, None, "{source} holds it");
    }
    let locales = [
        "app/locales/zh-CN.json",
        "app/locales/en.json",
        "server/locales/zh-CN.json",
        "server/locales/en.json",
    ];
    for locale in locales {
        assert!(root().join(locale).is_file(), "{locale}");
    }
}

/// Whether a character is of the scripts that Chinese is written in (CJK ideographs,
/// punctuation, full-width forms).
fn is_chinese(c: char) -> bool {
    matches!(c, '\u{3000}'..='\u{303f}' | '\u{3400}'..='\u{9fff}' | '\u{ff00}'..='\u{ffef}')
}

#[test]
fn the_walls_can_be_seen_through_by_nobody() {
    let source = |text: &str| Source::read("x.rs".into(), text);
    let guilty = source("use std::{collections::X, fs}; fn f() { \"中\"; web_sys::y(); async {} }");
    assert!(guilty.names("std::fs") && guilty.has_word("async") && guilty.has_word("web_sys"));
    assert!(guilty.texts().any(|text| text.chars().any(is_chinese)));
    assert!(source("fn f() { ::std::fs::read(\"\") }").names("std::fs"));
    assert!(source("fn f() { m! { std::fs } }").names("std::fs"));
    let innocent = source(
        "//! std::fs 中\n/// 中\nfn f() { \"std::fs\"; } // 中\n\
         #[cfg(test)]\nmod tests { use std::fs; fn f() { \"中\"; } }",
    );
    assert!(!innocent.names("std::fs"));
    assert!(!innocent.texts().any(|text| text.chars().any(is_chinese)));
}
