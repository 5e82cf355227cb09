//! What becomes of an event kept aside, and of one that somebody else brings.

use doorstep_domain::event::{Event, Kind, PartName, canonical};
use doorstep_domain::hash::sha256;
use doorstep_domain::policy::{Grant, Role};
use doorstep_domain::quarantine::{Carrier, Decided, Decision, Held, Verdict, Why};
use doorstep_domain::review::Words;
use doorstep_domain::state::{Place, SiteState};
use doorstep_domain::sync::store::{Intent, SiteTransaction, Store};
use doorstep_domain::sync::wire::{RefusalCode, Row, SiteReply, SyncReply};
use doorstep_tests::company::{Author, EPOCH_MS, grant};
use doorstep_tests::events::{Pen, Setting};
use serde_json::json;

use crate::desk::{Desk, hash_of, id_of, subject_of};

const ROLE: Role = Role::Director;

/// A desk with a director, and a steward whose role has ended.
fn scene() -> (Desk, Pen, Pen) {
    let mut desk = Desk::new();
    let director = desk.person(1, &[ROLE]);
    let steward = desk.person(2, &[]);
    (desk, director, steward)
}

/// A visit of the steward's, kept aside.
fn aside(desk: &mut Desk, steward: &mut Pen) -> Event {
    let visit = desk.visit(steward, Role::Steward);
    let outcome = desk.offer(steward.author, &visit);
    assert_eq!(outcome, Err(RefusalCode::NotAuthorised));
    visit
}

fn decision(desk: &Desk, pen: &mut Pen, on: &Event, verdict: Verdict) -> Event {
    let setting = desk.setting(pen, ROLE);
    pen.aside(&setting, on, verdict)
}

fn events(desk: &Desk) -> Vec<Event> {
    let rows = desk.store.log(desk.site());
    rows.map(|row| row.logged.event.clone()).collect()
}

fn held(desk: &mut Desk, event: &Event) -> Option<Held> {
    let site = desk.site();
    let mut transaction = desk.store.begin(site, Intent::Read).expect("memory");
    transaction.held(&hash_of(event)).expect("memory")
}

/// Pushes an event that another device signed.
fn carry(desk: &mut Desk, carrier: Author, event: &Event) -> SyncReply {
    let mut request = desk.request(carrier, std::slice::from_ref(event));
    request.carried = vec![0];
    desk.answer(carrier, &request).expect("a sound request")
}

fn outcome(reply: &SyncReply) -> Result<u64, RefusalCode> {
    match (reply.acks.as_slice(), reply.refused.as_slice()) {
        ([ack], []) => Ok(ack.seq),
        ([], [refusal]) => Err(refusal.code),
        other => panic!("one item has one answer, not {other:?}"),
    }
}

#[test]
fn what_a_director_takes_in_follows_the_decision_and_is_marked_so() {
    let (mut desk, mut director, mut steward) = scene();
    let visit = aside(&mut desk, &mut steward);
    let decided = decision(&desk, &mut director, &visit, Verdict::Adopt);
    let reply = desk.push(director.author, std::slice::from_ref(&decided));
    assert_eq!((reply.acks[0].seq, reply.acks.len()), (1, 1));
    assert_eq!(events(&desk), [decided.clone(), visit.clone()]);
    let kept = held(&mut desk, &visit).expect("its content stays");
    let expected = Decided {
        by: id_of(&decided),
        verdict: Verdict::Adopt,
    };
    assert_eq!((kept.decided, &kept.event), (Some(expected), &visit));
    // The lost answer is asked for again, the author pushes once more: nothing is doubled.
    let again = desk.push(director.author, std::slice::from_ref(&decided));
    assert_eq!(again.acks, reply.acks);
    assert_eq!(desk.offer(steward.author, &visit), Ok(2));
    assert_eq!(events(&desk).len(), 2);
    let state = SiteState::fold(desk.store.log(desk.site()).map(|row| &row.logged));
    let record = &state.visits[&subject_of(&visit)];
    let adoption = record.finishes[0].adopted.expect("taken in");
    assert_eq!(adoption.decision, id_of(&decided));
    assert_eq!((adoption.by, adoption.role), (director.author.person, ROLE));
    assert_eq!(record.finishes[0].actor, steward.author.person);
    assert_eq!((state.unreadable, state.aside.len()), (0, 1));
}

#[test]
fn what_a_director_turns_down_stays_where_it_is_with_its_content() {
    let (mut desk, mut director, mut steward) = scene();
    let visit = aside(&mut desk, &mut steward);
    let decided = decision(&desk, &mut director, &visit, Verdict::Reject);
    assert_eq!(desk.offer(director.author, &decided), Ok(1));
    assert_eq!(events(&desk), std::slice::from_ref(&decided));
    let kept = held(&mut desk, &visit).expect("its content stays");
    let verdict = kept.decided.map(|decided| decided.verdict);
    assert_eq!((verdict, kept.event), (Some(Verdict::Reject), visit));
    let state = SiteState::fold(desk.store.log(desk.site()).map(|row| &row.logged));
    assert!(state.visits.is_empty());
    let shown = state.aside.values().next().expect("the decision");
    assert_eq!(shown.decision.verdict, Verdict::Reject);
    assert!(shown.addition.words.is_some());
}

#[test]
fn of_two_directors_the_first_to_arrive_decides() {
    for (first, second) in [
        (Verdict::Reject, Verdict::Adopt),
        (Verdict::Adopt, Verdict::Reject),
        (Verdict::Adopt, Verdict::Adopt),
    ] {
        let (mut desk, mut director, mut steward) = scene();
        let mut other = desk.person(3, &[ROLE]);
        let visit = aside(&mut desk, &mut steward);
        let one = decision(&desk, &mut director, &visit, first);
        let two = decision(&desk, &mut other, &visit, second);
        assert_eq!(desk.offer(director.author, &one), Ok(1));
        let before = desk.contents();
        let reply = desk.push(other.author, &[two]);
        let refusal = &reply.refused[0];
        assert_eq!(refusal.code, RefusalCode::AlreadyDecided);
        assert_eq!(refusal.params["by"], json!(id_of(&one)));
        assert_eq!(desk.contents(), before, "{first:?} {second:?}");
    }
}

#[test]
fn nobody_but_a_director_decides_and_only_on_what_is_kept_here() {
    let (mut desk, mut director, mut steward) = scene();
    let visit = aside(&mut desk, &mut steward);
    let mut supervisor = desk.person(3, &[Role::Supervisor]);
    let setting = desk.setting(&mut supervisor, Role::Supervisor);
    let decided = supervisor.aside(&setting, &visit, Verdict::Adopt);
    let outcome = desk.offer(supervisor.author, &decided);
    assert_eq!(outcome, Err(RefusalCode::NotAuthorised));
    let nowhere = desk.visit(&mut steward, Role::Steward);
    let decided = decision(&desk, &mut director, &nowhere, Verdict::Reject);
    let outcome = desk.offer(director.author, &decided);
    assert_eq!(outcome, Err(RefusalCode::NotHeld));
    // The right bytes under another id.
    let setting = Setting {
        subject: id_of(&nowhere).into(),
        ..desk.setting(&mut director, ROLE)
    };
    let wrong = Decision {
        id: id_of(&nowhere),
        envelope_hash: hash_of(&visit),
        verdict: Verdict::Reject,
    };
    let words = Words { text: "no".into() };
    let parts = [
        (PartName::Fact, canonical(&wrong)),
        (PartName::Content, canonical(&words)),
    ];
    let decided = director.write(Kind::QuarantineDecided, &setting, parts);
    let outcome = desk.offer(director.author, &decided);
    assert_eq!(outcome, Err(RefusalCode::NotHeld));
    assert_eq!(events(&desk), []);
}

#[test]
fn a_decision_says_why_and_is_about_its_subject() {
    let (mut desk, mut director, mut steward) = scene();
    let visit = aside(&mut desk, &mut steward);
    let fact = Decision {
        id: id_of(&visit),
        envelope_hash: hash_of(&visit),
        verdict: Verdict::Reject,
    };
    let subject = id_of(&visit).into();
    let elsewhere = director.begin(EPOCH_MS);
    for (text, subject, reason) in [
        ("", subject, "invalid_body"),
        ("because", elsewhere, "invalid_disagreement"),
    ] {
        let setting = Setting {
            subject,
            ..desk.setting(&mut director, ROLE)
        };
        let words = Words { text: text.into() };
        let parts = [
            (PartName::Fact, canonical(&fact)),
            (PartName::Content, canonical(&words)),
        ];
        let event = director.write(Kind::QuarantineDecided, &setting, parts);
        let reply = desk.push(director.author, &[event]);
        assert_eq!(reply.refused[0].code, RefusalCode::Invalid);
        assert_eq!(reply.refused[0].params["reason"], reason);
    }
}

#[test]
fn what_the_log_cannot_take_is_not_taken_in_but_can_be_turned_down() {
    let (mut desk, mut director, mut steward) = scene();
    desk.person(2, &[Role::Steward]);
    let visit = desk.visit(&mut steward, Role::Steward);
    assert_eq!(desk.offer(steward.author, &visit), Ok(1));
    // The second copy of an id, and a visit that says nothing valid.
    let mut envelope = visit.open().expect("it opens").envelope;
    envelope.sig = None;
    envelope.skew_ms = Some(5);
    let names = visit.parts.keys();
    let parts = names.map(|name| (*name, visit.part(*name).expect("whole").clone()));
    let twin = steward.seal(envelope, parts.collect());
    let setting = desk.setting(&mut steward, Role::Steward);
    let empty = steward.write(
        Kind::VisitRecorded,
        &setting,
        [(PartName::Fact, "{}".into())],
    );
    for (event, code) in [
        (&twin, RefusalCode::IdConflict),
        (&empty, RefusalCode::Invalid),
    ] {
        assert_eq!(desk.offer(steward.author, event), Err(code));
        let adopt = decision(&desk, &mut director, event, Verdict::Adopt);
        let before = desk.contents();
        let reply = desk.push(director.author, &[adopt]);
        let refusal = &reply.refused[0];
        assert_eq!(refusal.code, RefusalCode::NotAdoptable);
        assert_eq!(refusal.params["code"], code.as_str());
        assert_eq!(desk.contents(), before);
        let reject = decision(&desk, &mut director, event, Verdict::Reject);
        assert!(desk.offer(director.author, &reject).is_ok());
    }
    // A decision that was itself refused is nothing to take in.
    let stray = aside(&mut desk, &mut Pen::of(Author::number(4)));
    desk.person(4, &[]);
    let mut outsider = Pen::of(Author::number(4));
    outsider.begin(0);
    let mine = decision(&desk, &mut outsider, &stray, Verdict::Adopt);
    let outcome = desk.offer(outsider.author, &mine);
    assert_eq!(outcome, Err(RefusalCode::NotAuthorised));
    let adopt = decision(&desk, &mut director, &mine, Verdict::Adopt);
    let reply = desk.push(director.author, &[adopt]);
    assert_eq!(reply.refused[0].params["code"], "not_for_push");
}

#[test]
fn what_settled_itself_is_closed_without_a_second_row() {
    let (mut desk, mut director, mut steward) = scene();
    let visit = aside(&mut desk, &mut steward);
    desk.person(2, &[Role::Steward]);
    assert_eq!(desk.offer(steward.author, &visit), Ok(1));
    let adopt = decision(&desk, &mut director, &visit, Verdict::Adopt);
    assert_eq!(desk.offer(director.author, &adopt), Ok(2));
    assert_eq!(events(&desk), [visit.clone(), adopt]);
    let state = SiteState::fold(desk.store.log(desk.site()).map(|row| &row.logged));
    let finish = &state.visits[&subject_of(&visit)].finishes[0];
    assert_eq!(finish.adopted, None, "it had come in by its own right");
    // Its place may be learnt after the decision's: nothing changes.
    let mut state = state;
    state.apply(
        &visit,
        Place::Received {
            seq: 1,
            at: EPOCH_MS,
        },
    );
    let finish = &state.visits[&subject_of(&visit)].finishes[0];
    assert_eq!(finish.adopted, None, "it stood before the decision");
}

#[test]
fn a_carried_event_is_logged_for_its_author_once_and_tells_who_brought_it() {
    let (mut desk, director, _) = scene();
    let mut author = desk.person(2, &[Role::Steward]);
    let visit = desk.visit(&mut author, Role::Steward);
    // Not unawares.
    let refused = desk.offer(director.author, &visit);
    assert_eq!(refused, Err(RefusalCode::OtherPerson));
    for _ in 0..2 {
        let reply = carry(&mut desk, director.author, &visit);
        assert_eq!(outcome(&reply), Ok(1));
    }
    assert_eq!(desk.offer(author.author, &visit), Ok(1), "its author again");
    assert_eq!(events(&desk), std::slice::from_ref(&visit));
    let site = desk.site();
    let mut transaction = desk.store.begin(site, Intent::Read).expect("memory");
    let found = transaction.find(id_of(&visit)).expect("memory");
    let carrier = Carrier {
        person: director.author.person,
        device: director.author.device,
    };
    assert_eq!(found.expect("logged").carrier, Some(carrier));
    drop(transaction);
    // One's own is nobody else's, said to be carried or not.
    let own = desk.visit(&mut author, Role::Steward);
    assert_eq!(outcome(&carry(&mut desk, author.author, &own)), Ok(2));
    let mut transaction = desk.store.begin(site, Intent::Read).expect("memory");
    let found = transaction.find(id_of(&own)).expect("memory");
    assert_eq!(found.expect("logged").carrier, None);
}

#[test]
fn a_carrier_lends_no_rights_to_what_they_carry() {
    let always = |role, desk: &Desk| grant(role, desk.site());
    let (mut desk, director, mut author) = scene();
    let signed_at = desk.now;
    let term = |from, until, desk: &Desk| Grant {
        from,
        until,
        ..always(Role::Steward, desk)
    };
    for (what, grants, lets) in [
        ("no role", vec![], false),
        ("another role", vec![always(Role::Admin, &desk)], false),
        (
            "a role since",
            vec![term(signed_at + 1, None, &desk)],
            false,
        ),
        (
            "a role until then",
            vec![term(0, Some(signed_at + 1), &desk)],
            false,
        ),
        ("the role", vec![term(signed_at, None, &desk)], true),
    ] {
        desk.regrant(author.author, grants);
        let setting = Setting {
            at: signed_at,
            ..desk.setting(&mut author, Role::Steward)
        };
        let visit = author.visit(&setting);
        desk.now = signed_at + 60_000;
        let reply = carry(&mut desk, director.author, &visit);
        assert_eq!(outcome(&reply).is_ok(), lets, "{what}");
        if !lets {
            assert_eq!(outcome(&reply), Err(RefusalCode::NotAuthorised), "{what}");
            let kept = held(&mut desk, &visit).expect("kept aside");
            assert_eq!(kept.carrier.person, director.author.person, "{what}");
        }
        desk.now = signed_at;
    }
}

#[test]
fn a_revoked_devices_event_waits_for_a_director_whatever_time_it_claims() {
    let (mut desk, mut director, mut author) = scene();
    desk.person(2, &[Role::Steward]);
    let mut colleague = desk.person(3, &[Role::Supervisor]);
    let visit = desk.visit(&mut author, Role::Steward);
    desk.company.revoked.insert(author.author.device);
    let reply = carry(&mut desk, colleague.author, &visit);
    assert_eq!(outcome(&reply), Err(RefusalCode::DeviceRevoked));
    assert_eq!(reply.refused[0].params["kept"], true);
    assert_eq!(events(&desk), []);
    let kept = held(&mut desk, &visit).expect("kept aside");
    assert_eq!((kept.why, kept.event), (Why::DeviceRevoked, visit.clone()));
    let adopt = decision(&desk, &mut director, &visit, Verdict::Adopt);
    assert_eq!(desk.offer(director.author, &adopt), Ok(1));
    assert_eq!(events(&desk), [adopt, visit.clone()]);
    let site = desk.site();
    let mut transaction = desk.store.begin(site, Intent::Read).expect("memory");
    let found = transaction.find(id_of(&visit)).expect("memory");
    let carrier = found.expect("logged").carrier.expect("carried");
    assert_eq!(carrier.person, colleague.author.person);
    drop(transaction);
    // A key that is nobody's proves nothing.
    let mut stranger = Pen::of(Author {
        device: sha256(b"a stranger"),
        ..colleague.author
    });
    let visit = desk.visit(&mut stranger, Role::Steward);
    let reply = carry(&mut desk, colleague.author, &visit);
    assert_eq!(outcome(&reply), Err(RefusalCode::BadSignature));
    let own = desk.visit(&mut colleague, Role::Supervisor);
    assert_eq!(desk.offer(colleague.author, &own), Ok(3));
}

#[test]
fn whoever_carries_an_event_is_shown_of_it_what_they_may_hold() {
    let mut desk = Desk::new();
    let carrier = desk.person(1, &[Role::Steward]);
    let mut author = desk.person(2, &[Role::Steward]);
    let visit = desk.visit(&mut author, Role::Steward);
    let row = |reply: &SyncReply| match reply.sites.values().next() {
        Some(SiteReply::Page(page)) => page.rows[0].clone(),
        other => panic!("not {other:?}"),
    };
    let Row::Event(shown) = row(&carry(&mut desk, carrier.author, &visit)) else {
        panic!("a carried event is shown, not named");
    };
    assert!(shown.event.part(PartName::Private).is_none());
    // Its author has it, and may keep it whole.
    let own = desk.push(author.author, std::slice::from_ref(&visit));
    assert!(matches!(row(&own), Row::Stub(_)));
}
