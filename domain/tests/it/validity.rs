//! What the server refuses because it makes no sense, whoever says it.

use doorstep_domain::event::{Event, Kind, PartName, canonical};
use doorstep_domain::ink::Ink;
use doorstep_domain::policy::Role;
use doorstep_domain::review::Verdict;
use doorstep_domain::validity::{Invalid, check};
use doorstep_domain::visit::{PrivateNote, SigningOutcome};

use crate::sample::{
    LIN, SHEN, addition, card, decision, draft, event, fact, finished, household, registered,
    subject, visit,
};

fn judge(event: &Event) -> Result<(), Invalid> {
    check(&event.open().unwrap(), &|time| time.offset_minutes() == 480)
}

/// A visit whose bodies were changed before signing, as a tampered app would send it.
fn changed(change: impl Fn(&mut Vec<(PartName, String)>)) -> Result<(), Invalid> {
    let mut bodies = finished(&draft(1, "2026-11-23"), SigningOutcome::Signed).bodies();
    change(&mut bodies);
    judge(&event(
        1,
        subject(1),
        Kind::VisitRecorded,
        LIN,
        Role::Supervisor,
        bodies,
    ))
}

fn body(bodies: &mut [(PartName, String)], name: PartName) -> &mut String {
    bodies
        .iter_mut()
        .find(|(known, _)| *known == name)
        .map(|(_, body)| body)
        .unwrap()
}

#[test]
fn what_phones_make_is_valid() {
    let visit = visit(1, "2026-11-23");
    for event in [
        decision(2, &visit, Verdict::Adopt, ""),
        decision(2, &visit, Verdict::NotAdopt, "预算不足"),
        addition(3, &visit, Kind::OpinionWritten, SHEN, "请工程部查看"),
        addition(3, &visit, Kind::VisitVoided, SHEN, "记错了房号"),
        registered(1, fact(1, true), "2026-11-23T09:00"),
        visit,
    ] {
        assert_eq!(judge(&event), Ok(()), "{}", event.envelope);
    }
}

#[test]
fn every_part_must_be_there_and_no_other() {
    let without = |name| changed(move |bodies| bodies.retain(|(known, _)| *known != name));
    assert_eq!(without(PartName::Fact), Err(Invalid::Parts));
    assert_eq!(without(PartName::Content), Err(Invalid::Parts));
    assert_eq!(without(PartName::Signing), Err(Invalid::Parts));
    assert_eq!(without(PartName::Ink), Err(Invalid::Ink));
    let declined = finished(&draft(1, "2026-11-23"), SigningOutcome::Declined);
    let mut with_ink = declined.bodies();
    with_ink.push((PartName::Ink, canonical(&Ink::default())));
    let event = event(
        1,
        subject(1),
        Kind::VisitRecorded,
        LIN,
        Role::Supervisor,
        with_ink,
    );
    assert_eq!(judge(&event), Err(Invalid::Parts));
}

#[test]
fn bodies_in_another_form_are_refused() {
    let content = |from: &'static str, to: &'static str| {
        changed(move |bodies| {
            let body = body(bodies, PartName::Content);
            assert!(body.contains(from), "{body}");
            *body = body.replace(from, to);
        })
    };
    let refused = Err(Invalid::Body(PartName::Content));
    assert_eq!(content(r#""form":1"#, r#""form":1.0"#), refused);
    assert_eq!(content(r#""form":1"#, r#""form":1,"more":1"#), refused);
    assert_eq!(content(r#""way":"door""#, r#""way":"window""#), refused);
    assert_eq!(content("地下车库", " 地下车库"), Err(Invalid::Content));
    assert_eq!(
        content(r#""way":"door""#, r#""way":"office""#),
        Err(Invalid::Disagreement)
    );
    assert_eq!(
        content("15:02:00.000+08:00", "15:02:00.000+09:00"),
        Err(Invalid::Offset)
    );
}

#[test]
fn the_date_that_counts_is_the_date_that_was_sealed() {
    let moved = changed(|bodies| {
        let fact = body(bodies, PartName::Fact);
        *fact = fact.replace("2026-11-23", "2026-10-23");
    });
    assert_eq!(moved, Err(Invalid::Disagreement));
}

#[test]
fn a_dot_is_no_signature_and_an_empty_private_note_no_note() {
    let dot = changed(|bodies| {
        *body(bodies, PartName::Ink) = r#"{"strokes":[[5,5,0,127]]}"#.into();
    });
    assert_eq!(dot, Err(Invalid::Ink));
    let empty = changed(|bodies| {
        let note = PrivateNote {
            note: String::new(),
        };
        bodies.push((PartName::Private, canonical(&note)));
    });
    assert_eq!(empty, Err(Invalid::Body(PartName::Private)));
}

#[test]
fn not_adopting_needs_a_reason_and_a_household_its_own_subject() {
    let visit = visit(1, "2026-11-23");
    let bare = decision(2, &visit, Verdict::NotAdopt, "");
    assert_eq!(judge(&bare), Err(Invalid::Body(PartName::Content)));
    let bodies = vec![
        (PartName::Fact, canonical(&fact(1, true))),
        (PartName::Content, canonical(&card(1))),
    ];
    let other = household(2).into();
    let event = event(
        1,
        other,
        Kind::HouseholdChanged,
        LIN,
        Role::Supervisor,
        bodies,
    );
    assert_eq!(judge(&event), Err(Invalid::Disagreement));
}
