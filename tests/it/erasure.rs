//! Erasing parts of a record through the accept core: who may, what stays, and that what is erased
//! stays so when a backup takes the log's place.

use doorstep_domain::erasure::{HouseholdErasure, Order, Reason};
use doorstep_domain::event::{Event, Kind, PartName, canonical};
use doorstep_domain::holdings::Kept;
use doorstep_domain::id::{EventId, HouseholdId};
use doorstep_domain::policy::Role;
use doorstep_domain::state::SiteState;
use doorstep_domain::sync::accept::{Office, append_by_office, say_erasures_again};
use doorstep_domain::sync::memory::MemoryStore;
use doorstep_domain::sync::store::{Intent, SiteTransaction, Store};
use doorstep_domain::sync::wire::{RefusalCode, Row, SiteReply};
use doorstep_domain::time::SiteTime;
use doorstep_tests::company::Author;
use doorstep_tests::events::{Pen, Setting};

use crate::desk::Desk;

const PARTS: [PartName; 2] = [PartName::Content, PartName::Private];

fn id(event: &Event) -> EventId {
    event.open().expect("own events open").envelope.id
}

/// Somebody's erasure of parts of `event`.
fn erasing(desk: &Desk, pen: &mut Pen, role: Role, event: &Event, parts: &[PartName]) -> Event {
    let opened = event.open().expect("own events open");
    let setting = Setting {
        subject: opened.envelope.subject,
        ..desk.setting(pen, role)
    };
    pen.erasure(&setting, id(event), parts)
}

fn log(desk: &Desk) -> Vec<Event> {
    let rows = desk.store.log(desk.site());
    rows.map(|row| row.logged.event.clone()).collect()
}

#[test]
fn a_director_erases_parts_and_the_rest_of_the_record_stays() {
    let mut desk = Desk::new();
    let mut lin = desk.person(1, &[Role::Supervisor]);
    let mut shen = desk.person(2, &[Role::Director]);
    let visit = desk.visit(&mut lin, Role::Supervisor);
    desk.offer(lin.author, &visit).expect("logged");
    let own = erasing(&desk, &mut lin, Role::Supervisor, &visit, &PARTS);
    assert_eq!(
        desk.offer(lin.author, &own),
        Err(RefusalCode::NotAuthorised)
    );
    let erased = erasing(&desk, &mut shen, Role::Director, &visit, &PARTS);
    assert_eq!(desk.offer(shen.author, &erased), Ok(2));
    assert_eq!(log(&desk), [visit.clone().erasing(&PARTS), erased.clone()]);
    // Who sends it again, whole, is answered as before and brings nothing back.
    assert_eq!(desk.offer(lin.author, &visit), Ok(1));
    assert_eq!(log(&desk)[0], visit.clone().erasing(&PARTS));
    let rows: Vec<_> = desk
        .store
        .log(desk.site())
        .map(|it| it.logged.clone())
        .collect();
    let state = SiteState::fold(&rows);
    let finish = state.visits.values().next().and_then(|it| it.counted());
    let finish = finish.expect("the visit is still counted");
    assert_eq!((&finish.content, &finish.private), (&None, &None));
    assert_eq!(state.unreadable, 0);
}

#[test]
fn a_phone_that_folds_the_erasure_after_the_record_shows_it_no_more() {
    let mut desk = Desk::new();
    let mut lin = desk.person(1, &[Role::Supervisor]);
    let mut shen = desk.person(2, &[Role::Director]);
    let visit = desk.visit(&mut lin, Role::Supervisor);
    let card = desk.household(&mut lin, Role::Supervisor);
    let setting = Setting {
        subject: visit.open().expect("own events open").envelope.subject,
        ..desk.setting(&mut lin, Role::Supervisor)
    };
    let opinion = lin.opinion(&setting, id(&visit));
    let content = [PartName::Content];
    let events = [
        erasing(&desk, &mut shen, Role::Director, &visit, &PARTS),
        erasing(&desk, &mut shen, Role::Director, &opinion, &content),
        erasing(&desk, &mut shen, Role::Director, &card, &content),
    ];
    let mut state = SiteState::default();
    let place = doorstep_domain::state::Place::OnPhone;
    for event in [&visit, &opinion, &card] {
        state.apply(event, place);
    }
    let shown = |state: &SiteState| {
        let record = state.visits.values().next().expect("the visit");
        let finish = record.counted().expect("finished");
        let household = state.households.values().next().expect("the household");
        (
            finish.content.is_some() || finish.private.is_some(),
            record.opinions[0].words.is_some(),
            household.card.is_some(),
        )
    };
    assert_eq!(shown(&state), (true, true, true));
    for event in &events {
        state.apply(event, place);
    }
    assert_eq!(shown(&state), (false, false, false));
}

#[test]
fn an_erasure_names_parts_that_its_event_has_and_its_own_order() {
    let mut desk = Desk::new();
    let mut lin = desk.person(1, &[Role::Supervisor]);
    let mut shen = desk.person(2, &[Role::Director]);
    let visit = desk.visit(&mut lin, Role::Supervisor);
    let early = erasing(&desk, &mut shen, Role::Director, &visit, &PARTS);
    let unknown = Err(RefusalCode::UnknownSubject);
    assert_eq!(desk.offer(shen.author, &early), unknown);
    desk.offer(lin.author, &visit).expect("logged");
    for parts in [
        &[PartName::Fact][..],
        &[],
        &[PartName::Private, PartName::Content],
        &[PartName::Ink],
    ] {
        let wrong = erasing(&desk, &mut shen, Role::Director, &visit, parts);
        let refused = desk.offer(shen.author, &wrong);
        assert_eq!(refused, Err(RefusalCode::Invalid), "{parts:?}");
    }
    let other = desk.visit(&mut lin, Role::Supervisor);
    desk.offer(lin.author, &other).expect("logged");
    let setting = Setting {
        subject: other.open().expect("own events open").envelope.subject,
        ..desk.setting(&mut shen, Role::Director)
    };
    let astray = shen.erasure(&setting, id(&visit), &PARTS);
    let refused = desk.offer(shen.author, &astray);
    assert_eq!(refused, Err(RefusalCode::WrongSubject));
    assert_eq!(log(&desk), [visit, other]);
}

#[test]
fn what_is_kept_aside_is_erased_about_its_own_id_before_and_after_a_backup_takes_its_place() {
    let mut desk = Desk::new();
    let mut lin = desk.person(1, &[Role::Steward]);
    let mut shen = desk.person(2, &[Role::Director]);
    // No post of hers.
    let visit = desk.visit(&mut lin, Role::Supervisor);
    let refused = desk.offer(lin.author, &visit);
    assert_eq!(refused, Err(RefusalCode::NotAuthorised));
    let backup = desk.store.clone();
    let of_the_record = erasing(&desk, &mut shen, Role::Director, &visit, &PARTS);
    let refused = desk.offer(shen.author, &of_the_record);
    assert_eq!(refused, Err(RefusalCode::WrongSubject));
    let setting = Setting {
        subject: id(&visit).into(),
        ..desk.setting(&mut shen, Role::Director)
    };
    let never_there = shen.erasure(&setting, id(&visit), &[PartName::Ink]);
    let refused = desk.offer(shen.author, &never_there);
    assert_eq!(refused, Err(RefusalCode::Invalid));
    let erasure = shen.erasure(&setting, id(&visit), &PARTS);
    assert_eq!(desk.offer(shen.author, &erasure), Ok(1));
    let gone = |desk: &Desk| {
        let mut held = desk.store.quarantine().iter();
        let held = held.find(|held| held.id == id(&visit)).expect("kept");
        held.event == visit.clone().erasing(&PARTS)
    };
    assert!(gone(&desk));
    let replaced = std::mem::replace(&mut desk.store, backup);
    desk.store.take_over_erasures(&replaced);
    assert!(!gone(&desk));
    say_again(&mut desk);
    assert!(gone(&desk));
    assert_eq!(log(&desk), [erasure]);
}

#[test]
fn what_is_kept_too_long_is_never_what_is_in_force_or_waits_for_somebody() {
    const DAY_MS: i64 = 86_400_000;
    let mut desk = Desk::new();
    let mut lin = desk.person(1, &[Role::Supervisor]);
    let mut zhou = desk.person(2, &[Role::Steward]);
    let household = lin.household(desk.now);
    let entry = |desk: &Desk, lin: &mut Pen| {
        let setting = desk.setting(lin, Role::Supervisor);
        lin.household_changed(&setting, household)
    };
    let old_card = entry(&desk, &mut lin);
    let card = entry(&desk, &mut lin);
    let [visit, judged] = [(); 2].map(|()| desk.visit(&mut lin, Role::Supervisor));
    // No post of hers: it waits for a director.
    let waits = desk.visit(&mut zhou, Role::Supervisor);
    for (author, event) in [
        (lin.author, &old_card),
        (lin.author, &card),
        (lin.author, &visit),
        (lin.author, &judged),
        (zhou.author, &waits),
    ] {
        let _ = desk.offer(author, event);
    }
    let day = |desk: &Desk| {
        let at = visit.open().expect("own events open").envelope.at;
        SiteTime::at(desk.now, at.offset_minutes())
            .expect("a time")
            .date()
    };
    let first_day = day(&desk);
    desk.now += 40 * DAY_MS;
    let setting = Setting {
        subject: judged.open().expect("own events open").envelope.subject,
        ..desk.setting(&mut lin, Role::Supervisor)
    };
    let opinion = lin.opinion(&setting, id(&judged));
    desk.offer(lin.author, &opinion).expect("logged");
    let rows = desk.store.log(desk.site()).map(|row| row.logged.clone());
    let log: Vec<_> = rows.collect();
    let kept = Kept {
        log: &log,
        aside: desk.store.quarantine(),
    };
    assert_eq!((log.len(), kept.aside.len()), (5, 1));
    assert_eq!(kept.older_than(first_day), [].into());
    // The opinion is later than the term, so the visit it is about stays with it.
    let expected = [id(&old_card), id(&visit)].into();
    assert_eq!(kept.older_than(day(&desk)), expected);
    desk.now += DAY_MS;
    let expected = [&old_card, &visit, &judged, &opinion].map(id).into();
    assert_eq!(kept.older_than(day(&desk)), expected);
}

/// Logs again what the log has not said.
fn say_again(desk: &mut Desk) {
    let (site, genesis, now) = (desk.site(), desk.genesis(desk.site()), desk.now);
    let mut transaction = desk.store.begin(site, Intent::Append).expect("begin");
    say_erasures_again(genesis, now, &mut transaction).expect("said again");
    transaction.commit().expect("commit");
}

#[test]
fn what_was_erased_stays_erased_when_a_backup_takes_the_logs_place() {
    let mut desk = Desk::new();
    let mut lin = desk.person(1, &[Role::Supervisor]);
    let mut shen = desk.person(2, &[Role::Director]);
    let early = desk.visit(&mut lin, Role::Supervisor);
    desk.offer(lin.author, &early).expect("logged");
    let backup = desk.store.clone();
    let late = desk.visit(&mut lin, Role::Supervisor);
    desk.offer(lin.author, &late).expect("logged");
    let erasures = [&early, &late].map(|visit| {
        let erased = erasing(&desk, &mut shen, Role::Director, visit, &PARTS);
        desk.offer(shen.author, &erased).expect("erased");
        erased
    });
    let replaced: MemoryStore = std::mem::replace(&mut desk.store, backup);
    desk.store.take_over_erasures(&replaced);
    say_again(&mut desk);
    let gone = |event: &Event| event.clone().erasing(&PARTS);
    assert_eq!(log(&desk), [gone(&early), erasures[0].clone()]);
    // The phone that made it still has it whole, another only what was left of it: both bring it
    // back without the erased parts, and the log says again why they are not there.
    let mut whole = desk.store.clone();
    desk.offer(lin.author, &late).expect("logged again");
    std::mem::swap(&mut whole, &mut desk.store);
    desk.offer(lin.author, &gone(&late)).expect("logged again");
    let expected = [
        gone(&early),
        erasures[0].clone(),
        gone(&late),
        erasures[1].clone(),
    ];
    assert_eq!(log(&desk), expected);
    desk.store = whole;
    assert_eq!(log(&desk), expected);
    say_again(&mut desk);
    assert_eq!(log(&desk), expected, "said once");
}

/// The office's order to erase what is held on a household.
fn order(desk: &Desk, pen: &mut Pen, household: HouseholdId) -> Event {
    let order = HouseholdErasure {
        household,
        reason: Reason::ConsentWithdrawn,
        ordered_by: pen.author.person,
    };
    let setting = Setting {
        subject: household.into(),
        ..desk.setting(pen, Role::Office)
    };
    let parts = [(PartName::Fact, canonical(&order))];
    pen.write(Kind::HouseholdErased, &setting, parts)
}

#[test]
fn an_order_to_erase_a_household_is_the_offices_and_is_said_again_after_a_backup() {
    let mut desk = Desk::new();
    let mut shen = desk.person(2, &[Role::Director]);
    let household = shen.household(desk.now);
    let own = order(&desk, &mut shen, household);
    assert_eq!(desk.offer(shen.author, &own), Err(RefusalCode::NotForPush));
    let mut pen = Pen::of(Author::number(9));
    let order = order(&desk, &mut pen, household);
    let (site, company, now) = (desk.site(), desk.company.clone(), desk.now);
    let office = Office {
        organisation: company.organisation,
        now,
        signatures: &company,
        sites: &company,
    };
    let backup = desk.store.clone();
    let events = std::slice::from_ref(&order);
    append_by_office(&office, site, events, &mut desk.store).expect("logged");
    let replaced: MemoryStore = std::mem::replace(&mut desk.store, backup);
    desk.store.take_over_erasures(&replaced);
    for _ in 0..2 {
        say_again(&mut desk);
        assert_eq!(log(&desk), events, "said once");
    }
    // Its time is the one it was given at, not that of the restore.
    assert_eq!(Order::by(&log(&desk)[0]).map(|it| it.at), Some(now));
}

#[test]
fn parts_that_nobody_erased_must_be_sent() {
    let mut desk = Desk::new();
    let mut lin = desk.person(1, &[Role::Supervisor]);
    let visit = desk.visit(&mut lin, Role::Supervisor);
    let refused = desk.offer(lin.author, &visit.erasing(&[PartName::Private]));
    assert_eq!(refused, Err(RefusalCode::PartMissing));
}

#[test]
fn who_sends_an_erased_event_again_is_shown_what_was_erased() {
    let mut desk = Desk::new();
    let mut lin = desk.person(1, &[Role::Supervisor]);
    let mut shen = desk.person(2, &[Role::Director]);
    let visit = desk.visit(&mut lin, Role::Supervisor);
    desk.offer(lin.author, &visit).expect("logged");
    let erased = erasing(&desk, &mut shen, Role::Director, &visit, &PARTS);
    desk.offer(shen.author, &erased).expect("logged");
    let reply = desk.push(lin.author, std::slice::from_ref(&visit));
    let Some(SiteReply::Page(page)) = reply.sites.values().next() else {
        panic!("a page");
    };
    let Row::Event(row) = &page.rows[0] else {
        panic!("what was erased is shown, not named");
    };
    assert_eq!(row.event, visit.erasing(&PARTS));
}
