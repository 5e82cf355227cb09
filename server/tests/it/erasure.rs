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

/// The household that sample visits are of.
fn household() -> String {
    doorstep_domain::id::HouseholdId::mint(1, &[1; 10]).to_string()
}

/// `doorstep household DOING`, on the sample site.
fn of_household(company: &Company, doing: &str, more: &[&str]) -> crate::harness::Run {
    let command = ["household", doing, "--site", "jinhaiwan"];
    company.run(&[&command[..], more].concat())
}

#[test]
fn all_that_is_held_on_a_household_is_given_to_it_but_what_never_leaves_the_staff() {
    let company = Company::with_people();
    let file = company.write("a.csv", "楼栋,房号,姓名,电话\n1,101,陈佳慧,13800000000\n");
    company.import(&file).ok();
    let server = Server::start(&company);
    let mut lin = Phone::of(&server, "lin");
    let visit = lin.visit();
    let twin = lin.rewritten(&visit, |envelope| envelope.skew_ms = Some(5));
    lin.push(&server, &[visit.clone(), twin]);
    let on = visit.open().unwrap().envelope.id;
    let about = doorstep_domain::event::canonical(&doorstep_domain::review::About { on });
    let kind = doorstep_domain::event::Kind::OpinionWritten;
    lin.push(
        &server,
        &[lin.addition(&visit, kind, about, "请工程部查看")],
    );
    let export = |which: &str, name: &str| -> serde_json::Value {
        let path = company.file(name);
        let run = of_household(&company, "export", &[which, path.to_str().unwrap()]);
        run.ok();
        serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
    };
    let card = export("1-101", "card.json");
    assert_eq!(card["format"], "doorstep-household/1");
    let content = &card["entries"][0]["parts"]["content"];
    assert_eq!(content["contacts"][0]["phone"], "13800000000");
    assert_eq!(content.get("careful"), None, "{content}");
    let visited = export(&household(), "visit.json");
    let entries = visited["entries"].as_array().unwrap();
    let kinds: Vec<&str> = entries
        .iter()
        .map(|it| it["kind"].as_str().unwrap())
        .collect();
    let expected = ["visit.recorded", "opinion.written", "visit.recorded"];
    assert_eq!(kinds, expected);
    let parts = &entries[0]["parts"];
    assert_eq!(parts["content"]["conclusion"], "业主无意见。");
    assert!(parts["ink"]["strokes"].is_array(), "{parts}");
    assert_eq!(entries[1]["parts"]["content"]["text"], "请工程部查看");
    assert_eq!(entries[2]["place"]["aside"]["why"], "id_conflict");
    let lin = lin.session().person.to_string();
    assert_eq!(
        (&entries[0]["by"], &visited["people"][&lin]),
        (&json!(lin), &json!("林晓雯"))
    );
    for entry in [&entries[0], &entries[2]] {
        assert_eq!(entry["parts"]["private"], json!({"absent": "withheld"}));
    }
    assert!(!visited.to_string().contains(CANARY));
    // Never over another file, of nobody, or of a stranger.
    let there = company.file("card.json");
    let run = of_household(&company, "export", &["1-101", there.to_str().unwrap()]);
    assert!(
        run.code == 2 && run.err.contains("is there already"),
        "{run:?}"
    );
    let new = company.file("new.json");
    let run = of_household(&company, "export", &["9-999", new.to_str().unwrap()]);
    assert!(
        run.code == 2 && run.err.contains("no household `9-999`"),
        "{run:?}"
    );
    let run = of_household(&company, "export", &[&lin, new.to_str().unwrap()]);
    assert!(
        run.code == 2 && run.err.contains("nothing is held on"),
        "{run:?}"
    );
    assert!(!new.exists());
}

#[test]
fn a_household_is_erased_wherever_something_is_held_on_it() {
    let company = Company::with_people();
    let server = Server::start(&company);
    let mut lin = Phone::of(&server, "lin");
    let visit = lin.visit();
    let twin = lin.rewritten(&visit, |envelope| envelope.skew_ms = Some(5));
    lin.push(&server, &[visit, twin]);
    // A visit just begun.
    let draft = format!(
        "{{\"household\":\"{}\",\"met\":\"女儿在外地\"}}",
        household()
    );
    let body = json!({"site": lin.site(), "body": draft}).to_string();
    let subject = doorstep_domain::id::SubjectId::mint(9, &[9; 10]);
    let path = format!("/api/v1/drafts/{subject}");
    let json = ("content-type", "application/json");
    let headers = [json, lin.cookie(), ("if-none-match", "*")];
    let saved = server.send("PUT", &path, &headers, Some(body.as_bytes()));
    assert_eq!(saved.status, 200, "{}", saved.json());
    let canaries = [CANARY, "业主无意见", "女儿在外地"];
    for canary in canaries {
        assert!(files_hold(&company, canary.as_bytes()), "{canary}");
    }
    let household = household();
    let order = [&household, "--reason", "consent_withdrawn", "--ordered-by"];
    let order = |who| [&order[..], &[who]].concat();
    let run = of_household(&company, "erase", &order("lin"));
    assert!(
        run.code == 2 && run.err.contains("not the director"),
        "{run:?}"
    );
    of_household(&company, "erase", &order("shen")).ok();
    for canary in canaries {
        assert!(!files_hold(&company, canary.as_bytes()), "{canary}");
    }
    assert!(company.run(&["verify"]).ok().out.contains("sound"));
    let run = of_household(&company, "erase", &order("shen"));
    assert!(
        run.code == 1 && run.err.contains("nothing of it is left"),
        "{run:?}"
    );
}

#[test]
fn what_was_kept_for_its_term_is_erased_and_nothing_later() {
    let company = Company::with_people();
    let server = Server::start(&company);
    let mut lin = Phone::of(&server, "lin");
    let visit = lin.visit();
    lin.push(&server, std::slice::from_ref(&visit));
    let id = visit.open().unwrap().envelope.id.to_string();
    let before = company.dump();
    let retention = |more: &[&str]| {
        let command = ["retention", "--site", "jinhaiwan", "--before"];
        company.run(&[&command[..], more].concat())
    };
    // The sample visit was on 23 November 2026.
    let run = retention(&["2026-11-23"]).ok();
    assert!(run.out.contains("parts of 0 events"), "{run:?}");
    let run = retention(&["2026-11-24", "--dry-run"]).ok();
    assert!(
        run.out.contains(&id) && run.out.contains("1 events"),
        "{run:?}"
    );
    for (date, words) in [("9999-01-01", "is not past"), ("soon", "is no date")] {
        let run = retention(&[date]);
        assert!(run.code == 2 && run.err.contains(words), "{run:?}");
    }
    company.unchanged_since(&before, "nothing was erased yet");
    retention(&["2026-11-24"]).ok();
    assert!(!files_hold(&company, CANARY.as_bytes()));
    let facts = "SELECT count(*) FROM part WHERE name = 'fact' AND body LIKE '%household%'";
    assert_eq!(company.count(facts), 1);
    assert!(company.run(&["verify"]).ok().out.contains("sound"));
    let run = retention(&["2026-11-24"]).ok();
    assert!(run.out.contains("parts of 0 events"), "{run:?}");
}
