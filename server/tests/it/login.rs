//! `POST login`, `POST logout`, `GET session`: who gets in, on what, for how long.

use serde_json::json;

use crate::harness::Company;
use crate::phone::{PASSWORD, Phone};
use crate::server::Server;

#[test]
fn a_log_in_opens_a_session_that_outlives_the_server() {
    let company = Company::with_people();
    let server = Server::start(&company);
    let mut phone = Phone::new();
    let answer = phone.log_in(&server, "lin");
    let cookie = answer.header("set-cookie").to_owned();
    for part in [
        "__Host-doorstep=",
        "Secure",
        "HttpOnly",
        "SameSite=Strict",
        "Max-Age=2592000",
    ] {
        assert!(cookie.contains(part), "{cookie}");
    }
    // Nowhere but there.
    let token = phone.cookie().1.split_once('=').unwrap().1;
    assert!(token.len() >= 43 && cookie.contains(token), "{cookie}");
    assert!(!answer.text().contains(token));
    let session = answer.json();
    assert_eq!(
        (&session["login"], &session["name"]),
        (&json!("lin"), &json!("林晓雯"))
    );
    assert_eq!(session["sites"][0]["code"], "jinhaiwan");
    assert_eq!(session["grants"][0]["role"], "supervisor");
    assert_eq!(session["device"], phone.device().to_string());

    server.kill();
    let server = Server::start(&company);
    let shown = server.get("/api/v1/session", &[phone.cookie()]);
    assert_eq!(shown.status, 200);
    assert_eq!(shown.json()["person"], session["person"]);
    assert!(!shown.text().contains(token));
    assert_eq!(shown.header("cache-control"), "no-store");
}

#[test]
fn logging_in_again_enrols_the_device_once() {
    let company = Company::with_people();
    let server = Server::start(&company);
    let mut phone = Phone::of(&server, "lin");
    let old = phone.cookie().1.to_owned();
    phone.log_in(&server, "lin");
    let enrolled = "SELECT count(*) FROM event WHERE kind = 'device.enrolled'";
    // The office's own key, and this one.
    assert_eq!(company.count(enrolled), 2);
    assert_eq!(company.count("SELECT count(*) FROM session"), 1);
    assert_eq!(
        server.get("/api/v1/session", &[("cookie", &old)]).problem(),
        "not_logged_in"
    );
    company.run(&["verify"]).ok();
}

#[test]
fn logging_out_ends_the_session() {
    let company = Company::with_people();
    let server = Server::start(&company);
    let phone = Phone::of(&server, "lin");
    let answer = server.post("/api/v1/logout", &[phone.cookie()], &json!({}));
    assert_eq!(answer.status, 204);
    assert!(answer.header("set-cookie").contains("Max-Age=0"));
    let answer = server.get("/api/v1/session", &[phone.cookie()]);
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (401, "not_logged_in")
    );
    assert_eq!(server.post("/api/v1/logout", &[], &json!({})).status, 204);
}

#[test]
fn a_wrong_password_and_an_unknown_name_are_answered_alike_and_slowed_down() {
    let company = Company::with_people();
    let server = Server::start(&company);
    let phone = Phone::new();
    let attempt = |login: &str, password: &str| {
        server.post("/api/v1/login", &[], &phone.login(login, password))
    };
    let wrong = attempt("lin", "incorrect horse");
    let unknown = attempt("nobody", PASSWORD);
    assert_eq!(
        (wrong.status, wrong.problem().as_str()),
        (401, "wrong_login")
    );
    assert_eq!(wrong.json(), unknown.json());
    for _ in 0..9 {
        assert_eq!(attempt("lin", "incorrect horse").status, 401);
    }
    let slowed = attempt("lin", PASSWORD);
    assert_eq!(
        (slowed.status, slowed.problem().as_str()),
        (429, "too_many_attempts")
    );
    let wait: u64 = slowed.header("retry-after").parse().unwrap();
    assert!((1..=900).contains(&wait), "{wait}");
    assert_eq!(slowed.json()["params"]["retry_after_s"], wait);
    assert_eq!(attempt("shen", PASSWORD).status, 200);
    assert_eq!(company.count("SELECT count(*) FROM device"), 1);
}

#[test]
fn a_device_must_prove_its_key_and_stays_its_persons() {
    let company = Company::with_people();
    let server = Server::start(&company);
    let phone = Phone::of(&server, "lin");
    let other = Phone::new();

    let mut forged = other.login("lin", PASSWORD);
    forged["device"]["key"] = phone.login("lin", PASSWORD)["device"]["key"].clone();
    let answer = server.post("/api/v1/login", &[], &forged);
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (400, "bad_device_proof")
    );

    // A proof for one name is none for another.
    let mut borrowed = other.login("lin", PASSWORD);
    borrowed["login"] = json!("shen");
    assert_eq!(
        server.post("/api/v1/login", &[], &borrowed).problem(),
        "bad_device_proof"
    );
    for key in ["", "AAAA", "not base64url!"] {
        let mut broken = other.login("lin", PASSWORD);
        broken["device"]["key"] = json!(key);
        assert_eq!(
            server.post("/api/v1/login", &[], &broken).problem(),
            "bad_device_proof"
        );
    }

    let answer = server.post("/api/v1/login", &[], &phone.login("shen", PASSWORD));
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (409, "device_of_another")
    );
    assert_eq!(company.count("SELECT count(*) FROM session"), 1);
}

#[test]
fn a_session_that_has_run_out_is_none() {
    let company = Company::with_people();
    let server = Server::start(&company);
    let mut phone = Phone::of(&server, "lin");
    let visit = phone.visit();
    company.tamper("UPDATE session SET expires_at = 1000 * unixepoch()");
    let answer = server.get("/api/v1/session", &[phone.cookie()]);
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (401, "not_logged_in")
    );
    let body = phone.sync(&phone.genesis(), &[visit]);
    assert_eq!(phone.post_sync(&server, &body).problem(), "not_logged_in");
    assert_eq!(
        company.count("SELECT count(*) FROM event WHERE kind = 'visit.recorded'"),
        0
    );
    // Whoever logs in clears it away.
    Phone::of(&server, "shen");
    assert_eq!(company.count("SELECT count(*) FROM session"), 1);
}

#[test]
fn a_session_lives_on_while_it_is_used_and_writes_once_a_day() {
    let company = Company::with_people();
    let server = Server::start(&company);
    let phone = Phone::of(&server, "lin");
    let body = phone.sync(&phone.genesis(), &[]);
    let used = || {
        [
            server.get("/api/v1/session", &[phone.cookie()]),
            phone.post_sync(&server, &body),
        ]
    };
    for answer in used() {
        assert_eq!((answer.status, answer.header("set-cookie")), (200, ""));
    }
    for by in ["session", "sync"] {
        company.tamper(
            "UPDATE session SET extended_at = extended_at - 25 * 3600000,
                                expires_at = expires_at - 25 * 3600000",
        );
        let before = company.count("SELECT expires_at FROM session");
        let answer = match by {
            "session" => server.get("/api/v1/session", &[phone.cookie()]),
            _ => phone.post_sync(&server, &body),
        };
        assert!(answer.header("set-cookie").starts_with(phone.cookie().1));
        assert!(answer.header("set-cookie").contains("Max-Age=2592000"));
        let after = company.count("SELECT expires_at FROM session");
        assert!(after - before >= 25 * 3_600_000, "{by}");
    }
}

#[test]
fn a_revoked_device_is_out_at_once_and_for_good() {
    let company = Company::with_people();
    let server = Server::start(&company);
    let mut phone = Phone::of(&server, "lin");
    let id = phone.device().to_string();
    let visit = phone.visit();
    let body = phone.sync(&phone.genesis(), &[visit]);
    company.run(&["device", "revoke", &id[..8]]).ok();
    assert_eq!(server.get("/api/v1/session", &[phone.cookie()]).status, 401);
    assert_eq!(phone.post_sync(&server, &body).problem(), "not_logged_in");
    let answer = phone.log_in(&server, "lin");
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (403, "device_revoked")
    );
    assert_eq!(Phone::new().log_in(&server, "lin").status, 200);
    assert_eq!(company.run(&["device", "revoke", &id]).code, 1);
}

#[test]
fn a_new_password_ends_every_session_of_the_account() {
    let company = Company::with_people();
    let server = Server::start(&company);
    let [lin, shen] = ["lin", "shen"].map(|login| Phone::of(&server, login));
    let set = ["user", "password", "lin", "--password-stdin"];
    company.run_with_input(&set, "another horse\n").ok();
    assert_eq!(server.get("/api/v1/session", &[lin.cookie()]).status, 401);
    assert_eq!(server.get("/api/v1/session", &[shen.cookie()]).status, 200);
    assert_eq!(Phone::new().log_in(&server, "lin").problem(), "wrong_login");
}

#[test]
fn an_account_without_a_role_logs_in_and_sees_no_site() {
    let company = Company::with_people();
    company
        .run(&["user", "revoke", "lin", "--role", "supervisor@jinhaiwan"])
        .ok();
    let server = Server::start(&company);
    let mut phone = Phone::new();
    let session = phone.log_in(&server, "lin").json();
    assert_eq!(
        (&session["sites"], &session["grants"]),
        (&json!([]), &json!([]))
    );
}
