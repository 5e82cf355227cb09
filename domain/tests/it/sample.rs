//! Events as phones make them, signed by a stand-in: the signature is a hash of device and
//! message, which is all these tests need of one.

use std::collections::BTreeMap;

use doorstep_domain::draft::{FinishedVisit, OwnerPage, VisitDraft, Visitor};
use doorstep_domain::event::{
    ENVELOPE_VERSION, Envelope, Event, Kind, Part, PartName, Salt, canonical, part_hash,
    signing_input,
};
use doorstep_domain::hash::{Hash, sha256, tagged};
use doorstep_domain::household::{Contact, HouseholdCard, HouseholdFact, Residence, Use};
use doorstep_domain::id::{EventId, HouseholdId, OrganisationId, PersonId, SiteId, SubjectId};
use doorstep_domain::ink::{Ink, Point, Stroke};
use doorstep_domain::language::Language;
use doorstep_domain::log::{Head, LoggedEvent};
use doorstep_domain::policy::Role;
use doorstep_domain::review::{About, Decision, Verdict, Words};
use doorstep_domain::time::SiteTime;
use doorstep_domain::topic::{Satisfaction, Topic};
use doorstep_domain::visit::{Agreed, Channel, Relation, SigningOutcome};

pub(crate) const LIN: u8 = 1;
pub(crate) const SHEN: u8 = 2;

pub(crate) fn person(n: u8) -> PersonId {
    PersonId::mint(1, &[n; 10])
}

pub(crate) fn site() -> SiteId {
    SiteId::mint(1, &[9; 10])
}

pub(crate) fn household(n: u8) -> HouseholdId {
    HouseholdId::mint(2, &[n; 10])
}

pub(crate) fn subject(n: u8) -> SubjectId {
    SubjectId::mint(3, &[n; 10])
}

pub(crate) fn time(text: &str) -> SiteTime {
    format!("{text}:00.000+08:00").parse().unwrap()
}

pub(crate) fn device(n: u8) -> Hash {
    sha256(&[n])
}

/// What a device's stand-in signature over `message` is.
pub(crate) fn signature(device: &Hash, message: &[u8]) -> Vec<u8> {
    let half = tagged("stand-in", &[&device.0, message]).0;
    [half, half].concat()
}

pub(crate) fn genesis() -> Head {
    Head::genesis(OrganisationId::mint(1, &[8; 10]), site())
}

/// Builds one signed event; `n` makes its id.
pub(crate) fn event(
    n: u8,
    subject: SubjectId,
    kind: Kind,
    who: u8,
    role: Role,
    bodies: Vec<(PartName, String)>,
) -> Event {
    event_at(n, subject, kind, who, role, bodies, "2026-11-23T15:16")
}

pub(crate) fn event_at(
    n: u8,
    subject: SubjectId,
    kind: Kind,
    who: u8,
    role: Role,
    bodies: Vec<(PartName, String)>,
    at: &str,
) -> Event {
    let salted = bodies.into_iter().zip(1..);
    let parts: BTreeMap<PartName, Part> = salted
        .map(|((name, body), salt)| {
            (
                name,
                Part {
                    salt: Salt([salt; 16]),
                    body,
                },
            )
        })
        .collect();
    let envelope = Envelope {
        v: ENVELOPE_VERSION,
        id: EventId::mint(4, &[n; 10]),
        subject,
        site: site(),
        kind: kind.as_str().into(),
        kv: 1,
        after: vec![],
        actor: person(who),
        role,
        device: device(who),
        at: time(at),
        skew_ms: None,
        skew_age_s: None,
        parts: parts
            .iter()
            .map(|(name, part)| (*name, part_hash(*name, part)))
            .collect(),
        sig: None,
    };
    let signature = signature(&device(who), &signing_input(&envelope));
    envelope.into_event(&signature, parts)
}

pub(crate) fn id_of(event: &Event) -> EventId {
    event.open().unwrap().envelope.id
}

pub(crate) fn fact(n: u8, occupied: bool) -> HouseholdFact {
    HouseholdFact {
        household: household(n),
        r#use: Use::Home,
        residence: Residence::Permanent,
        occupied,
        listed: true,
    }
}

pub(crate) fn card(n: u8) -> HouseholdCard {
    HouseholdCard {
        building: "3".into(),
        unit: "2".into(),
        room: format!("15{n:02}"),
        contacts: vec![Contact {
            name: "陈佳慧".into(),
            phone: "13800000000".into(),
            relation: Relation::Owner,
        }],
        careful: false,
    }
}

pub(crate) fn registered(n: u8, fact: HouseholdFact, at: &str) -> Event {
    let bodies = vec![
        (PartName::Fact, canonical(&fact)),
        (PartName::Content, canonical(&card(n))),
    ];
    let subject = SubjectId::from(fact.household);
    event_at(
        n,
        subject,
        Kind::HouseholdChanged,
        0,
        Role::Office,
        bodies,
        at,
    )
}

/// A draft about household `n` with one opinion, agreed, the owner's page shown and signed on.
pub(crate) fn draft(n: u8, day: &str) -> VisitDraft {
    let clock = |clock: &str| time(&format!("{day}T{clock}"));
    let mut draft = VisitDraft::begin(subject(n), site(), fact(n, true), &card(n), clock("15:02"));
    draft.agreed = Some(Agreed {
        at: clock("15:00"),
        channel: Channel::Phone,
    });
    let note = draft.note_mut(Topic::Cleaning);
    note.satisfaction = Some(Satisfaction::Dissatisfied);
    note.text = "地下车库入口有积水".into();
    note.wants_answer = true;
    let point = |x, y, t_ms| Point {
        x,
        y,
        t_ms,
        force: 127,
    };
    draft.owner_page = Some(OwnerPage {
        shown_at: clock("15:12"),
        language: Language::Chinese,
        ended_at: clock("15:12"),
        ink: Ink {
            strokes: vec![Stroke(vec![point(500, 900, 0), point(3_000, 1_200, 90)])],
        },
        name: String::new(),
        relation: Relation::Owner,
    });
    draft
}

pub(crate) fn visitor() -> Visitor {
    Visitor {
        name: "林晓雯".into(),
        post: Role::Supervisor,
        site: "金海湾花园".into(),
    }
}

pub(crate) fn finished(draft: &VisitDraft, outcome: SigningOutcome) -> FinishedVisit {
    let page = draft.owner_page.as_ref().unwrap();
    draft
        .finish_met(&visitor(), outcome, page.shown_at)
        .unwrap()
}

pub(crate) fn visit_by(n: u8, who: u8, finished: &FinishedVisit, of: SubjectId) -> Event {
    event(
        n,
        of,
        Kind::VisitRecorded,
        who,
        Role::Supervisor,
        finished.bodies(),
    )
}

/// A signed visit to household `n` on `day`, recorded by Lin.
pub(crate) fn visit(n: u8, day: &str) -> Event {
    visit_by(
        n,
        LIN,
        &finished(&draft(n, day), SigningOutcome::Signed),
        subject(n),
    )
}

pub(crate) fn decision(n: u8, on: &Event, verdict: Verdict, reason: &str) -> Event {
    let opened = on.open().unwrap();
    let decision = Decision {
        on: opened.envelope.id,
        topic: Topic::Cleaning,
        verdict,
    };
    let bodies = vec![
        (PartName::Fact, canonical(&decision)),
        (
            PartName::Content,
            canonical(&Words {
                text: reason.into(),
            }),
        ),
    ];
    event(
        n,
        opened.envelope.subject,
        Kind::OpinionDecided,
        SHEN,
        Role::Director,
        bodies,
    )
}

pub(crate) fn addition(n: u8, on: &Event, kind: Kind, who: u8, text: &str) -> Event {
    let opened = on.open().unwrap();
    let bodies = vec![
        (
            PartName::Fact,
            canonical(&About {
                on: opened.envelope.id,
            }),
        ),
        (PartName::Content, canonical(&Words { text: text.into() })),
    ];
    event(
        n,
        opened.envelope.subject,
        kind,
        who,
        Role::Supervisor,
        bodies,
    )
}

pub(crate) fn log(events: Vec<Event>) -> Vec<LoggedEvent> {
    let rows = events.into_iter().zip(1..);
    rows.map(|(event, seq)| LoggedEvent {
        seq,
        received_at: 1_000 + i64::try_from(seq).unwrap(),
        event,
    })
    .collect()
}
