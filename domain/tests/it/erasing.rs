//! What an order to erase a household reaches of what no log has yet: drafts and refused events of
//! phones. What it reaches of the log is in `holdings`' tests.

use doorstep_domain::erasure::{
    Erasure, HouseholdErasure, Order, Reason, erase_refused, reaches_draft,
};
use doorstep_domain::event::{Event, Kind, PartName, canonical};
use doorstep_domain::id::SubjectId;
use doorstep_domain::log::LoggedEvent;
use doorstep_domain::policy::Role;
use doorstep_domain::state::SiteState;
use doorstep_domain::time::UnixMs;
use doorstep_domain::validity::{Invalid, check};

use crate::sample::{
    LIN, SHEN, draft, event, event_at, finished, household, id_of, log, person, registered,
    subject, time, visit,
};

const AT: &str = "2026-11-24T10:00";

fn at() -> UnixMs {
    time(AT).unix_ms()
}

fn ordered(n: u8, of: u8, reason: Reason) -> Event {
    let order = HouseholdErasure {
        household: household(of),
        reason,
        ordered_by: person(SHEN),
    };
    let bodies = vec![(PartName::Fact, canonical(&order))];
    let subject = household(of).into();
    event_at(
        n,
        subject,
        Kind::HouseholdErased,
        SHEN,
        Role::Office,
        bodies,
        AT,
    )
}

/// The log of the order to erase household 1.
fn rows() -> Vec<LoggedEvent> {
    log(vec![ordered(1, 1, Reason::ConsentWithdrawn)])
}

/// A record begun so many milliseconds after the order.
fn begun(after: i64) -> SubjectId {
    SubjectId::mint(u64::try_from(at() + after).unwrap(), &[5; 10])
}

#[test]
fn an_order_reaches_the_drafts_of_its_household_that_were_begun_before_it() {
    let body = draft(1, "2026-11-24").to_bytes();
    let reached = |subject, body: &[u8], skew| reaches_draft(&rows(), subject, body, skew);
    assert!(reached(begun(-1), &body, 0));
    assert!(
        !reached(begun(0), &body, 0),
        "the next visit is not concerned"
    );
    assert!(!reached(begun(-1), &draft(2, "2026-11-24").to_bytes(), 0));
    // A draft of another version, which this program cannot read, names its household all the same.
    let other = format!("{{\"v\":9,\"of\":\"{}\"}}", household(1));
    assert!(reached(begun(-1), other.as_bytes(), 0));
    // A phone whose clock is an hour slow began this one half an hour after the order.
    let hour = 3_600_000;
    assert!(!reached(begun(-hour / 2), &body, -hour));
    // One whose clock is an hour fast began this one half an hour before.
    assert!(reached(begun(hour / 2), &body, hour));
    assert!(!reaches_draft(&[], begun(-1), &body, 0));
}

#[test]
fn what_is_erased_of_a_record_reaches_the_drafts_of_this_very_record() {
    let visit = visit(1, "2026-11-23");
    let of = visit.open().unwrap().envelope.subject;
    let erasure = Erasure {
        event: id_of(&visit),
        parts: vec![PartName::Private],
        reason: Reason::Unlawful,
        ordered_by: Some(person(SHEN)),
    };
    let bodies = vec![(PartName::Fact, canonical(&erasure))];
    let erased = event(9, of, Kind::BodyErased, SHEN, Role::Director, bodies);
    let rows = log(vec![visit, erased]);
    assert!(reaches_draft(&rows, of, b"{}", 0));
    assert!(!reaches_draft(&rows, subject(77), b"{}", 0));
    assert!(!reaches_draft(&rows[..1], of, b"{}", 0));
}

#[test]
fn a_refused_event_loses_all_but_its_fact_when_its_household_is_erased() {
    let whole = visit(1, "2026-11-23");
    let mut kept = whole.clone();
    assert!(erase_refused(&rows(), &mut kept));
    assert!(kept.part(PartName::Fact).is_some());
    let left = kept.parts.keys().filter(|name| kept.part(**name).is_some());
    assert_eq!(left.count(), 1);
    assert!(!erase_refused(&rows(), &mut kept), "it is so already");
    let mut other = visit(2, "2026-11-23");
    assert!(!erase_refused(&rows(), &mut other));
    // What was written at the order's own moment or after it is the next visit's.
    let mut card = registered(1, crate::sample::fact(1, true), AT);
    assert!(!erase_refused(&rows(), &mut card));
    let mut card = registered(1, crate::sample::fact(1, true), "2026-11-24T09:59");
    assert!(erase_refused(&rows(), &mut card));
    // One that the log names is erased by name.
    let mut named = whole.clone();
    let erasure = Erasure {
        event: id_of(&whole),
        parts: vec![PartName::Ink],
        reason: Reason::TermEnded,
        ordered_by: None,
    };
    let bodies = vec![(PartName::Fact, canonical(&erasure))];
    let subject = id_of(&whole).into();
    let erased = event(9, subject, Kind::BodyErased, SHEN, Role::Office, bodies);
    assert!(erase_refused(&log(vec![erased]), &mut named));
    assert_eq!(named, whole.erasing(&[PartName::Ink]));
}

#[test]
fn a_visit_begun_before_the_order_is_reached_whenever_it_was_finished() {
    let order = Order::by(&ordered(1, 1, Reason::Unlawful)).unwrap();
    assert_eq!(order.at, at());
    let made = |subject, written: &str| {
        let visit = finished(
            &draft(1, "2026-11-24"),
            doorstep_domain::visit::SigningOutcome::Signed,
        );
        let bodies = vec![(PartName::Fact, canonical(&visit.fact))];
        let kind = Kind::VisitRecorded;
        let event = event_at(3, subject, kind, LIN, Role::Steward, bodies, written);
        event.read_envelope().unwrap()
    };
    let late = "2026-11-24T11:00";
    assert!(order.reaches(household(1), &made(begun(-1), late)));
    assert!(!order.reaches(household(1), &made(begun(0), late)));
    assert!(!order.reaches(household(2), &made(begun(-1), late)));
    // A record's id may claim any time; the event was finished before the order.
    assert!(order.reaches(household(1), &made(begun(9_000_000), "2026-11-24T09:00")));
    let mut slow = made(begun(-1), late);
    slow.skew_ms = Some(-1_000);
    assert!(!order.reaches(household(1), &slow));
}

#[test]
fn an_order_is_a_directors_about_the_household_itself() {
    let valid = |event: &Event| check(&event.open().unwrap(), &|_| true);
    assert_eq!(valid(&ordered(1, 1, Reason::NoLongerNeeded)), Ok(()));
    let term = ordered(1, 1, Reason::TermEnded);
    assert_eq!(valid(&term), Err(Invalid::Body(PartName::Fact)));
    assert_eq!(Order::by(&term), None);
    let order = HouseholdErasure {
        household: household(1),
        reason: Reason::Unlawful,
        ordered_by: person(SHEN),
    };
    let bodies = vec![(PartName::Fact, canonical(&order))];
    let kind = Kind::HouseholdErased;
    let elsewhere = event(1, subject(3), kind, SHEN, Role::Office, bodies);
    assert_eq!(valid(&elsewhere), Err(Invalid::Disagreement));
    assert_eq!(SiteState::fold(&rows()).unreadable, 0);
    assert_eq!(SiteState::fold(&log(vec![term])).unreadable, 1);
}
