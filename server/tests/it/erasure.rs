//! Erasing: the bytes are gone from the files, the log stays whole, the phones are told.

use doorstep_domain::event::PartName;
use doorstep_domain::quarantine::Verdict;
use serde_json::json;

use crate::harness::Company;
use crate::phone::Phone;
use crate::server::Server;

/// Words that only the private note of a sample visit has.
const CANARY: &str = "不便明说";

/// Whether the database's files hold these bytes.
fn files_hold(company: &Company, bytes: &[u8]) -> bool {
    ["", "-wal"].iter().any(|end| {
        let file = company.file(&format!("doorstep.sqlite{end}"));
        let content = std::fs::read(file).unwrap_or_default();
        content.windows(bytes.len()).any(|at| at == bytes)
    })
}

/// Lin's visit, logged; the visit's id.
fn visited(server: &Server, lin: &mut Phone) -> String {
    let visit = lin.visit();
    lin.push(server, std::slice::from_ref(&visit));
    visit.open().unwrap().envelope.id.to_string()
}

fn erase(company: &Company, event: &str, more: &[&str]) -> crate::harness::Run {
    let erase = [
        "erase",
        event,
        "--site",
        "jinhaiwan",
        "--reason",
        "unlawful",
    ];
    company.run(&[&erase[..], more].concat())
}

#[test]
fn an_erased_part_is_gone_from_the_files_while_the_server_runs() {
    let company = Company::with_people();
    let server = Server::start(&company);
    let mut lin = Phone::of(&server, "lin");
    let visit = lin.visit();
    let salt = visit.part(PartName::Private);
    let salt = salt.unwrap().salt.0;
    lin.push(&server, std::slice::from_ref(&visit));
    let event = visit.open().unwrap().envelope.id.to_string();
    assert!(files_hold(&company, CANARY.as_bytes()));
    let order = ["--part", "private", "--ordered-by", "shen"];
    let run = erase(&company, &event, &order).ok();
    assert!(run.out.contains("erased private of"), "{run:?}");
    assert!(!files_hold(&company, CANARY.as_bytes()));
    let query = "SELECT count(*) FROM part WHERE salt IS NULL AND body IS NULL";
    assert_eq!(company.count(query), 1);
    // The parts of one visit share their salt in these tests: the others still have it.
    assert!(files_hold(&company, &salt));
    erase(&company, &event, &["--ordered-by", "shen"]).ok();
    let left = company.count(
        "SELECT count(*) FROM part
         WHERE body IS NOT NULL AND name != 'fact' AND site = (SELECT id FROM site)",
    );
    assert_eq!(left, 0);
    assert!(company.run(&["verify"]).ok().out.contains("sound"));
    // The office signs, the fact names who ordered it, and everybody who reads the log is told.
    let reply = lin.push(&server, &[]);
    let rows = &reply["sites"][lin.site().to_string()]["page"]["rows"];
    let absent = &rows[0]["event"]["event"]["parts"]["private"];
    assert_eq!(*absent, json!({"absent": "erased"}));
    let fact = rows[1]["event"]["event"]["parts"]["fact"]["body"].to_string();
    let shen = Phone::of(&server, "shen").session().person.to_string();
    assert!(fact.contains(&shen) && fact.contains("unlawful"), "{fact}");
}

#[test]
fn what_is_erased_goes_from_what_is_kept_aside_and_from_drafts_too() {
    let company = Company::with_people();
    let server = Server::start(&company);
    let mut lin = Phone::of(&server, "lin");
    let visit = lin.visit();
    let twin = lin.rewritten(&visit, |envelope| envelope.skew_ms = Some(5));
    lin.push(&server, &[visit.clone(), twin.clone()]);
    let envelope = visit.open().unwrap().envelope;
    // A colleague was about to finish the same visit.
    let zhou = Phone::of(&server, "zhou");
    let body = json!({"site": zhou.site(), "body": "女儿在外地"}).to_string();
    let path = format!("/api/v1/drafts/{}", envelope.subject);
    let json = ("content-type", "application/json");
    let headers = [json, zhou.cookie(), ("if-none-match", "*")];
    let saved = server.send("PUT", &path, &headers, Some(body.as_bytes()));
    assert_eq!(saved.status, 200, "{}", saved.json());
    for canary in [CANARY, "业主无意见", "女儿在外地"] {
        assert!(files_hold(&company, canary.as_bytes()), "{canary}");
    }
    let order = ["--ordered-by", "shen"];
    erase(&company, &envelope.id.to_string(), &order).ok();
    for canary in [CANARY, "业主无意见", "女儿在外地"] {
        assert!(!files_hold(&company, canary.as_bytes()), "{canary}");
    }
    assert_eq!(company.count("SELECT count(*) FROM draft"), 0);
    // That it came is still known, and it does not come back.
    assert_eq!(company.count("SELECT count(*) FROM quarantine"), 1);
    let other = lin.rewritten(&visit, |envelope| envelope.skew_ms = Some(6));
    let reply = lin.push(&server, &[twin, other]);
    assert_eq!(reply["refused"][1]["params"]["kept"], true, "{reply}");
    assert_eq!(company.count("SELECT count(*) FROM quarantine"), 2);
    assert!(!files_hold(&company, CANARY.as_bytes()));
    assert!(company.run(&["verify"]).ok().out.contains("sound"));
}

#[test]
fn what_is_only_kept_aside_is_erased_under_its_own_id_and_not_taken_in_any_more() {
    let company = Company::with_people();
    let server = Server::start(&company);
    let mut lin = Phone::of(&server, "lin");
    let shen = Phone::of(&server, "shen");
    let role = ["--role", "supervisor@jinhaiwan"];
    company
        .run(&[&["user", "revoke", "lin"][..], &role].concat())
        .ok();
    let visit = lin.visit();
    lin.push(&server, std::slice::from_ref(&visit));
    assert!(files_hold(&company, CANARY.as_bytes()));
    let id = visit.open().unwrap().envelope.id;
    let order = ["--part", "private", "--ordered-by", "shen"];
    erase(&company, &id.to_string(), &order).ok();
    assert!(!files_hold(&company, CANARY.as_bytes()));
    let reply = shen.push(&server, &[shen.aside(&visit, Verdict::Adopt)]);
    assert_eq!(reply["refused"][0]["code"], "not_adoptable", "{reply}");
    assert_eq!(reply["refused"][0]["params"]["part"], "private", "{reply}");
    // Nor is what the phone has kept of it, with the erased part left out.
    company
        .run(&[&["user", "grant", "lin"][..], &role].concat())
        .ok();
    let bare = visit.clone().erasing(&[PartName::Private]);
    let reply = lin.push(&server, &[bare]);
    assert_eq!(reply["refused"][0]["code"], "part_missing", "{reply}");
    // Whole it is judged like any other, and logged without what was erased.
    let reply = lin.push(&server, &[visit]);
    assert_eq!(reply["acks"][0]["seq"], 2, "{reply}");
    assert!(!files_hold(&company, CANARY.as_bytes()));
    assert!(company.run(&["verify"]).ok().out.contains("sound"));
}

#[test]
fn who_may_order_and_what_is_there_decide_whether_anything_is_erased() {
    let company = Company::with_people();
    let server = Server::start(&company);
    let event = visited(&server, &mut Phone::of(&server, "lin"));
    let before = company.dump();
    for (more, words) in [
        (&[][..], "which director"),
        (&["--ordered-by", "lin"], "not the director"),
        (&["--ordered-by", "nobody"], "no account"),
        (&["--ordered-by", "shen", "--part", "fact"], "take content"),
    ] {
        let run = erase(&company, &event, more);
        assert_eq!(run.code, 2, "{run:?}");
        assert!(run.err.contains(words), "{run:?}");
    }
    let other = event.replace(|c: char| c.is_ascii_digit(), "7");
    let run = erase(&company, &other, &["--ordered-by", "shen"]);
    assert_ne!(run.code, 0, "{run:?}");
    company.unchanged_since(&before, "nothing was erased");
    erase(&company, &event, &["--ordered-by", "shen"]).ok();
    let run = erase(&company, &event, &["--ordered-by", "shen"]);
    assert!(
        run.code == 1 && run.err.contains("nothing of it is left"),
        "{run:?}"
    );
}

#[test]
fn verify_names_what_is_missing_unsaid_or_there_again() {
    let company = Company::with_people();
    let server = Server::start(&company);
    let event = visited(&server, &mut Phone::of(&server, "lin"));
    server.kill();
    let intact = company.copy();
    erase(&company, &event, &["--part", "ink", "--ordered-by", "shen"]).ok();
    company.run(&["verify"]).ok();
    let gone = "salt = NULL, body = NULL, absence = 'erased'";
    for (of, statement, words) in [
        (&intact, format!("UPDATE part SET {gone} WHERE name = 'content'"), "the part `content` is missing, and no event erases it"),
        (&company, "DELETE FROM erasure".into(), "was erased and is not on the erasure list"),
        (&company, "INSERT INTO erasure SELECT site, event, 'content', said_by FROM erasure".into(), "and no event says so"),
        (&company, "UPDATE part SET salt = x'00000000000000000000000000000000', body = '{}', absence = NULL WHERE name = 'ink'".into(), "the part `ink` was erased and is there again"),
        (&company, "INSERT INTO erasing SELECT site, said_by, event, '{}' FROM erasure".into(), "is not what was signed"),
    ] {
        let tampered = of.copy();
        tampered.tamper(&statement);
        let run = tampered.run(&["verify"]);
        assert!(run.code == 1 && run.out.contains(words), "{words}: {run:?}");
    }
}
