//! Owners who wait for an answer, and the answers they get (R3.10).

use doorstep_domain::course::{Awaited, Happening, awaited, course};
use doorstep_domain::erasure::{Erasure, Reason};
use doorstep_domain::event::{Event, Kind, PartName, canonical};
use doorstep_domain::follow_up::{Answer, AnswerGiven};
use doorstep_domain::id::PersonId;
use doorstep_domain::policy::Role;
use doorstep_domain::state::{Place, SiteState};
use doorstep_domain::time::SiteTime;
use doorstep_domain::topic::Topic;
use doorstep_domain::validity::{Invalid, check};
use doorstep_domain::visit::Channel;

use crate::sample::{LIN, SHEN, addition, event, id_of, log, person, subject, visit};

const ANY_OFFSET: &dyn Fn(SiteTime) -> bool = &|_| true;

fn answer(n: u8, on: &Event, topic: Topic, date: &str, text: &str) -> Event {
    let opened = on.open().unwrap();
    let given = AnswerGiven {
        on: opened.envelope.id,
        topic,
        channel: Channel::Phone,
        date: date.parse().unwrap(),
    };
    let answer = Answer {
        measure: "加装挡水条".into(),
        text: text.into(),
    };
    let bodies = vec![
        (PartName::Fact, canonical(&given)),
        (PartName::Content, canonical(&answer)),
    ];
    let (kind, of) = (Kind::AnswerGiven, opened.envelope.subject);
    event(n, of, kind, SHEN, Role::Director, bodies)
}

fn waiting(state: &SiteState) -> Vec<(Topic, String, PersonId)> {
    let waiting = state.follow_ups().into_iter();
    waiting
        .map(|it| (it.topic, it.due.to_string(), it.responsible()))
        .collect()
}

#[test]
fn an_owner_who_asked_waits_for_the_visitor_until_an_answer_is_written_down() {
    let visit = visit(1, "2026-11-02");
    let mut state = SiteState::default();
    state.apply(&visit, Place::OnPhone);
    let owed = (Topic::Cleaning, "2026-11-09".to_owned(), person(LIN));
    assert_eq!(
        waiting(&state),
        std::slice::from_ref(&owed),
        "also before it is sent"
    );

    let elsewhere = answer(2, &visit, Topic::Repair, "2026-11-05", "已修");
    state.apply(&elsewhere, Place::OnPhone);
    assert_eq!(waiting(&state), [owed], "another topic's answer is none");

    let given = answer(3, &visit, Topic::Cleaning, "2026-11-05", "已加装挡水条");
    state.apply(&given, Place::OnPhone);
    assert!(waiting(&state).is_empty());
    let record = &state.visits[&subject(1)];
    let answered = record.answers(id_of(&visit), Topic::Cleaning).next();
    let answered = answered.unwrap();
    assert_eq!(answered.addition.words.as_deref(), Some("已加装挡水条"));
    assert_eq!(answered.measure.as_deref(), Some("加装挡水条"));
    let steps = course(record);
    let told = |what| {
        matches!(
            what,
            Happening::Answered {
                topic: Topic::Cleaning,
                ..
            }
        )
    };
    assert!(steps.iter().any(|step| told(step.what) && step.on_phone));
}

#[test]
fn what_is_due_first_comes_first_and_a_voided_record_owes_nothing() {
    let (later, sooner) = (visit(1, "2026-11-20"), visit(2, "2026-11-03"));
    let voiding = addition(4, &sooner, Kind::VisitVoided, LIN, "记错了房号");
    let both = SiteState::fold(&log(vec![later.clone(), sooner.clone()]));
    let due: Vec<String> = waiting(&both).into_iter().map(|it| it.1).collect();
    assert_eq!(due, ["2026-11-10", "2026-11-27"]);
    let waits = awaited(&both.visits[&subject(1)]);
    assert!(waits.contains(&Awaited::Answers(1)));
    let voided = SiteState::fold(&log(vec![later, sooner, voiding]));
    assert_eq!(waiting(&voided).len(), 1);
}

#[test]
fn an_answer_that_was_not_given_yet_or_says_nothing_is_refused() {
    let visit = visit(1, "2026-11-02");
    let judged = |date, text| {
        let given = answer(2, &visit, Topic::Cleaning, date, text);
        check(&given.open().unwrap(), ANY_OFFSET)
    };
    // The samples are written on 2026-11-23.
    assert_eq!(judged("2026-11-23", "已修"), Ok(()));
    assert_eq!(judged("2026-11-24", "已修"), Err(Invalid::Disagreement));
    let nothing = Err(Invalid::Body(PartName::Content));
    assert_eq!(judged("2026-11-23", ""), nothing);
}

#[test]
fn an_erased_answer_stays_one_without_its_words() {
    let visit = visit(1, "2026-11-02");
    let given = answer(3, &visit, Topic::Cleaning, "2026-11-05", "已加装挡水条");
    let erasure = Erasure {
        event: id_of(&given),
        parts: vec![PartName::Content],
        reason: Reason::Unlawful,
        ordered_by: Some(person(SHEN)),
    };
    let bodies = vec![(PartName::Fact, canonical(&erasure))];
    let kind = Kind::BodyErased;
    let erased = event(4, subject(1), kind, SHEN, Role::Director, bodies);
    let state = SiteState::fold(&log(vec![visit, given, erased]));
    let answered = &state.visits[&subject(1)].answers[0];
    assert_eq!(
        (&answered.measure, &answered.addition.words),
        (&None, &None)
    );
    assert!(waiting(&state).is_empty(), "it was given all the same");
}
