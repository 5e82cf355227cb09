//! Whom to visit next: how households stand with a month's visiting (R3.3), and what waits for
//! the director (R3.9).

use doorstep_domain::event::{Event, Kind};
use doorstep_domain::id::HouseholdId;
use doorstep_domain::review::Verdict;
use doorstep_domain::state::{SiteState, Visiting};
use doorstep_domain::time::Month;
use doorstep_domain::visit::{Purpose, SigningOutcome};

use crate::sample::{
    LIN, addition, decision, draft, fact, finished, household, log, registered, subject, visit,
    visit_by,
};

const NOVEMBER: Month = Month {
    year: 2026,
    month: 11,
};

fn fold(events: Vec<Event>) -> SiteState {
    SiteState::fold(&log(events))
}

fn return_visit(n: u8, day: &str) -> Event {
    let mut draft = draft(n, day);
    draft.purpose = Purpose::ReturnVisit;
    let finished = finished(&draft, SigningOutcome::Signed);
    visit_by(n + 100, LIN, &finished, subject(n + 100))
}

#[test]
fn a_return_visit_is_the_latest_contact_and_leaves_the_month_open() {
    let state = fold(vec![
        visit(1, "2026-11-02"),
        visit(2, "2026-08-06"),
        return_visit(2, "2026-11-09"),
        visit(3, "2025-12-30"),
    ]);
    let told: Vec<(HouseholdId, bool, u32, Purpose)> = state
        .visiting(NOVEMBER)
        .into_iter()
        .map(|(id, it)| (id, it.this_month, it.months, it.purpose))
        .collect();
    assert_eq!(
        told,
        [
            (household(1), true, 0, Purpose::Visit),
            (household(2), false, 0, Purpose::ReturnVisit),
            (household(3), false, 11, Purpose::Visit),
        ]
    );
}

#[test]
fn a_visit_counts_though_a_return_visit_followed_it() {
    let state = fold(vec![visit(1, "2026-11-02"), return_visit(1, "2026-11-09")]);
    let Visiting {
        this_month, last, ..
    } = state.visiting(NOVEMBER)[&household(1)];
    assert!(this_month);
    assert_eq!(last.to_string(), "2026-11-09");
}

#[test]
fn those_never_contacted_come_first_then_the_longest_and_none_vacant_or_done() {
    let registers = (1..=6).map(|n| registered(n, fact(n, n != 5), "2026-01-02T09:00"));
    let days = [(1, "2026-11-02"), (2, "2026-08-06"), (3, "2026-02-06")];
    let visits = days.map(|(n, day)| {
        let finished = finished(&draft(n, day), SigningOutcome::Signed);
        visit_by(n + 50, LIN, &finished, subject(n + 50))
    });
    let state = fold(registers.chain(visits).collect());
    let order: Vec<HouseholdId> = state
        .longest_unvisited(NOVEMBER)
        .into_iter()
        .map(|it| it.fact.household)
        .collect();
    assert_eq!(order, [4, 6, 3, 2].map(household));
}

#[test]
fn a_households_visits_come_latest_first() {
    let state = fold(vec![
        visit(1, "2026-08-06"),
        visit(2, "2026-11-01"),
        return_visit(1, "2026-11-09"),
    ]);
    let visits: Vec<_> = state
        .visits_of(household(1))
        .into_iter()
        .map(|it| it.subject)
        .collect();
    assert_eq!(visits, [subject(101), subject(1)]);
    assert!(state.visits_of(household(9)).is_empty());
}

#[test]
fn a_record_waits_until_each_opinion_is_decided_or_it_is_voided() {
    let visit = visit(1, "2026-11-02");
    let verdict = decision(2, &visit, Verdict::NotAdopt, "预算不足");
    let voiding = addition(3, &visit, Kind::VisitVoided, LIN, "记错了房号");
    let waits = |events| fold(events).visits[&subject(1)].awaited_decisions() > 0;
    assert!(waits(vec![visit.clone()]));
    assert!(!waits(vec![visit.clone(), verdict]));
    assert!(!waits(vec![visit, voiding]));
}
