//! Changing a password, and being given one to be used once.

use serde_json::{Value, json};

use crate::harness::Company;
use crate::phone::{PASSWORD, Phone};
use crate::server::{Answer, Server};

fn change(server: &Server, phone: &Phone, old: &str, new: &str) -> Answer {
    let body = json!({"old": old, "new": new});
    server.post("/api/v1/password", &[phone.cookie()], &body)
}

/// Logs in with another password than everybody's.
fn log_in(server: &Server, login: &str, password: &str) -> (Phone, Answer) {
    let mut phone = Phone::new();
    let answer = phone.log_in_with(server, login, password);
    (phone, answer)
}

#[test]
fn a_new_password_ends_the_other_log_ins_and_gives_this_one_a_new_cookie() {
    let company = Company::with_people();
    let server = Server::start(&company);
    let [mut lin, other] = ["lin", "lin"].map(|login| Phone::of(&server, login));
    let answer = change(&server, &lin, PASSWORD, "battery staple");
    assert_eq!(answer.status, 200);
    let before = lin.cookie().1.to_owned();
    lin.keep(&answer);
    assert_ne!(lin.cookie().1, before);
    let status = |cookie| server.get("/api/v1/session", &[cookie]).status;
    assert_eq!(status(lin.cookie()), 200);
    assert_eq!(status(other.cookie()), 401);
    assert_eq!(status(("cookie", &before)), 401);
    assert_eq!(log_in(&server, "lin", PASSWORD).1.problem(), "wrong_login");
    assert_eq!(log_in(&server, "lin", "battery staple").1.status, 200);
}

#[test]
fn the_old_password_is_asked_for_and_guessing_it_is_slowed_down() {
    let company = Company::with_people();
    let server = Server::start(&company);
    let lin = Phone::of(&server, "lin");
    for _ in 0..10 {
        let answer = change(&server, &lin, "incorrect horse", "battery staple");
        assert_eq!(
            (answer.status, answer.problem().as_str()),
            (403, "wrong_password")
        );
    }
    let answer = change(&server, &lin, PASSWORD, "battery staple");
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (429, "too_many_attempts")
    );
    assert!(!answer.header("retry-after").is_empty());
    assert_eq!(server.get("/api/v1/session", &[lin.cookie()]).status, 200);
}

#[test]
fn a_password_that_is_tried_first_is_not_taken() {
    let company = Company::with_people();
    let server = Server::start(&company);
    let lin = Phone::of(&server, "lin");
    let long = "x y".repeat(43);
    for (new, reason) in [
        ("short", "too_short"),
        (long.as_str(), "too_long"),
        ("woaini1314", "too_common"),
        ("88888888", "too_common"),
        ("lin-2026", "names_you"),
        (PASSWORD, "same"),
    ] {
        let answer = change(&server, &lin, PASSWORD, new);
        assert_eq!(
            (answer.status, answer.problem().as_str()),
            (400, "unfit_password")
        );
        assert_eq!(answer.json()["params"], json!({"reason": reason}));
    }
    let set = ["user", "password", "lin", "--password-stdin"];
    let run = company.run_with_input(&set, "woaini1314");
    assert_eq!(run.code, 1);
    assert!(run.err.contains("tried first"), "{run:?}");
}

#[test]
fn a_one_time_password_opens_nothing_but_the_way_to_another() {
    let company = Company::with_people();
    company.add_user("keeper", "admin");
    let server = Server::start(&company);
    let keeper = Phone::of(&server, "keeper");
    let lin = Phone::of(&server, "lin");
    let reset = format!("/api/v1/people/{}/reset-password", lin.session().person);
    let given = server.post(&reset, &[keeper.cookie()], &json!({}));
    assert_eq!(given.status, 200);
    let given = given.json();
    assert_eq!(given["login"], "lin");
    let once = given["password"].as_str().unwrap();
    // The old password and the old log-in are gone.
    assert_eq!(server.get("/api/v1/session", &[lin.cookie()]).status, 401);
    assert_eq!(log_in(&server, "lin", PASSWORD).1.problem(), "wrong_login");

    let (mut lin, answer) = log_in(&server, "lin", once);
    assert_eq!(answer.json()["password_due"], true);
    let visit = lin.visit();
    let push = lin.sync(&lin.genesis(), &[visit]);
    let answer = lin.post_sync(&server, &push);
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (403, "password_due")
    );
    assert_eq!(
        company.count("SELECT count(*) FROM event WHERE kind = 'visit.recorded'"),
        0
    );
    let session = server.get("/api/v1/session", &[lin.cookie()]).json();
    assert_eq!(session["password_due"], true);
    let answer = change(&server, &lin, once, once);
    assert_eq!(answer.json()["params"], json!({"reason": "same"}));

    let answer = change(&server, &lin, once, "battery staple");
    assert_eq!(answer.json()["password_due"], false);
    lin.keep(&answer);
    let reply = lin.post_sync(&server, &push).json();
    assert_eq!(reply["acks"].as_array().unwrap().len(), 1);
    company.run(&["verify"]).ok();
}

#[test]
fn an_account_may_begin_with_a_one_time_password() {
    let company = Company::with_people();
    let add = ["user", "add", "he", "--name", "何", "--one-time", "--json"];
    let added = company.run(&add).ok().json();
    let server = Server::start(&company);
    let (he, answer) = log_in(&server, "he", added["password"].as_str().unwrap());
    assert_eq!(answer.json()["person"], added["person"]);
    assert_eq!(answer.json()["password_due"], true);
    let listed = server.get("/api/v1/devices", &[he.cookie()]);
    assert_eq!(listed.problem(), "password_due");
    let both = company.run(&[
        "user",
        "add",
        "wu",
        "--name",
        "吴",
        "--one-time",
        "--password-stdin",
    ]);
    assert_eq!(both.code, 2);
    company.run(&["verify"]).ok();
}

#[test]
fn a_closed_account_is_out_at_once_and_holds_no_role_any_more() {
    let company = Company::with_people();
    let second = ["user", "grant", "lin", "--role", "operations"];
    company.run(&second).ok();
    let server = Server::start(&company);
    let [lin, shen] = ["lin", "shen"].map(|login| Phone::of(&server, login));
    let closed = company.run(&["user", "close", "lin", "--json"]).ok().json();
    assert_eq!(closed["ended"], 2);
    let status = |phone: &Phone| server.get("/api/v1/session", &[phone.cookie()]).status;
    assert_eq!((status(&lin), status(&shen)), (401, 200));
    assert_eq!(log_in(&server, "lin", PASSWORD).1.problem(), "wrong_login");
    let users = company.run(&["user", "list", "--json"]).ok().json();
    let users = users.as_array().unwrap();
    let lin = users.iter().find(|it| it["login"] == "lin").unwrap();
    assert_eq!(lin["roles"], json!([]));
    let again = company.run(&["user", "close", "lin", "--json"]).ok().json();
    assert_eq!(again["ended"], 0);
    company.run(&["verify"]).ok();
}

#[test]
fn a_one_time_password_runs_out() {
    let company = Company::with_people();
    let server = Server::start(&company);
    let given = company
        .run(&["user", "reset-password", "lin", "--json"])
        .ok()
        .json();
    let once = given["password"].as_str().unwrap();
    company.tamper("UPDATE person SET one_time_until = 1000 * unixepoch() WHERE login = 'lin'");
    let (_, answer) = log_in(&server, "lin", once);
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (403, "password_expired")
    );
    // Who does not know it learns nothing of that.
    assert_eq!(
        log_in(&server, "lin", "incorrect horse").1.problem(),
        "wrong_login"
    );
    let days: i64 = given["until"].as_i64().unwrap() / 86_400_000;
    assert_eq!(days - company.count("SELECT unixepoch() / 86400"), 3);
}

/// An admin of one site must not come by the password of somebody with more to say.
#[test]
fn an_admin_of_one_site_resets_no_password_of_somebody_elses() {
    let company = Company::with_people();
    let elsewhere = ["site", "add", "--code", "elsewhere", "--name", "别处"];
    company.run(&elsewhere).ok();
    company.add_user("keeper", "admin@jinhaiwan");
    company
        .run(&["user", "grant", "zhou", "--role", "steward@elsewhere"])
        .ok();
    company
        .run(&["user", "grant", "shen", "--role", "operations"])
        .ok();
    let server = Server::start(&company);
    let keeper = Phone::of(&server, "keeper");
    let users: Value = company.run(&["user", "list", "--json"]).ok().json();
    for (login, status) in [("lin", 200), ("zhou", 404), ("shen", 404), ("keeper", 404)] {
        let user = users
            .as_array()
            .unwrap()
            .iter()
            .find(|it| it["login"] == login);
        let person = user.unwrap()["person"].as_str().unwrap();
        let reset = format!("/api/v1/people/{person}/reset-password");
        let answer = server.post(&reset, &[keeper.cookie()], &json!({}));
        assert_eq!(answer.status, status, "{login}");
    }
}
