//! What a log says once folded: counting (R3.3), voiding, verdicts, and events seen twice.

use doorstep_domain::draft::Note;
use doorstep_domain::event::{Event, Kind, PartName, PartState, canonical};
use doorstep_domain::household::HouseholdFact;
use doorstep_domain::language::Language;
use doorstep_domain::policy::Role;
use doorstep_domain::review::Verdict;
use doorstep_domain::state::{Place, SiteState, Soundness};
use doorstep_domain::time::Month;
use doorstep_domain::topic::Topic;
use doorstep_domain::visit::{Outcome, Purpose, SigningOutcome};

use crate::sample::{
    LIN, SHEN, addition, decision, draft, event, fact, finished, id_of, log, person, registered,
    subject, time, visit, visit_by, visitor,
};

const NOVEMBER: Month = Month {
    year: 2026,
    month: 11,
};

fn visited(events: Vec<doorstep_domain::event::Event>) -> u64 {
    let today = time("2026-11-23T18:00").date();
    SiteState::fold(&log(events))
        .progress(NOVEMBER, today, Some(person(LIN)))
        .visited
}

#[test]
fn the_quota_counts_each_household_once_a_month() {
    assert_eq!(
        visited(vec![visit(1, "2026-11-02"), visit(2, "2026-11-03")]),
        2
    );
    let twice = visit_by(
        3,
        LIN,
        &finished(&draft(1, "2026-11-09"), SigningOutcome::Declined),
        subject(3),
    );
    assert_eq!(visited(vec![visit(1, "2026-11-02"), twice]), 1);
    assert_eq!(
        visited(vec![visit(1, "2026-10-31"), visit(2, "2026-12-01")]),
        0
    );
}

#[test]
fn return_visits_and_visits_without_contact_do_not_count() {
    let mut returning = draft(1, "2026-11-02");
    returning.purpose = Purpose::ReturnVisit;
    let returning = visit_by(
        1,
        LIN,
        &finished(&returning, SigningOutcome::Signed),
        subject(1),
    );
    let mut nobody = draft(2, "2026-11-02");
    *nobody.note_mut(Topic::Cleaning) = Note::default();
    nobody.outcome = Outcome::NobodyHome;
    let unmet = nobody.finish_unmet(&visitor(), Language::default(), nobody.started_at);
    let nobody = visit_by(2, LIN, &unmet, subject(2));
    assert_eq!(visited(vec![returning, nobody]), 0);
}

#[test]
fn a_voided_record_no_longer_counts_and_stays_to_be_seen() {
    let visit = visit(1, "2026-11-02");
    let voiding = addition(2, &visit, Kind::VisitVoided, LIN, "记错了房号");
    assert_eq!(visited(vec![visit.clone(), voiding.clone()]), 0);
    let state = SiteState::fold(&log(vec![visit, voiding]));
    let record = &state.visits[&subject(1)];
    assert!(record.is_voided());
    assert_eq!(record.voided[0].words.as_deref(), Some("记错了房号"));
    assert!(record.counted().is_some());
}

#[test]
fn own_visits_and_those_only_on_this_phone_are_told_apart() {
    let of_shen = visit_by(
        2,
        SHEN,
        &finished(&draft(2, "2026-11-03"), SigningOutcome::Signed),
        subject(2),
    );
    let mut state = SiteState::fold(&log(vec![visit(1, "2026-11-02"), of_shen]));
    state.apply(&visit(3, "2026-11-04"), Place::OnPhone);
    let today = time("2026-11-23T18:00").date();
    let progress = state.progress(NOVEMBER, today, Some(person(LIN)));
    assert_eq!(
        (progress.visited, progress.own, progress.on_phone),
        (3, 2, 1)
    );
}

#[test]
fn a_past_months_quota_takes_the_register_as_it_was_on_its_last_day() {
    let left = registered(2, fact(1, false), "2026-12-01T09:00");
    let state = SiteState::fold(&log(vec![
        registered(1, fact(1, true), "2026-11-30T09:00"),
        left,
    ]));
    let december = Month {
        year: 2026,
        month: 12,
    };
    let today = time("2026-12-05T09:00").date();
    let occupied = |month| state.progress(month, today, None).occupied;
    assert_eq!((occupied(NOVEMBER), occupied(december)), (1, 0));
    let october = Month {
        year: 2026,
        month: 10,
    };
    assert_eq!(state.progress(october, today, None).households, 0);
}

#[test]
fn of_two_entries_on_one_day_the_later_holds_and_unlisted_households_leave_the_count() {
    let off = HouseholdFact {
        listed: false,
        ..fact(1, true)
    };
    let rows = log(vec![
        registered(1, fact(1, true), "2026-11-02T09:00"),
        registered(2, off, "2026-11-02T10:00"),
    ]);
    let today = time("2026-11-23T18:00").date();
    assert_eq!(
        SiteState::fold(&rows)
            .progress(NOVEMBER, today, None)
            .households,
        0
    );
}

#[test]
fn the_last_verdict_on_an_opinion_holds_and_own_opinions_are_marked() {
    let visit = visit(1, "2026-11-02");
    let on = id_of(&visit);
    let opinion = addition(2, &visit, Kind::OpinionWritten, LIN, "请工程部查看");
    let first = decision(3, &visit, Verdict::NotAdopt, "预算不足");
    let second = decision(4, &visit, Verdict::Adopt, "");
    let state = SiteState::fold(&log(vec![visit, opinion, first, second]));
    let record = &state.visits[&subject(1)];
    let decided = record.decision(on, Topic::Cleaning).unwrap();
    assert_eq!(decided.decision.verdict, Verdict::Adopt);
    assert!(record.is_own(record.opinion(on).unwrap()));
    assert!(!record.is_own(&decided.addition));
    assert!(record.undecided(record.counted().unwrap()).is_empty());
}

#[test]
fn a_verdict_on_one_finish_leaves_another_finish_waiting() {
    let first = visit(1, "2026-11-02");
    let again = finished(&draft(1, "2026-11-02"), SigningOutcome::Declined);
    let second = visit_by(7, SHEN, &again, subject(1));
    let verdict = decision(3, &first, Verdict::Adopt, "");
    let state = SiteState::fold(&log(vec![first, second, verdict]));
    let record = &state.visits[&subject(1)];
    assert_eq!(record.finishes.len(), 2);
    assert_eq!(record.undecided(&record.finishes[0]), []);
    assert_eq!(record.undecided(&record.finishes[1]), [Topic::Cleaning]);
}

#[test]
fn applying_an_event_again_moves_it_and_changes_nothing_else() {
    let visit = visit(1, "2026-11-02");
    let verdict = decision(2, &visit, Verdict::Adopt, "");
    let mut state = SiteState::default();
    state.apply(&visit, Place::OnPhone);
    state.apply(&verdict, Place::OnPhone);
    let heads = state.visits[&subject(1)].heads.clone();
    state.apply(&visit, Place::Received { seq: 1, at: 1_001 });
    state.apply(&verdict, Place::Received { seq: 2, at: 1_002 });
    let record = &state.visits[&subject(1)];
    assert_eq!(record.heads, heads);
    assert_eq!((record.finishes.len(), record.decisions.len()), (1, 1));
    assert_eq!(state, SiteState::fold(&log(vec![visit, verdict])));
}

#[test]
fn a_broken_part_is_shown_as_broken_and_a_later_programs_event_is_counted_unread() {
    let broken = |n, name, from: &str, to: &str| {
        let mut broken = visit(n, "2026-11-02");
        let Some(PartState::Present(part)) = broken.parts.get_mut(&name) else {
            panic!("a visit has {name:?}")
        };
        part.body = part.body.replace(from, to);
        broken
    };
    let changed = broken(1, PartName::Content, "积水", "干净");
    // Not even JSON any more.
    let torn = broken(2, PartName::Signing, "}", "");
    let mut later = event(
        5,
        subject(5),
        Kind::VisitRecorded,
        LIN,
        Role::Supervisor,
        vec![],
    );
    later.envelope = later.envelope.replace("visit.recorded", "visit.dreamt");
    let state = SiteState::fold(&log(vec![changed, torn, later]));
    let finish = state.visits[&subject(1)].counted().unwrap();
    assert_eq!(finish.soundness, Soundness::Broken(PartName::Content));
    let finish = state.visits[&subject(2)].counted().unwrap();
    assert_eq!(finish.soundness, Soundness::Broken(PartName::Signing));
    assert!(finish.content.is_some() && finish.signing.is_none());
    assert_eq!(state.unreadable, 1);
}

#[test]
fn what_something_was_made_after_is_no_head_when_it_comes_later() {
    let visit = visit(1, "2026-11-02");
    let voiding = addition(2, &visit, Kind::VisitVoided, LIN, "记错了房号");
    let mut envelope = voiding.read_envelope().unwrap();
    envelope.after = vec![id_of(&visit)];
    let voiding = Event {
        envelope: canonical(&envelope),
        ..voiding
    };
    let heads = |events: Vec<_>| {
        let state = SiteState::fold(&log(events));
        state.visits[&subject(1)].heads.clone()
    };
    let expected = vec![id_of(&voiding)];
    assert_eq!(heads(vec![visit.clone(), voiding.clone()]), expected);
    assert_eq!(heads(vec![voiding, visit]), expected);
}
