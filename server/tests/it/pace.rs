//! How often somebody may ask, through the server: by address, by person, behind proxies. The
//! allowances themselves are the unit tests' of `doorstep_server::pace`.

use doorstep_server::pace::{Class, Who};

use crate::harness::Company;
use crate::phone::{PASSWORD, Phone};
use crate::server::{Inside, Server};

/// Whether a log-in said to come from there is let in to be looked at.
fn is_let_in(inside: &Inside, forwarded: &str) -> bool {
    let headers = [
        ("content-type", "application/json"),
        ("x-forwarded-for", forwarded),
    ];
    let answer = inside.send("POST", "/api/v1/login", &headers, Some(b"{}"));
    match answer.problem().as_str() {
        "too_many_requests" => false,
        "malformed_request" => true,
        other => panic!("{other}"),
    }
}

#[test]
fn an_address_waits_and_its_neighbour_does_not() {
    let company = Company::with_people();
    for (proxies, ours, neighbours) in [
        (1, "198.51.100.9, 192.0.2.1", "192.0.2.1, 192.0.2.2"),
        (
            2,
            "198.51.100.9, 192.0.2.1, 203.0.113.9",
            "192.0.2.2, 192.0.2.1",
        ),
    ] {
        let inside = Inside::behind(&company, proxies);
        assert!(is_let_in(&inside, ours));
        inside.use_up(Class::LogIn, Who::Address("192.0.2.1".parse().unwrap()));
        // What the asker wrote into the header stands left of what the proxies add.
        assert!(!is_let_in(&inside, ours), "{proxies}");
        assert!(is_let_in(&inside, neighbours), "{proxies}");
    }
}

#[test]
fn nobody_makes_up_addresses_where_there_is_no_proxy() {
    let company = Company::with_people();
    let server = Server::start(&company);
    let phone = Phone::new();
    let wrong = phone.login("lin", "incorrect horse");
    for n in 0..10 {
        let forwarded = format!("192.0.2.{n}");
        let headers = [("x-forwarded-for", forwarded.as_str())];
        let answer = server.post("/api/v1/login", &headers, &wrong);
        assert_eq!(answer.status, 401);
    }
    let right = phone.login("lin", PASSWORD);
    let headers = [("x-forwarded-for", "192.0.2.99")];
    let answer = server.post("/api/v1/login", &headers, &right);
    assert_eq!(answer.problem(), "too_many_attempts");
}

#[test]
fn a_person_waits_on_all_their_phones_and_others_do_not() {
    let company = Company::with_people();
    let server = Server::start(&company);
    let [lin, second] = ["lin", "lin"].map(|login| Phone::of(&server, login));
    let shen = Phone::of(&server, "shen");
    let inside = Inside::start(&company);
    inside.use_up(Class::Read, Who::Person(lin.session().person));
    let ask = |phone: &Phone| inside.send("GET", "/api/v1/session", &[phone.cookie()], None);
    assert_eq!(ask(&lin).problem(), "too_many_requests");
    assert_eq!(ask(&second).problem(), "too_many_requests");
    assert_eq!(ask(&shen).status, 200);
    // Sending goes on all the same: it has an allowance of its own.
    let sync = lin.sync(&lin.genesis(), &[]).to_string();
    let headers = [("content-type", "application/json"), lin.cookie()];
    let answer = inside.send("POST", "/api/v1/sync", &headers, Some(sync.as_bytes()));
    assert_eq!(answer.status, 200);
}
