//! Records as the fold makes them, for tests of what screens say about them.

use doorstep_domain::hash::sha256;
use doorstep_domain::household::{Residence, Use};
use doorstep_domain::id::{EventId, HouseholdId, PersonId, SubjectId};
use doorstep_domain::language::Language;
use doorstep_domain::policy::Role;
use doorstep_domain::state::{Finish, Place, SiteState, Soundness, VisitRecord};
use doorstep_domain::time::SiteTime;
use doorstep_domain::topic::{Satisfaction, Topic};
use doorstep_domain::visit::{
    FORM_VERSION, Opinion, Outcome, PRIVACY_NOTICE_VERSION, Purpose, Relation, Signing,
    SigningOutcome, VisitContent, VisitFact, Way,
};

pub(crate) fn person(n: u8) -> PersonId {
    PersonId::mint(1, &[n; 10])
}

pub(crate) fn subject(n: u8) -> SubjectId {
    SubjectId::mint(2, &[n; 10])
}

pub(crate) fn time(text: &str) -> SiteTime {
    [text, ":00.000+08:00"].concat().parse().unwrap()
}

fn content(at: SiteTime) -> VisitContent {
    let opinion = |topic, satisfaction, text: &str| Opinion {
        topic,
        satisfaction,
        text: text.into(),
        wants_answer: !text.is_empty(),
        photos: Vec::new(),
    };
    VisitContent {
        form: FORM_VERSION,
        language: Language::Chinese,
        privacy_notice: PRIVACY_NOTICE_VERSION,
        site: "金海湾花园".into(),
        room: "3-2-1502".into(),
        met: "陈佳慧".into(),
        relation: Relation::Owner,
        visitor: "林晓雯".into(),
        post: Role::Supervisor,
        way: Way::Door,
        purpose: Purpose::Visit,
        outcome: Outcome::Met,
        agreed: None,
        arrived_at: None,
        started_at: at,
        ended_at: at,
        reason: "路过".into(),
        opinions: vec![
            opinion(Topic::Security, Some(Satisfaction::Satisfied), ""),
            opinion(Topic::Cleaning, None, "车库积水"),
        ],
        conclusion: String::new(),
        report_to_operations: false,
        correction: None,
    }
}

/// A signed visit without appointment, recorded by person `who`; received by the office.
pub(crate) fn finish(n: u8, who: u8, at: &str) -> Finish {
    let at = time(at);
    Finish {
        id: EventId::mint(3, &[n; 10]),
        actor: person(who),
        role: Role::Supervisor,
        device: sha256(&[who]),
        at,
        place: Place::Received {
            seq: u64::from(n),
            at: at.unix_ms() + 1,
        },
        fact: VisitFact {
            household: HouseholdId::mint(4, &[n; 10]),
            r#use: Use::Home,
            residence: Residence::Permanent,
            occupied: true,
            date: at.date(),
            way: Way::Door,
            purpose: Purpose::Visit,
            outcome: Outcome::Met,
            plan: None,
            corrects: None,
        },
        content: Some(content(at)),
        signing: Some(Signing {
            outcome: SigningOutcome::Signed,
            name: None,
            relation: None,
            shown_at: at,
            sealed_at: at,
        }),
        ink: Some(r#"{"strokes":[]}"#.into()),
        private: None,
        seal: Some(sha256(&[n])),
        soundness: Soundness::Sound,
        adopted: None,
    }
}

/// The record `n` with these finishes and nothing added.
pub(crate) fn record(n: u8, finishes: Vec<Finish>) -> VisitRecord {
    VisitRecord {
        subject: subject(n),
        finishes,
        voided: Vec::new(),
        opinions: Vec::new(),
        decisions: Vec::new(),
        answers: Vec::new(),
        heads: Vec::new(),
    }
}

/// A site with these records.
pub(crate) fn site(records: Vec<VisitRecord>) -> SiteState {
    let mut site = SiteState::default();
    let records = records.into_iter().map(|record| (record.subject, record));
    site.visits.extend(records);
    site
}
