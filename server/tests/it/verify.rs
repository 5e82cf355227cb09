//! `doorstep verify` names what is wrong, on the database and on exports: every column of every
//! table, every byte of a file.

use clap::Parser;
use doorstep_server::command::{CommandLine, Outcome, run};
use serde_json::{Value, json};

use crate::harness::{Company, Run};
use crate::phone::Phone;
use crate::server::Server;

/// Columns that no log tells of: hints, labels, secrets, who is logged in, what was refused.
const APART: [(&str, &[&str]); 8] = [
    ("meta", &["epoch"]),
    ("event", &["carrier_person", "carrier_device"]),
    (
        "draft",
        &[
            "person", "subject", "site", "revision", "saved_at", "device", "body",
        ],
    ),
    ("person", &["password", "one_time_until"]),
    ("device", &["label", "contact_at", "build", "unsent"]),
    (
        "session",
        &["token_hash", "opened_at", "extended_at", "expires_at"],
    ),
    (
        "quarantine",
        &[
            "number",
            "site",
            "id",
            "envelope_hash",
            "event",
            "why",
            "params",
            "carrier_person",
            "carrier_device",
            "received_at",
            "decided_by",
            "verdict",
        ],
    ),
    (
        "refusal",
        &[
            "number", "at", "person", "device", "network", "address", "code", "params",
        ],
    ),
];

/// Two signed visits, a household, a role that ended, a device that was revoked, an event kept
/// aside, somebody logged in.
fn sample() -> Company {
    let company = Company::with_people();
    let file = company.write("a.csv", "楼栋,房号,姓名\n1,101,陈佳慧\n");
    company.import(&file).ok();
    let server = Server::start(&company);
    let mut lin = Phone::of(&server, "lin");
    let visit = lin.visit();
    let twin = lin.rewritten(&visit, |envelope| envelope.skew_ms = Some(5));
    let next = lin.visit();
    lin.push(&server, &[visit, next, twin]);
    let lost = Phone::of(&server, "zhou").device().to_string();
    company.run(&["device", "revoke", &lost]).ok();
    let role = "director@jinhaiwan:2026-11-01..";
    company.run(&["user", "grant", "lin", "--role", role]).ok();
    let role = "director@jinhaiwan";
    company.run(&["user", "revoke", "lin", "--role", role]).ok();
    server.kill();
    company
}

/// What verify finds once `statements` have been run behind its back.
fn after(sample: &Company, statements: &str) -> Run {
    let company = sample.copy();
    company.tamper(&format!(
        "PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON; {statements}"
    ));
    company.run(&["verify"])
}

#[test]
fn an_untouched_database_is_sound() {
    let company = sample();
    let run = company.run(&["verify"]).ok();
    let lines: Vec<&str> = run.out.lines().collect();
    let [own, site, tables] = lines[..] else {
        panic!("three lines: {run:?}")
    };
    assert!(
        own.starts_with("organisation: sound, 13 events, 0 sealed, head "),
        "{own}"
    );
    assert!(
        site.starts_with("jinhaiwan: sound, 3 events, 2 sealed, head "),
        "{site}"
    );
    assert_eq!(tables, "tables: sound");
    let answer = company.run(&["verify", "--json"]).ok().json();
    assert_eq!(answer["sound"], true);
    assert_eq!(answer["logs"][1]["log"], "jinhaiwan");
    assert_eq!(answer["logs"][1]["findings"], json!([]));
}

#[test]
fn the_demo_is_sound() {
    let company = Company::empty();
    company.run(&["demo"]).ok();
    let answer = company.run(&["verify", "--json"]).ok().json();
    let sealed = &answer["logs"][1]["sealed"];
    assert!(sealed.as_u64().unwrap() > 5, "{answer}");
}

#[test]
fn a_change_in_any_column_of_any_table_is_found() {
    let sample = sample();
    let columns: Vec<(String, String, String)> = {
        let connection = rusqlite::Connection::open(sample.database()).unwrap();
        let mut query = connection
            .prepare(
                "SELECT m.name, c.name, c.type FROM sqlite_schema AS m, pragma_table_info(m.name) AS c
                 WHERE m.type = 'table'",
            )
            .unwrap();
        let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)));
        rows.unwrap().collect::<Result<_, _>>().unwrap()
    };
    assert!(columns.len() > 35, "{columns:?}");
    for (table, column, kind) in &columns {
        let changed = match (table.as_str(), kind.as_str()) {
            // Each of its rows is a value of its own, looked at below.
            ("meta", _) => continue,
            (_, "TEXT") => format!("coalesce({column}, '') || 'x'"),
            (_, "BLOB") => format!("CAST(substr({column}, 2) || x'07' AS BLOB)"),
            _ => format!("coalesce({column}, 0) + 1000"),
        };
        let run = after(&sample, &format!("UPDATE {table} SET {column} = {changed}"));
        let apart = APART
            .iter()
            .any(|(of, columns)| of == table && columns.contains(&column.as_str()));
        let found = i32::from(!apart);
        assert_eq!(run.code, found, "{table}.{column}: {run:?}");
        assert!(
            apart || run.out.contains("NOT SOUND"),
            "{table}.{column}: {run:?}"
        );
    }
    for (key, found) in [
        ("organisation", 1),
        ("office", 1),
        ("office_key", 1),
        ("epoch", 0),
    ] {
        let change = "CAST(substr(value, 2) || x'37' AS BLOB)";
        let run = after(
            &sample,
            &format!("UPDATE meta SET value = {change} WHERE key = '{key}'"),
        );
        assert_eq!(run.code, found, "{key}: {run:?}");
    }
}

#[test]
fn what_is_wrong_is_named_with_its_place() {
    let sample = sample();
    let visit = "site = (SELECT id FROM site) AND seq = 2";
    for (statements, sentence) in [
        (
            "UPDATE part SET body = replace(body, '无意见', '很满意') WHERE name = 'content'",
            "): broken seal: the part `content` is not what was signed",
        ),
        (
            "UPDATE part SET body = replace(body, '1000,2000', '1001,2000') WHERE name = 'ink'",
            "): broken seal: the part `ink` is not what was signed",
        ),
        (
            "UPDATE part SET body = replace(body, 'signed', 'declined') WHERE name = 'signing'",
            "): broken seal: the part `signing` is not what was signed",
        ),
        (
            "UPDATE part SET body = replace(body, '不便', '方便') WHERE name = 'private'",
            "): the part `private` is not what was signed",
        ),
        (
            "UPDATE part SET salt = NULL, body = NULL, absence = 'withheld' WHERE name = 'ink'",
            "): the part `ink` is missing",
        ),
        (
            "DELETE FROM part WHERE name = 'ink'",
            "): its parts are not those that were signed for",
        ),
        (
            "UPDATE event SET envelope = replace(envelope, 'supervisor', 'director') WHERE {visit}",
            "): the signature is not the device's over this event",
        ),
        (
            "UPDATE event SET envelope = 'x' WHERE {visit}",
            ", event 2: the envelope cannot be read",
        ),
        (
            "UPDATE event SET received_at = received_at + 1 WHERE {visit}",
            "): the chain's hash is not that of the event, its place and time",
        ),
        (
            "UPDATE event SET subject = id WHERE {visit}",
            "): the column `subject` is not what the event says",
        ),
        (
            "DELETE FROM part WHERE {visit}; DELETE FROM event WHERE {visit}",
            ", event 3 (",
        ),
        (
            "DELETE FROM part WHERE {visit}; DELETE FROM event WHERE {visit}",
            "): event 2 should stand here",
        ),
        (
            "UPDATE site SET code = 'elsewhere'",
            "tables: no event opens the site `elsewhere` so",
        ),
        (
            "UPDATE person SET name = '林晓' WHERE login = 'lin'",
            "tables: no event adds the account `lin` so",
        ),
        (
            "INSERT INTO role_grant (person, role, from_ms) SELECT id, 'director', 0 FROM person",
            "tables: no event grants `director` to `lin` so",
        ),
        (
            "UPDATE role_grant SET until_ms = NULL WHERE role = 'director'",
            "tables: no event grants `director` to `lin` so",
        ),
        (
            "DELETE FROM role_grant WHERE role = 'steward'",
            "tables: the grant of `steward` to `zhou` is gone or changed",
        ),
        (
            "UPDATE device SET revoked_at = NULL",
            "tables: no event enrols or revokes the device ",
        ),
        (
            "UPDATE part SET name = 'soul' WHERE name = 'private'",
            ", event 2: the database holds a part `soul`",
        ),
        ("DELETE FROM device", "was enrolled and is gone"),
    ] {
        let run = after(&sample, &statements.replace("{visit}", visit));
        assert_eq!(run.code, 1, "{statements}: {run:?}");
        assert!(run.out.contains(sentence), "{statements}: {}", run.out);
    }
}

#[test]
fn findings_are_told_to_programs_too() {
    let company = sample();
    company.tamper("UPDATE part SET body = body || ' ' WHERE name = 'ink' AND seq = 2");
    let run = company.run(&["verify", "--json"]);
    assert_eq!(run.code, 1);
    let answer = run.json();
    let findings = &answer["logs"][1]["findings"];
    assert_eq!(
        (&answer["sound"], findings[0]["seq"].as_u64()),
        (&json!(false), Some(2))
    );
    assert!(findings[0]["event"].is_string());
    assert_eq!(
        findings[0]["fault"],
        "broken seal: the part `ink` is not what was signed"
    );
}

#[test]
fn a_database_that_is_none_is_not_made_by_looking() {
    let company = Company::empty();
    let run = company.run(&["verify"]);
    assert_eq!(
        (run.code, company.database().exists()),
        (2, false),
        "{run:?}"
    );
    company.write("doorstep.sqlite", "a letter, not a database. ".repeat(100));
    let run = company.run(&["verify"]);
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.err.contains("not a database"), "{run:?}");
}

/// `doorstep verify FILE` in this very process: there are thousands of them below.
fn check(file: &std::path::Path) -> (bool, String) {
    let line =
        CommandLine::try_parse_from(["doorstep".as_ref(), "verify".as_ref(), file.as_os_str()]);
    let mut out = Vec::new();
    let sound = match run(line.unwrap(), &mut out) {
        Ok(outcome) => outcome == Outcome::Fine,
        Err(_) => false,
    };
    (sound, String::from_utf8(out).unwrap())
}

#[test]
fn an_export_is_verified_by_itself_and_holds_no_private_note() {
    let company = sample();
    let file = company.file("jinhaiwan.jsonl");
    let named = file.to_str().unwrap();
    let export = company
        .run(&["export", "--site", "jinhaiwan", named, "--json"])
        .ok();
    assert_eq!(export.json()["events"], 3);
    // Anywhere, with no database.
    let elsewhere = Company::empty();
    let verified = elsewhere.run(&["verify", named]).ok();
    assert!(
        verified
            .out
            .contains("jinhaiwan: sound, 3 events, 2 sealed"),
        "{verified:?}"
    );
    assert!(!elsewhere.database().exists());
    let text = std::fs::read_to_string(&file).unwrap();
    assert_eq!(
        text,
        company.run(&["export", "--site", "jinhaiwan"]).ok().out
    );
    assert!(text.contains("无意见") && !text.contains("不便明说"));
    let wrong = elsewhere.run(&["verify", company.database().to_str().unwrap()]);
    assert_eq!(wrong.code, 1, "{wrong:?}");
}

#[test]
fn a_change_of_any_character_of_an_export_is_found() {
    let company = sample();
    let text = company.run(&["export", "--site", "jinhaiwan"]).ok().out;
    let file = company.write("a.jsonl", &text);
    assert!(check(&file).0);
    let places: Vec<usize> = text.char_indices().map(|(place, _)| place).collect();
    // Steps that meet every field, and every place within some.
    for place in places.iter().step_by(13) {
        let old = text[*place..].chars().next().unwrap();
        if old == '\n' {
            continue;
        }
        let new = if old == '0' { '1' } else { '0' };
        let changed = format!(
            "{}{new}{}",
            &text[..*place],
            &text[place + old.len_utf8()..]
        );
        std::fs::write(&file, changed).unwrap();
        let (sound, out) = check(&file);
        assert!(!sound, "`{old}` at {place} of {text}: {out}");
    }
}

#[test]
fn missing_doubled_and_swapped_lines_of_an_export_are_found() {
    let company = sample();
    let text = company.run(&["export", "--site", "jinhaiwan"]).ok().out;
    let lines: Vec<&str> = text.lines().collect();
    let [header, one, two, three] = lines[..] else {
        panic!("a header and three events: {text}")
    };
    for (kept, sentence) in [
        (vec![header, one, two], "the log ends before event 3"),
        (vec![header, one, three], "event 2 should stand here"),
        (vec![header, one, three, two], "event 2 should stand here"),
        (
            vec![header, one, two, two, three],
            "event 3 should stand here",
        ),
        (
            vec![header, one, "", two, three],
            "line 3 of the file is no event",
        ),
        (vec![header], "the log ends before event 3"),
    ] {
        let file = company.write("a.jsonl", kept.join("\n"));
        let (sound, out) = check(&file);
        assert!(!sound && out.contains(sentence), "{sentence}: {out}");
    }
    let renamed = header.replacen("金海湾花园", "银海湾花园", 1);
    let file = company.write("a.jsonl", format!("{renamed}\n{one}\n{two}\n{three}\n"));
    let (sound, out) = check(&file);
    let sentence = "organisation: no event opens the site as it is named here";
    assert!(!sound && out.contains(sentence), "{out}");
    // A head that says less does not help: the rows go on beyond it.
    let mut shorter: Value = serde_json::from_str(header).unwrap();
    shorter["head"]["seq"] = json!(2);
    let file = company.write("a.jsonl", format!("{shorter}\n{one}\n{two}\n{three}\n"));
    assert!(!check(&file).0);
}
