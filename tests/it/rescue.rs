//! Reading a rescue file: whole, or refused with a reason.

use std::collections::BTreeMap;

use doorstep_domain::event::{Event, PartName, PartState};
use doorstep_domain::hash::sha256;
use doorstep_domain::id::OrganisationId;
use doorstep_domain::passphrase::{ITERATIONS, ITERATIONS_MAX, Lock};
use doorstep_domain::policy::Role;
use doorstep_domain::rescue::{
    EVENTS_MAX, FILE_BYTES, FORMAT, PHOTOS_BYTES, Rescue, Sealed, Unreadable,
};
use doorstep_tests::company::EPOCH_MS;
use serde_json::{Value, json};

use crate::desk::Desk;

fn file(events: usize) -> (Rescue, OrganisationId) {
    let mut desk = Desk::new();
    let mut pen = desk.person(1, &[Role::Steward]);
    let events: Vec<Event> = (0..events)
        .map(|_| desk.visit(&mut pen, Role::Steward))
        .collect();
    let rescue = Rescue {
        format: FORMAT.into(),
        organisation: desk.company.organisation,
        person: pen.author.person,
        device: pen.author.device,
        made_at: EPOCH_MS,
        events,
        drafts: vec!["{}".into()],
        unreadable: Vec::new(),
        photos: BTreeMap::new(),
    };
    (rescue, desk.company.organisation)
}

fn text(rescue: &Rescue) -> String {
    serde_json::to_string(rescue).expect("it is JSON")
}

#[test]
fn a_rescue_file_reads_back_byte_for_byte() {
    let (rescue, organisation) = file(3);
    assert_eq!(Rescue::read(&text(&rescue), organisation), Ok(rescue));
}

#[test]
fn photos_come_along_and_one_that_was_changed_is_left_out() {
    let (mut rescue, organisation) = file(1);
    let photo = |n: u8| vec![0xff, 0xd8, 0xff, n];
    assert!((0..3).all(|n| rescue.add_photo(sha256(&photo(n)), &photo(n))));
    rescue.photos.insert(sha256(&photo(2)), "AAAA".into());
    rescue
        .photos
        .insert(sha256(&photo(3)), "no base64url!".into());
    let read = Rescue::read(&text(&rescue), organisation).expect("photos spoil no event");
    let mut sound: Vec<Vec<u8>> = read.sound_photos().map(|(_, bytes)| bytes).collect();
    sound.sort();
    assert_eq!(sound, [photo(0), photo(1)]);
    let large = vec![0; PHOTOS_BYTES / 4 * 3];
    assert!(!rescue.add_photo(sha256(&large), &large), "there is an end");
}

#[test]
fn a_sealed_file_reads_back_and_a_damaged_one_is_refused() {
    // OWASP's number for PBKDF2 with SHA-256.
    assert_eq!((ITERATIONS, ITERATIONS_MAX), (600_000, 5_000_000));
    let lock = Lock {
        iterations: ITERATIONS,
        salt: [7; 16],
        iv: [9; 12],
    };
    let file = Sealed::new(&lock, b"sealed");
    let text = |file: &Sealed| serde_json::to_string(file).expect("it is JSON");
    assert_eq!(Sealed::read(&text(&file)), Ok((lock, b"sealed".to_vec())));
    let changed = |change: fn(&mut Sealed)| {
        let mut file = file.clone();
        change(&mut file);
        Sealed::read(&text(&file))
    };
    for (change, why) in [
        (
            (|file| file.format = "doorstep-rescue-sealed/2".into()) as fn(&mut Sealed),
            Unreadable::LaterFormat,
        ),
        (|file| file.format = FORMAT.into(), Unreadable::NotRescue),
        (|file| file.iterations = 0, Unreadable::Damaged),
        (
            |file| file.iterations = ITERATIONS_MAX + 1,
            Unreadable::Damaged,
        ),
        (|file| file.salt = "AAAA".into(), Unreadable::Damaged),
        (|file| file.iv = "?".into(), Unreadable::Damaged),
        (|file| file.text = "=".into(), Unreadable::Damaged),
    ] {
        assert_eq!(changed(change), Err(why));
    }
    assert_eq!(Sealed::read("{}"), Err(Unreadable::NotRescue));
}

#[test]
fn what_is_no_sound_rescue_file_is_refused_with_its_reason() {
    let (rescue, organisation) = file(2);
    let whole: Value = serde_json::from_str(&text(&rescue)).expect("JSON");
    let with = |name: &str, value: Value| {
        let mut changed = whole.clone();
        changed[name] = value;
        changed.to_string()
    };
    let mut nameless = whole.clone();
    nameless
        .as_object_mut()
        .expect("an object")
        .remove("device");
    for (what, text, why) in [
        ("nothing", String::new(), Unreadable::NotRescue),
        ("no JSON", "PK\u{3}".into(), Unreadable::NotRescue),
        ("other JSON", "[1]".into(), Unreadable::NotRescue),
        (
            "another format",
            with("format", json!("doorstep-export/1")),
            Unreadable::NotRescue,
        ),
        (
            "a later format",
            with("format", json!("doorstep-rescue/2")),
            Unreadable::LaterFormat,
        ),
        ("a field less", nameless.to_string(), Unreadable::Damaged),
        ("a field more", with("more", json!(1)), Unreadable::Damaged),
        (
            "cut off",
            text(&rescue)[..text(&rescue).len() - 1].into(),
            Unreadable::NotRescue,
        ),
        ("too long", " ".repeat(FILE_BYTES + 1), Unreadable::TooLarge),
    ] {
        assert_eq!(Rescue::read(&text, organisation), Err(why), "{what}");
    }
    let stranger = OrganisationId::mint(2, &[2; 10]);
    let refused = Rescue::read(&text(&rescue), stranger);
    assert_eq!(refused, Err(Unreadable::OtherCompany));
}

#[test]
fn a_damaged_event_is_named_by_its_place() {
    let (mut rescue, organisation) = file(3);
    let part = rescue.events[1].parts.get_mut(&PartName::Content);
    let Some(PartState::Present(part)) = part else {
        panic!("a visit has a content")
    };
    part.body.push(' ');
    let refused = Rescue::read(&text(&rescue), organisation);
    assert_eq!(refused, Err(Unreadable::Event(1)));
}

#[test]
fn a_file_holds_so_many_events_and_no_more() {
    let (mut rescue, organisation) = file(1);
    rescue.events = vec![rescue.events[0].clone(); EVENTS_MAX];
    assert!(Rescue::read(&text(&rescue), organisation).is_ok());
    rescue.events.push(rescue.events[0].clone());
    let refused = Rescue::read(&text(&rescue), organisation);
    assert_eq!(refused, Err(Unreadable::TooMany));
}
