//! Photos: sent in pieces from wherever they were cut off, shown to whoever may read the record,
//! gone with it.

use doorstep_domain::event::{Event, PartName, canonical};
use doorstep_domain::hash::{Hash, sha256, to_base64url};
use doorstep_domain::id::HouseholdId;
use doorstep_domain::photo::{PHOTO_BYTES, PIECE_BYTES, Photo};
use doorstep_domain::topic::Topic;
use doorstep_domain::visit::{Opinion, VisitContent};
use serde_json::json;

use crate::harness::Company;
use crate::phone::Phone;
use crate::server::{Answer, Server};

/// A photo of so many bytes.
fn photo(bytes: usize) -> Vec<u8> {
    let mut photo = vec![0xff, 0xd8, 0xff, 0xe0];
    photo.extend((4..bytes).map(|n| u8::try_from(n % 251).unwrap()));
    photo
}

fn held(answer: &Answer) -> u64 {
    assert_eq!(answer.status, 200, "{}", answer.json());
    answer.json()["held"].as_u64().unwrap()
}

fn show(server: &Server, phone: &Phone, photo: &Hash) -> Answer {
    server.get(&format!("/api/v1/photos/{photo}"), &[phone.cookie()])
}

/// Lin's visit that names these photos under "repair".
pub(crate) fn visit_with(lin: &mut Phone, photos: &[&[u8]]) -> Event {
    let visit = lin.visit();
    let opened = visit.open().unwrap();
    let mut content: VisitContent = opened.body(PartName::Content).unwrap().unwrap();
    let photos = photos.iter().map(|bytes| Photo::of(bytes, 4, 3).unwrap());
    content.opinions = vec![Opinion {
        topic: Topic::Repair,
        satisfaction: None,
        text: String::new(),
        wants_answer: false,
        photos: photos.collect(),
    }];
    lin.with_part(&visit, PartName::Content, &canonical(&content))
}

/// A photo that a visit of theirs names, both at the office.
fn recorded(server: &Server, phone: &mut Phone) -> Vec<u8> {
    let bytes = photo(1_000);
    phone.send_photo(server, &bytes);
    let visit = visit_with(phone, &[&bytes]);
    phone.push(server, &[visit]);
    bytes
}

#[test]
fn a_photo_arrives_in_pieces_and_goes_on_where_it_was_cut_off() {
    let company = Company::with_people();
    let server = Server::start(&company);
    let lin = Phone::of(&server, "lin");
    let bytes = photo(PIECE_BYTES * 2 + 10);
    let (name, size) = (sha256(&bytes), bytes.len());
    let piece = |from: usize, to: usize| {
        let range = format!("bytes {from}-{}/{size}", to - 1);
        lin.send_piece(&server, &name, &range, &bytes[from..to])
    };
    let ask = || held(&lin.send_piece(&server, &name, &format!("bytes */{size}"), &[]));
    assert_eq!(ask(), 0);
    // One that does not begin where the office stands changes nothing and is told where that is.
    assert_eq!(held(&piece(PIECE_BYTES, PIECE_BYTES * 2)), 0);
    assert_eq!(held(&piece(0, PIECE_BYTES)), PIECE_BYTES as u64);
    assert_eq!(held(&piece(0, PIECE_BYTES)), PIECE_BYTES as u64);
    assert_eq!(show(&server, &lin, &name).problem(), "not_found");
    // The office was killed; what it said it holds it holds.
    server.kill();
    let server = Server::start(&company);
    let piece = |from: usize, to: usize| {
        let range = format!("bytes {from}-{}/{size}", to - 1);
        lin.send_piece(&server, &name, &range, &bytes[from..to])
    };
    assert_eq!(
        held(&piece(PIECE_BYTES, PIECE_BYTES * 2)),
        2 * PIECE_BYTES as u64
    );
    assert_eq!(held(&piece(2 * PIECE_BYTES, size)), size as u64);
    // Sent again, it is there once.
    assert_eq!(held(&piece(0, PIECE_BYTES)), size as u64);
    let shown = show(&server, &lin, &name);
    assert_eq!(shown.header("content-type"), "image/jpeg");
    assert_eq!(shown.header("content-disposition"), "attachment");
    assert!(shown.body == bytes);
    assert_eq!(company.count("SELECT count(*) FROM photo"), 1);
    company.run(&["verify"]).ok();
}

#[test]
fn what_is_not_the_photo_named_is_not_kept() {
    let company = Company::with_people();
    let server = Server::start(&company);
    let lin = Phone::of(&server, "lin");
    let bytes = photo(PIECE_BYTES + 10);
    let (name, size) = (sha256(&bytes), bytes.len());
    let first = format!("bytes 0-{}/{size}", PIECE_BYTES - 1);
    let last = format!("bytes {PIECE_BYTES}-{}/{size}", size - 1);
    lin.send_piece(&server, &name, &first, &bytes[..PIECE_BYTES]);
    let mut other = bytes[PIECE_BYTES..].to_vec();
    other[3] ^= 1;
    let refused = lin.send_piece(&server, &name, &last, &other);
    assert_eq!(refused.problem(), "not_the_photo");
    assert_eq!(company.count("SELECT count(*) FROM photo"), 0);
    // A picture of another sort, named rightly.
    let png = b"\x89PNG\r\n\x1a\n";
    let range = format!("bytes 0-{}/{}", png.len() - 1, png.len());
    let refused = lin.send_piece(&server, &sha256(png), &range, png);
    assert_eq!(refused.problem(), "not_the_photo");

    let size = PHOTO_BYTES + 1;
    let refused = lin.send_piece(&server, &name, &format!("bytes 0-1/{size}"), &bytes[..2]);
    assert_eq!(refused.problem(), "too_large");
    let most = format!("bytes 0-{PIECE_BYTES}/{PHOTO_BYTES}");
    let refused = lin.send_piece(&server, &name, &most, &bytes[..=PIECE_BYTES]);
    assert_eq!(refused.problem(), "too_large");
    for range in [
        "",
        "bytes",
        "bytes 0-1/*",
        "bytes 1-0/5",
        "bytes 0-0/5",
        "bytes 0-2/5",
        "bytes 4-5/5",
        "bytes */5",
        "bytes 0-1/0",
        "pages 0-1/5",
        "bytes 0-18446744073709551615/5",
    ] {
        let refused = lin.send_piece(&server, &name, range, &bytes[..2]);
        assert_eq!(refused.problem(), "malformed_request", "{range}");
    }
    assert_eq!(company.count("SELECT count(*) FROM photo"), 0);
}

#[test]
fn another_person_begins_a_photo_anew_and_neither_is_led_astray() {
    let company = Company::with_people();
    let server = Server::start(&company);
    let [lin, shen] = ["lin", "shen"].map(|login| Phone::of(&server, login));
    let bytes = photo(PIECE_BYTES + 10);
    let (name, size) = (sha256(&bytes), bytes.len());
    let first = format!("bytes 0-{}/{size}", PIECE_BYTES - 1);
    lin.send_piece(&server, &name, &first, &vec![7; PIECE_BYTES]);
    let begun = shen.send_piece(&server, &name, &first, &bytes[..PIECE_BYTES]);
    assert_eq!(held(&begun), PIECE_BYTES as u64);
    assert_eq!(
        held(&lin.send_piece(&server, &name, &format!("bytes */{size}"), &[])),
        0
    );
    let last = format!("bytes {PIECE_BYTES}-{}/{size}", size - 1);
    let ended = shen.send_piece(&server, &name, &last, &bytes[PIECE_BYTES..]);
    assert_eq!(held(&ended), size as u64);
}

#[test]
fn a_photo_is_shown_to_whoever_may_read_a_record_that_names_it() {
    let company = Company::with_people();
    for role in ["operations", "quality", "admin", "steward@jinhaiwan"] {
        company.add_user(role.split('@').next().unwrap(), role);
    }
    let server = Server::start(&company);
    let mut lin = Phone::of(&server, "lin");
    let bytes = photo(1_000);
    let name = sha256(&bytes);
    lin.send_photo(&server, &bytes);
    let shen = Phone::of(&server, "shen");
    assert_eq!(show(&server, &shen, &name).problem(), "not_found");
    let visit = visit_with(&mut lin, &[&bytes]);
    lin.push(&server, std::slice::from_ref(&visit));
    for (login, sees) in [
        ("lin", true),
        ("shen", true),
        ("operations", true),
        ("quality", false),
        ("admin", false),
        ("steward", false),
    ] {
        let answer = show(&server, &Phone::of(&server, login), &name);
        if sees {
            assert!(answer.body == bytes, "{login}");
        } else {
            assert_eq!(answer.problem(), "not_found", "{login}");
        }
    }
    // Kept aside, it is for whoever decides on it.
    let aside = photo(2_000);
    lin.send_photo(&server, &aside);
    let other = visit_with(&mut lin, &[&aside]);
    let id = visit.open().unwrap().envelope.id;
    let twin = lin.rewritten(&other, |envelope| envelope.id = id);
    let reply = lin.push(&server, &[twin]);
    assert_eq!(reply["refused"][0]["params"]["kept"], true, "{reply}");
    let name = sha256(&aside);
    assert!(show(&server, &shen, &name).body == aside);
    // The log has a record under the same id, which names another.
    let operations = Phone::of(&server, "operations");
    assert_eq!(show(&server, &operations, &name).problem(), "not_found");
    company.run(&["verify"]).ok();
}

#[test]
fn whoever_sent_a_photo_sees_it_no_longer_than_the_record() {
    let company = Company::with_people();
    let server = Server::start(&company);
    let mut zhou = Phone::of(&server, "zhou");
    let unnamed = photo(2_000);
    zhou.send_photo(&server, &unnamed);
    let name = sha256(&recorded(&server, &mut zhou));
    assert_eq!(show(&server, &zhou, &name).status, 200);
    let role = ["user", "revoke", "zhou", "--role", "steward@jinhaiwan"];
    company.run(&role).ok();
    assert_eq!(show(&server, &zhou, &name).problem(), "not_found");
    assert_eq!(
        show(&server, &zhou, &sha256(&unnamed)).status,
        200,
        "it is nobody's"
    );
}

#[test]
fn what_no_record_names_is_dropped_after_a_while_and_what_one_names_stays() {
    let company = Company::with_people();
    let server = Server::start(&company);
    let mut lin = Phone::of(&server, "lin");
    let [named, forgotten, new] = [100, 200, 300].map(photo);
    lin.send_photo(&server, &named);
    lin.send_photo(&server, &forgotten);
    let visit = visit_with(&mut lin, &[&named]);
    lin.push(&server, &[visit]);
    company.tamper("UPDATE photo SET begun_at = begun_at - 31 * 86400000");
    lin.send_photo(&server, &new);
    let sizes = "SELECT sum(size) FROM photo";
    assert_eq!(company.count(sizes), 400);
    assert_eq!(company.count("SELECT sum(named) FROM photo"), 1);
}

#[test]
fn photos_go_with_the_last_content_that_names_them() {
    let company = Company::with_people();
    let server = Server::start(&company);
    let mut lin = Phone::of(&server, "lin");
    let [shared, own, late] = [1_000, 2_000, 3_000].map(photo);
    for bytes in [&shared, &own, &late] {
        lin.send_photo(&server, bytes);
    }
    let one = visit_with(&mut lin, &[&shared, &own]);
    let other = visit_with(&mut lin, &[&shared]);
    lin.push(&server, &[one.clone(), other]);
    let id = one.open().unwrap().envelope.id.to_string();
    let erase = ["erase", &id, "--site", "jinhaiwan", "--part", "content"];
    let order = ["--reason", "unlawful", "--ordered-by", "shen"];
    company.run(&[&erase[..], &order].concat()).ok();
    assert_eq!(show(&server, &lin, &sha256(&own)).problem(), "not_found");
    assert!(show(&server, &lin, &sha256(&shared)).body == shared);
    company.run(&["verify"]).ok();

    // All of the household's, and what comes later of the same.
    let household = HouseholdId::mint(1, &[1; 10]).to_string();
    let erase = ["household", "erase", "--site", "jinhaiwan", &household];
    let order = ["--reason", "consent_withdrawn", "--ordered-by", "shen"];
    company.run(&[&erase[..], &order].concat()).ok();
    let visit = visit_with(&mut lin, &[&late]);
    lin.push(&server, &[visit]);
    assert_eq!(company.count("SELECT count(*) FROM photo"), 0);
    assert_eq!(company.count("SELECT count(*) FROM photo_name"), 0);
    company.run(&["verify"]).ok();
}

#[test]
fn a_household_is_given_the_photos_too() {
    let company = Company::with_people();
    let server = Server::start(&company);
    let mut lin = Phone::of(&server, "lin");
    let bytes = recorded(&server, &mut lin);
    let household = HouseholdId::mint(1, &[1; 10]);
    let shen = Phone::of(&server, "shen");
    let path = format!("/api/v1/households/{household}/export");
    let export = server.get(&path, &[shen.cookie()]).json();
    let photo = &export["photos"][sha256(&bytes).to_string()];
    assert_eq!(*photo, json!(to_base64url(&bytes)));
}

#[test]
fn photos_come_back_with_a_backup() {
    let company = Company::with_people();
    let server = Server::start(&company);
    let mut lin = Phone::of(&server, "lin");
    recorded(&server, &mut lin);
    let copy = company.file("copy.sqlite");
    company.run(&["backup", copy.to_str().unwrap()]).ok();
    server.kill();
    company.tamper("DELETE FROM photo");
    let restored = company.run(&["restore", copy.to_str().unwrap(), "--replace"]);
    assert_eq!(
        company.count("SELECT count(*) FROM photo"),
        1,
        "{restored:?}"
    );
}
