//! A copy of the database made while the server works, and such a copy put in its place.

use doorstep_domain::event::Event;
use doorstep_domain::log::Head;
use serde_json::{Value, json};

use crate::harness::{Company, Run};
use crate::phone::Phone;
use crate::server::Server;

fn backup(company: &Company, name: &str) -> Run {
    let file = company.file(name);
    company.run(&["backup", file.to_str().unwrap(), "--json"])
}

fn restore(company: &Company, name: &str, more: &[&str]) -> Run {
    let file = company.file(name);
    let restore = ["restore", file.to_str().unwrap()];
    company.run(&[&restore[..], more].concat())
}

/// The names of the files beside the database.
fn files(company: &Company) -> Vec<String> {
    let folder = company.database().parent().unwrap().read_dir().unwrap();
    let names = folder.map(|file| file.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}

fn id(event: &Event) -> String {
    event.open().unwrap().envelope.id.to_string()
}

fn page<'a>(reply: &'a Value, phone: &Phone) -> &'a Value {
    &reply["sites"][phone.site().to_string()]["page"]
}

#[test]
fn a_backup_made_while_phones_push_is_whole_and_sound() {
    let company = Company::with_people();
    let server = Server::start(&company);
    let mut lin = Phone::of(&server, "lin");
    std::thread::scope(|scope| {
        let (server, lin) = (&server, &mut lin);
        let pushing = scope.spawn(move || {
            for _ in 0..40 {
                let visit = lin.visit();
                lin.push(server, &[visit]);
            }
        });
        for number in 0..3 {
            let logged = "SELECT count(*) FROM event WHERE site = (SELECT id FROM site)";
            let before = company.count(logged);
            let run = backup(&company, &format!("{number}.sqlite")).ok();
            let copied = run.json()["heads"]["jinhaiwan"]["seq"].as_i64();
            let after = company.count(logged);
            assert!((before..=after).contains(&copied.unwrap_or(0)), "{run:?}");
        }
        pushing.join().unwrap();
    });
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let copy = company.file("0.sqlite").metadata().unwrap();
        assert_eq!(copy.permissions().mode() & 0o777, 0o600);
    }
    let again = backup(&company, "0.sqlite");
    assert!(
        again.code == 2 && again.err.contains("is there already"),
        "{again:?}"
    );
}

#[test]
fn after_a_restore_phones_send_again_and_what_was_taken_stays_taken() {
    let company = Company::with_people();
    let server = Server::start(&company);
    let mut lin = Phone::of(&server, "lin");
    let lost = Phone::of(&server, "zhou");
    let [early, late] = [lin.visit(), lin.visit()];
    let epoch = lin.push(&server, std::slice::from_ref(&early))["epoch"].clone();
    backup(&company, "a.sqlite").ok();
    let mut later = Phone::of(&server, "zhou");
    let reply = lin.push(&server, std::slice::from_ref(&late));
    let cursor: Head = serde_json::from_value(page(&reply, &lin)["head"].clone()).unwrap();
    for visit in [&early, &late] {
        let erase = [
            "erase",
            &id(visit),
            "--site",
            "jinhaiwan",
            "--part",
            "private",
        ];
        let order = ["--reason", "unlawful", "--ordered-by", "shen"];
        company.run(&[&erase[..], &order].concat()).ok();
    }
    for device in [lost.device(), later.device()] {
        company.run(&["device", "revoke", &device.to_string()]).ok();
    }
    let role = "director@jinhaiwan";
    company
        .run(&["user", "revoke", "shen", "--role", role])
        .ok();
    let refused = restore(&company, "a.sqlite", &["--replace"]);
    assert!(
        refused.code == 1 && refused.err.contains("database open"),
        "{refused:?}"
    );
    server.kill();

    let run = restore(&company, "a.sqlite", &["--replace"]).ok();
    assert!(
        run.out
            .contains("jinhaiwan: the backup ends at event 1, the replaced database at 4"),
        "{run:?}"
    );
    assert!(
        run.out
            .contains("taken over: 2 devices revoked, 1 roles ended"),
        "{run:?}"
    );
    company.run(&["verify"]).ok();
    let server = Server::start(&company);
    assert_eq!(lin.post_sync(&server, &lin.sync_of_nothing()).status, 401);
    assert_ne!(
        later.log_in(&server, "zhou").status,
        200,
        "revoked since the backup"
    );
    let mut lost = lost;
    assert_ne!(lost.log_in(&server, "zhou").status, 200);
    assert_eq!(lin.log_in(&server, "lin").status, 200);
    let body = lin.sync(&cursor, &[]);
    let answer = lin.post_sync(&server, &body).json();
    assert_ne!(answer["epoch"], epoch);
    let site = &answer["sites"][lin.site().to_string()];
    assert_eq!(*site, json!({"reset": "diverged"}));
    // The phone still has the visit whole, and offers it again.
    let reply = lin.push(&server, std::slice::from_ref(&late));
    assert_eq!(reply["refused"], json!([]));
    assert_eq!(reply["acks"].as_array().unwrap().len(), 1);
    server.kill();
    let query = "SELECT count(*) FROM part WHERE name = 'private' AND absence = 'erased'";
    assert_eq!(company.count(query), 2);
    let said = "SELECT count(*) FROM event WHERE kind = 'body.erased'";
    assert_eq!(
        (
            company.count(said),
            company.count("SELECT count(*) FROM erasing")
        ),
        (2, 0)
    );
    let run = company.run(&["verify"]).ok();
    assert!(run.out.contains("jinhaiwan: sound, 4 events"), "{run:?}");
    let kept = files(&company);
    let kept: Vec<&String> = kept.iter().filter(|name| !name.ends_with("-shm")).collect();
    assert!(
        kept[0] == "a.sqlite" && kept[1] == "doorstep.sqlite",
        "{kept:?}"
    );
    let aside = kept.iter().filter(|name| name.contains(".replaced-"));
    assert!(
        aside.count() == 1 && !kept.iter().any(|name| name.starts_with(".tmp")),
        "{kept:?}"
    );
}

#[test]
fn erasures_that_wait_to_be_said_again_are_held_against_their_signature() {
    let company = Company::with_people();
    backup(&company, "a.sqlite").ok();
    let server = Server::start(&company);
    let mut lin = Phone::of(&server, "lin");
    let visit = lin.visit();
    lin.push(&server, std::slice::from_ref(&visit));
    server.kill();
    let erase = ["erase", &id(&visit), "--site", "jinhaiwan"];
    let order = ["--reason", "unlawful", "--ordered-by", "shen"];
    company.run(&[&erase[..], &order].concat()).ok();
    restore(&company, "a.sqlite", &["--replace"]).ok();
    assert_eq!(company.count("SELECT count(*) FROM erasing"), 1);
    company.run(&["verify"]).ok();
    for column in ["site", "id", "event", "erasing"] {
        let tampered = company.copy();
        tampered.tamper(&format!("UPDATE erasing SET {column} = {column} || 'x'"));
        let run = tampered.run(&["verify"]);
        assert_eq!(run.code, 1, "{column}: {run:?}");
    }
}

#[test]
fn nothing_takes_a_databases_place_unasked_or_unsound() {
    let company = Company::with_people();
    backup(&company, "a.sqlite").ok();
    company.write("b.sqlite", std::fs::read(company.file("a.sqlite")).unwrap());
    let tamper = rusqlite::Connection::open(company.file("b.sqlite")).unwrap();
    let change = "UPDATE person SET name = 'x'";
    tamper.execute_batch(change).unwrap();
    drop(tamper);
    let other = Company::with_site();
    backup(&other, "c.sqlite").ok();
    std::fs::copy(other.file("c.sqlite"), company.file("c.sqlite")).unwrap();
    let before = company.dump();
    let there = files(&company);
    for (name, more, words) in [
        ("a.sqlite", &[][..], "give --replace"),
        ("b.sqlite", &["--replace"], "the backup is not sound"),
        ("c.sqlite", &["--replace"], "another organisation"),
        ("none.sqlite", &["--replace"], "unable to open"),
    ] {
        let run = restore(&company, name, more);
        assert!(run.code != 0 && run.err.contains(words), "{name}: {run:?}");
    }
    company.unchanged_since(&before, "refused restores");
    let left: Vec<String> = files(&company)
        .into_iter()
        .filter(|name| !there.contains(name))
        .collect();
    assert!(
        left.iter().all(|name| name.starts_with("doorstep.sqlite-")),
        "{left:?}"
    );
    // Where there is none, a backup is a database.
    let new = Company::empty();
    std::fs::copy(company.file("a.sqlite"), new.file("a.sqlite")).unwrap();
    restore(&new, "a.sqlite", &[]).ok();
    new.run(&["verify"]).ok();
    // One that cannot be read any more is put aside as it is, and it is said.
    company.write("doorstep.sqlite", "a letter, not a database. ".repeat(100));
    let run = restore(&company, "a.sqlite", &["--replace"]).ok();
    assert!(run.out.contains("cannot be read"), "{run:?}");
    company.run(&["verify"]).ok();
}
