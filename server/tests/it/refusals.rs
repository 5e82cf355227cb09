//! The log of refusals: what was refused is found there with its code, and nothing personal.

use doorstep_server::pace::{Class, Who};
use serde_json::{Value, json};

use crate::harness::Company;
use crate::phone::{PASSWORD, Phone};
use crate::server::{Inside, Server};

fn rows(company: &Company) -> Vec<Value> {
    let told = company.run(&["refusals", "--json"]).ok().json();
    told.as_array().unwrap().clone()
}

#[test]
fn a_refused_item_and_a_refused_request_are_kept_with_their_codes() {
    let company = Company::with_people();
    let server = Server::start(&company);
    let mut lin = Phone::of(&server, "lin");
    let shen = Phone::of(&server, "shen");
    let visit = lin.visit();
    let forged = shen.rewritten(&visit, |_| ());
    let mut body = lin.sync(&lin.genesis(), &[forged, visit]);
    assert_eq!(
        lin.post_sync(&server, &body).json()["acks"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    body["push"] = json!(vec![17; 101]);
    assert_eq!(lin.post_sync(&server, &body).problem(), "too_many");
    let kept = rows(&company);
    let [request, item] = &kept[..] else {
        panic!("two rows: {kept:?}")
    };
    assert_eq!(
        (&request["code"], &request["params"]),
        (&json!("too_many"), &json!({"limit": 100}))
    );
    assert_eq!(
        (&item["code"], &item["address"]),
        (&json!("bad_signature"), &json!("POST /api/v1/sync item"))
    );
    for row in &kept {
        assert_eq!(row["person"], json!(lin.session().person));
        assert_eq!(row["device"], json!(lin.device()));
        assert_eq!(row["network"], "127.0.0.0/24");
    }
    let text = company.run(&["refusals", "--last", "1"]).ok().out;
    assert!(
        text.contains("\tlin\t") && text.contains("\ttoo_many\t"),
        "{text}"
    );
    assert_eq!(text.lines().count(), 1);
}

#[test]
fn failed_log_ins_are_kept_and_what_was_typed_is_not() {
    let company = Company::with_people();
    let server = Server::start(&company);
    let phone = Phone::new();
    for (login, password) in [("lin", "a secret typed"), ("a secret typed", PASSWORD)] {
        let answer = server.post("/api/v1/login", &[], &phone.login(login, password));
        assert_eq!(answer.status, 401);
    }
    let kept = rows(&company);
    assert_eq!(kept.len(), 2);
    assert!(kept.iter().all(|row| row["code"] == "wrong_login"));
    // Of a name that is nobody's not even the name is kept: it may be a password.
    assert_eq!(kept[0]["person"], json!(null));
    let lin = company.count(
        "SELECT count(*) FROM refusal JOIN person ON person.id = person WHERE login = 'lin'",
    );
    assert_eq!(lin, 1);
    assert!(!format!("{kept:?}").contains("secret"), "{kept:?}");
}

#[test]
fn what_was_done_with_a_password_is_told_without_it() {
    let company = Company::with_people();
    company.add_user("keeper", "admin");
    let server = Server::start_heard(&company);
    let keeper = Phone::of(&server, "keeper");
    let mut lin = Phone::of(&server, "lin");
    let body = json!({"old": PASSWORD, "new": "battery staple"});
    let changed = server.post("/api/v1/password", &[lin.cookie()], &body);
    lin.keep(&changed);
    let person = lin.session().person.to_string();
    let reset = format!("/api/v1/people/{person}/reset-password");
    let given = server.post(&reset, &[keeper.cookie()], &json!({})).json();
    let token = lin.cookie().1.split_once('=').unwrap().1.to_owned();
    let said = server.said();
    let about = |what: &str| {
        let mut lines = said.lines().filter(|line| line.contains(what));
        lines.any(|line| line.contains(&person))
    };
    assert!(about("logged in"), "{said}");
    assert!(about("changed the password"), "{said}");
    assert!(about("was given a one-time password"), "{said}");
    assert!(said.contains("127.0.0.0/24"), "{said}");
    let once = given["password"].as_str().unwrap();
    for secret in [PASSWORD, "battery staple", once, token.as_str()] {
        assert!(!said.contains(secret), "{said}");
    }
}

#[test]
fn what_strangers_are_refused_is_kept_and_of_what_they_sent_nothing() {
    let company = Company::with_people();
    let server = Server::start(&company);
    server.get("/api/v1/session", &[]);
    server.get("/api/v1/session", &[("cookie", "__Host-doorstep=AAAA")]);
    let json = ("content-type", "application/json");
    let secret = "{\"a secret typed";
    server.send("POST", "/api/v1/login", &[json], Some(secret.as_bytes()));
    let long = vec![b' '; 5 << 20];
    server.send("POST", "/api/v1/deposit", &[json], Some(&long));
    server.get("/r?code=0000-0000", &[]);
    // Where there is nothing anybody may have meant anything.
    server.get("/api/v1/a-secret-typed", &[]);
    let kept = rows(&company);
    let told: Vec<_> = kept
        .iter()
        .map(|row| {
            let field = |name: &str| row[name].as_str().unwrap().to_owned();
            [field("address"), field("code")].join(" ")
        })
        .collect();
    assert_eq!(
        told,
        [
            "GET /r not_found",
            "POST /api/v1/deposit too_large",
            "POST /api/v1/login malformed_request",
            "GET /api/v1/session not_logged_in",
            "GET /api/v1/session not_logged_in",
        ]
    );
    for row in &kept {
        assert_eq!(
            (&row["person"], &row["device"]),
            (&json!(null), &json!(null))
        );
        assert_eq!(row["network"], "127.0.0.0/24");
        assert!(!row.to_string().contains("secret"), "{row}");
    }
}

#[test]
fn many_strangers_together_fill_so_many_rows_and_push_out_nobody_known() {
    let company = Company::with_people();
    let server = Server::start(&company);
    let lin = Phone::of(&server, "lin");
    let inside = Inside::start(&company);
    let ask = |address: &str, cookie| {
        let from = [("x-forwarded-for", address), cookie];
        inside.send("GET", "/api/v1/quarantine?nonsense=1", &from, None)
    };
    let nobody = ("cookie", "none=1");
    assert_eq!(ask("192.0.2.1", nobody).status, 401);
    assert_eq!(rows(&company).len(), 1);
    inside.use_up(Class::Refusal, Who::Strangers);
    assert_eq!(ask("198.51.100.1", nobody).status, 401);
    assert_eq!(rows(&company).len(), 1);
    assert_eq!(ask("198.51.100.1", lin.cookie()).status, 400);
    assert_eq!(rows(&company)[0]["person"], json!(lin.session().person));
}

#[test]
fn the_log_of_refusals_is_bounded_by_count_and_age() {
    let company = Company::with_people();
    let server = Server::start(&company);
    let phone = Phone::new();
    let refuse = || server.post("/api/v1/login", &[], &phone.login("lin", "incorrect horse"));
    refuse();
    // Full of what was refused to somebody known, then to strangers.
    for (person, rows) in [("person", 20_000), ("NULL", 5_000)] {
        company.tamper(&format!(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows})
             INSERT INTO refusal (at, person, device, network, address, code, params)
             SELECT at, {person}, device, network, address, code, params
             FROM n, (SELECT * FROM refusal LIMIT 1)"
        ));
    }
    let of = |whom: &str| {
        company.count(&format!(
            "SELECT count(*) FROM refusal WHERE person IS {whom}"
        ))
    };
    refuse();
    assert_eq!((of("NOT NULL"), of("NULL")), (20_000, 5_000));
    // The oldest went.
    assert_eq!(company.count("SELECT min(number) FROM refusal"), 3);
    let stranger = Phone::new();
    server.post(
        "/api/v1/login",
        &[],
        &stranger.login("nobody", "incorrect horse"),
    );
    assert_eq!((of("NOT NULL"), of("NULL")), (20_000, 5_000));
    company.tamper("UPDATE refusal SET at = at - 91 * 86400000");
    refuse();
    assert_eq!(company.count("SELECT count(*) FROM refusal"), 1);
}

#[test]
fn what_another_page_tries_is_kept_without_whose_cookie_it_sends() {
    let company = Company::with_people();
    let server = Server::start(&company);
    let lin = Phone::of(&server, "lin");
    let body = lin.sync(&lin.genesis(), &[]).to_string();
    let foreign = [lin.cookie(), ("origin", "https://evil.example")];
    let json = ("content-type", "application/json");
    let form = [lin.cookie(), ("content-type", "text/plain")];
    for (path, headers, code) in [
        (
            "/api/v1/sync",
            &[&foreign[..], &[json]].concat()[..],
            "foreign_origin",
        ),
        ("/api/v1/sync", &form[..], "wrong_content_type"),
    ] {
        let answer = server.send("POST", path, headers, Some(body.as_bytes()));
        assert_eq!(answer.problem(), code);
    }
    let kept = rows(&company);
    let told: Vec<_> = kept
        .iter()
        .map(|row| {
            (
                row["code"].as_str().unwrap(),
                row["address"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("wrong_content_type", "POST /api/v1/sync"),
            ("foreign_origin", "POST /api/v1/sync"),
        ]
    );
    assert!(kept.iter().all(|row| row["person"].is_null()));
}
