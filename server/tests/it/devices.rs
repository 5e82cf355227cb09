//! The list of devices and locking one out, from another device: what a lost phone calls for.

use serde_json::json;

use crate::harness::Company;
use crate::phone::Phone;
use crate::server::Server;

#[test]
fn a_stolen_cookie_is_worth_nothing_from_the_next_request_on() {
    let company = Company::with_people();
    let server = Server::start(&company);
    let mut lost = Phone::of(&server, "lin");
    let visit = lost.visit();
    let at_hand = Phone::of(&server, "lin");
    let revoke = format!("/api/v1/devices/{}/revoke", lost.device());
    let answer = server.post(&revoke, &[at_hand.cookie()], &json!({}));
    assert_eq!(answer.status, 204);
    for path in ["/api/v1/session", "/api/v1/devices"] {
        let answer = server.get(path, &[lost.cookie()]);
        assert_eq!(
            (answer.status, answer.problem().as_str()),
            (401, "not_logged_in")
        );
    }
    let push = lost.sync(&lost.genesis(), &[visit]);
    assert_eq!(lost.post_sync(&server, &push).problem(), "not_logged_in");
    let own = format!("/api/v1/devices/{}/revoke", at_hand.device());
    let answer = server.post(&own, &[lost.cookie()], &json!({}));
    assert_eq!(answer.problem(), "not_logged_in");
    // The other log-in goes on, and who locks out is told the same twice.
    assert_eq!(
        server.get("/api/v1/session", &[at_hand.cookie()]).status,
        200
    );
    assert_eq!(
        server.post(&revoke, &[at_hand.cookie()], &json!({})).status,
        204
    );
    let revoked = "SELECT count(*) FROM event WHERE kind = 'device.revoked'";
    assert_eq!(company.count(revoked), 1);
    company.run(&["verify"]).ok();
}

#[test]
fn the_list_tells_when_a_device_was_heard_of_and_what_waits_on_it() {
    let company = Company::with_people();
    let server = Server::start(&company);
    let mut lin = Phone::of(&server, "lin");
    let shen = Phone::of(&server, "shen");
    let listed = || {
        let answer = server.get("/api/v1/devices", &[shen.cookie()]).json();
        let devices = answer["devices"].as_array().unwrap().clone();
        let of_lin = devices.into_iter().find(|it| it["login"] == "lin");
        of_lin.unwrap()
    };
    let before = listed();
    assert_eq!(
        (&before["contact"], &before["this"]),
        (&json!(null), &json!(false))
    );
    assert_eq!(
        (&before["name"], &before["label"]),
        (&json!("林晓雯"), &json!("Test phone"))
    );
    let visit = lin.visit();
    let mut body = lin.sync(&lin.genesis(), &[visit]);
    body["unsent"] = json!(5);
    body["build"] = json!("2026.11");
    assert_eq!(lin.post_sync(&server, &body).status, 200);
    let contact = listed()["contact"].clone();
    // One of the five was received.
    assert_eq!(
        (&contact["unsent"], &contact["build"]),
        (&json!(4), &json!("2026.11"))
    );
    // Who only asks for news says how much waits, too.
    body["push"] = json!([]);
    assert_eq!(lin.post_sync(&server, &body).status, 200);
    assert_eq!(listed()["contact"]["unsent"], 5);
    assert!(listed()["session"]["expires_at"].is_i64());
    let answer = server.post("/api/v1/logout", &[lin.cookie()], &json!({}));
    assert_eq!(answer.status, 204);
    assert_eq!(listed()["session"], json!(null));
    let told = company.run(&["device", "list", "--json"]).ok().json();
    let of_lin = told
        .as_array()
        .unwrap()
        .iter()
        .find(|it| it["login"] == "lin");
    assert_eq!(of_lin.unwrap()["contact"]["unsent"], 5);
}

#[test]
fn a_contact_that_tells_nothing_new_is_not_written() {
    let company = Company::with_people();
    let server = Server::start(&company);
    let lin = Phone::of(&server, "lin");
    let body = lin.sync(&lin.genesis(), &[]);
    lin.post_sync(&server, &body);
    let before = company.dump();
    for _ in 0..3 {
        lin.post_sync(&server, &body);
    }
    company.unchanged_since(&before, "asking for news");
}

#[test]
fn a_build_of_any_length_is_not_kept() {
    let company = Company::with_people();
    let server = Server::start(&company);
    let lin = Phone::of(&server, "lin");
    let mut body = lin.sync(&lin.genesis(), &[]);
    body["build"] = json!("x".repeat(81));
    let answer = lin.post_sync(&server, &body);
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (400, "malformed_request")
    );
}

#[test]
fn a_log_in_ends_half_a_year_after_it_began_however_it_is_used() {
    let company = Company::with_people();
    let server = Server::start(&company);
    let phone = Phone::of(&server, "lin");
    let day = 24 * 3_600_000_i64;
    company.tamper(&format!(
        "UPDATE session SET opened_at = opened_at - 170 * {day}, extended_at = extended_at - 2 * {day}"
    ));
    assert_eq!(server.get("/api/v1/session", &[phone.cookie()]).status, 200);
    let left = company.count("SELECT expires_at - opened_at FROM session");
    assert_eq!(left, 180 * day);
}
