//! The office's phrases once folded: listed by topic, changed, taken off, the same wherever they
//! are folded; and what makes no sense.

use doorstep_domain::erasure::{Erasure, Reason};
use doorstep_domain::event::{Event, Kind, PartName, canonical};
use doorstep_domain::holdings::Kept;
use doorstep_domain::phrase::{PHRASE_MAX, PhraseFact, PhraseText};
use doorstep_domain::policy::Role;
use doorstep_domain::state::{Place, SiteState};
use doorstep_domain::topic::Topic;
use doorstep_domain::validity::{Invalid, check};

use crate::sample::{SHEN, event, log, person, subject};

/// The phrase `n` said to be so, as event `at`.
fn phrase(at: u8, n: u8, topic: Option<Topic>, listed: bool, text: &str) -> Event {
    let text = PhraseText { text: text.into() };
    let bodies = vec![
        (PartName::Fact, canonical(&PhraseFact { topic, listed })),
        (PartName::Content, canonical(&text)),
    ];
    let (kind, role) = (Kind::PhraseChanged, Role::Director);
    event(at, subject(n), kind, SHEN, role, bodies)
}

fn offered(state: &SiteState, topic: Topic) -> Vec<String> {
    let phrases = state.phrases_for(topic).into_iter();
    phrases.map(|it| it.text).collect()
}

#[test]
fn a_topic_is_offered_its_own_phrases_and_those_for_all() {
    let (repair, culture) = (Some(Topic::Repair), Some(Topic::Culture));
    let state = SiteState::fold(&log(vec![
        phrase(1, 1, None, true, "无意见"),
        phrase(2, 2, repair, true, "电梯异响"),
        phrase(3, 3, culture, true, "多办活动"),
        phrase(4, 4, repair, true, "水管漏水"),
    ]));
    assert_eq!(
        offered(&state, Topic::Repair),
        ["电梯异响", "水管漏水", "无意见"]
    );
    assert_eq!(offered(&state, Topic::Culture), ["多办活动", "无意见"]);
    let listed = state.listed_phrases();
    assert_eq!(listed.len(), 4);
    assert_eq!(listed.last().unwrap().topic, None);
}

#[test]
fn the_latest_in_the_log_holds_whatever_came_first_on_a_phone() {
    let repair = Some(Topic::Repair);
    let (put, off, again) = (
        phrase(1, 1, repair, true, "电梯异响"),
        phrase(2, 1, repair, false, "电梯异响"),
        phrase(3, 1, None, true, "电梯有异响"),
    );
    let rows = log(vec![put.clone(), off.clone(), again.clone()]);
    let folded = SiteState::fold(&rows);
    assert_eq!(offered(&folded, Topic::Culture), ["电梯有异响"]);
    assert_eq!(
        SiteState::fold(&rows[..2]).listed_phrases(),
        [],
        "it is off the list"
    );
    // Its own was here before the others' came.
    let mut phone = SiteState::default();
    phone.apply(&again, Place::OnPhone);
    for row in &rows {
        let (seq, at) = (row.seq, row.received_at);
        phone.apply(&row.event, Place::Received { seq, at });
    }
    assert_eq!(phone.phrases, folded.phrases);
}

#[test]
fn an_erased_phrase_is_offered_no_more_and_one_in_force_does_not_grow_old() {
    let put = phrase(1, 1, None, true, "陈女士家漏水");
    let id = put.open().unwrap().envelope.id;
    let rows = log(vec![put.clone(), phrase(2, 2, None, true, "无意见")]);
    let kept = Kept {
        log: &rows,
        aside: &[],
    };
    let later = "2099-01-01".parse().unwrap();
    assert!(kept.older_than(later).is_empty());

    let erasure = Erasure {
        event: id,
        parts: vec![PartName::Content],
        reason: Reason::Unlawful,
        ordered_by: Some(person(SHEN)),
    };
    let bodies = vec![(PartName::Fact, canonical(&erasure))];
    let erased = event(
        3,
        subject(1),
        Kind::BodyErased,
        SHEN,
        Role::Director,
        bodies,
    );
    let state = SiteState::fold(&log(vec![put, erased]));
    assert_eq!(state.listed_phrases(), []);
}

#[test]
fn a_phrase_is_one_line_that_says_something() {
    let judged = |text: &str| {
        let event = phrase(1, 1, None, true, text);
        check(&event.open().unwrap(), &|_| true)
    };
    assert_eq!(judged("无意见"), Ok(()));
    for wrong in ["", " 无", "无\n意见", &"长".repeat(PHRASE_MAX + 1)] {
        assert_eq!(judged(wrong), Err(Invalid::Body(PartName::Content)));
    }
}
