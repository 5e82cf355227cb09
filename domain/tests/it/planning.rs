//! Planned visits once folded (R2.2): moved, called off, made, erased; and what makes no sense.

use std::collections::BTreeSet;

use doorstep_domain::erasure::{Erasure, Reason};
use doorstep_domain::event::{Event, Kind, PartName, canonical};
use doorstep_domain::holdings::Kept;
use doorstep_domain::id::{EventId, SubjectId};
use doorstep_domain::plan::{Agreement, CallFact, CallResult, CalledOff, PlanContent, PlanFact};
use doorstep_domain::policy::Role;
use doorstep_domain::review::Words;
use doorstep_domain::state::{Place, SiteState};
use doorstep_domain::validity::{Invalid, check};
use doorstep_domain::visit::{Channel, Purpose, SigningOutcome, Way};

use crate::sample::{
    LIN, SHEN, addition, card, draft, event, fact as register_fact, finished, household, id_of,
    log, person, registered, subject, time, visit_by,
};

fn content(at: &str) -> PlanContent {
    PlanContent {
        way: Way::Door,
        at: time(at),
        agreement: Some(Agreement {
            channel: Channel::Phone,
            with: "陈佳慧".into(),
        }),
        agenda: "车库积水怎样了".into(),
    }
}

/// Plan `plan` of a visit to household `1` at `at`, as event `n`.
fn planned(n: u8, plan: SubjectId, at: &str) -> Event {
    let content = content(at);
    let fact = PlanFact {
        household: household(1),
        visitor: person(LIN),
        date: content.at.date(),
        purpose: Purpose::Visit,
    };
    with_bodies(n, plan, &fact, &content)
}

fn with_bodies(n: u8, plan: SubjectId, fact: &PlanFact, content: &PlanContent) -> Event {
    let bodies = vec![
        (PartName::Fact, canonical(fact)),
        (PartName::Content, canonical(content)),
    ];
    event(n, plan, Kind::VisitPlanned, LIN, Role::Supervisor, bodies)
}

fn called_off(n: u8, plan: SubjectId, on: EventId) -> Event {
    let words = Words {
        text: "业主出差".into(),
    };
    let bodies = vec![
        (PartName::Fact, canonical(&CalledOff { on })),
        (PartName::Content, canonical(&words)),
    ];
    event(n, plan, Kind::VisitCalledOff, SHEN, Role::Director, bodies)
}

/// The visit made on `plan`, as event and record `n`.
fn made(n: u8, plan: SubjectId) -> Event {
    let mut draft = draft(1, "2026-11-26");
    draft.plan = Some(plan);
    visit_by(
        n,
        LIN,
        &finished(&draft, SigningOutcome::Signed),
        subject(n),
    )
}

fn open(events: Vec<Event>) -> Vec<String> {
    let state = SiteState::fold(&log(events));
    let times = state.open_plans().into_iter().map(|plan| {
        let time = plan.entry().unwrap().time().unwrap();
        time.local()
    });
    times.collect()
}

fn judge(event: &Event) -> Result<(), Invalid> {
    check(&event.open().unwrap(), &|time| time.offset_minutes() == 480)
}

#[test]
fn what_is_planned_is_open_by_time_until_its_visit_was_made() {
    let (late, early) = (subject(1), subject(2));
    let late_first = vec![
        planned(1, late, "2026-11-26T19:00"),
        planned(2, early, "2026-11-26T15:00"),
    ];
    assert_eq!(
        open(late_first.clone()),
        ["2026-11-26T15:00", "2026-11-26T19:00"]
    );
    let visit = made(3, early);
    let after = [late_first.clone(), vec![visit.clone()]].concat();
    assert_eq!(open(after.clone()), ["2026-11-26T19:00"]);
    // Made in error: the household still waits.
    let voiding = addition(4, &visit, Kind::VisitVoided, LIN, "记错了房号");
    assert_eq!(open([after, vec![voiding]].concat()).len(), 2);
    // The visit may arrive before its plan does.
    let before = [vec![visit], late_first].concat();
    assert_eq!(open(before), ["2026-11-26T19:00"]);
}

#[test]
fn a_plan_is_where_it_was_moved_to_last() {
    let plan = subject(1);
    let moves = vec![
        planned(1, plan, "2026-11-26T15:00"),
        planned(2, plan, "2026-11-27T10:00"),
    ];
    assert_eq!(open(moves.clone()), ["2026-11-27T10:00"]);
    // One's own move is on this phone, another's came to the office first.
    let mut state = SiteState::default();
    state.apply(&moves[0], Place::OnPhone);
    let received = Place::Received { seq: 7, at: 1 };
    state.apply(&moves[1], received);
    let held = state.plans[&plan].entry().unwrap();
    assert_eq!(held.id, id_of(&moves[0]));
}

#[test]
fn who_calls_off_what_was_moved_had_not_seen_the_new_time() {
    let plan = subject(1);
    let first = planned(1, plan, "2026-11-26T15:00");
    let off = called_off(2, plan, id_of(&first));
    assert!(open(vec![first.clone(), off.clone()]).is_empty());
    let moved = planned(3, plan, "2026-11-27T10:00");
    for events in [
        vec![first.clone(), moved.clone(), off.clone()],
        vec![first, off, moved],
    ] {
        assert_eq!(open(events), ["2026-11-27T10:00"]);
    }
}

#[test]
fn a_planned_visit_begins_with_what_was_agreed() {
    let plan = subject(7);
    let mut content = content("2026-11-26T15:00");
    content.way = Way::Phone;
    let fact = PlanFact {
        household: household(1),
        visitor: person(LIN),
        date: content.at.date(),
        purpose: Purpose::Interview,
    };
    let state = SiteState::fold(&log(vec![with_bodies(1, plan, &fact, &content)]));
    let draft = draft(1, "2026-11-26").on_plan(&state.plans[&plan], &card(1));
    assert_eq!((draft.way, draft.purpose), (Way::Phone, Purpose::Interview));
    assert_eq!(draft.agreed, content.agreed());
    assert_eq!(draft.met, "陈佳慧");
    let finished = finished(&draft, SigningOutcome::NotPresent);
    assert_eq!(finished.fact.plan, Some(plan));
}

#[test]
fn calls_that_agreed_nothing_are_kept_with_the_household() {
    let call = |n, subject, result, text: &str| {
        let fact = CallFact {
            household: household(1),
            result,
        };
        let words = Words { text: text.into() };
        let bodies = vec![
            (PartName::Fact, canonical(&fact)),
            (PartName::Content, canonical(&words)),
        ];
        event(
            n,
            subject,
            Kind::HouseholdCalled,
            LIN,
            Role::Steward,
            bodies,
        )
    };
    let of_household = SubjectId::from(household(1));
    let first = call(1, of_household, CallResult::NoAnswer, "");
    let second = call(2, of_household, CallResult::CallAgain, "晚上再打");
    for event in [&first, &second] {
        assert_eq!(judge(event), Ok(()));
    }
    let elsewhere = call(3, subject(1), CallResult::Declined, "");
    assert_eq!(judge(&elsewhere), Err(Invalid::Disagreement));
    let state = SiteState::fold(&log(vec![first, second]));
    let results: Vec<CallResult> = state
        .calls_to(household(1))
        .iter()
        .map(|call| call.fact.result)
        .collect();
    assert_eq!(results, [CallResult::NoAnswer, CallResult::CallAgain]);
}

#[test]
fn plans_and_calls_are_among_what_is_held_on_a_household_until_their_term_ends() {
    let plan = subject(1);
    let planned = planned(1, plan, "2026-11-26T15:00");
    let off = called_off(2, plan, id_of(&planned));
    let result = CallResult::NoAnswer;
    let fact = CallFact {
        household: household(1),
        result,
    };
    let words = Words {
        text: String::new(),
    };
    let bodies = vec![
        (PartName::Fact, canonical(&fact)),
        (PartName::Content, canonical(&words)),
    ];
    let of_household = SubjectId::from(household(1));
    let call = event(
        3,
        of_household,
        Kind::HouseholdCalled,
        LIN,
        Role::Steward,
        bodies,
    );
    let ids = [&planned, &off, &call].map(id_of);
    let entered = registered(4, register_fact(1, true), "2027-06-01T09:00");
    let log = log(vec![planned, off, call, entered.clone()]);
    let kept = Kept {
        log: &log,
        aside: &[],
    };
    let all = BTreeSet::from([ids[0], ids[1], ids[2], id_of(&entered)]);
    assert_eq!(kept.events_on(household(1)), all);
    assert!(kept.events_on(household(2)).is_empty());
    // The plan is of the day it was made for, the call of its own; the register goes on.
    let before = |day| kept.older_than(time(day).date());
    assert_eq!(before("2026-11-26T00:00"), BTreeSet::from([ids[2]]));
    assert_eq!(before("2026-11-27T00:00"), BTreeSet::from(ids));
}

#[test]
fn a_plan_that_makes_no_sense_is_refused() {
    let at = |at| judge(&planned(1, subject(1), at));
    assert_eq!(at("2026-11-26T15:00"), Ok(()));
    // Said late, when a phone was without a network; but not with a year mistyped.
    assert_eq!(at("2026-11-01T15:00"), Ok(()));
    assert_eq!(at("2027-11-24T15:00"), Ok(()));
    let unsound = Err(Invalid::Body(PartName::Content));
    assert_eq!(at("2028-11-26T15:00"), unsound);
    let content = content("2026-11-26T15:00");
    let mut fact = PlanFact {
        household: household(1),
        visitor: person(LIN),
        date: content.at.date(),
        purpose: Purpose::Visit,
    };
    let mut long = content.clone();
    long.agenda = "积".repeat(1_001);
    assert_eq!(judge(&with_bodies(1, subject(1), &fact, &long)), unsound);
    fact.date = fact.date.succ_opt().unwrap();
    let another_day = with_bodies(1, subject(1), &fact, &content);
    assert_eq!(judge(&another_day), Err(Invalid::Disagreement));
}

#[test]
fn what_is_erased_of_a_plan_is_no_longer_shown() {
    let plan = subject(1);
    let first = planned(1, plan, "2026-11-26T15:00");
    let off = called_off(2, plan, id_of(&first));
    let erased = |n, of: &Event| {
        let erasure = Erasure {
            event: id_of(of),
            parts: vec![PartName::Content],
            reason: Reason::ConsentWithdrawn,
            ordered_by: Some(person(SHEN)),
        };
        let bodies = vec![(PartName::Fact, canonical(&erasure))];
        event(n, plan, Kind::BodyErased, SHEN, Role::Director, bodies)
    };
    let events = vec![
        first.clone(),
        off.clone(),
        erased(3, &first),
        erased(4, &off),
    ];
    let state = SiteState::fold(&log(events));
    let plan = &state.plans[&plan];
    assert_eq!(plan.entry().unwrap().content, None);
    assert_eq!(plan.called_off[0].words, None);
    assert_eq!(state.unreadable, 0);
}
