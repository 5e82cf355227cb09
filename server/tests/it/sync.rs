//! `POST sync` through HTTP and SQLite: what is acknowledged stays, what is refused changes
//! nothing.

use doorstep_domain::event::{Event, PartName, PartState};
use doorstep_domain::id::SiteId;
use doorstep_domain::log::Head;
use doorstep_domain::policy::Role;
use serde_json::{Value, json};

use crate::harness::Company;
use crate::phone::Phone;
use crate::server::Server;

const EVENTS: &str = "SELECT count(*) FROM event WHERE kind = 'visit.recorded'";

#[test]
fn a_visit_is_acknowledged_survives_a_kill_and_reaches_the_director() {
    let company = Company::with_people();
    let server = Server::start(&company);
    let mut lin = Phone::of(&server, "lin");
    let visit = lin.visit();
    let reply = lin.push(&server, std::slice::from_ref(&visit));
    let id = visit.open().unwrap().envelope.id;
    assert_eq!(reply["refused"], json!([]));
    assert_eq!(
        (&reply["acks"][0]["id"], &reply["acks"][0]["seq"]),
        (&json!(id), &json!(1))
    );
    server.kill();

    let server = Server::start(&company);
    let shen = Phone::of(&server, "shen");
    let reply = shen.push(&server, &[]);
    let page = &reply["sites"][shen.site().to_string()]["page"];
    let row = &page["rows"][0]["event"];
    let received: Event = serde_json::from_value(row["event"].clone()).unwrap();
    assert_eq!(received, visit);
    let genesis = shen.genesis();
    let head = genesis.next(
        &visit.open().unwrap().envelope_hash,
        row["received_at"].as_i64().unwrap(),
    );
    assert_eq!(page["head"], json!(head));
    company.run(&["verify"]).ok();
}

#[test]
fn a_repeated_push_is_answered_as_the_first_even_fifty_at_once() {
    let company = Company::with_people();
    let server = Server::start(&company);
    let mut lin = Phone::of(&server, "lin");
    let visits = [lin.visit(), lin.visit()];
    let replies: Vec<Value> = std::thread::scope(|scope| {
        let pushes: Vec<_> = (0..50)
            .map(|_| scope.spawn(|| lin.push(&server, &visits)))
            .collect();
        pushes
            .into_iter()
            .map(|push| push.join().unwrap())
            .collect()
    });
    for reply in &replies {
        assert_eq!(reply["acks"], replies[0]["acks"]);
        assert_eq!(reply["acks"].as_array().unwrap().len(), 2);
    }
    assert_eq!(company.count(EVENTS), 2);
}

#[test]
fn a_stewards_page_leaves_out_what_is_not_theirs() {
    let company = Company::with_people();
    let server = Server::start(&company);
    let mut lin = Phone::of(&server, "lin");
    let visit = lin.visit();
    lin.push(&server, &[visit]);
    let zhou = Phone::of(&server, "zhou");
    let reply = zhou.push(&server, &[]);
    let row = &reply["sites"][zhou.site().to_string()]["page"]["rows"][0]["event"];
    let parts = &row["event"]["parts"];
    assert!(parts["fact"]["body"].is_string());
    for withheld in ["content", "signing", "ink", "private"] {
        assert_eq!(parts[withheld], json!({"absent": "withheld"}), "{withheld}");
    }
}

/// Pushes one event that must be refused with `code`, and nothing may change.
#[track_caller]
fn refused(company: &Company, server: &Server, phone: &Phone, event: &Value, code: &str) {
    let before = company.count("SELECT count(*) FROM event");
    let mut body = phone.sync(&phone.genesis(), &[]);
    body["push"] = json!([event]);
    let answer = phone.post_sync(server, &body);
    assert_eq!(answer.status, 200, "{}", answer.json());
    let reply = answer.json();
    assert_eq!(reply["acks"], json!([]), "{reply}");
    assert_eq!(reply["refused"][0]["code"], code, "{reply}");
    assert_eq!(company.count("SELECT count(*) FROM event"), before);
}

#[test]
fn forged_and_foreign_events_are_refused_and_change_nothing() {
    let company = Company::with_people();
    company
        .run(&["site", "add", "--code", "elsewhere", "--name", "别处"])
        .ok();
    let server = Server::start(&company);
    let mut lin = Phone::of(&server, "lin");
    let mut shen = Phone::of(&server, "shen");
    let visit = lin.visit();
    let check = |event: &Event, code| {
        refused(
            &company,
            &server,
            &lin,
            &serde_json::to_value(event).unwrap(),
            code,
        );
    };

    let mut changed = visit.clone();
    let part = changed.parts.get_mut(&PartName::Content).unwrap();
    let PartState::Present(part) = part else {
        panic!("the visit has a content")
    };
    part.body = part.body.replace("无意见", "很满意");
    check(&changed, "part_changed");

    let mut unsigned = visit.clone();
    unsigned.envelope = unsigned.envelope.replace(r#""kv":1"#, r#""kv":1 "#);
    check(&unsigned, "malformed");

    let other_key = Phone::new();
    let forged = other_key.rewritten(&visit, |_| ());
    check(&forged, "bad_signature");

    let elsewhere = SiteId::mint(9, &[9; 10]);
    check(
        &lin.rewritten(&visit, |envelope| envelope.site = elsewhere),
        "not_authorised",
    );
    let site = site_id(&company, "elsewhere");
    check(
        &lin.rewritten(&visit, |envelope| envelope.site = site),
        "not_authorised",
    );
    check(
        &lin.rewritten(&visit, |envelope| envelope.role = Role::Director),
        "not_authorised",
    );
    let shens = shen.session().person;
    check(
        &lin.rewritten(&visit, |envelope| envelope.actor = shens),
        "other_person",
    );
    check(&shen.visit(), "other_person");
    check(
        &lin.rewritten(&visit, |it| it.kind = "role.granted".into()),
        "not_for_push",
    );
    refused(
        &company,
        &server,
        &lin,
        &json!({"envelope": "{}", "parts": {}}),
        "malformed",
    );
    refused(&company, &server, &lin, &json!(17), "malformed");
    // Not one of them keeps the real one out.
    lin.push(&server, &[visit]);
    assert_eq!(company.count(EVENTS), 1);
}

fn site_id(company: &Company, code: &str) -> SiteId {
    let sites = company.run(&["site", "list", "--json"]).ok().json();
    let site = sites
        .as_array()
        .unwrap()
        .iter()
        .find(|site| site["code"] == code)
        .unwrap();
    site["id"].as_str().unwrap().parse().unwrap()
}

#[test]
fn another_event_under_a_known_id_is_kept_aside() {
    let company = Company::with_people();
    let server = Server::start(&company);
    let mut lin = Phone::of(&server, "lin");
    let visit = lin.visit();
    lin.push(&server, std::slice::from_ref(&visit));
    let twin = lin.rewritten(&visit, |envelope| envelope.skew_ms = Some(5));
    refused(
        &company,
        &server,
        &lin,
        &serde_json::to_value(&twin).unwrap(),
        "id_conflict",
    );
    assert_eq!(company.count("SELECT count(*) FROM quarantine"), 1);
}

#[test]
fn a_device_speaks_for_itself_only() {
    let company = Company::with_people();
    let server = Server::start(&company);
    let lin = Phone::of(&server, "lin");
    let mut body = lin.sync(&lin.genesis(), &[]);
    body["device"] = json!(Phone::new().device());
    let answer = lin.post_sync(&server, &body);
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (403, "wrong_device")
    );
}

#[test]
fn a_role_that_ended_ends_the_copy_and_refuses_the_visit() {
    let company = Company::with_people();
    let server = Server::start(&company);
    let mut lin = Phone::of(&server, "lin");
    let visit = lin.visit();
    company
        .run(&["user", "revoke", "lin", "--role", "supervisor@jinhaiwan"])
        .ok();
    let reply = lin.push(&server, &[visit]);
    assert_eq!(reply["refused"][0]["code"], "not_authorised");
    assert_eq!(reply["refused"][0]["params"]["kept"], true);
    assert_eq!(reply["sites"][lin.site().to_string()]["reset"], "no_access");
    assert_eq!(company.count(EVENTS), 0);
    assert_eq!(company.count("SELECT count(*) FROM quarantine"), 1);
}

#[test]
fn a_role_holds_from_its_first_day_to_its_last() {
    let company = Company::with_people();
    let term = |days: [i32; 2]| {
        let day = |offset: i32| {
            let query = format!(
                "SELECT CAST(strftime('%Y%m%d', 'now', '+8 hours', '{offset} days') AS INTEGER)"
            );
            let text = company.count(&query).to_string();
            format!("{}-{}-{}", &text[..4], &text[4..6], &text[6..])
        };
        format!("director@jinhaiwan:{}..{}", day(days[0]), day(days[1]))
    };
    let server = Server::start(&company);
    for (days, outcome) in [
        ([-3, -1], Err("not_authorised")),
        ([1, 3], Err("not_authorised")),
        ([-3, 0], Ok(1)),
        ([0, 3], Ok(2)),
    ] {
        company
            .run(&["user", "grant", "lin", "--role", &term(days)])
            .ok();
        let mut lin = Phone::of(&server, "lin");
        let visit = lin.visit();
        let acting = lin.rewritten(&visit, |envelope| envelope.role = Role::Director);
        let reply = lin.push(&server, &[acting]);
        match outcome {
            Ok(seq) => assert_eq!(reply["acks"][0]["seq"], seq, "{days:?} {reply}"),
            Err(code) => assert_eq!(reply["refused"][0]["code"], code, "{days:?} {reply}"),
        }
        // Whatever was granted, ending it ends it now.
        let end = ["user", "revoke", "lin", "--role", "director@jinhaiwan"];
        assert_eq!(company.run(&end).code, if days[1] < 0 { 2 } else { 0 });
    }
}

#[test]
fn nothing_is_acknowledged_that_is_not_committed() {
    let company = Company::with_people();
    let server = Server::start(&company);
    let mut lin = Phone::of(&server, "lin");
    let visit = lin.visit();
    // Appending succeeds, committing does not: the constraint is looked at then.
    company.tamper(
        "CREATE TABLE nowhere (site TEXT REFERENCES site (id) DEFERRABLE INITIALLY DEFERRED);
         CREATE TRIGGER stumble AFTER INSERT ON event BEGIN
             INSERT INTO nowhere VALUES ('nowhere');
         END",
    );
    let body = lin.sync(&lin.genesis(), std::slice::from_ref(&visit));
    let answer = lin.post_sync(&server, &body);
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (500, "internal")
    );
    assert_eq!(company.count(EVENTS), 0);
    company.tamper("DROP TRIGGER stumble");
    let reply = lin.push(&server, &[visit]);
    assert_eq!(reply["acks"][0]["seq"], 1);
    assert_eq!(company.count(EVENTS), 1);
}

#[test]
fn a_database_that_another_program_holds_is_a_reason_to_try_again() {
    let company = Company::with_people();
    let server = Server::start(&company);
    let mut lin = Phone::of(&server, "lin");
    let visit = lin.visit();
    let holder = rusqlite::Connection::open(company.database()).unwrap();
    holder.execute_batch("BEGIN IMMEDIATE").unwrap();
    let body = lin.sync(&lin.genesis(), std::slice::from_ref(&visit));
    let answer = lin.post_sync(&server, &body);
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (503, "unavailable")
    );
    holder.execute_batch("ROLLBACK").unwrap();
    assert_eq!(lin.push(&server, &[visit])["acks"][0]["seq"], 1);
}

#[test]
fn a_cursor_the_server_never_gave_has_diverged() {
    let company = Company::with_people();
    let server = Server::start(&company);
    let mut lin = Phone::of(&server, "lin");
    let visit = lin.visit();
    lin.push(&server, &[visit]);
    let made_up = Head {
        seq: 1,
        hash: lin.device(),
    };
    let reply = lin.post_sync(&server, &lin.sync(&made_up, &[])).json();
    assert_eq!(reply["sites"][lin.site().to_string()]["reset"], "diverged");
    // A place beyond any there can be is no error either.
    let beyond = Head {
        seq: u64::MAX,
        hash: lin.device(),
    };
    let reply = lin.post_sync(&server, &lin.sync(&beyond, &[])).json();
    assert_eq!(reply["sites"][lin.site().to_string()]["reset"], "diverged");
}
