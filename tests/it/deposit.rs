//! What a phone hands in without a log-in: what is kept aside, and what is not.

use doorstep_domain::event::{Event, Kind, PartName};
use doorstep_domain::id::SiteId;
use doorstep_domain::policy::Role;
use doorstep_domain::quarantine::Why;
use doorstep_domain::sync::accept::{Context, deposit};
use doorstep_domain::sync::wire::DepositReply;
use doorstep_tests::company::Author;
use doorstep_tests::events::{Pen, Setting};

use crate::desk::{Desk, hash_of};

/// What `device` hands in of its person's, on no grant at all.
fn hand_in(desk: &mut Desk, author: Author, events: &[Event]) -> DepositReply {
    let context = Context {
        organisation: desk.company.organisation,
        person: author.person,
        device: author.device,
        grants: &[],
        now: desk.now,
        epoch: 1,
        signatures: &desk.company,
        sites: &desk.company,
    };
    deposit(&context, events, &mut desk.store).expect("memory")
}

/// The codes of what was refused, in the order of the items.
fn codes(reply: &DepositReply) -> Vec<(usize, &'static str)> {
    let refused = reply.refused.iter();
    refused.map(|it| (it.item, it.code.as_str())).collect()
}

#[test]
fn what_a_device_hands_in_is_kept_aside_whoever_its_person_is_now() {
    let mut desk = Desk::new();
    let mut pen = desk.person(1, &[Role::Steward]);
    let logged = desk.visit(&mut pen, Role::Steward);
    assert_eq!(desk.offer(pen.author, &logged), Ok(1));
    desk.regrant(pen.author, Vec::new());
    let visit = desk.visit(&mut pen, Role::Steward);
    for _ in 0..2 {
        let reply = hand_in(&mut desk, pen.author, &[logged.clone(), visit.clone()]);
        assert_eq!(codes(&reply), []);
        let kept = reply.kept.iter().map(|it| (it.envelope_hash, it.logged));
        let expected = [(hash_of(&logged), true), (hash_of(&visit), false)];
        assert_eq!(kept.collect::<Vec<_>>(), expected);
    }
    // A key that was revoked still tells whose an event is.
    desk.company.revoked.insert(pen.author.device);
    let late = desk.visit(&mut pen, Role::Steward);
    assert_eq!(
        codes(&hand_in(&mut desk, pen.author, std::slice::from_ref(&late))),
        []
    );
    let held = desk.store.quarantine().iter();
    let held: Vec<_> = held.map(|it| (it.event.clone(), it.why)).collect();
    assert_eq!(held, [(visit, Why::Deposited), (late, Why::DeviceRevoked)]);
}

#[test]
fn what_is_not_the_devices_own_for_a_site_of_the_companys_is_not_kept() {
    let mut desk = Desk::new();
    let mut pen = desk.person(1, &[Role::Steward]);
    let mut other = desk.person(2, &[Role::Steward]);
    let mut stranger = Pen::of(Author {
        person: other.author.person,
        ..pen.author
    });
    let setting = desk.setting(&mut pen, Role::Steward);
    let nowhere = Setting {
        site: SiteId::mint(1, &[9; 10]),
        ..setting.clone()
    };
    let visit = desk.visit(&mut pen, Role::Steward);
    let events = [
        pen.visit(&nowhere),
        pen.write(Kind::RoleGranted, &setting, [(PartName::Fact, "{}".into())]),
        desk.visit(&mut other, Role::Steward),
        desk.visit(&mut stranger, Role::Steward),
        visit.clone().withholding(|name| name != PartName::Content),
        visit.clone().erasing(&[PartName::Fact]),
    ];
    let reply = hand_in(&mut desk, pen.author, &events);
    let expected = [
        (0, "not_for_push"),
        (1, "not_for_push"),
        (2, "other_device"),
        (3, "bad_signature"),
        (4, "part_missing"),
        (5, "part_missing"),
    ];
    assert_eq!(codes(&reply), expected);
    assert_eq!(reply.kept, []);
    assert_eq!(desk.contents(), Vec::<String>::new());
}
