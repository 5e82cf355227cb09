//! Sealed records that are corrected by a further revision: which one counts, what stands, and what
//! is not taken.

use doorstep_domain::correction::{Changed, changes};
use doorstep_domain::course::{Awaited, Happening, awaited, course};
use doorstep_domain::draft::VisitDraft;
use doorstep_domain::event::{Event, Kind, PartName, canonical};
use doorstep_domain::language::Language;
use doorstep_domain::policy::Role;
use doorstep_domain::review::Verdict;
use doorstep_domain::state::{Finish, Place, SiteState};
use doorstep_domain::time::{Month, SiteTime};
use doorstep_domain::topic::Topic;
use doorstep_domain::validity::{Invalid, check};
use doorstep_domain::visit::{ContentProblem, Outcome, SigningOutcome};

use crate::sample::{
    LIN, SHEN, addition, decision, draft, event_at, finished, id_of, log, person, site, subject,
    time, visit, visit_by, visitor,
};

const ANY_OFFSET: &dyn Fn(SiteTime) -> bool = &|_| true;

fn shown(state: &SiteState, event: &Event) -> Finish {
    let record = &state.visits[&subject(1)];
    record.finish(id_of(event)).unwrap().clone()
}

/// A draft by Shen, two days later, that corrects `of`; the owner's page shown and declined.
fn correcting(of: &Finish, n: u8, change: impl FnOnce(&mut VisitDraft)) -> VisitDraft {
    let id = doorstep_domain::id::EventId::mint(4, &[n; 10]);
    let mut draft = VisitDraft::correct(id, site(), subject(1), of).unwrap();
    draft.correcting.as_mut().unwrap().why = "业主姓名写错".into();
    change(&mut draft);
    draft.show_owner(Language::Chinese, time("2026-11-25T10:00"));
    draft
}

fn corrected(of: &Finish, n: u8, change: impl FnOnce(&mut VisitDraft)) -> Event {
    let draft = correcting(of, n, change);
    let bodies = finished(&draft, SigningOutcome::Declined).bodies();
    event_at(
        n,
        draft.record(),
        draft.kind(),
        SHEN,
        Role::Director,
        bodies,
        "2026-11-25T10:05",
    )
}

fn fold(events: &[Event]) -> SiteState {
    SiteState::fold(&log(events.to_vec()))
}

/// The state with `first` alone, and what it shows of it.
fn recorded() -> (Event, Finish) {
    let first = visit(1, "2026-11-23");
    let finish = shown(&fold(std::slice::from_ref(&first)), &first);
    (first, finish)
}

#[test]
fn a_correction_is_valid_keeps_who_visited_and_when_and_counts_instead() {
    let (first, finish) = recorded();
    let second = corrected(&finish, 2, |draft| draft.met = "陈家慧".into());
    assert_eq!(check(&second.open().unwrap(), ANY_OFFSET), Ok(()));
    let state = fold(&[first.clone(), second.clone()]);
    let record = &state.visits[&subject(1)];
    let counted = record.counted().unwrap();
    assert_eq!(counted.id, id_of(&second));
    assert!(record.is_corrected(id_of(&first)));
    assert_eq!(record.current().count(), 1);
    let (before, after) = (finish.content.unwrap(), counted.content.clone().unwrap());
    assert_eq!(changes(&before, &after), [Changed::Met]);
    assert_eq!(after.visitor, before.visitor, "not who corrected it");
    assert_eq!(after.ended_at, before.ended_at, "not when it was corrected");
    assert_eq!(after.correction.as_deref(), Some("业主姓名写错"));
    assert_eq!(record.visitor(counted), person(LIN));
    assert_eq!(counted.actor, person(SHEN));
    assert!(counted.seal.is_some());
    assert_ne!(counted.seal, finish.seal);
}

#[test]
fn a_visit_that_is_moved_lasts_as_long_and_counts_in_its_new_month_for_who_made_it() {
    let (first, finish) = recorded();
    let moved = time("2026-10-31T09:30");
    let second = corrected(&finish, 2, |draft| draft.started_at = moved);
    assert_eq!(check(&second.open().unwrap(), ANY_OFFSET), Ok(()));
    let state = fold(&[first, second.clone()]);
    let content = shown(&state, &second).content.unwrap();
    let (before, lasted) = (finish.content.unwrap(), |from: SiteTime, to: SiteTime| {
        to.unix_ms() - from.unix_ms()
    });
    assert_eq!(
        lasted(content.started_at, content.ended_at),
        lasted(before.started_at, before.ended_at)
    );
    assert_eq!(
        changes(&before, &content),
        [Changed::Time],
        "the reason is asked for by R3.6 as before"
    );
    let record = &state.visits[&subject(1)];
    let october: Month = Month::of("2026-10-31".parse().unwrap());
    let november: Month = Month::of("2026-11-23".parse().unwrap());
    assert!(record.counts_in(october).is_some());
    assert!(record.counts_in(november).is_none());
    let own = |who| {
        let progress = state.progress(october, "2026-11-25".parse().unwrap(), Some(person(who)));
        (progress.visited, progress.own)
    };
    assert_eq!((own(LIN), own(SHEN)), ((1, 1), (1, 0)));
}

#[test]
fn what_was_decided_and_answered_stands_where_the_words_are_the_same() {
    let (first, finish) = recorded();
    let adopted = decision(3, &first, Verdict::Adopt, "");
    let other_words = corrected(&finish, 2, |draft| {
        draft.note_mut(Topic::Cleaning).text = "地上车库入口有积水".into();
    });
    let same_words = corrected(&finish, 2, |draft| draft.conclusion = "已报修".into());
    for (second, waits) in [(other_words, 1), (same_words, 0)] {
        let state = fold(&[first.clone(), adopted.clone(), second.clone()]);
        let record = &state.visits[&subject(1)];
        assert_eq!(record.awaited_decisions(), waits);
        let stands = record.decision(id_of(&second), Topic::Cleaning).is_some();
        assert_eq!(stands, waits == 0);
        // The answer is owed by who visited, once.
        let owed = state.follow_ups();
        assert_eq!(owed.len(), 1);
        assert_eq!(owed[0].responsible(), person(LIN));
        assert_eq!(owed[0].finish.id, id_of(&second));
    }
}

#[test]
fn the_supervisors_opinion_is_on_what_was_read() {
    let (first, finish) = recorded();
    let opinion = addition(3, &first, Kind::OpinionWritten, SHEN, "情况属实");
    let second = corrected(&finish, 2, |draft| draft.conclusion = "已报修".into());
    let state = fold(&[first, opinion, second]);
    assert!(state.visits[&subject(1)].awaits_opinion());
}

#[test]
fn of_two_corrections_the_later_in_the_log_counts_wherever_it_is_folded() {
    let (first, finish) = recorded();
    let second = corrected(&finish, 2, |draft| draft.met = "陈家慧".into());
    let third = corrected(&finish, 3, |draft| draft.met = "程佳慧".into());
    let state = fold(&[first.clone(), second.clone(), third.clone()]);
    let record = &state.visits[&subject(1)];
    assert_eq!(record.counted().unwrap().id, id_of(&third));
    assert_eq!(record.current().count(), 2, "both are shown");
    // A phone whose own correction was not sent yet sees its own; afterwards what all see.
    let mut phone = fold(&[first]);
    phone.apply(&third, Place::OnPhone);
    assert_eq!(awaited(&phone.visits[&subject(1)]), [Awaited::Receipt]);
    let at = 1_764_000_000_000;
    phone.apply(&second, Place::Received { seq: 2, at });
    phone.apply(&third, Place::Received { seq: 3, at });
    let counted = phone.visits[&subject(1)].counted().unwrap();
    assert_eq!(counted.id, id_of(&third));
}

#[test]
fn a_corrected_correction_leads_back_to_the_visit_and_a_circle_to_an_end() {
    let (first, finish) = recorded();
    let second = corrected(&finish, 2, |draft| draft.met = "陈家慧".into());
    let state = fold(&[first.clone(), second.clone()]);
    let third = corrected(&shown(&state, &second), 3, |draft| {
        draft.conclusion = "已报修".into();
    });
    let state = fold(&[first.clone(), second.clone(), third.clone()]);
    let record = &state.visits[&subject(1)];
    let line = record.lineage(record.counted().unwrap());
    let ids: Vec<_> = line.iter().map(|it| it.id).collect();
    assert_eq!(ids, [id_of(&third), id_of(&second), id_of(&first)]);
    let mut itself = shown(&state, &second);
    itself.id = id_of(&third);
    let circle = corrected(&itself, 3, |draft| draft.met = "陈家惠".into());
    let state = fold(&[circle]);
    let record = &state.visits[&subject(1)];
    assert!(record.lineage(record.counted().unwrap()).len() <= 2);
}

#[test]
fn a_correction_says_what_and_why_and_a_visit_does_not() {
    let (first, finish) = recorded();
    let second = corrected(&finish, 2, |_| {});
    let as_kind = |event: &Event, kind| {
        let opened = event.open().unwrap();
        let part = |name| event.part(name).map(|part| (name, part.body.clone()));
        let names = [PartName::Fact, PartName::Content, PartName::Signing];
        let bodies = names.into_iter().chain([PartName::Ink]).filter_map(part);
        let of = opened.envelope.subject;
        let at = "2026-11-25T10:05";
        let event = event_at(9, of, kind, LIN, Role::Supervisor, bodies.collect(), at);
        let opened = event.open().unwrap();
        check(&opened, ANY_OFFSET)
    };
    let wrong = Err(Invalid::Disagreement);
    assert_eq!(as_kind(&first, Kind::VisitRecorded), Ok(()));
    assert_eq!(as_kind(&first, Kind::VisitCorrected), wrong);
    assert_eq!(as_kind(&second, Kind::VisitRecorded), wrong);
    assert_eq!(as_kind(&second, Kind::VisitCorrected), Ok(()));
    let mute = correcting(&finish, 2, |draft| {
        draft.correcting.as_mut().unwrap().why = " ".into();
    });
    assert_eq!(
        mute.check(&visitor(), time("2026-11-25T10:00")),
        Err(ContentProblem::CorrectionUnexplained)
    );
    let read = VisitDraft::from_bytes(&mute.to_bytes());
    assert_eq!(read, Some(mute), "it is kept like every draft");
    // What was written before there were corrections has no word of them.
    let plain = canonical(&shown(&fold(std::slice::from_ref(&first)), &first).fact);
    assert!(!plain.contains("corrects"));
}

#[test]
fn the_course_tells_of_it() {
    let (first, finish) = recorded();
    let second = corrected(&finish, 2, |draft| draft.met = "陈家慧".into());
    let state = fold(&[first, second]);
    let steps = course(&state.visits[&subject(1)]);
    let told = steps.iter().any(|step| {
        matches!(step.what, Happening::Corrected { by, sealed: true, .. }
            if by.person == person(SHEN))
    });
    assert!(told);
}

#[test]
fn a_visit_ended_by_a_slip_goes_on_as_a_record_of_its_own() {
    let mut ended = draft(1, "2026-11-23");
    ended.outcome = Outcome::NobodyHome;
    let unmet = ended.finish_unmet(&visitor(), Language::Chinese, time("2026-11-23T10:03"));
    let slip = visit_by(1, LIN, &unmet, subject(1));
    let finish = shown(&fold(std::slice::from_ref(&slip)), &slip);
    let resumed = VisitDraft::resume(subject(2), site(), &finish).unwrap();
    assert_eq!(
        (resumed.subject, resumed.kind()),
        (subject(2), Kind::VisitRecorded)
    );
    assert_eq!(resumed.record(), subject(2));
    assert_eq!(resumed.outcome, Outcome::Met);
    assert_eq!(resumed.household, ended.household);
    assert_eq!(
        (resumed.started_at, resumed.agreed, &resumed.room),
        (ended.started_at, ended.agreed, &ended.room)
    );
    let later = time("2026-11-23T10:20");
    assert_eq!(
        resumed.ends_at(later),
        later,
        "it goes on until its page is shown"
    );
}
