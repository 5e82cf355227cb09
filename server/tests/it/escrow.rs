//! A data key that a phone sealed to the office comes back to its person, on that phone.

use serde_json::json;

use crate::harness::Company;
use crate::phone::{PASSWORD, Phone};
use crate::server::Server;

const KEY: [u8; 32] = [7; 32];

#[test]
fn a_data_key_comes_back_with_the_password_and_after_a_restart() {
    let company = Company::with_people();
    let server = Server::start(&company);
    let mut lin = Phone::of(&server, "lin");
    lin.learn_escrow_key(&server);
    let escrow = lin.sealed_data_key(&KEY);
    server.kill();
    let server = Server::start(&company);
    let ask = |phone: &Phone, password| {
        let body = json!({"password": password, "escrow": escrow});
        server.post("/api/v1/escrow", &[phone.cookie()], &body)
    };
    let released = ask(&lin, PASSWORD).json();
    assert_eq!(
        released,
        json!({"data_key": "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc"})
    );
    assert_eq!(ask(&lin, "incorrect horse").problem(), "wrong_password");
    // Not to another phone of hers, nor to another person.
    for login in ["lin", "shen"] {
        let other = Phone::of(&server, login);
        assert_eq!(ask(&other, PASSWORD).problem(), "not_the_escrow", "{login}");
    }
    let device = lin.device().to_string();
    company.run(&["device", "revoke", &device]).ok();
    assert_eq!(ask(&lin, PASSWORD).problem(), "not_logged_in");
}

#[test]
fn a_phone_without_a_log_in_hears_that_it_was_revoked_and_no_more() {
    let company = Company::with_people();
    let server = Server::start(&company);
    let device = Phone::of(&server, "lin").device().to_string();
    let standing = || {
        server
            .get(&format!("/api/v1/devices/{device}/standing"), &[])
            .json()
    };
    assert_eq!(standing(), json!({"revoked": false}));
    company.run(&["device", "revoke", &device]).ok();
    assert_eq!(standing(), json!({"revoked": true}));
    let unknown = Phone::new().device();
    for unknown in [unknown.to_string(), "nonsense".into()] {
        let answer = server.get(&format!("/api/v1/devices/{unknown}/standing"), &[]);
        assert_eq!(answer.problem(), "not_found", "{unknown}");
    }
}
