//! The cases of the store's conformance suite, one promise each.

use std::collections::BTreeMap;
use std::fmt::Debug;

use doorstep_domain::erasure::{Erasure, Reason};
use doorstep_domain::event::{Absence, Event, Kind, PartName, PartState};
use doorstep_domain::log::Head;
use doorstep_domain::policy::Role;
use doorstep_domain::quarantine::{Carrier, Decided, Held, Verdict, Why};
use doorstep_domain::sync::accept::{Context, accept};
use doorstep_domain::sync::limits::{INK_BYTES, PART_BYTES};
use doorstep_domain::sync::store::{NewRow, Quarantined, SiteTransaction, Store};
use doorstep_domain::sync::wire::{Params, Pushed, SyncRequest};

use super::{Desk, begin, events, kind_of, put, read, subject_of};
use crate::company::{Author, EPOCH_MS, grant};

pub(super) fn an_empty_log_has_nothing<S: Store>(mut store: S)
where
    S::Error: Debug,
{
    let mut desk = Desk::new();
    let event = desk.visit(desk.site());
    let opened = event.open().expect("own events open");
    let mut transaction = read(&mut store, desk.site());
    assert_eq!(transaction.head().expect("head"), None);
    assert_eq!(transaction.hash_at(1).expect("hash"), None);
    assert_eq!(transaction.hash_at(u64::MAX).expect("hash"), None);
    assert_eq!(transaction.find(opened.envelope.id).expect("find"), None);
    let subject = transaction.subject(opened.envelope.subject);
    assert_eq!(subject.expect("subject"), None);
    assert_eq!(transaction.rows_after(0, 10).expect("rows"), []);
}

pub(super) fn a_transaction_reads_its_own_writes<S: Store>(mut store: S)
where
    S::Error: Debug,
{
    let mut desk = Desk::new();
    let visit = desk.visit(desk.site());
    let opinion = desk.opinion(&visit);
    let mut transaction = begin(&mut store, desk.site());
    desk.append(
        desk.site(),
        &mut transaction,
        &[visit.clone(), opinion.clone()],
    );
    let head = transaction.head().expect("head").expect("two rows");
    assert_eq!(head.seq, 2);
    assert_eq!(transaction.hash_at(2).expect("hash"), Some(head.hash));
    assert_eq!(transaction.hash_at(0).expect("hash"), None);
    let id = opinion.open().expect("own events open").envelope.id;
    let found = transaction.find(id).expect("find").expect("just written");
    assert_eq!((found.seq, found.hash), (2, head.hash));
    let summary = transaction.subject(subject_of(&visit)).expect("subject");
    assert_eq!(summary.expect("just written").count, 2);
    assert_eq!(transaction.rows_after(0, 10).expect("rows").len(), 2);
}

pub(super) fn what_is_dropped_leaves_nothing<S: Store>(mut store: S, reopen: impl Fn(S) -> S)
where
    S::Error: Debug,
{
    let mut desk = Desk::new();
    let first = desk.visit(desk.site());
    desk.log(&mut store, desk.site(), std::slice::from_ref(&first));
    let (second, addition) = (desk.visit(desk.site()), desk.opinion(&first));
    let mut transaction = begin(&mut store, desk.site());
    desk.append(desk.site(), &mut transaction, &[second.clone(), addition]);
    assert!(keep(&mut transaction, &second, 1));
    drop(transaction);
    for _ in 0..2 {
        let mut transaction = begin(&mut store, desk.site());
        assert_eq!(
            transaction.head().expect("head").map(|head| head.seq),
            Some(1)
        );
        let id = second.open().expect("own events open").envelope.id;
        assert_eq!(transaction.find(id).expect("find"), None);
        let summary = transaction.subject(subject_of(&first)).expect("subject");
        assert_eq!(summary.expect("committed before").count, 1);
        let summary = transaction.subject(subject_of(&second)).expect("subject");
        assert_eq!(summary, None);
        // The one place is free again.
        assert!(keep(&mut transaction, &second, 1));
        drop(transaction);
        store = reopen(store);
    }
    // The same event can be appended after all.
    desk.log(&mut store, desk.site(), std::slice::from_ref(&second));
    assert_eq!(events(&mut store, desk.site()), [first, second]);
}

pub(super) fn what_is_committed_stays_byte_for_byte<S: Store>(mut store: S, reopen: impl Fn(S) -> S)
where
    S::Error: Debug,
{
    let mut desk = Desk::new();
    let site = desk.site();
    let setting = desk.setting(site);
    let odd_texts = [
        (PartName::Fact, r#"{"a":"业主 👋 \" \\ \u0001"}"#.to_owned()),
        (
            PartName::Content,
            r#"{"':--":"; DROP TABLE %s"}"#.to_owned(),
        ),
        (PartName::Private, String::new()),
    ];
    let mut odd = desk.pen.write(Kind::VisitRecorded, &setting, odd_texts);
    for (name, absent) in [
        (PartName::Content, Absence::Withheld),
        (PartName::Private, Absence::Erased),
    ] {
        odd.parts.insert(name, PartState::Absent { absent });
    }
    let written = [odd, desk.visit(site), desk.visit(site)];
    desk.log(&mut store, site, &written);
    let mut store = reopen(store);
    let rows = read(&mut store, site).rows_after(0, 10).expect("rows");
    let mut head = Head::genesis(desk.company.organisation, site);
    for (row, event) in rows.iter().zip(&written) {
        assert_eq!(row.logged.event, *event);
        let opened = event.open().expect("own events open");
        assert_eq!(row.envelope_hash, opened.envelope_hash);
        assert_eq!(row.kind, kind_of(event));
        assert_eq!(row.author, desk.pen.author.person);
        head = head.next(&row.envelope_hash, row.logged.received_at);
        let mut transaction = read(&mut store, site);
        let hash = transaction.hash_at(row.logged.seq).expect("hash");
        assert_eq!((row.logged.seq, hash), (head.seq, Some(head.hash)));
        let found = transaction.find(opened.envelope.id).expect("find");
        let found = found.expect("committed");
        assert_eq!(
            (
                found.seq,
                found.received_at,
                found.hash,
                found.envelope_hash
            ),
            (
                head.seq,
                row.logged.received_at,
                head.hash,
                row.envelope_hash
            )
        );
        assert_eq!(found.subject, opened.envelope.subject);
    }
    assert_eq!(rows.len(), written.len());
    assert_eq!(read(&mut store, site).head().expect("head"), Some(head));
}

pub(super) fn an_id_is_logged_once<S: Store>(mut store: S, reopen: impl Fn(S) -> S)
where
    S::Error: Debug,
{
    let mut desk = Desk::new();
    let site = desk.site();
    let event = desk.visit(site);
    desk.log(&mut store, site, std::slice::from_ref(&event));
    let mut store = reopen(store);
    let mut transaction = begin(&mut store, site);
    let head = transaction.head().expect("head").expect("one row");
    assert!(
        put(&mut transaction, head, &event).is_err(),
        "a second row of one id"
    );
    drop(transaction);
    assert_eq!(events(&mut store, site), [event]);
}

pub(super) fn a_place_is_taken_once<S: Store>(mut store: S)
where
    S::Error: Debug,
{
    let mut desk = Desk::new();
    let site = desk.site();
    let (first, second) = (desk.visit(site), desk.visit(site));
    desk.log(&mut store, site, std::slice::from_ref(&first));
    // A place that is taken is a unique key like the id.
    let genesis = Head::genesis(desk.company.organisation, site);
    let mut transaction = begin(&mut store, site);
    assert!(
        put(&mut transaction, genesis, &second).is_err(),
        "two rows in one place"
    );
    drop(transaction);
    assert_eq!(events(&mut store, site), [first]);
}

pub(super) fn sites_are_apart<S: Store>(mut store: S, reopen: impl Fn(S) -> S)
where
    S::Error: Debug,
{
    let mut desk = Desk::new();
    let (here, there) = (desk.company.sites[0], desk.company.sites[1]);
    let (one, two, other) = (desk.visit(here), desk.visit(here), desk.visit(there));
    desk.log(&mut store, here, std::slice::from_ref(&one));
    desk.log(&mut store, there, std::slice::from_ref(&other));
    desk.log(&mut store, here, std::slice::from_ref(&two));
    let mut store = reopen(store);
    assert_eq!(events(&mut store, here), [one.clone(), two]);
    assert_eq!(events(&mut store, there), [other]);
    let opened = one.open().expect("own events open");
    let mut transaction = read(&mut store, there);
    assert_eq!(transaction.find(opened.envelope.id).expect("find"), None);
    let summary = transaction.subject(opened.envelope.subject);
    assert_eq!(summary.expect("subject"), None);
    assert_eq!(transaction.hash_at(2).expect("hash"), None);
}

pub(super) fn rows_come_in_order_without_a_gap<S: Store>(mut store: S)
where
    S::Error: Debug,
{
    let mut desk = Desk::new();
    let site = desk.site();
    let written: Vec<Event> = (0..12).map(|_| desk.visit(site)).collect();
    desk.log(&mut store, site, &written);
    for (after, limit, seqs) in [
        (0, 100, 1..=12),
        (0, 5, 1..=5),
        (5, 5, 6..=10),
        (10, 5, 11..=12),
        (11, 1, 12..=12),
    ] {
        let rows = read(&mut store, site)
            .rows_after(after, limit)
            .expect("rows");
        let found: Vec<u64> = rows.iter().map(|row| row.logged.seq).collect();
        assert_eq!(found, seqs.collect::<Vec<u64>>(), "{limit} after {after}");
        for row in rows {
            let place = usize::try_from(row.logged.seq).expect("short logs") - 1;
            assert_eq!(row.logged.event, written[place]);
        }
    }
    for (after, limit) in [(12, 5), (u64::from(u32::MAX), 5), (0, 0)] {
        let rows = read(&mut store, site)
            .rows_after(after, limit)
            .expect("rows");
        assert_eq!(rows, [], "{limit} after {after}");
    }
}

pub(super) fn a_subject_is_summed_up_by_its_first_event<S: Store>(
    mut store: S,
    reopen: impl Fn(S) -> S,
) where
    S::Error: Debug,
{
    let (mut desk, mut other) = (Desk::new(), Desk::of(2));
    let site = desk.site();
    let visit = desk.visit(site);
    let opinion = other.opinion(&visit);
    desk.log(&mut store, site, std::slice::from_ref(&visit));
    let elsewhere = other.visit(site);
    desk.log(&mut store, site, &[opinion, elsewhere]);
    let mut store = reopen(store);
    let mut transaction = read(&mut store, site);
    let summary = transaction.subject(subject_of(&visit)).expect("subject");
    let summary = summary.expect("two events");
    assert_eq!(
        (summary.count, summary.first_kind),
        (2, Kind::VisitRecorded)
    );
    assert_eq!(summary.author, desk.pen.author.person);
    let rows = transaction.rows_after(0, 10).expect("rows");
    let authors: Vec<_> = rows.iter().map(|row| row.author).collect();
    let (first, second) = (desk.pen.author.person, other.pen.author.person);
    // The addition is another's, the record it is about is not.
    assert_eq!(authors, [first, first, second]);
    let kinds: Vec<Kind> = rows.iter().map(|row| row.kind).collect();
    assert_eq!(
        kinds,
        [
            Kind::VisitRecorded,
            Kind::OpinionWritten,
            Kind::VisitRecorded
        ]
    );
}

pub(super) fn quarantine_keeps_each_once_and_has_a_cap<S: Store>(
    mut store: S,
    reopen: impl Fn(S) -> S,
) where
    S::Error: Debug,
{
    let (mut desk, mut other) = (Desk::new(), Desk::of(2));
    let site = desk.site();
    let held: Vec<Event> = (0..3).map(|_| desk.visit(site)).collect();
    let foreign = other.visit(site);
    let mut transaction = begin(&mut store, site);
    assert!(keep(&mut transaction, &held[0], 2));
    transaction.commit().expect("commit");
    let mut store = reopen(store);
    let mut transaction = begin(&mut store, site);
    assert!(keep(&mut transaction, &held[0], 2), "again");
    assert!(keep(&mut transaction, &held[1], 2), "the second");
    assert!(!keep(&mut transaction, &held[2], 2), "there is no room");
    assert!(keep(&mut transaction, &held[1], 2), "kept, full or not");
    // Another device has places of its own.
    assert!(keep(&mut transaction, &foreign, 2));
    transaction.commit().expect("commit");
    let mut transaction = begin(&mut store, site);
    assert!(!keep(&mut transaction, &held[2], 2), "still full");
    assert_eq!(
        transaction.head().expect("head"),
        None,
        "quarantine is no log"
    );
}

pub(super) fn what_is_kept_aside_comes_back_whole_and_is_decided_once<S: Store>(
    mut store: S,
    reopen: impl Fn(S) -> S,
) where
    S::Error: Debug,
{
    let mut desk = Desk::new();
    let [here, there] = [desk.company.sites[0], desk.company.sites[1]];
    let events = [desk.visit(here), desk.visit(here)];
    let opened = events
        .each_ref()
        .map(|it| it.open().expect("own events open"));
    let carrier = Carrier {
        person: Author::number(7).person,
        device: Author::number(7).device,
    };
    let params = Params::from([("reason".into(), "业主 \"\u{1}".into())]);
    let mut transaction = begin(&mut store, here);
    for opened in &opened {
        let event = Quarantined {
            opened,
            carrier,
            received_at: EPOCH_MS + 5,
            why: Why::Invalid,
            params: &params,
        };
        assert!(transaction.quarantine(&event, 9).expect("quarantine"));
    }
    transaction.commit().expect("commit");
    let mut store = reopen(store);
    let held = |store: &mut S, site, of: usize| {
        let mut transaction = read(store, site);
        transaction.held(&opened[of].envelope_hash).expect("held")
    };
    let one = held(&mut store, here, 0).expect("kept");
    let other = held(&mut store, here, 1).expect("kept");
    assert!(one.number < other.number);
    let expected = Held {
        number: one.number,
        site: here,
        id: opened[0].envelope.id,
        envelope_hash: opened[0].envelope_hash,
        event: events[0].clone(),
        why: Why::Invalid,
        params,
        carrier,
        received_at: EPOCH_MS + 5,
        decided: None,
    };
    assert_eq!(one, expected);
    assert_eq!(held(&mut store, there, 0), None, "another site's");

    // Brought again by somebody else it is the same.
    let mut transaction = begin(&mut store, here);
    assert!(keep(&mut transaction, &events[0], 9));
    transaction.commit().expect("commit");
    assert_eq!(held(&mut store, here, 0), Some(expected.clone()));

    let decided = |of: usize, verdict| Decided {
        by: opened[of].envelope.id,
        verdict,
    };
    let hash = &opened[0].envelope_hash;
    let mut transaction = begin(&mut store, here);
    let first = decided(1, Verdict::Adopt);
    transaction.decide(hash, &first).expect("decide");
    let seen = transaction.held(hash).expect("held").expect("kept");
    assert_eq!(seen.decided, Some(first), "it reads its own writes");
    drop(transaction);
    assert_eq!(held(&mut store, here, 0), Some(expected.clone()), "dropped");

    let mut transaction = begin(&mut store, here);
    transaction.decide(hash, &first).expect("decide");
    let second = decided(0, Verdict::Reject);
    transaction.decide(hash, &second).expect("decide again");
    transaction.commit().expect("commit");
    let mut transaction = begin(&mut store, there);
    transaction
        .decide(&opened[1].envelope_hash, &second)
        .expect("elsewhere");
    transaction.commit().expect("commit");
    let mut store = reopen(store);
    let decided = Held {
        decided: Some(first),
        ..expected
    };
    assert_eq!(held(&mut store, here, 0), Some(decided));
    assert_eq!(held(&mut store, here, 1), Some(other));
}

pub(super) fn what_is_decided_or_logged_makes_room<S: Store>(mut store: S, reopen: impl Fn(S) -> S)
where
    S::Error: Debug,
{
    let mut desk = Desk::new();
    let site = desk.site();
    let visits: Vec<Event> = (0..4).map(|_| desk.visit(site)).collect();
    let mut transaction = begin(&mut store, site);
    assert!(keep(&mut transaction, &visits[0], 1));
    assert!(!keep(&mut transaction, &visits[1], 1));
    let opened = visits[0].open().expect("own events open");
    let decided = Decided {
        by: opened.envelope.id,
        verdict: Verdict::Reject,
    };
    let hash = opened.envelope_hash;
    transaction.decide(&hash, &decided).expect("decide");
    transaction.commit().expect("commit");
    let mut store = reopen(store);
    let mut transaction = begin(&mut store, site);
    assert!(keep(&mut transaction, &visits[1], 1), "after the decision");
    assert!(!keep(&mut transaction, &visits[2], 1));
    transaction.commit().expect("commit");
    desk.log(&mut store, site, &visits[1..2]);
    let mut transaction = begin(&mut store, site);
    assert!(keep(&mut transaction, &visits[2], 1), "once it was logged");
    assert!(!keep(&mut transaction, &visits[3], 1));
    // What was decided and what was logged is still there.
    for visit in &visits[..2] {
        let hash = visit.open().expect("own events open").envelope_hash;
        assert!(transaction.held(&hash).expect("held").is_some());
    }
}

pub(super) fn who_carried_an_event_stays_beside_it<S: Store>(mut store: S, reopen: impl Fn(S) -> S)
where
    S::Error: Debug,
{
    let mut desk = Desk::new();
    let site = desk.site();
    let (own, brought) = (desk.visit(site), desk.visit(site));
    desk.log(&mut store, site, std::slice::from_ref(&own));
    let carrier = Carrier {
        person: Author::number(7).person,
        device: Author::number(7).device,
    };
    let [own, brought] = [&own, &brought].map(|it| it.open().expect("own events open"));
    let mut transaction = begin(&mut store, site);
    let before = transaction.head().expect("head").expect("one row");
    let row = NewRow {
        head: before.next(&brought.envelope_hash, EPOCH_MS),
        received_at: EPOCH_MS,
        kind: Kind::VisitRecorded,
        opened: &brought,
        carrier: Some(carrier),
    };
    transaction.append(&row).expect("an append that fits");
    transaction.commit().expect("commit");
    let mut store = reopen(store);
    let mut transaction = read(&mut store, site);
    for (opened, expected) in [(&own, None), (&brought, Some(carrier))] {
        let found = transaction.find(opened.envelope.id).expect("find");
        assert_eq!(found.expect("logged").carrier, expected);
    }
}

pub(super) fn what_is_erased_stays_erased<S: Store>(mut store: S, reopen: impl Fn(S) -> S)
where
    S::Error: Debug,
{
    let mut desk = Desk::new();
    let site = desk.site();
    let (visit, late) = (desk.visit(site), desk.visit(site));
    let id = |event: &Event| event.open().expect("own events open").envelope.id;
    let erasure = |event: &Event| Erasure {
        event: id(event),
        parts: vec![PartName::Content, PartName::Private],
        reason: Reason::TermEnded,
        ordered_by: None,
    };
    let by = id(&desk.visit(site));
    desk.log(&mut store, site, std::slice::from_ref(&visit));
    let mut transaction = begin(&mut store, site);
    transaction.erase(&erasure(&visit), by).expect("erase");
    drop(transaction);
    assert_eq!(
        events(&mut store, site),
        std::slice::from_ref(&visit),
        "dropped"
    );
    let mut transaction = begin(&mut store, site);
    let list = transaction.erased(id(&visit)).expect("list");
    assert_eq!(list, [], "dropped with it");
    transaction.erase(&erasure(&visit), by).expect("erase");
    // What is not here, or not here any more, is on the list all the same.
    transaction.erase(&erasure(&late), by).expect("erase");
    transaction.commit().expect("commit");
    let mut store = reopen(store);
    desk.log(&mut store, site, std::slice::from_ref(&late));
    let parts = &erasure(&visit).parts;
    assert_eq!(
        events(&mut store, site),
        [visit.clone().erasing(parts), late.erasing(parts)],
        "the fact stays"
    );
    let mut transaction = read(&mut store, site);
    assert_eq!(transaction.erased(id(&visit)).expect("list"), *parts);
    assert_eq!(transaction.erased(by).expect("list"), []);
    assert_eq!(transaction.unsaid_erasures().expect("unsaid"), []);
}

pub(super) fn what_is_kept_aside_is_erased_too<S: Store>(mut store: S, reopen: impl Fn(S) -> S)
where
    S::Error: Debug,
{
    let mut desk = Desk::new();
    let site = desk.site();
    let (visit, late) = (desk.visit(site), desk.visit(site));
    let opened = [&visit, &late].map(|event| event.open().expect("own events open"));
    let ids = opened.each_ref().map(|it| it.envelope.id);
    let names: Vec<PartName> = visit.parts.keys().copied().collect();
    let parts = vec![PartName::Content, PartName::Private];
    let by = desk
        .visit(site)
        .open()
        .expect("own events open")
        .envelope
        .id;
    let mut transaction = begin(&mut store, site);
    assert_eq!(transaction.kept_parts(ids[0]).expect("parts"), []);
    assert!(keep(&mut transaction, &visit, 9));
    assert_eq!(transaction.kept_parts(ids[0]).expect("parts"), names);
    transaction.commit().expect("commit");
    let erase = |transaction: &mut S::Transaction<'_>| {
        for event in ids {
            let erasure = Erasure {
                event,
                parts: parts.clone(),
                reason: Reason::TermEnded,
                ordered_by: None,
            };
            transaction.erase(&erasure, by).expect("erase");
        }
    };
    let mut store = reopen(store);
    let held = |store: &mut S, of: usize| {
        let mut transaction = read(store, site);
        let held = transaction.held(&opened[of].envelope_hash).expect("held");
        held.expect("kept").event
    };
    let mut transaction = begin(&mut store, site);
    erase(&mut transaction);
    drop(transaction);
    assert_eq!(held(&mut store, 0), visit, "dropped");
    let mut transaction = begin(&mut store, site);
    erase(&mut transaction);
    // What comes afterwards comes without it.
    assert!(keep(&mut transaction, &late, 9));
    transaction.commit().expect("commit");
    let mut store = reopen(store);
    assert_eq!(held(&mut store, 0), visit.clone().erasing(&parts));
    assert_eq!(held(&mut store, 1), late.clone().erasing(&parts));
    let mut transaction = read(&mut store, site);
    assert_eq!(transaction.kept_parts(ids[1]).expect("parts"), names);
}

pub(super) fn the_largest_event_fits<S: Store>(mut store: S, reopen: impl Fn(S) -> S)
where
    S::Error: Debug,
{
    let mut desk = Desk::new();
    let site = desk.site();
    let setting = desk.setting(site);
    let text = |bytes: usize| format!("\"{}\"", "业".repeat((bytes - 2) / 3));
    let parts = [
        (PartName::Fact, text(PART_BYTES)),
        (PartName::Content, text(PART_BYTES)),
        (PartName::Signing, text(PART_BYTES)),
        (PartName::Ink, text(INK_BYTES)),
        (PartName::Private, text(PART_BYTES)),
    ];
    let event = desk.pen.write(Kind::VisitRecorded, &setting, parts);
    desk.log(&mut store, site, std::slice::from_ref(&event));
    assert_eq!(events(&mut reopen(store), site), [event]);
}

pub(super) fn the_accept_core_runs_on_it<S: Store>(mut store: S, reopen: impl Fn(S) -> S)
where
    S::Error: Debug,
{
    let mut desk = Desk::new();
    let site = desk.site();
    let visit = desk.visit(site);
    let opinion = desk.opinion(&visit);
    let grants = [grant(Role::Supervisor, site)];
    let context = Context {
        organisation: desk.company.organisation,
        person: desk.pen.author.person,
        device: desk.pen.author.device,
        grants: &grants,
        now: EPOCH_MS,
        epoch: 1,
        signatures: &desk.company,
        sites: &desk.company,
    };
    let genesis = Head::genesis(desk.company.organisation, site);
    let request = SyncRequest {
        device: desk.pen.author.device,
        build: "conformance".into(),
        epoch: None,
        cursors: BTreeMap::from([(site, genesis)]),
        scope: BTreeMap::new(),
        unsent: 2,
        push: vec![Pushed::Event(visit.clone()), Pushed::Event(opinion.clone())],
        carried: Vec::new(),
        limit: 10,
    };
    let first = accept(&context, &request, &mut store);
    let first = first.unwrap_or_else(|_| panic!("a sound request was refused"));
    assert_eq!((first.acks.len(), first.refused.len()), (2, 0));
    let mut store = reopen(store);
    let later = Context {
        now: EPOCH_MS + 1,
        ..context
    };
    let again = accept(&later, &request, &mut store);
    let again = again.unwrap_or_else(|_| panic!("a repeated request was refused"));
    assert_eq!((again.acks, again.sites), (first.acks, first.sites));
    assert_eq!(events(&mut store, site), [visit, opinion]);
}

/// Keeps `event` aside as its author brought it.
fn keep<T: SiteTransaction>(transaction: &mut T, event: &Event, per_device: u32) -> bool
where
    T::Error: Debug,
{
    let opened = event.open().expect("own events open");
    let carrier = Carrier {
        person: opened.envelope.actor,
        device: opened.envelope.device,
    };
    let event = Quarantined {
        opened: &opened,
        carrier,
        received_at: EPOCH_MS,
        why: Why::IdConflict,
        params: &Params::new(),
    };
    let kept = transaction.quarantine(&event, per_device);
    kept.expect("quarantine")
}
