//! The accept core as a whole: who may push what, repeated and ordered pushes, what comes back.

use std::collections::BTreeMap;

use doorstep_domain::event::{Event, PartName};
use doorstep_domain::id::EventId;
use doorstep_domain::ink::{Ink, PAD_HEIGHT, PAD_WIDTH, Point, Stroke};
use doorstep_domain::log::Head;
use doorstep_domain::policy::{Grant, Role};
use doorstep_domain::quarantine::Why;
use doorstep_domain::sync::accept::{Office, OfficeError, append_by_office};
use doorstep_domain::sync::limits::{PAGE_BYTES, SUBJECT_EVENTS};
use doorstep_domain::sync::memory::MemoryError;
use doorstep_domain::sync::wire::{Pushed, RefusalCode, Reset, Row, SiteReply, scope_digest};
use doorstep_tests::company::{Author, EPOCH_MS, grant};
use doorstep_tests::events::{Pen, Setting};
use serde_json::json;

use crate::desk::{Desk, hash_of, id_of, page_of, subject_of};

/// What can be written about the record `on`.
#[derive(Debug, Clone, Copy)]
enum Deed {
    Visit,
    VoidOwn,
    VoidOther,
    Opinion,
    Decision,
    Household,
}

fn about(desk: &Desk, pen: &mut Pen, role: Role, on: &Event) -> Setting {
    Setting {
        subject: subject_of(on),
        after: vec![id_of(on)],
        ..desk.setting(pen, role)
    }
}

fn deed(desk: &Desk, pen: &mut Pen, role: Role, deed: Deed, own: &Event, other: &Event) -> Event {
    let about_own = about(desk, pen, role, own);
    let about_other = about(desk, pen, role, other);
    match deed {
        Deed::Visit => desk.visit(pen, role),
        Deed::VoidOwn => pen.voiding(&about_own, id_of(own)),
        Deed::VoidOther => pen.voiding(&about_other, id_of(other)),
        Deed::Opinion => pen.opinion(&about_other, id_of(other)),
        Deed::Decision => pen.decision(&about_other, id_of(other)),
        Deed::Household => desk.household(pen, role),
    }
}

#[test]
fn each_role_writes_what_the_table_grants_it() {
    use Deed::{Decision, Household, Opinion, Visit, VoidOther, VoidOwn};
    let table: [(Deed, &[Role]); 6] = [
        (Visit, &[Role::Steward, Role::Supervisor, Role::Director]),
        (VoidOwn, &[Role::Steward, Role::Supervisor, Role::Director]),
        (VoidOther, &[Role::Supervisor, Role::Director]),
        (Opinion, &[Role::Supervisor, Role::Director]),
        (Decision, &[Role::Director]),
        (Household, &[Role::Supervisor, Role::Director, Role::Admin]),
    ];
    for (what, allowed) in table {
        for role in Role::GRANTABLE.into_iter().chain([Role::Office]) {
            let mut desk = Desk::new();
            let mut pen = desk.person(1, &[Role::Steward]);
            let mut colleague = desk.person(2, &[Role::Steward]);
            let own = desk.visit(&mut pen, Role::Steward);
            let other = desk.visit(&mut colleague, Role::Steward);
            assert_eq!(desk.offer(pen.author, &own), Ok(1));
            assert_eq!(desk.offer(colleague.author, &other), Ok(2));
            // The role now held, and the same role without holding it.
            for held in [true, false] {
                let roles = if held && role != Role::Office {
                    vec![role]
                } else {
                    vec![]
                };
                desk.person(1, &roles);
                let event = deed(&desk, &mut pen, role, what, &own, &other);
                let outcome = desk.offer(pen.author, &event);
                let expected = if held && allowed.contains(&role) {
                    Ok(3)
                } else {
                    Err(RefusalCode::NotAuthorised)
                };
                assert_eq!(outcome, expected, "{role:?} {what:?} held: {held}");
            }
        }
    }
}

#[test]
fn a_role_elsewhere_before_or_after_is_none_here_and_now() {
    let mut desk = Desk::new();
    let mut pen = desk.person(1, &[]);
    let here = desk.site();
    let always = grant(Role::Steward, here);
    for (grants, may) in [
        (grant(Role::Steward, desk.company.sites[1]), false),
        (
            Grant {
                from: i64::MAX,
                ..always.clone()
            },
            false,
        ),
        (
            Grant {
                until: Some(EPOCH_MS),
                ..always.clone()
            },
            false,
        ),
        (
            Grant {
                site: None,
                ..always.clone()
            },
            true,
        ),
        (always, true),
    ] {
        desk.regrant(pen.author, vec![grants.clone()]);
        let event = desk.visit(&mut pen, Role::Steward);
        assert_eq!(desk.offer(pen.author, &event).is_ok(), may, "{grants:?}");
    }
}

#[test]
fn a_repeated_push_is_answered_as_the_first_one_was() {
    let mut desk = Desk::new();
    let mut pen = desk.person(1, &[Role::Steward]);
    let event = desk.visit(&mut pen, Role::Steward);
    let first = desk.push(pen.author, &[event.clone(), event.clone()]);
    assert_eq!(first.acks.len(), 2, "twice in one request");
    assert_eq!(first.acks[0], first.acks[1]);
    let before = desk.contents();
    // Even when the role has ended since the first answer was lost.
    desk.regrant(pen.author, vec![]);
    let again = desk.push(pen.author, &[event]);
    assert_eq!(again.acks, first.acks[..1]);
    assert_eq!(desk.contents(), before);
}

#[test]
fn what_an_event_refers_to_must_be_there_or_still_come() {
    let mut desk = Desk::new();
    let mut pen = desk.person(1, &[Role::Director]);
    let role = Role::Director;
    let visit = desk.visit(&mut pen, role);
    let setting = about(&desk, &mut pen, role, &visit);
    let opinion = pen.opinion(&setting, id_of(&visit));
    let voiding = pen.voiding(&setting, id_of(&visit));
    let unseen = EventId::mint(1, &[9; 10]);
    let after_unseen = pen.visit(&Setting {
        after: vec![unseen],
        ..desk.setting(&mut pen.clone(), role)
    });
    for event in [&opinion, &voiding] {
        assert_eq!(
            desk.offer(pen.author, event),
            Err(RefusalCode::UnknownSubject)
        );
    }
    let outcome = desk.offer(pen.author, &after_unseen);
    assert_eq!(outcome, Err(RefusalCode::UnknownAfter));
    // What they refer to may come with the same push, before them.
    let reply = desk.push(pen.author, &[visit.clone(), opinion, voiding]);
    assert_eq!((reply.acks.len(), reply.refused.len()), (3, 0));
    // The revision judged must be there too, named among the heads or not.
    let bare = Setting {
        after: vec![],
        ..setting.clone()
    };
    for judging_unseen in [
        pen.decision(&bare, unseen),
        pen.opinion(&bare, unseen),
        pen.voiding(&bare, unseen),
    ] {
        let outcome = desk.offer(pen.author, &judging_unseen);
        assert_eq!(outcome, Err(RefusalCode::UnknownAfter));
    }
}

#[test]
fn what_belongs_to_another_record_is_refused() {
    let mut desk = Desk::new();
    let mut pen = desk.person(1, &[Role::Director]);
    let role = Role::Director;
    let (one, other) = (desk.visit(&mut pen, role), desk.visit(&mut pen, role));
    let card = desk.household(&mut pen, role);
    desk.push(pen.author, &[one.clone(), other.clone(), card.clone()]);
    let on_one = about(&desk, &mut pen, role, &one);
    let on_card = about(&desk, &mut pen, role, &card);
    let after_other = Setting {
        after: vec![id_of(&other)],
        ..on_one.clone()
    };
    for (what, event) in [
        (
            "an opinion on a household",
            pen.opinion(&on_card, id_of(&card)),
        ),
        ("a visit that is a household", pen.visit(&on_card)),
        (
            "a household that is a visit",
            pen.household_changed(&on_one, subject_of(&one).into()),
        ),
        (
            "a verdict on another's revision",
            pen.decision(&on_one, id_of(&other)),
        ),
        (
            "heads of another record",
            pen.opinion(&after_other, id_of(&one)),
        ),
    ] {
        let outcome = desk.offer(pen.author, &event);
        assert_eq!(outcome, Err(RefusalCode::WrongSubject), "{what}");
    }
}

#[test]
fn a_record_takes_a_thousand_events() {
    let mut desk = Desk::new();
    let mut pen = desk.person(1, &[Role::Director]);
    let visit = desk.visit(&mut pen, Role::Director);
    let setting = about(&desk, &mut pen, Role::Director, &visit);
    let mut events = vec![visit.clone()];
    events.extend((1..SUBJECT_EVENTS).map(|_| pen.opinion(&setting, id_of(&visit))));
    for hundred in events.chunks(100) {
        assert_eq!(desk.push(pen.author, hundred).refused, []);
    }
    let one_more = pen.opinion(&setting, id_of(&visit));
    let outcome = desk.offer(pen.author, &one_more);
    assert_eq!(outcome, Err(RefusalCode::SubjectFull));
    // Repeating the last that fitted is still no refusal.
    let outcome = desk.offer(pen.author, &events[events.len() - 1]);
    assert_eq!(outcome, Ok(u64::from(SUBJECT_EVENTS)));
    // However full it is, parts of it can be erased.
    let erasing = pen.erasure(&setting, id_of(&visit), &[PartName::Private]);
    let outcome = desk.offer(pen.author, &erasing);
    assert_eq!(outcome, Ok(u64::from(SUBJECT_EVENTS) + 1));
}

#[test]
fn what_was_withheld_from_its_sender_is_refused_even_when_it_is_logged() {
    let mut desk = Desk::new();
    let mut pen = desk.person(1, &[Role::Steward]);
    let event = desk.visit(&mut pen, Role::Steward);
    let without = |part| event.clone().withholding(|name| name != part);
    for _ in 0..2 {
        for part in [PartName::Fact, PartName::Content, PartName::Private] {
            let reply = desk.push(pen.author, &[without(part)]);
            assert_eq!(reply.refused[0].code, RefusalCode::PartMissing);
            assert_eq!(reply.refused[0].params["part"], part.as_str());
        }
        let erased = event.clone().erasing(&[PartName::Fact]);
        let outcome = desk.offer(pen.author, &erased);
        assert_eq!(outcome, Err(RefusalCode::PartMissing));
        assert_eq!(desk.offer(pen.author, &event), Ok(1));
    }
}

#[test]
fn a_refusal_names_the_event_also_where_its_item_cannot_be_read_as_one() {
    let mut desk = Desk::new();
    let mut pen = desk.person(1, &[Role::Steward]);
    let event = desk.visit(&mut pen, Role::Steward);
    for (item, id) in [
        (json!({ "envelope": event.envelope }), Some(id_of(&event))),
        (json!({ "envelope": "{}" }), None),
        (json!({ "envelope": "no JSON" }), None),
        (json!([]), None),
    ] {
        let mut request = desk.request(pen.author, &[]);
        request.push = vec![Pushed::Unreadable(item)];
        let reply = desk.answer(pen.author, &request).expect("a sound request");
        let refusal = &reply.refused[0];
        assert_eq!((refusal.code, refusal.id), (RefusalCode::Malformed, id));
    }
}

/// `points` points in one stroke, each at the other end of what ink may cover.
fn ink(points: usize) -> Ink {
    let ends = [(-PAD_WIDTH, -PAD_HEIGHT), (2 * PAD_WIDTH, 2 * PAD_HEIGHT)];
    let point = |((x, y), t_ms)| Point {
        x,
        y,
        t_ms,
        force: 255,
    };
    let zigzag = ends.into_iter().cycle().zip((0..).step_by(1_000));
    Ink {
        strokes: vec![Stroke(zigzag.take(points).map(point).collect())],
    }
}

#[test]
fn a_signature_takes_twenty_thousand_points() {
    let mut desk = Desk::new();
    let mut pen = desk.person(1, &[Role::Steward]);
    for (points, outcome) in [
        (20_000, Ok(1)),
        (20_001, Err(RefusalCode::Invalid)),
        (1, Err(RefusalCode::Invalid)),
        (0, Err(RefusalCode::Invalid)),
    ] {
        let setting = desk.setting(&mut pen, Role::Steward);
        let visit = pen.signed_visit(&setting, &ink(points));
        let reply = desk.push(pen.author, std::slice::from_ref(&visit));
        let reasons = reply.refused.iter().map(|it| &it.params["reason"]);
        assert!(reasons.into_iter().all(|reason| reason == "invalid_ink"));
        assert_eq!(desk.offer(pen.author, &visit), outcome, "{points} points");
    }
}

#[test]
fn no_more_of_a_devices_events_are_kept_aside_than_its_cap() {
    let mut desk = Desk::new();
    let mut pen = desk.person(1, &[Role::Steward]);
    let event = desk.visit(&mut pen, Role::Steward);
    assert_eq!(desk.offer(pen.author, &event), Ok(1));
    let twin = |skew| {
        let mut envelope = event.open().expect("it opens").envelope;
        envelope.sig = None;
        envelope.skew_ms = Some(skew);
        let parts = event.parts.keys();
        let parts = parts.map(|name| (*name, event.part(*name).expect("whole").clone()));
        pen.seal(envelope, parts.collect())
    };
    let twins: Vec<Event> = (0..100).map(twin).collect();
    let one_more = twin(100);
    for event in twins.iter().chain([&one_more]) {
        let outcome = desk.offer(pen.author, event);
        assert_eq!(outcome, Err(RefusalCode::IdConflict));
    }
    let held: Vec<&Event> = desk.store.quarantine().iter().map(|it| &it.event).collect();
    assert_eq!(held, twins.iter().collect::<Vec<_>>());
}

#[test]
fn another_event_under_a_logged_id_is_kept_aside_once() {
    let mut desk = Desk::new();
    let mut pen = desk.person(1, &[Role::Steward]);
    let mut twin = pen.clone();
    let event = desk.visit(&mut pen, Role::Steward);
    assert_eq!(desk.offer(pen.author, &event), Ok(1));
    desk.now += 60_000;
    let setting = desk.setting(&mut twin, Role::Steward);
    let mut envelope = twin.visit(&setting).open().expect("it opens").envelope;
    envelope.id = id_of(&event);
    envelope.sig = None;
    let parts = |event: &Event| {
        let parts = event.parts.keys();
        parts
            .map(|name| (*name, event.part(*name).expect("all parts").clone()))
            .collect::<BTreeMap<_, _>>()
    };
    let source = {
        let mut again = Pen::of(pen.author);
        let setting = desk.setting(&mut again, Role::Steward);
        again.visit(&setting)
    };
    envelope.parts = source.open().expect("it opens").envelope.parts;
    let other = twin.seal(envelope, parts(&source));
    for _ in 0..2 {
        let outcome = desk.offer(pen.author, &other);
        assert_eq!(outcome, Err(RefusalCode::IdConflict));
    }
    assert_eq!(desk.store.log(desk.site()).count(), 1);
    let held = desk.store.quarantine();
    assert_eq!((held.len(), &held[0].event), (1, &other));
    assert_eq!(held[0].why, Why::IdConflict);
}

#[test]
fn own_events_come_back_as_stubs_and_others_as_far_as_they_may_be_seen() {
    let mut desk = Desk::new();
    let (mut steward, mut director) = (
        desk.person(1, &[Role::Steward]),
        desk.person(2, &[Role::Director]),
    );
    let theirs = desk.visit(&mut director, Role::Director);
    desk.push(director.author, std::slice::from_ref(&theirs));
    let mine = desk.visit(&mut steward, Role::Steward);
    let reply = desk.push(steward.author, std::slice::from_ref(&mine));
    let page = page_of(&reply, desk.site());
    let [Row::Event(other), Row::Stub(own)] = page.rows.as_slice() else {
        panic!("a row and a stub, not {:?}", page.rows)
    };
    assert_eq!((own.seq, own.envelope_hash), (2, hash_of(&mine)));
    assert_eq!(other.event.envelope, theirs.envelope);
    let seen: Vec<PartName> = theirs.parts.keys().copied().collect();
    let seen = seen
        .into_iter()
        .filter(|name| other.event.part(*name).is_some());
    assert_eq!(seen.collect::<Vec<_>>(), [PartName::Fact]);
    assert_eq!(page.head, desk.store.head(desk.site()).expect("two rows"));
    assert_eq!(
        (page.scope, page.more),
        (scope_digest(&[Role::Steward]), false)
    );
    // Asked again without pushing, the own event comes whole.
    let reply = desk.push(steward.author, &[]);
    let rows = &page_of(&reply, desk.site()).rows;
    assert!(matches!(&rows[1], Row::Event(logged) if logged.event == mine));
}

#[test]
fn a_copy_that_is_not_of_this_history_scope_or_reader_is_reset() {
    let mut desk = Desk::new();
    let mut pen = desk.person(1, &[Role::Steward]);
    let outsider = desk.person(3, &[Role::Admin]).author;
    let event = desk.visit(&mut pen, Role::Steward);
    desk.push(pen.author, &[event]);
    let site = desk.site();
    let head = desk.store.head(site).expect("one row");
    let scope = scope_digest(&[Role::Steward]);
    let genesis = desk.genesis(site);
    let beyond = Head { seq: 2, ..head };
    let other = Head { seq: 1, ..genesis };
    let foreign = Head { seq: 0, ..head };
    for (what, author, cursor, scope, reset) in [
        ("the same history", pen.author, head, Some(scope), None),
        ("an empty copy", pen.author, genesis, None, None),
        (
            "beyond the end",
            pen.author,
            beyond,
            Some(scope),
            Some(Reset::Diverged),
        ),
        (
            "another hash",
            pen.author,
            other,
            Some(scope),
            Some(Reset::Diverged),
        ),
        (
            "another organisation",
            pen.author,
            foreign,
            None,
            Some(Reset::Diverged),
        ),
        (
            "another scope",
            pen.author,
            head,
            Some(head.hash),
            Some(Reset::Scope),
        ),
        ("no scope", pen.author, head, None, Some(Reset::Scope)),
        (
            "no reader",
            outsider,
            head,
            Some(scope),
            Some(Reset::NoAccess),
        ),
        (
            "no reader, empty",
            outsider,
            genesis,
            None,
            Some(Reset::NoAccess),
        ),
        (
            "no reader, another organisation",
            outsider,
            foreign,
            None,
            Some(Reset::NoAccess),
        ),
        (
            "no reader, and not what is here",
            outsider,
            other,
            Some(scope),
            Some(Reset::Diverged),
        ),
        (
            "no reader, and beyond the end",
            outsider,
            beyond,
            Some(scope),
            Some(Reset::Diverged),
        ),
    ] {
        let mut request = desk.request(author, &[]);
        request.cursors.insert(site, cursor);
        request.scope.extend(scope.map(|scope| (site, scope)));
        let reply = desk.answer(author, &request).expect("a sound request");
        let found = match reply.sites[&site] {
            SiteReply::Reset(reset) => Some(reset),
            SiteReply::Page(_) => None,
        };
        assert_eq!(found, reset, "{what}");
    }
}

#[test]
fn pages_end_at_the_limit_asked_for_and_at_their_size() {
    let mut desk = Desk::new();
    let mut pen = desk.person(1, &[Role::Director]);
    let site = desk.site();
    let events: Vec<Event> = (0..7)
        .map(|_| desk.visit(&mut pen, Role::Director))
        .collect();
    desk.push(pen.author, &events);
    let mut cursor = desk.genesis(site);
    for (rows, more) in [(3, true), (3, true), (1, false), (0, false)] {
        let mut request = desk.request(pen.author, &[]);
        request.limit = 3;
        request.cursors.insert(site, cursor);
        request.scope.insert(site, scope_digest(&[Role::Director]));
        let reply = desk.answer(pen.author, &request).expect("a sound request");
        let page = page_of(&reply, site);
        assert_eq!((page.rows.len(), page.more), (rows, more));
        cursor = page.head;
    }
    // One goes always.
    let mut request = desk.request(pen.author, &[]);
    request.limit = 0;
    let reply = desk.answer(pen.author, &request).expect("a sound request");
    assert_eq!(page_of(&reply, site).rows.len(), 1);
}

#[test]
fn a_reply_takes_no_further_row_once_its_rows_have_so_many_bytes() {
    let mut desk = Desk::new();
    let mut pen = desk.person(1, &[]);
    desk.regrant(
        pen.author,
        vec![Grant {
            site: None,
            ..grant(Role::Director, desk.site())
        }],
    );
    let (site, next) = (desk.site(), desk.company.sites[1]);
    let visits: Vec<Event> = (0..40)
        .map(|_| {
            let setting = desk.setting(&mut pen, Role::Director);
            pen.signed_visit(&setting, &ink(2_000))
        })
        .collect();
    let setting = Setting {
        site: next,
        ..desk.setting(&mut pen, Role::Director)
    };
    let elsewhere = pen.visit(&setting);
    for events in [&visits[..], &[elsewhere]] {
        assert_eq!(desk.push(pen.author, events).refused, []);
    }
    let mut request = desk.request(pen.author, &[]);
    request.cursors.insert(next, desk.genesis(next));
    request.limit = u32::MAX;
    let reply = desk.answer(pen.author, &request).expect("a sound request");
    let page = page_of(&reply, site);
    let sizes = page.rows.iter().map(|row| match row {
        Row::Event(logged) => {
            let event = &logged.event;
            let parts = event.parts.keys().filter_map(|name| event.part(*name));
            event.envelope.len() + parts.map(|part| part.body.len()).sum::<usize>()
        }
        Row::Stub(_) => 0,
    });
    let before_last: usize = sizes.clone().take(page.rows.len() - 1).sum();
    let all: usize = sizes.sum();
    assert!(
        before_last < PAGE_BYTES && PAGE_BYTES <= all,
        "{before_last} {all}"
    );
    assert!(page.more);
    // Over all sites: the next one has to wait.
    let page = page_of(&reply, next);
    assert_eq!((page.rows.len(), page.more), (0, true));
    assert_eq!(page.head, desk.genesis(next));
}

#[test]
fn sites_without_a_cursor_take_pushes_and_answer_nothing() {
    let mut desk = Desk::new();
    let mut pen = desk.person(1, &[Role::Steward]);
    let event = desk.visit(&mut pen, Role::Steward);
    let mut request = desk.request(pen.author, &[event]);
    request.cursors.clear();
    let reply = desk.answer(pen.author, &request).expect("a sound request");
    assert_eq!((reply.acks.len(), reply.sites.len()), (1, 0));
}

#[test]
fn the_office_appends_all_or_nothing() {
    let mut desk = Desk::new();
    let site = desk.site();
    let mut pen = Pen::of(Author::number(9));
    let setting = desk.setting(&mut pen, Role::Office);
    let cards: Vec<Event> = (0..3)
        .map(|_| desk.household(&mut pen, Role::Office))
        .collect();
    let elsewhere = Setting {
        site: desk.company.sites[1],
        ..setting.clone()
    };
    let household = pen.household(desk.now);
    let strangers = [
        ("a visit", pen.visit(&setting), RefusalCode::WrongSubject),
        (
            "a household elsewhere",
            pen.household_changed(&elsewhere, household),
            RefusalCode::WrongSubject,
        ),
        (
            "another role",
            desk.household(&mut pen, Role::Director),
            RefusalCode::NotAuthorised,
        ),
        (
            "another key",
            Event {
                envelope: cards[0].envelope.replace("\"sig\":\"", "\"sig\":\"A"),
                ..cards[0].clone()
            },
            RefusalCode::BadSignature,
        ),
    ];
    let company = desk.company.clone();
    let office = Office {
        organisation: company.organisation,
        now: desk.now,
        signatures: &company,
        sites: &company,
    };
    for (what, stranger, code) in strangers {
        let events = [cards[0].clone(), stranger];
        let outcome = append_by_office(&office, site, &events, &mut desk.store);
        let Err(OfficeError::Refused(refusal)) = outcome else {
            panic!("{what} is to be refused, not {outcome:?}")
        };
        assert_eq!((refusal.item, refusal.code), (1, code), "{what}");
        // What the command line says of it.
        let sentence = format!("event 1 refused: {}", code.as_str());
        let error: OfficeError<MemoryError> = OfficeError::Refused(refusal);
        assert_eq!(error.to_string(), sentence);
        assert_eq!(desk.contents(), Vec::<String>::new(), "{what}");
    }
    let acks = append_by_office(&office, site, &cards, &mut desk.store).expect("all fit");
    assert_eq!(
        acks.iter().map(|ack| ack.seq).collect::<Vec<_>>(),
        [1, 2, 3]
    );
    // On the organisation's log the register has no place.
    let outcome = append_by_office(
        &office,
        company.organisation.into(),
        &cards,
        &mut desk.store,
    );
    assert!(outcome.is_err());
}
