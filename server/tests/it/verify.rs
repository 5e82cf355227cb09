//! `doorstep verify` names what is wrong, on the database and on exports: every column of every
//! table, every byte of a file.

use clap::Parser;
use doorstep_server::command::{CommandLine, Outcome, run};
use serde_json::json;

use crate::harness::{Company, Run};
use crate::phone::Phone;
use crate::photos::visit_with;
use crate::problems::PHOTO;
use crate::server::Server;

/// Columns that no log tells of: hints, labels, secrets, who is logged in, what was refused.
const APART: [(&str, &[&str]); 10] = [
    // Empty here: only a restored database has events to say again (see `erasure`).
    ("erasing", &["site", "id", "event", "erasing"]),
    ("meta", &["epoch"]),
    ("event", &["carrier_person", "carrier_device"]),
    (
        "draft",
        &[
            "person", "subject", "site", "revision", "saved_at", "device", "body",
        ],
    ),
    ("person", &["password", "one_time_until"]),
    ("photo", &["person", "begun_at"]),
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

/// Whether a column is one that no log tells of.
pub(crate) fn stands_apart(table: &str, column: &str) -> bool {
    let mut apart = APART.iter();
    apart.any(|(of, columns)| *of == table && columns.contains(&column))
}

/// Two signed visits, a part of the first erased, a household, a role that ended, a device that was
/// revoked, an event kept aside, somebody logged in.
fn sample() -> Company {
    let company = Company::with_people();
    let file = company.write("a.csv", "楼栋,房号,姓名\n1,101,陈佳慧\n");
    company.import(&file).ok();
    let server = Server::start(&company);
    let mut lin = Phone::of(&server, "lin");
    let visit = lin.visit();
    let twin = lin.rewritten(&visit, |envelope| envelope.skew_ms = Some(5));
    lin.send_photo(&server, &PHOTO);
    let next = visit_with(&mut lin, &[&PHOTO]);
    let erased = visit.open().unwrap().envelope.id.to_string();
    lin.push(&server, &[visit, twin]);
    let erase = ["erase", &erased, "--site", "jinhaiwan", "--part", "private"];
    let order = ["--reason", "unlawful", "--ordered-by", "shen"];
    company.run(&[&erase[..], &order].concat()).ok();
    lin.push(&server, &[next]);
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
        site.starts_with("jinhaiwan: sound, 4 events, 2 sealed, head "),
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
        let apart = stands_apart(table, column);
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
        ("escrow_key", 1),
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
            "): the envelope cannot be read",
        ),
        (
            "UPDATE event SET received_at = received_at + 1 WHERE {visit}",
            "): the time of acceptance is not the one that was chained",
        ),
        (
            "UPDATE event SET hash = envelope_hash WHERE {visit}",
            "): the hash kept is not the chain's at this place",
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
            "): the database holds a part `soul`",
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
    assert_eq!(findings[0]["part"], "ink");
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

/// `doorstep verify FILE`, in this very process.
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
    assert_eq!(export.json()["events"], 4);
    // Anywhere, with no database.
    let elsewhere = Company::empty();
    let verified = elsewhere.run(&["verify", named]).ok();
    assert!(
        verified
            .out
            .contains("jinhaiwan: sound, 4 events, 2 sealed"),
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
fn missing_doubled_and_swapped_lines_of_an_export_are_found() {
    let company = sample();
    let text = company.run(&["export", "--site", "jinhaiwan"]).ok().out;
    let lines: Vec<&str> = text.lines().collect();
    let (before, of_site) = lines.split_at(lines.len() - 4);
    let [one, two, three, four] = of_site[..] else {
        panic!("four events: {text}")
    };
    let file = |rows: &[&str]| {
        let rows = before.iter().chain(rows).map(|line| format!("{line}\n"));
        company.write("a.jsonl", rows.collect::<String>())
    };
    assert!(check(&file(of_site)).0);
    let third = before.len() + 2;
    for (kept, sentence) in [
        (
            vec![one, two, three],
            "the log ends before event 4".to_owned(),
        ),
        (
            vec![one, three, four],
            "event 2 should stand here".to_owned(),
        ),
        (
            vec![one, three, two, four],
            "event 2 should stand here".to_owned(),
        ),
        (
            vec![one, two, two, three, four],
            "event 3 should stand here".to_owned(),
        ),
        (
            vec![one, "", two, three, four],
            format!("line {third} of the file is no event"),
        ),
        (vec![], "the log ends before event 4".to_owned()),
    ] {
        let (sound, out) = check(&file(&kept));
        assert!(!sound && out.contains(&sentence), "{sentence}: {out}");
    }
    let header = lines[0];
    let renamed = text.replacen("金海湾花园", "银海湾花园", 1);
    let (sound, out) = check(&company.write("a.jsonl", renamed));
    let sentence = "organisation: no event opens the site as it is named here";
    assert!(!sound && out.contains(sentence), "{out}");
    // A head that says less does not help: the rows are not the ones it names.
    let shorter = header.replace(r#""head":{"seq":4"#, r#""head":{"seq":2"#);
    assert_ne!(shorter, header);
    let (sound, out) = check(&company.write("a.jsonl", text.replacen(header, &shorter, 1)));
    let sentence = "up to here the log is not the one that the head names";
    assert!(!sound && out.contains(sentence), "{out}");
}

#[test]
fn a_log_is_held_against_heads_that_were_kept_elsewhere() {
    let company = sample();
    let logs = company.run(&["verify", "--json"]).ok().json();
    let site = &logs["logs"][1];
    assert_eq!(site["log"], "jinhaiwan");
    let hash = site["head"].as_str().unwrap();
    let own = logs["logs"][0]["head"].as_str().unwrap();
    let (head, own) = (
        format!("jinhaiwan:4:{hash}"),
        format!("organisation:13:{own}"),
    );
    company
        .run(&["verify", "--head", &head, "--head", &own])
        .ok();
    let export = company.file("a.jsonl");
    let export = export.to_str().unwrap();
    company.run(&["export", "--site", "jinhaiwan", export]).ok();
    company.run(&["verify", export, "--head", &head]).ok();

    // The last event is taken away, and nobody could tell from the database alone.
    let cut = company.copy();
    cut.tamper("DELETE FROM photo_name; UPDATE photo SET named = 0");
    cut.tamper("DELETE FROM part WHERE site = (SELECT id FROM site) AND seq = 4");
    cut.tamper("DELETE FROM event WHERE site = (SELECT id FROM site) AND seq = 4");
    cut.run(&["verify"]).ok();
    let run = cut.run(&["verify", "--head", &head]);
    assert_eq!(run.code, 1, "{run:?}");
    assert!(
        run.out.contains("jinhaiwan: the log ends before event 4"),
        "{run:?}"
    );
    // All of them are, and the list of what they erased.
    cut.tamper("DELETE FROM erasure");
    cut.tamper("DELETE FROM part WHERE site = (SELECT id FROM site)");
    cut.tamper("DELETE FROM event WHERE site = (SELECT id FROM site)");
    let run = cut.run(&["verify", "--head", &head]);
    assert_eq!(run.code, 1, "{run:?}");
    let sentence = "there is no log of `jinhaiwan`, of which a head names event 4";
    assert!(run.out.contains(sentence), "{run:?}");

    let other = format!("jinhaiwan:2:{hash}");
    let run = company.run(&["verify", "--head", &other]);
    assert_eq!(run.code, 1, "{run:?}");
    let sentence = "): up to here the log is not the one that the head names";
    assert!(run.out.contains(sentence), "{run:?}");
    let run = company.run(&["verify", "--head", "jinhaiwan:x:y"]);
    assert_eq!(run.code, 2, "{run:?}");
    let strange = format!("elsewhere:3:{hash}");
    let run = company.run(&["verify", export, "--head", &strange]);
    assert_eq!(run.code, 2, "{run:?}");
}
