//! Handing in without a log-in: on the device's key alone, into the director's hands, and never
//! more often than is good.

use doorstep_domain::quarantine::{Quarantine, Verdict, Why};
use doorstep_server::clock;
use doorstep_server::pace::{Class, Who};
use serde_json::{Value, json};

use crate::harness::Company;
use crate::phone::Phone;
use crate::server::{Answer, Inside, Server};

fn hand_in(server: &Server, body: &Value) -> Answer {
    server.post("/api/v1/deposit", &[], body)
}

fn kept_aside(server: &Server, director: &Phone) -> Quarantine {
    let answer = server.get("/api/v1/quarantine", &[director.cookie()]);
    serde_json::from_value(answer.json()).unwrap()
}

#[test]
fn a_revoked_phone_hands_in_what_it_has_and_the_director_takes_it_in() {
    let company = Company::with_people();
    let server = Server::start(&company);
    let (mut lin, shen) = (Phone::of(&server, "lin"), Phone::of(&server, "shen"));
    let (sent, unsent) = (lin.visit(), lin.visit());
    lin.push(&server, std::slice::from_ref(&sent));
    let device = lin.device().to_string();
    company.run(&["device", "revoke", &device]).ok();
    let body = lin.deposit(clock::now(), &[sent, unsent.clone()]);
    let first = hand_in(&server, &body);
    assert_eq!(first.status, 200, "{}", first.json());
    let first = first.json();
    assert_eq!(first["refused"], json!([]), "{first}");
    let logged = |reply: &Value| {
        let kept = reply["kept"].as_array().unwrap().iter();
        kept.map(|it| it["logged"] == true).collect::<Vec<_>>()
    };
    assert_eq!(logged(&first), [true, false]);
    let hash = unsent.open().unwrap().envelope_hash;
    assert_eq!(first["kept"][1]["envelope_hash"], json!(hash));
    // The answer was lost: the same again, kept once.
    let again = hand_in(&server, &body).json();
    assert_eq!(again["kept"], first["kept"]);
    let list = kept_aside(&server, &shen);
    let [held] = list.held.as_slice() else {
        panic!("one is kept, not {:?}", list.held)
    };
    assert_eq!((&held.event, held.why), (&unsent, Why::DeviceRevoked));
    let adopt = shen.aside(&unsent, Verdict::Adopt);
    assert_eq!(shen.push(&server, &[adopt])["acks"][0]["seq"], 2);
    let visits = "SELECT count(*) FROM event WHERE kind = 'visit.recorded'";
    assert_eq!(company.count(visits), 2);
    let carried = "SELECT count(*) FROM event WHERE carrier_person IS NOT NULL";
    assert_eq!(company.count(carried), 0, "its author brought it");
    assert_eq!(logged(&hand_in(&server, &body).json()), [true, true]);
    company.run(&["verify"]).ok();
}

#[test]
fn whoever_lost_the_log_in_only_hands_in_as_well_and_nothing_is_logged_by_it() {
    let company = Company::with_people();
    let server = Server::start(&company);
    let (mut lin, shen) = (Phone::of(&server, "lin"), Phone::of(&server, "shen"));
    let visit = lin.visit();
    let before = company.count("SELECT count(*) FROM event");
    let body = lin.deposit(clock::now(), &[visit]);
    assert_eq!(hand_in(&server, &body).status, 200);
    assert_eq!(company.count("SELECT count(*) FROM event"), before);
    assert_eq!(kept_aside(&server, &shen).held[0].why, Why::Deposited);
}

#[test]
fn nobody_hands_in_for_a_device_whose_key_they_do_not_hold() {
    let company = Company::with_people();
    let server = Server::start(&company);
    let (mut lin, zhou) = (Phone::of(&server, "lin"), Phone::of(&server, "zhou"));
    let visit = lin.visit();
    let now = clock::now();
    let good = lin.deposit(now, std::slice::from_ref(&visit));
    let mut forged = zhou.deposit(now, std::slice::from_ref(&visit));
    forged["device"] = json!(lin.device());
    let mut moved = good.clone();
    moved["at"] = json!(now + 1);
    let mut more = good.clone();
    more["events"] = json!([visit, lin.visit()]);
    let unknown = Phone::new().deposit(now, &[]);
    for (what, body) in [
        ("another's key", forged),
        ("another time", moved),
        ("other events", more),
        ("a device that never was", unknown),
    ] {
        let answer = hand_in(&server, &body);
        assert_eq!(answer.problem(), "bad_device_proof", "{what}");
    }
    for off in [-601_000, 601_000] {
        let answer = hand_in(&server, &lin.deposit(now + off, &[]));
        assert_eq!(answer.problem(), "stale_proof");
        assert!(answer.json()["params"]["now"].as_i64().unwrap() >= now);
    }
    // One's own key proves one's own events only.
    let answer = hand_in(&server, &zhou.deposit(now, std::slice::from_ref(&visit)));
    assert_eq!(answer.json()["refused"][0]["code"], "other_device");
    let claimed = zhou.rewritten(&visit, |envelope| envelope.device = zhou.device());
    let answer = hand_in(&server, &zhou.deposit(now, &[claimed]));
    assert_eq!(answer.json()["refused"][0]["code"], "bad_signature");
    assert_eq!(company.count("SELECT count(*) FROM quarantine"), 0);
}

#[test]
fn a_device_hands_in_so_much_and_so_often_and_keeps_the_rest() {
    let company = Company::with_people();
    let server = Server::start(&company);
    let mut lin = Phone::of(&server, "lin");
    let visits: Vec<_> = (0..101).map(|_| lin.visit()).collect();
    let all = hand_in(&server, &lin.deposit(clock::now(), &visits));
    assert_eq!(all.problem(), "too_many");
    let full = hand_in(&server, &lin.deposit(clock::now(), &visits[..100]));
    assert_eq!(full.json()["kept"].as_array().unwrap().len(), 100);
    let last = hand_in(&server, &lin.deposit(clock::now(), &visits[100..])).json();
    assert_eq!(last["kept"], json!([]));
    assert_eq!(last["refused"][0]["code"], "quarantine_full");
    assert_eq!(last["refused"][0]["params"], json!({"limit": 100}));
    let inside = Inside::start(&company);
    inside.use_up(Class::Deposit, Who::Device(lin.device()));
    let body = lin.deposit(clock::now(), &[]).to_string();
    let json = [("content-type", "application/json")];
    let answer = inside.send("POST", "/api/v1/deposit", &json, Some(body.as_bytes()));
    assert_eq!(answer.problem(), "too_many_requests");
}
