//! Who may plan visits, call them off and note calls, and what these must refer to (R2.2).

use doorstep_domain::event::{Event, Kind, PartName, canonical};
use doorstep_domain::id::{EventId, HouseholdId, PersonId};
use doorstep_domain::plan::{CallFact, CallResult, CalledOff, PlanContent, PlanFact};
use doorstep_domain::policy::Role;
use doorstep_domain::review::Words;
use doorstep_domain::sync::wire::RefusalCode;
use doorstep_domain::visit::{Purpose, Way};
use doorstep_tests::events::{Pen, Setting, site_time};

use crate::desk::{Desk, id_of, subject_of};

fn plan(desk: &Desk, pen: &mut Pen, role: Role, visitor: PersonId) -> Event {
    let setting = desk.setting(pen, role);
    planned(pen, &setting, visitor)
}

fn planned(pen: &mut Pen, setting: &Setting, visitor: PersonId) -> Event {
    let content = PlanContent {
        way: Way::Door,
        at: site_time(setting.at),
        agreement: None,
        agenda: String::new(),
    };
    let fact = PlanFact {
        household: HouseholdId::mint(1, &[1; 10]),
        visitor,
        date: content.at.date(),
        purpose: Purpose::Visit,
    };
    let parts = [
        (PartName::Fact, canonical(&fact)),
        (PartName::Content, canonical(&content)),
    ];
    pen.write(Kind::VisitPlanned, setting, parts)
}

fn calling_off(desk: &Desk, pen: &mut Pen, role: Role, plan: &Event) -> Event {
    let setting = Setting {
        subject: subject_of(plan),
        ..desk.setting(pen, role)
    };
    let fact = canonical(&CalledOff { on: id_of(plan) });
    words(pen, Kind::VisitCalledOff, &setting, fact)
}

fn call(desk: &Desk, pen: &mut Pen, role: Role, household: HouseholdId) -> Event {
    let setting = Setting {
        subject: household.into(),
        ..desk.setting(pen, role)
    };
    let result = CallResult::NoAnswer;
    let fact = canonical(&CallFact { household, result });
    words(pen, Kind::HouseholdCalled, &setting, fact)
}

fn words(pen: &mut Pen, kind: Kind, setting: &Setting, fact: String) -> Event {
    let words = Words {
        text: String::new(),
    };
    let parts = [
        (PartName::Fact, fact),
        (PartName::Content, canonical(&words)),
    ];
    pen.write(kind, setting, parts)
}

#[test]
fn whoever_visits_plans_for_themselves_and_supervisors_and_directors_for_others_too() {
    for role in Role::GRANTABLE {
        let mut desk = Desk::new();
        let mut pen = desk.person(1, &[role]);
        let colleague = desk.person(2, &[Role::Steward]).author.person;
        let visits = matches!(role, Role::Steward | Role::Supervisor | Role::Director);
        let me = pen.author.person;
        for (visitor, may) in [(me, visits), (colleague, visits && role != Role::Steward)] {
            let event = plan(&desk, &mut pen, role, visitor);
            let outcome = desk.offer(pen.author, &event);
            let refused = outcome == Err(RefusalCode::NotAuthorised);
            assert_eq!((outcome.is_ok(), refused), (may, !may), "{role:?}");
        }
    }
}

#[test]
fn whoever_answers_when_a_household_phones_calls_its_visit_off() {
    for role in Role::GRANTABLE {
        let mut desk = Desk::new();
        let mut lin = desk.person(1, &[Role::Supervisor]);
        let me = lin.author.person;
        let event = plan(&desk, &mut lin, Role::Supervisor, me);
        assert!(desk.offer(lin.author, &event).is_ok());
        let mut pen = desk.person(2, &[role]);
        let off = calling_off(&desk, &mut pen, role, &event);
        let visits = matches!(role, Role::Steward | Role::Supervisor | Role::Director);
        let outcome = desk.offer(pen.author, &off);
        assert_eq!(outcome.is_ok(), visits, "{role:?}");
    }
}

#[test]
fn what_is_called_off_or_called_must_be_there_and_of_its_sort() {
    let mut desk = Desk::new();
    let role = Role::Director;
    let mut pen = desk.person(1, &[role]);
    let me = pen.author.person;
    let event = plan(&desk, &mut pen, role, me);
    let off = calling_off(&desk, &mut pen, role, &event);
    let unknown = Err(RefusalCode::UnknownSubject);
    assert_eq!(desk.offer(pen.author, &off), unknown);
    assert_eq!(desk.offer(pen.author, &event), Ok(1));
    assert_eq!(desk.offer(pen.author, &off), Ok(2));
    // The plan that is called off must be there, not only some plan of the record.
    let setting = Setting {
        subject: subject_of(&event),
        ..desk.setting(&mut pen, role)
    };
    let unseen = EventId::mint(1, &[9; 10]);
    let fact = canonical(&CalledOff { on: unseen });
    let off = words(&mut pen, Kind::VisitCalledOff, &setting, fact);
    let outcome = desk.offer(pen.author, &off);
    assert_eq!(outcome, Err(RefusalCode::UnknownAfter));

    let card = desk.household(&mut pen, role);
    let household = subject_of(&card).into();
    let called = call(&desk, &mut pen, role, household);
    assert_eq!(desk.offer(pen.author, &called), unknown);
    assert_eq!(desk.offer(pen.author, &card), Ok(3));
    assert_eq!(desk.offer(pen.author, &called), Ok(4));

    let visit = desk.visit(&mut pen, role);
    assert_eq!(desk.offer(pen.author, &visit), Ok(5));
    let wrong = Err(RefusalCode::WrongSubject);
    let off = calling_off(&desk, &mut pen, role, &visit);
    assert_eq!(desk.offer(pen.author, &off), wrong);
    let setting = Setting {
        subject: subject_of(&visit),
        ..desk.setting(&mut pen, role)
    };
    let over_a_visit = planned(&mut pen, &setting, me);
    assert_eq!(desk.offer(pen.author, &over_a_visit), wrong);
}
