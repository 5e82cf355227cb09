//! Where each site's log stands, as the office states it day by day: when it does, who is given
//! it, and that a log which was written anew or cut off does not lead there any more.

use doorstep_domain::policy::Role;
use doorstep_domain::time::UnixMs;
use doorstep_server::store::Database;
use doorstep_server::{clock, heads};
use serde_json::{Value, json};

use crate::harness::{Company, Run};
use crate::phone::Phone;
use crate::server::Server;

/// Noon of a day on the clocks of Shanghai.
fn noon(day: u32) -> UnixMs {
    let zone = clock::zone("Asia/Shanghai").unwrap();
    let time: doorstep_domain::time::SiteTime = format!("2027-03-{day:02}T12:00:00.000+08:00")
        .parse()
        .unwrap();
    assert!(clock::offset_fits(time, zone));
    time.unix_ms()
}

/// States what is due at `now`: the sites' codes with how many events their logs had.
fn state(company: &Company, now: UnixMs) -> Vec<(String, u64)> {
    let database = Database::open(&company.database(), clock::id_stamp()).unwrap();
    let stated = heads::state(&mut database.writer(), now).unwrap();
    let stated = stated.into_iter().map(|(code, it)| (code, it.head.seq));
    stated.collect()
}

/// A visit more in the site's log.
fn grow(server: &Server, lin: &Phone) {
    lin.push(server, &[lin.visit_as(lin.site(), Role::Supervisor)]);
}

fn stated(seq: u64) -> Vec<(String, u64)> {
    vec![("jinhaiwan".to_owned(), seq)]
}

#[test]
fn a_head_is_stated_once_a_day_of_its_site_and_only_when_the_log_has_grown() {
    let company = Company::with_people();
    let server = Server::start(&company);
    let lin = Phone::of(&server, "lin");
    assert_eq!(state(&company, noon(1)), [], "there is nothing to state");
    grow(&server, &lin);
    assert_eq!(state(&company, noon(1)), stated(1));
    grow(&server, &lin);
    assert_eq!(state(&company, noon(1)), [], "it was stated today");
    // Twelve hours later by the site's clocks, whatever the server's say.
    assert_eq!(state(&company, noon(1) + 12 * 3_600_000 - 1), []);
    assert_eq!(state(&company, noon(1) + 12 * 3_600_000), stated(2));
    assert_eq!(state(&company, noon(4)), [], "it was stated before");
    grow(&server, &lin);
    assert_eq!(state(&company, noon(9)), stated(3), "days were missed");
    company.run(&["verify"]).ok();
}

#[test]
fn the_command_states_what_is_due_and_shows_what_was_stated() {
    let company = Company::with_people();
    let server = Server::start(&company);
    grow(&server, &Phone::of(&server, "lin"));
    assert_eq!(
        company.run(&["heads", "--json"]).ok().json(),
        json!({"heads": []})
    );
    let first = company.run(&["heads", "--state"]).ok().out;
    assert!(first.starts_with("stated now: "), "{first}");
    let again = company.run(&["heads", "--state"]).ok().out;
    assert_eq!(again.lines().count(), 1, "{again}");
    // A line is what verify takes as a head kept elsewhere.
    let head = again.trim().split(' ').nth(1).unwrap();
    company.run(&["verify", "--head", head]).ok();
    let other = head.replace(":1:", ":2:");
    assert_eq!(company.run(&["verify", "--head", &other]).code, 1);
}

/// What a person is given.
fn given(server: &Server, phone: &Phone) -> Value {
    let answer = server.get("/api/v1/heads", &[phone.cookie()]);
    assert_eq!(answer.status, 200);
    answer.json()
}

#[test]
fn a_director_is_given_the_heads_of_their_own_sites() {
    let company = Company::with_people();
    company
        .run(&["site", "add", "--code", "elsewhere", "--name", "别处"])
        .ok();
    company.add_user("far", "supervisor@elsewhere");
    company.add_user("wu", "director");
    let server = Server::start(&company);
    grow(&server, &Phone::of(&server, "lin"));
    grow(&server, &Phone::of(&server, "far"));
    assert_eq!(state(&company, noon(1)).len(), 2);
    let sites = |login| {
        let given = given(&server, &Phone::of(&server, login));
        let statements = given["statements"].as_array().unwrap().clone();
        statements.len()
    };
    assert_eq!(
        [sites("shen"), sites("wu"), sites("lin"), sites("zhou")],
        [1, 2, 0, 0]
    );
}

/// A log with three visits; what its director was given after the second, in a file.
fn kept() -> (Company, String) {
    let company = Company::with_people();
    let server = Server::start(&company);
    let lin = Phone::of(&server, "lin");
    grow(&server, &lin);
    grow(&server, &lin);
    assert_eq!(state(&company, clock::now()), stated(2));
    let given = given(&server, &Phone::of(&server, "shen"));
    grow(&server, &lin);
    server.kill();
    let file = company.write("heads.json", given.to_string());
    (company, file.to_str().unwrap().to_owned())
}

#[track_caller]
fn finds(run: &Run, what: &str) {
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.out.contains(what), "{what}: {run:?}");
}

#[test]
fn a_log_that_was_cut_off_or_written_anew_does_not_lead_to_what_was_stated() {
    let (company, file) = kept();
    company.run(&["verify", "--heads", &file]).ok();
    let export = company.run(&["export", "--site", "jinhaiwan"]).ok().out;
    let export = company.write("a.jsonl", export);
    company
        .run(&["verify", export.to_str().unwrap(), "--heads", &file])
        .ok();
    let after = |statements: &str, arguments: &[&str]| {
        let copy = company.copy();
        copy.tamper(&format!("PRAGMA foreign_keys = OFF; {statements}"));
        copy.run(arguments)
    };
    // The organisation's log itself states where the site's log stood.
    let cut = "DELETE FROM event WHERE site = (SELECT id FROM site) AND seq >= 2;
               DELETE FROM part WHERE site = (SELECT id FROM site) AND seq >= 2;";
    finds(
        &after(cut, &["verify"]),
        "jinhaiwan: the log ends before event 2",
    );
    // Whoever cuts the statement off as well is found by what the director kept.
    let statement = "SELECT seq FROM event WHERE kind = 'heads.stated'";
    let own = "site NOT IN (SELECT id FROM site)";
    let both = format!(
        "{cut} DELETE FROM part WHERE {own} AND seq >= ({statement});
         DELETE FROM event WHERE {own} AND seq >= ({statement});
         DELETE FROM session; DELETE FROM device WHERE id NOT IN
             (SELECT device FROM session) AND enrolled_at > (SELECT max(received_at) FROM event
              WHERE {own});"
    );
    let run = after(&both, &["verify", "--heads", &file]);
    finds(&run, "jinhaiwan: the log ends before event 2");
    finds(&run, "organisation: the log ends before event");
}

#[test]
fn a_statement_that_the_office_did_not_sign_is_none() {
    let (company, file) = kept();
    let text = std::fs::read_to_string(&file).unwrap();
    let mut given: Value = serde_json::from_str(&text).unwrap();
    let envelope = given["statements"][0]["event"]["envelope"]
        .as_str()
        .unwrap();
    let mut changed: Value = serde_json::from_str(envelope).unwrap();
    changed["skew_ms"] = json!(7);
    given["statements"][0]["event"]["envelope"] = json!(changed.to_string());
    let forged = company.write("forged.json", given.to_string());
    let run = company.run(&["verify", "--heads", forged.to_str().unwrap()]);
    finds(&run, "was not signed by a key of this organisation");
    for broken in [
        text.replace(r#"\"seq\":2"#, r#"\"seq\":1"#),
        text.replace("doorstep-heads/1", "doorstep-heads/2"),
        text[..text.len() / 2].to_owned(),
    ] {
        let file = company.write("broken.json", &broken);
        let run = company.run(&["verify", "--heads", file.to_str().unwrap()]);
        assert_eq!(run.code, 1, "{run:?}");
        assert!(
            run.err.contains("is no file of the office's statements"),
            "{run:?}"
        );
    }
}
