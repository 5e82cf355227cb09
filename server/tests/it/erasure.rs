//! Erasing: the bytes are gone from the files, the log stays whole, the phones are told.

use doorstep_domain::event::{Kind, PartName, canonical};
use doorstep_domain::id::SubjectId;
use doorstep_domain::quarantine::Verdict;
use doorstep_domain::review::About;
use doorstep_domain::time::SiteTime;
use doorstep_server::clock;
use serde_json::json;

use crate::harness::Company;
use crate::phone::{PASSWORD, Phone};
use crate::server::{Answer, Server};

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
    // With nothing left here it is ordered again: phones may hold what is not here.
    let run = of_household(&company, "erase", &order("shen")).ok();
    assert!(run.out.contains("of 0 events, and 0 drafts"), "{run:?}");
    let orders = "SELECT count(*) FROM event WHERE kind = 'household.erased'";
    assert_eq!(company.count(orders), 2);
}

/// The household's erasure, ordered by shen.
fn order(company: &Company) {
    let order = [&household(), "--reason", "unlawful", "--ordered-by", "shen"];
    of_household(company, "erase", &order).ok();
}

/// A record that is begun after everything else here.
fn later_subject() -> SubjectId {
    let later = u64::try_from(clock::now()).unwrap() + 60_000;
    SubjectId::mint(later, &[7; 10])
}

#[test]
fn a_visit_begun_before_its_household_was_erased_is_logged_when_it_comes_and_erased_then() {
    let company = Company::with_people();
    let server = Server::start(&company);
    let mut lin = Phone::of(&server, "lin");
    let first = lin.visit();
    lin.push(&server, std::slice::from_ref(&first));
    let about = canonical(&About {
        on: first.open().unwrap().envelope.id,
    });
    let kind = Kind::OpinionWritten;
    let opinion = lin.addition(&first, kind, about, "女儿在外地");
    order(&company);
    let unsent = lin.visit();
    let reply = lin.push(&server, &[unsent.clone(), opinion]);
    assert_eq!(reply["refused"], json!([]), "{reply}");
    assert_eq!(reply["acks"].as_array().unwrap().len(), 2);
    for canary in [CANARY, "业主无意见", "女儿在外地"] {
        assert!(!files_hold(&company, canary.as_bytes()), "{canary}");
    }
    let facts = "SELECT count(*) FROM part WHERE name = 'fact' AND body LIKE '%occupied%'";
    assert_eq!(company.count(facts), 2);
    let said = "SELECT count(*) FROM event WHERE kind = 'body.erased'";
    let erased = company.count(said);
    // Sent again it is acknowledged as before, and nothing is erased a second time.
    let again = lin.push(&server, std::slice::from_ref(&unsent));
    assert_eq!(again["acks"][0], reply["acks"][0]);
    assert_eq!(company.count(said), erased);
    // The next visit is not concerned.
    let at: SiteTime = "2036-11-23T15:02:00.000+08:00".parse().unwrap();
    let next = lin.visit();
    let next = lin.rewritten(&next, |envelope| {
        envelope.subject = later_subject();
        envelope.at = at;
    });
    lin.push(&server, &[next]);
    assert!(files_hold(&company, "业主无意见".as_bytes()));
    assert_eq!(company.count(said), erased);
    assert!(company.run(&["verify"]).ok().out.contains("sound"));
}

#[test]
fn what_waits_aside_when_its_household_was_erased_is_erased_once_it_is_decided() {
    let company = Company::with_people();
    let server = Server::start(&company);
    let (mut lin, shen) = (Phone::of(&server, "lin"), Phone::of(&server, "shen"));
    let first = lin.visit();
    lin.push(&server, std::slice::from_ref(&first));
    order(&company);
    let role = ["--role", "supervisor@jinhaiwan"];
    company
        .run(&[&["user", "revoke", "lin"][..], &role].concat())
        .ok();
    let (one, other) = (lin.visit(), lin.visit());
    let reply = lin.push(&server, &[one.clone(), other.clone()]);
    assert_eq!(reply["refused"][1]["params"]["kept"], true, "{reply}");
    let whole = "SELECT count(*) FROM quarantine WHERE event LIKE '%业主无意见%'";
    assert_eq!(company.count(whole), 2);
    let reply = shen.push(&server, &[shen.aside(&one, Verdict::Adopt)]);
    assert_eq!(reply["refused"], json!([]), "{reply}");
    assert_eq!(company.count(whole), 1);
    let logged = "SELECT count(*) FROM event WHERE kind = 'visit.recorded'";
    assert_eq!(company.count(logged), 2);
    shen.push(&server, &[shen.aside(&other, Verdict::Reject)]);
    for canary in [CANARY, "业主无意见"] {
        assert!(!files_hold(&company, canary.as_bytes()), "{canary}");
    }
    assert_eq!(company.count("SELECT count(*) FROM quarantine"), 2);
    assert!(company.run(&["verify"]).ok().out.contains("sound"));
}

/// Saves a draft of lin's that names the sample household.
fn save_draft(server: &Server, lin: &Phone, subject: SubjectId) -> Answer {
    let body = json!({"site": lin.site(), "body": household()}).to_string();
    let json = ("content-type", "application/json");
    let headers = [json, lin.cookie(), ("if-none-match", "*")];
    let path = format!("/api/v1/drafts/{subject}");
    server.send("PUT", &path, &headers, Some(body.as_bytes()))
}

#[test]
fn no_phone_brings_back_a_draft_begun_before_its_household_was_erased() {
    let company = Company::with_people();
    let server = Server::start(&company);
    let mut lin = Phone::of(&server, "lin");
    let visit = lin.visit();
    lin.push(&server, &[visit]);
    let before = SubjectId::mint(9, &[9; 10]);
    assert_eq!(save_draft(&server, &lin, before).status, 200);
    order(&company);
    assert_eq!(company.count("SELECT count(*) FROM draft"), 0);
    let answer = save_draft(&server, &lin, before);
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (409, "household_erased")
    );
    assert_eq!(company.count("SELECT count(*) FROM draft"), 0);
    // A visit begun since is another.
    assert_eq!(save_draft(&server, &lin, later_subject()).status, 200);
}

#[test]
fn an_order_outlives_a_backup_made_before_it() {
    let company = Company::with_people();
    let server = Server::start(&company);
    let mut lin = Phone::of(&server, "lin");
    let visit = lin.visit();
    lin.push(&server, &[visit]);
    let [begun, later] = [SubjectId::mint(9, &[9; 10]), later_subject()];
    for subject in [begun, later] {
        assert_eq!(save_draft(&server, &lin, subject).status, 200);
    }
    let backup = company.file("a.sqlite");
    let backup = backup.to_str().unwrap();
    company.run(&["backup", backup]).ok();
    order(&company);
    let told = "SELECT hex(envelope_hash) FROM event WHERE kind = 'household.erased'";
    let order = company.text(told);
    server.kill();
    company.run(&["restore", backup, "--replace"]).ok();
    assert_eq!(company.text(told), order);
    assert_eq!(company.count("SELECT count(*) FROM erasing"), 0);
    assert!(!files_hold(&company, CANARY.as_bytes()));
    // The copy that the backup brought back is gone, that of the next visit is not.
    let left = format!("SELECT count(*) FROM draft WHERE subject = '{later}'");
    assert_eq!(company.count(&left), 1);
    assert_eq!(company.count("SELECT count(*) FROM draft"), 1);
    assert!(company.run(&["verify"]).ok().out.contains("sound"));
    // And what a phone still has unsent is erased as it comes.
    let server = Server::start(&company);
    assert_eq!(lin.log_in(&server, "lin").status, 200);
    let unsent = lin.visit();
    lin.push(&server, &[unsent]);
    assert!(!files_hold(&company, CANARY.as_bytes()));
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

/// Asks for the household's erasure as the holder of `phone`.
fn ask_for_erasure(server: &Server, phone: &Phone, body: &serde_json::Value) -> Answer {
    let path = format!("/api/v1/households/{}/erasure", household());
    server.post(&path, &[phone.cookie()], body)
}

#[test]
fn a_director_is_given_what_is_held_on_a_household_as_at_the_command_line() {
    let company = Company::with_people();
    let server = Server::start(&company);
    let (mut lin, shen) = (Phone::of(&server, "lin"), Phone::of(&server, "shen"));
    let visit = lin.visit();
    let twin = lin.rewritten(&visit, |envelope| envelope.skew_ms = Some(5));
    lin.push(&server, &[visit, twin]);
    let file = company.file("export.json");
    of_household(&company, "export", &[&household(), file.to_str().unwrap()]).ok();
    let file: serde_json::Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    let path = format!("/api/v1/households/{}/export", household());
    let answer = server.get(&path, &[shen.cookie()]);
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json(), file);
    assert_eq!(file["entries"].as_array().unwrap().len(), 2);
    assert_eq!(server.get(&path, &[lin.cookie()]).problem(), "not_found");
}

#[test]
fn a_director_has_a_household_erased_with_the_password_again_as_at_the_command_line() {
    let company = Company::with_people();
    let server = Server::start(&company);
    let (mut lin, shen) = (Phone::of(&server, "lin"), Phone::of(&server, "shen"));
    let visit = lin.visit();
    lin.push(&server, &[visit]);
    let subject = SubjectId::mint(9, &[9; 10]);
    assert_eq!(save_draft(&server, &lin, subject).status, 200);
    let asked = |reason: &str, password: &str| json!({"reason": reason, "password": password});
    let right = asked("consent_withdrawn", PASSWORD);
    for (phone, body, problem) in [
        (&lin, &right, "not_found"),
        (&lin, &asked("unlawful", "incorrect horse"), "not_found"),
        (
            &shen,
            &asked("unlawful", "incorrect horse"),
            "wrong_password",
        ),
        (&shen, &asked("term_ended", PASSWORD), "malformed_request"),
        (&shen, &json!({"reason": "unlawful"}), "malformed_request"),
    ] {
        let answer = ask_for_erasure(&server, phone, body);
        assert_eq!(answer.problem(), problem, "{body}");
    }
    assert!(
        files_hold(&company, CANARY.as_bytes()),
        "nothing was erased"
    );
    let answer = ask_for_erasure(&server, &shen, &right);
    assert_eq!(
        answer.json(),
        json!({"household": household(), "events": 1, "drafts": 1})
    );
    for canary in [CANARY, "业主无意见"] {
        assert!(!files_hold(&company, canary.as_bytes()), "{canary}");
    }
    // The log says whose order it was.
    let by = shen.session().person;
    let told = format!(
        "SELECT count(*) FROM part WHERE body LIKE '%consent_withdrawn%' AND body LIKE '%{by}%'"
    );
    assert_eq!(company.count(&told), 2);
    assert!(company.run(&["verify"]).ok().out.contains("sound"));
    let answer = ask_for_erasure(&server, &shen, &right);
    assert_eq!(answer.json()["events"], 0);
}
