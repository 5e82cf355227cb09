//! Makes valid, signed events for tests from the domain's own types. Not random: ids and salts
//! are counted, so that equal calls in equal order give equal bytes.

use std::collections::BTreeMap;

use doorstep_domain::erasure::{Erasure, Reason};
use doorstep_domain::event::{
    ENVELOPE_VERSION, Envelope, Event, Kind, Part, PartName, SIGNATURE_BYTES, Salt, canonical,
    part_hash, signing_input,
};
use doorstep_domain::hash::Hash;
use doorstep_domain::household::{HouseholdCard, HouseholdFact, Residence, Use};
use doorstep_domain::id::{EventId, HouseholdId, SiteId, SubjectId};
use doorstep_domain::ink::Ink;
use doorstep_domain::language::Language;
use doorstep_domain::policy::Role;
use doorstep_domain::quarantine::{self, Verdict};
use doorstep_domain::review::{self, About, Decision, Words};
use doorstep_domain::time::{SiteTime, UnixMs};
use doorstep_domain::topic::Topic;
use doorstep_domain::validity::BODY_VERSION;
use doorstep_domain::visit::{
    FORM_VERSION, Outcome, PRIVACY_NOTICE_VERSION, PrivateNote, Purpose, Relation, Signing,
    SigningOutcome, VisitContent, VisitFact, Way,
};

use crate::company::{Author, OFFSET_MINUTES, stub_sign};

/// Writes one author's events.
#[derive(Debug, Clone)]
pub struct Pen {
    /// Whose.
    pub author: Author,
    written: u64,
    sign: Sign,
}

/// How a device signs.
type Sign = fn(&Hash, &[u8]) -> [u8; SIGNATURE_BYTES];

/// Where, when and as what an event is written.
#[derive(Debug, Clone)]
pub struct Setting {
    /// The site.
    pub site: SiteId,
    /// The role acted in.
    pub role: Role,
    /// Device time.
    pub at: UnixMs,
    /// The record it is about.
    pub subject: SubjectId,
    /// The heads of it that the author has seen.
    pub after: Vec<EventId>,
}

impl Pen {
    /// A pen of `author`'s.
    pub fn of(author: Author) -> Self {
        Self::from(author, 0, stub_sign)
    }

    /// The same after `written` random numbers were drawn, signing in another way.
    pub(crate) fn from(author: Author, written: u64, sign: Sign) -> Self {
        Self {
            author,
            written,
            sign,
        }
    }

    /// A subject of its own for something begun at `at`.
    pub fn begin(&mut self, at: UnixMs) -> SubjectId {
        let entropy = self.entropy();
        SubjectId::mint(at.unsigned_abs(), &entropy)
    }

    /// A household's id.
    pub fn household(&mut self, at: UnixMs) -> HouseholdId {
        let entropy = self.entropy();
        HouseholdId::mint(at.unsigned_abs(), &entropy)
    }

    /// A visit that found nobody home, with a private note.
    pub fn visit(&mut self, setting: &Setting) -> Event {
        let (fact, content) = nobody_home(setting);
        let note = PrivateNote {
            note: format!("note {}", self.written),
        };
        let parts = [
            (PartName::Fact, canonical(&fact)),
            (PartName::Content, canonical(&content)),
            (PartName::Private, canonical(&note)),
        ];
        self.write(Kind::VisitRecorded, setting, parts)
    }

    /// A visit at the office that ended with this ink.
    pub fn signed_visit(&mut self, setting: &Setting, ink: &Ink) -> Event {
        let (fact, content) = nobody_home(setting);
        let (way, outcome) = (Way::Office, Outcome::Met);
        let fact = VisitFact {
            way,
            outcome,
            plan: None,
            corrects: None,
            ..fact
        };
        let content = VisitContent {
            way,
            outcome,
            met: "Chen".into(),
            conclusion: "All is well.".into(),
            ..content
        };
        let signing = Signing {
            outcome: SigningOutcome::Signed,
            name: None,
            relation: None,
            shown_at: content.ended_at,
            sealed_at: content.ended_at,
        };
        let parts = [
            (PartName::Fact, canonical(&fact)),
            (PartName::Content, canonical(&content)),
            (PartName::Signing, canonical(&signing)),
            (PartName::Ink, canonical(ink)),
        ];
        self.write(Kind::VisitRecorded, setting, parts)
    }

    /// Voids the record `on`.
    pub fn voiding(&mut self, setting: &Setting, on: EventId) -> Event {
        self.words(Kind::VisitVoided, setting, &canonical(&About { on }))
    }

    /// Writes the supervisor's opinion on the record `on`.
    pub fn opinion(&mut self, setting: &Setting, on: EventId) -> Event {
        self.words(Kind::OpinionWritten, setting, &canonical(&About { on }))
    }

    /// Decides on an opinion of the record `on`.
    pub fn decision(&mut self, setting: &Setting, on: EventId) -> Event {
        let decision = Decision {
            on,
            topic: Topic::Cleaning,
            verdict: review::Verdict::NotAdopt,
        };
        self.words(Kind::OpinionDecided, setting, &canonical(&decision))
    }

    /// Decides on `held`, an event kept aside; `setting.subject` is not looked at.
    pub fn aside(&mut self, setting: &Setting, held: &Event, verdict: Verdict) -> Event {
        let opened = held.open().expect("what is kept aside opens");
        let decision = quarantine::Decision {
            id: opened.envelope.id,
            envelope_hash: opened.envelope_hash,
            verdict,
        };
        self.deciding(setting, &decision)
    }

    /// This decision on an event kept aside; `setting.subject` is not looked at.
    pub fn deciding(&mut self, setting: &Setting, decision: &quarantine::Decision) -> Event {
        let setting = Setting {
            subject: decision.id.into(),
            ..setting.clone()
        };
        self.words(Kind::QuarantineDecided, &setting, &canonical(decision))
    }

    /// Erases parts of the event `on`, on the author's own order.
    pub fn erasure(&mut self, setting: &Setting, on: EventId, parts: &[PartName]) -> Event {
        let erasure = Erasure {
            event: on,
            parts: parts.to_vec(),
            reason: Reason::Unlawful,
            ordered_by: Some(self.author.person),
        };
        let parts = [(PartName::Fact, canonical(&erasure))];
        self.write(Kind::BodyErased, setting, parts)
    }

    /// Enters or changes `household` in the register; `setting.subject` is not looked at.
    pub fn household_changed(&mut self, setting: &Setting, household: HouseholdId) -> Event {
        let fact = HouseholdFact {
            household,
            r#use: Use::Home,
            residence: Residence::Permanent,
            occupied: true,
            listed: true,
        };
        let card = HouseholdCard {
            building: "3".into(),
            unit: "2".into(),
            room: "1502".into(),
            contacts: Vec::new(),
            careful: false,
        };
        let setting = Setting {
            subject: household.into(),
            ..setting.clone()
        };
        let parts = [
            (PartName::Fact, canonical(&fact)),
            (PartName::Content, canonical(&card)),
        ];
        self.write(Kind::HouseholdChanged, &setting, parts)
    }

    /// An event of any kind with any texts, signed.
    pub fn write<const N: usize>(
        &mut self,
        kind: Kind,
        setting: &Setting,
        parts: [(PartName, String); N],
    ) -> Event {
        let parts: BTreeMap<PartName, Part> = parts
            .into_iter()
            .map(|(name, body)| {
                let salt = self.salt();
                (name, Part { salt, body })
            })
            .collect();
        let entropy = self.entropy();
        let envelope = Envelope {
            v: ENVELOPE_VERSION,
            id: EventId::mint(setting.at.unsigned_abs(), &entropy),
            subject: setting.subject,
            site: setting.site,
            kind: kind.as_str().into(),
            kv: BODY_VERSION,
            after: setting.after.clone(),
            actor: self.author.person,
            role: setting.role,
            device: self.author.device,
            at: site_time(setting.at),
            skew_ms: None,
            skew_age_s: None,
            parts: parts
                .iter()
                .map(|(name, part)| (*name, part_hash(*name, part)))
                .collect(),
            sig: None,
        };
        self.seal(envelope, parts)
    }

    /// Signs an envelope and puts its parts to it.
    pub fn seal(&self, envelope: Envelope, parts: BTreeMap<PartName, Part>) -> Event {
        let signature = (self.sign)(&self.author.device, &signing_input(&envelope));
        envelope.into_event(&signature, parts)
    }

    fn words(&mut self, kind: Kind, setting: &Setting, fact: &str) -> Event {
        let words = Words {
            text: format!("words {}", self.written),
        };
        let parts = [
            (PartName::Fact, fact.to_owned()),
            (PartName::Content, canonical(&words)),
        ];
        self.write(kind, setting, parts)
    }

    fn entropy(&mut self) -> [u8; 10] {
        self.written += 1;
        let device = self.author.device.0;
        let mut entropy = [device[0], device[1], 0, 0, 0, 0, 0, 0, 0, 0];
        entropy[2..].copy_from_slice(&self.written.to_be_bytes());
        entropy
    }

    fn salt(&mut self) -> Salt {
        let mut salt = [0x5a; 16];
        salt[..10].copy_from_slice(&self.entropy());
        Salt(salt)
    }
}

/// What is said of a visit that found nobody home.
fn nobody_home(setting: &Setting) -> (VisitFact, VisitContent) {
    let started_at = site_time(setting.at);
    let fact = VisitFact {
        household: HouseholdId::mint(1, &[0x77; 10]),
        r#use: Use::Home,
        residence: Residence::Permanent,
        occupied: true,
        date: started_at.date(),
        way: Way::Door,
        purpose: Purpose::Visit,
        outcome: Outcome::NobodyHome,
        plan: None,
        corrects: None,
    };
    let content = VisitContent {
        form: FORM_VERSION,
        language: Language::English,
        privacy_notice: PRIVACY_NOTICE_VERSION,
        site: "Test Gardens".into(),
        room: "3-2-1502".into(),
        met: String::new(),
        relation: Relation::Owner,
        visitor: "Lin".into(),
        post: setting.role,
        way: Way::Door,
        purpose: Purpose::Visit,
        outcome: Outcome::NobodyHome,
        agreed: None,
        arrived_at: None,
        started_at,
        ended_at: started_at,
        reason: String::new(),
        opinions: Vec::new(),
        conclusion: String::new(),
        report_to_operations: false,
        correction: None,
    };
    (fact, content)
}

/// The instant on the sites' clock.
///
/// # Panics
/// When it lies outside the calendar; no test goes there.
pub fn site_time(at: UnixMs) -> SiteTime {
    SiteTime::at(at, OFFSET_MINUTES).expect("tests stay within the calendar")
}
