//! The command line: help, where the database is, answers for programs, exit codes.

use std::process::Stdio;

use clap::{Command, CommandFactory, Parser};
use doorstep_server::command::CommandLine;
use serde_json::{Value, json};

use crate::harness::{Company, Run, program};
use crate::phone::{PASSWORD, Phone};
use crate::server::Server;

/// Runs the program without any database named.
fn plain(arguments: &[&str], environment: &[(&str, &str)]) -> Run {
    let mut command = program();
    command
        .args(arguments)
        .envs(environment.iter().copied())
        .stdin(Stdio::null());
    command.output().unwrap().into()
}

/// The commands that do something, each with the words that lead to it.
fn leaves(command: &Command, words: &[String], found: &mut Vec<(Vec<String>, String)>) {
    let inner: Vec<&Command> = command
        .get_subcommands()
        .filter(|inner| inner.get_name() != "help")
        .collect();
    for inner in &inner {
        let mut words = words.to_vec();
        words.push(inner.get_name().to_owned());
        leaves(inner, &words, found);
    }
    if inner.is_empty() {
        let help = command.clone().render_long_help().to_string();
        found.push((words.to_vec(), help));
    }
}

#[test]
fn every_command_has_a_help_with_an_example_that_can_be_typed() {
    let mut commands = Vec::new();
    leaves(&CommandLine::command(), &[], &mut commands);
    assert!(commands.len() >= 13, "{commands:?}");
    let top = plain(&["--help"], &[]).ok().out;
    for (words, help) in commands {
        let name = words.join(" ");
        assert!(top.contains(&words[0]), "{name} is not in {top}");
        let mut asked: Vec<&str> = words.iter().map(String::as_str).collect();
        asked.push("--help");
        let shown = plain(&asked, &[]).ok().out;
        assert!(shown.contains("Example"), "{name}: {shown}");
        assert!(
            shown.contains("--database") && shown.contains("--json"),
            "{name}"
        );
        // Lines are joined as a shell would, and what follows `<` is a shell's.
        let typed = help.split("&&").flat_map(str::lines);
        let examples: Vec<&str> = typed
            .map(str::trim)
            .filter(|line| line.starts_with("doorstep "))
            .map(|line| line.split(" <").next().unwrap())
            .collect();
        assert!(!examples.is_empty(), "{name}: {help}");
        assert!(
            examples
                .iter()
                .any(|it| it.starts_with(&format!("doorstep {name}"))),
            "{name}: {examples:?}"
        );
        for example in examples {
            let parsed = CommandLine::try_parse_from(example.split_whitespace());
            assert!(parsed.is_ok(), "{example}: {}", parsed.unwrap_err());
        }
    }
}

#[test]
fn the_database_is_the_one_named_or_the_users_own() {
    let company = Company::empty();
    let path = |name: &str| company.file(name).to_str().unwrap().to_owned();
    let (home, flag, variable) = (path(""), path("flag.sqlite"), path("variable.sqlite"));
    let by_url = format!("sqlite://{}", path("url.sqlite"));
    let list = ["site", "list"];
    plain(&list, &[("XDG_DATA_HOME", &home)]).ok();
    assert!(company.file("doorstep/doorstep.sqlite").is_file());
    plain(&list, &[("DOORSTEP_DATABASE", &variable)]).ok();
    assert!(company.file("variable.sqlite").is_file());
    // Said on the command line, before or after the command, it wins.
    let named = ["site", "list", "--database", &flag];
    std::fs::remove_file(&variable).unwrap();
    plain(&named, &[("DOORSTEP_DATABASE", &variable)]).ok();
    plain(&["--database", &by_url, "site", "list"], &[]).ok();
    assert!(company.file("flag.sqlite").is_file() && company.file("url.sqlite").is_file());
    assert!(!company.file("variable.sqlite").exists());
    for (other, code) in [
        ("postgres://localhost/doorstep", 2),
        ("https://doorstep.example", 2),
        ("/missing/folder/a.sqlite", 1),
    ] {
        let run = plain(&["site", "list", "--database", other], &[]);
        assert_eq!(run.code, code, "{run:?}");
        assert!(run.err.starts_with("doorstep: "), "{run:?}");
    }
}

#[test]
fn answers_for_programs_are_one_line_of_json() {
    let company = Company::empty();
    let json = |arguments: &[&str]| -> Value {
        let mut all = arguments.to_vec();
        all.push("--json");
        let run = company.run_with_input(&all, PASSWORD).ok();
        assert_eq!(run.out.lines().count(), 1, "{run:?}");
        assert_eq!(run.err, "", "{arguments:?}");
        run.json()
    };
    let site = json(&["site", "add", "--code", "jinhaiwan", "--name", "金海湾花园"]);
    assert_eq!(site["zone"], "Asia/Shanghai");
    assert_eq!(json(&["site", "list"]), json!([site]));
    let add = ["user", "add", "lin", "--name", "林晓雯", "--password-stdin"];
    let added = json(&[&add[..], &["--role", "steward@jinhaiwan"]].concat());
    let granted = json(&["user", "grant", "lin", "--role", "operations"]);
    assert_eq!(
        (&granted["role"], &granted["site"], &granted["until"]),
        (&json!("operations"), &json!(null), &json!(null))
    );
    assert_eq!(
        json(&["user", "list"]),
        json!([{"person": added["person"], "login": "lin", "name": "林晓雯",
                "roles": ["steward@jinhaiwan", "operations"]}])
    );
    let ended = json(&["user", "revoke", "lin", "--role", "operations"]);
    assert_eq!(ended, json!({"ended": 1}));
    let set = json(&["user", "password", "lin", "--password-stdin"]);
    assert_eq!(set, json!({"login": "lin"}));

    let server = Server::start(&company);
    let device = Phone::of(&server, "lin").device().to_string();
    let devices = json(&["device", "list"]);
    assert_eq!(
        (
            &devices[0]["device"],
            &devices[0]["login"],
            &devices[0]["revoked_at"]
        ),
        (&json!(device), &json!("lin"), &json!(null))
    );
    assert_eq!(
        json(&["device", "revoke", &device[..6]]),
        json!({"revoked": device})
    );
    assert!(json(&["device", "list"])[0]["revoked_at"].is_i64());

    let file = company.write("a.csv", "房号,姓名,入住\n101,陈佳慧,是\n102,,否\n");
    let file = file.to_str().unwrap();
    let imported = json(&["import", "households", file, "--site", "jinhaiwan"]);
    assert_eq!(
        imported,
        json!({"imported": 2, "updated": 0, "unchanged": 0, "refused": []})
    );
    let counted = json(&["quota", "--site", "jinhaiwan", "--month", "2026-01"]);
    assert_eq!(
        (&counted["month"], &counted["visited"]),
        (&json!("2026-01"), &json!(0))
    );
    let now = json(&["quota", "--site", "jinhaiwan"]);
    assert_eq!(
        (&now["households"], &now["occupied"], &now["required"]),
        (&json!(2), &json!(1), &json!(1))
    );
    assert_eq!(json(&["verify"])["sound"], true);
    let out = company.file("a.jsonl");
    let export = json(&["export", "--site", "jinhaiwan", out.to_str().unwrap()]);
    assert_eq!(
        (&export["site"], &export["events"]),
        (&json!("jinhaiwan"), &json!(2))
    );
    assert_eq!(export["file"], json!(out));
}

#[test]
fn a_refused_line_is_told_by_number_and_reason() {
    let company = Company::with_site();
    let file = company.write("a.csv", "房号,入住\n101,是\n102,装修\n");
    let run = company.import(&file);
    assert_eq!(run.code, 1);
    assert_eq!(
        run.json(),
        json!({"imported": 1, "updated": 0, "unchanged": 0, "refused": [
            {"line": 3, "reason": "`装修` does not say whether it is occupied (是, 否)"}
        ]})
    );
}

#[test]
fn the_quota_of_two_numbers_is_printed_alone() {
    let counts = |households, occupied| {
        plain(
            &["quota", "--households", households, "--occupied", occupied],
            &[],
        )
    };
    assert_eq!(counts("301", "260").ok().out, "13\n");
    let arguments = [
        "quota",
        "--households",
        "301",
        "--occupied",
        "260",
        "--json",
    ];
    assert_eq!(plain(&arguments, &[]).ok().json(), json!({"required": 13}));
    for wrong in [counts("300", "301"), counts("-1", "0"), counts("1", "some")] {
        assert_eq!((wrong.code, wrong.out.as_str()), (2, ""), "{wrong:?}");
    }
}

#[test]
fn what_is_mistyped_ends_with_2_and_what_fails_with_1() {
    let company = Company::with_people();
    let before = company.count("SELECT count(*) FROM event");
    let lines = "
        2
        2 dance
        2 verify --hard
        2 quota
        2 quota --households 3
        2 quota --site jinhaiwan --month 2026-13
        2 quota --site nowhere
        2 export --site nowhere
        2 export --site jinhaiwan --json
        1 export --site jinhaiwan /missing/a.jsonl
        1 verify /missing/a.jsonl
        2 user grant lin --role king@jinhaiwan
        2 user grant lin --role office
        2 user grant lin --role steward@nowhere
        2 user grant lin --role steward@jinhaiwan:2026-02-02..2026-02-01
        2 user revoke lin --role finance
        2 user password nobody
        2 user add lin --name Lin --password-stdin
        2 user add Lin --name Lin --password-stdin
        2 site add --code jinhaiwan --name Again
        2 site add --code mars --name Mars --zone Mars/Olympus
        2 site add --code Mars! --name Mars
        2 device revoke AAAAAAAA
        2 serve --port 70000
        2 serve --host 0.0.0.0
        2 serve --cert a.pem
        2 serve --public-origin https://doorstep.example/app
        1 serve --cert /missing/a.pem --key /missing/b.pem --port 0
        2 import households
        2 import households a.csv --site nowhere
        1 import households /missing/a.csv --site jinhaiwan";
    for line in lines.trim().lines() {
        let mut words = line.split_whitespace();
        let code = words.next().unwrap();
        let run = company.run_with_input(&words.collect::<Vec<_>>(), PASSWORD);
        assert_eq!(run.code.to_string(), code, "{line}: {run:?}");
        assert!(!run.err.is_empty() && run.out.is_empty(), "{line}: {run:?}");
    }
    for unfit in ["seven77".to_owned(), "x".repeat(1_025)] {
        let add = ["user", "add", "new", "--name", "New", "--password-stdin"];
        let run = company.run_with_input(&add, &unfit);
        assert_eq!(run.code, 1, "{run:?}");
    }
    assert_eq!(company.count("SELECT count(*) FROM event"), before);
}

#[test]
fn the_demo_is_filled_once_and_keeps_out_of_a_real_database() {
    let company = Company::empty();
    let first = company.run(&["demo", "--json"]).ok().json();
    assert_eq!(first["logins"], json!(["lin", "shen", "zhou", "admin"]));
    let events = company.count("SELECT count(*) FROM event");
    assert!(events > 1_220, "{events}");
    let again = company.run(&["demo"]).ok();
    assert!(again.out.contains("log in as lin "), "{again:?}");
    assert_eq!(company.count("SELECT count(*) FROM event"), events);

    let company = Company::with_site();
    assert_eq!(company.count("SELECT count(*) FROM person"), 0);
    let add = ["user", "add", "wang", "--name", "王", "--password-stdin"];
    company.run_with_input(&add, PASSWORD).ok();
    let run = company.run(&["demo"]);
    assert_eq!(run.code, 2, "{run:?}");
    assert_eq!(company.count("SELECT count(*) FROM person"), 1);
}

#[test]
fn nobody_listening_is_no_failure() {
    let company = Company::with_people();
    let mut command = program();
    command
        .env("DOORSTEP_DATABASE", company.database())
        .args(["user", "list"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    drop(child.stdout.take());
    let ended = child.wait_with_output().unwrap();
    assert!(
        ended.status.success() && ended.stderr.is_empty(),
        "{ended:?}"
    );
}
