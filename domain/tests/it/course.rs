//! What a record has been through and what it waits for (R3.8, R3.9).

use doorstep_domain::course::{Awaited, Happening, awaited, course};
use doorstep_domain::event::{Event, Kind};
use doorstep_domain::review::Verdict;
use doorstep_domain::state::{Place, SiteState, VisitRecord};
use doorstep_domain::topic::Topic;
use doorstep_domain::visit::{Outcome, SigningOutcome};

use crate::sample::{
    LIN, SHEN, addition, decision, draft, finished, log, person, subject, visit, visit_by, visitor,
};

fn record(received: Vec<Event>, on_phone: &[Event]) -> VisitRecord {
    let mut state = SiteState::fold(&log(received));
    for event in on_phone {
        state.apply(event, Place::OnPhone);
    }
    state.visits[&subject(1)].clone()
}

#[test]
fn a_record_waits_for_the_office_then_for_supervisor_and_director() {
    let visit = visit(1, "2026-11-02");
    let opinion = addition(2, &visit, Kind::OpinionWritten, SHEN, "请工程部查看");
    let verdict = decision(3, &visit, Verdict::Adopt, "");
    let voiding = addition(4, &visit, Kind::VisitVoided, LIN, "记错了房号");
    let waits = |received: &[&Event], on_phone: &[Event]| {
        awaited(&record(
            received.iter().copied().cloned().collect(),
            on_phone,
        ))
    };
    assert_eq!(waits(&[], std::slice::from_ref(&visit)), [Awaited::Receipt]);
    assert_eq!(
        waits(&[&visit], &[]),
        [Awaited::Opinion, Awaited::Decisions(1), Awaited::Answers(1)]
    );
    assert_eq!(
        waits(&[&visit, &opinion], &[]),
        [Awaited::Decisions(1), Awaited::Answers(1)]
    );
    // What is written here counts here, sent or not.
    assert_eq!(
        waits(&[&visit, &opinion], &[verdict]),
        [Awaited::Answers(1)]
    );
    assert!(waits(&[&visit], &[voiding]).is_empty());
}

#[test]
fn no_opinion_is_asked_for_where_nobody_was_met() {
    let mut nobody = draft(1, "2026-11-02");
    *nobody.note_mut(Topic::Cleaning) = doorstep_domain::draft::Note::default();
    nobody.outcome = Outcome::NobodyHome;
    let unmet = nobody.finish_unmet(
        &visitor(),
        doorstep_domain::language::Language::default(),
        nobody.started_at,
    );
    let event = visit_by(1, LIN, &unmet, subject(1));
    assert!(awaited(&record(vec![event], &[])).is_empty());
}

#[test]
fn a_second_finish_waits_for_its_own_decisions_once_it_is_received() {
    let first = visit(1, "2026-11-02");
    let again = finished(&draft(1, "2026-11-02"), SigningOutcome::Declined);
    let second = visit_by(2, LIN, &again, subject(1));
    let verdict = decision(3, &first, Verdict::Adopt, "");
    let here = record(
        vec![first.clone(), verdict.clone()],
        std::slice::from_ref(&second),
    );
    assert_eq!(here.awaited_decisions(), 0);
    assert_eq!(
        record(vec![first, verdict, second], &[]).awaited_decisions(),
        1
    );
}

#[test]
fn what_is_only_here_is_told_apart() {
    let visit = visit(1, "2026-11-02");
    let verdict = decision(2, &visit, Verdict::Adopt, "");
    assert!(!record(vec![visit.clone(), verdict.clone()], &[]).is_partly_on_phone());
    assert!(record(vec![visit.clone()], &[verdict]).is_partly_on_phone());
    assert!(record(vec![], &[visit]).is_partly_on_phone());
}

#[test]
fn the_course_goes_by_the_clock() {
    let visit = visit(1, "2026-11-02");
    let verdict = decision(2, &visit, Verdict::NotAdopt, "预算不足");
    let steps = course(&record(vec![visit], &[verdict]));
    let told: Vec<(i64, bool)> = steps.iter().map(|it| (it.at, it.on_phone)).collect();
    // The sample office's clock is in 1970.
    let finished_at = steps[1].at;
    assert_eq!(
        told,
        [(1_001, false), (finished_at, false), (finished_at, true)]
    );
    assert!(matches!(
        steps[0].what,
        Happening::Received { intact: Some(true) }
    ));
    assert!(matches!(
        steps[1].what,
        Happening::Finished { signing: Some(SigningOutcome::Signed), sealed: true, by, .. }
            if by.person == person(LIN)
    ));
    assert!(matches!(
        steps[2].what,
        Happening::Decided { topic: Topic::Cleaning, verdict: Verdict::NotAdopt, by }
            if by.person == person(SHEN)
    ));
}
