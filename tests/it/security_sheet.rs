//! The sheet of security requirements (`docs/security.md`): each requirement of ASVS 5.0 level 2
//! once, in one of three states, and nothing named that is not there. Not whether what a row says
//! is so, which the tests that it names show.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// The standard's sections with how many requirements of level 1 or 2 each has; they are numbered
/// from 1 without gaps, those of level 3 follow.
const SECTIONS: [(&str, u32); 75] = [
    ("1.1", 2),
    ("1.2", 9),
    ("1.3", 11),
    ("1.4", 3),
    ("1.5", 2),
    ("2.1", 3),
    ("2.2", 3),
    ("2.3", 4),
    ("2.4", 1),
    ("3.2", 2),
    ("3.3", 4),
    ("3.4", 6),
    ("3.5", 5),
    ("3.7", 2),
    ("4.1", 3),
    ("4.2", 1),
    ("4.3", 2),
    ("4.4", 4),
    ("5.1", 1),
    ("5.2", 3),
    ("5.3", 2),
    ("5.4", 3),
    ("6.1", 3),
    ("6.2", 12),
    ("6.3", 4),
    ("6.4", 4),
    ("6.5", 5),
    ("6.6", 3),
    ("6.8", 4),
    ("7.1", 3),
    ("7.2", 4),
    ("7.3", 2),
    ("7.4", 5),
    ("7.5", 2),
    ("7.6", 2),
    ("8.1", 2),
    ("8.2", 3),
    ("8.3", 1),
    ("8.4", 1),
    ("9.1", 3),
    ("9.2", 4),
    ("10.1", 2),
    ("10.2", 2),
    ("10.3", 4),
    ("10.4", 11),
    ("10.5", 5),
    ("10.6", 2),
    ("10.7", 3),
    ("11.1", 2),
    ("11.2", 3),
    ("11.3", 3),
    ("11.4", 4),
    ("11.5", 1),
    ("11.6", 1),
    ("12.1", 3),
    ("12.2", 2),
    ("12.3", 4),
    ("13.1", 1),
    ("13.2", 5),
    ("13.3", 2),
    ("13.4", 5),
    ("14.1", 2),
    ("14.2", 4),
    ("14.3", 3),
    ("15.1", 3),
    ("15.2", 3),
    ("15.3", 7),
    ("16.1", 1),
    ("16.2", 5),
    ("16.3", 4),
    ("16.4", 3),
    ("16.5", 3),
    ("17.1", 1),
    ("17.2", 4),
    ("17.3", 2),
];

/// What there is to say of a requirement, and how the sheet's head counts it.
const STATES: [(&str, &str); 3] = [
    ("met", "met"),
    ("n/a", "not applicable"),
    ("deviation", "deviations"),
];

/// How a row says that the code's shape and no test makes it so.
const BY_CONSTRUCTION: &str = "by construction: ";

/// A row of the sheet.
struct Row<'a> {
    id: &'a str,
    state: &'a str,
    how: &'a str,
}

fn root() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().expect("tests/ lies in the workspace")
}

fn sheet() -> String {
    fs::read_to_string(root().join("docs/security.md")).expect("the sheet is there")
}

/// The rows that begin with a requirement's id.
fn rows(sheet: &str) -> Vec<Row<'_>> {
    let mut rows = Vec::new();
    for line in sheet.lines() {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let [_, id, _, state, how, _] = cells[..] else {
            continue;
        };
        if id.starts_with(|c: char| c.is_ascii_digit()) {
            rows.push(Row { id, state, how });
        }
    }
    rows
}

/// Everything that is wrong with the sheet.
fn faults(sheet: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let rows = rows(sheet);
    let required = SECTIONS
        .iter()
        .flat_map(|(section, count)| (1..=*count).map(move |n| format!("{section}.{n}")));
    let mut missing: BTreeSet<String> = required.collect();
    let total = missing.len();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for Row { id, state, how } in rows {
        if !missing.remove(id) {
            faults.push(format!("{id} is there twice, or not of level 2"));
        }
        if !STATES.iter().any(|(known, _)| *known == state) {
            faults.push(format!("{id} is `{state}`"));
        }
        *counts.entry(state).or_default() += 1;
        let shown = named_tests(how).next().is_some() || how.contains(BY_CONSTRUCTION);
        if how.is_empty() || (state == "met" && !shown) {
            faults.push(format!("{id} does not say how"));
        }
    }
    faults.extend(missing.iter().map(|id| format!("{id} is missing")));
    let counted = STATES.map(|(state, words)| {
        let count = counts.get(state).copied().unwrap_or_default();
        format!("{count} {words}")
    });
    let count = format!("{total} requirements, of which {}", counted.join(", "));
    if !sheet.contains(&count) {
        faults.push(format!("the head does not say: {count}"));
    }
    faults.extend(named_tests(sheet).filter(|it| !is_test(*it)).map(named));
    let gone = named_files(sheet).filter(|path| !root().join(path).exists());
    faults.extend(gone.map(|path| format!("there is no {path}")));
    faults
}

fn named((file, test): (&str, &str)) -> String {
    format!("{file} has no test `{test}`")
}

/// What stands between backticks, with what follows.
fn quoted(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.lines().flat_map(|line| {
        let pieces: Vec<&str> = line.split('`').collect();
        let quoted = (1..pieces.len()).step_by(2);
        let quoted = quoted.map(move |n| (pieces[n], pieces.get(n + 1).copied().unwrap_or("")));
        quoted.collect::<Vec<_>>()
    })
}

/// The tests a text names: file, and function (`file.rs::function`) or case (`file.mjs` "case").
fn named_tests(text: &str) -> impl Iterator<Item = (&str, &str)> {
    quoted(text).filter_map(|(code, after)| {
        if let Some((file, function)) = code.split_once(".rs::") {
            return Some((&code[..file.len() + ".rs".len()], function));
        }
        let case = after.strip_prefix(" \"").filter(|_| is_script(code))?;
        Some((code, case.split('"').next()?))
    })
}

/// The files a text names.
fn named_files(text: &str) -> impl Iterator<Item = &str> {
    quoted(text).filter_map(|(code, _)| {
        let path = code.split("::").next()?;
        let relative = path.contains('/') && !path.starts_with('/') && !path.contains(' ');
        let file = path.rsplit('/').next().is_some_and(|it| it.contains('.'));
        (relative && file).then_some(path)
    })
}

/// Whether a file is one of the end-to-end tests'.
fn is_script(file: &str) -> bool {
    Path::new(file).extension().is_some_and(|it| it == "mjs")
}

fn is_test((file, name): (&str, &str)) -> bool {
    let Ok(source) = fs::read_to_string(root().join(file)) else {
        return false;
    };
    if is_script(file) {
        return source.contains(&format!("  \"{name}\": "));
    }
    let function = format!("fn {name}(");
    let before = source.split_once(&function).map(|(before, _)| before);
    let attributes = before.and_then(|before| before.rsplit("\n\n").next());
    attributes.is_some_and(|it| it.contains("#[test]") || it.contains("#[tokio::test"))
}

#[test]
fn every_requirement_is_there_once_and_names_what_is_there() {
    let faults = faults(&sheet());
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn a_sheet_that_leaves_out_doubles_or_invents_is_seen() {
    let sheet = sheet();
    let row = sheet.lines().find(|it| it.starts_with("| 3.3.1 |"));
    let row = row.expect("a row that names a test");
    let test = "the_cookie_stays_with_this_site_and_away_from_scripts";
    assert!(row.contains("| met |") && row.contains(test), "{row}");
    for (what, changed, fault) in [
        ("left out", String::new(), "3.3.1 is missing"),
        ("doubled", format!("{row}\n{row}"), "3.3.1 is there twice"),
        (
            "of level 3",
            row.replace("3.3.1", "3.3.5"),
            "not of level 2",
        ),
        ("in doubt", row.replace("| met |", "| partly |"), "`partly`"),
        (
            "counted wrongly",
            row.replace("| met |", "| deviation |"),
            "the head does not say",
        ),
        (
            "said by nothing",
            "| 3.3.1 | cookie | met | surely |".to_owned(),
            "3.3.1 does not say how",
        ),
        (
            "said by no test",
            row.replace(test, "set_cookie"),
            "has no test `set_cookie`",
        ),
        (
            "said by no case",
            format!("{row}`tests/e2e/cases/phone.mjs` \"never written\""),
            "has no test `never written`",
        ),
        (
            "in no file",
            row.replace("src/session.rs", "src/sessions.rs"),
            "there is no server/src/sessions.rs",
        ),
    ] {
        let faults = faults(&sheet.replace(row, &changed));
        assert!(
            faults.iter().any(|it| it.contains(fault)),
            "{what}: {faults:#?}"
        );
    }
}
