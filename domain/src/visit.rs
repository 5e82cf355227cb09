//! The visit: how, why, with whom, what was heard and concluded (R2.2-R2.6, R3.2-R3.7), and how
//! it ended. What is being written is [`crate::draft`]; this is what a finished record holds.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::door::{Exception, exceptions};
use crate::household::{Residence, Use};
use crate::id::{EventId, HouseholdId, SubjectId};
use crate::language::Language;
use crate::photo::{self, Photo};
use crate::policy::Role;
use crate::text::{NAME_MAX, TEXT_MAX, is_clean};
use crate::time::SiteTime;
use crate::topic::{Satisfaction, Topic};

/// The form's version: sheet MPS—YW2—09 / Visit record, first edition in this product.
pub const FORM_VERSION: u16 = 1;
/// The version of the privacy notice shown with it.
pub const PRIVACY_NOTICE_VERSION: u16 = 1;
/// Longest visit, in milliseconds: 24 hours. Longer is a mistyped time.
pub const DURATION_MAX_MS: i64 = 24 * 60 * 60 * 1_000;

/// Way of visiting (R3.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// 上门.
    #[default]
    Door,
    /// At the office.
    Office,
    /// Outdoors.
    Outdoors,
    /// By questionnaire.
    Questionnaire,
    /// By phone.
    Phone,
    /// Another way.
    Other,
}

impl Way {
    /// The six of R3.5.
    pub const ALL: [Self; 6] = [
        Self::Door,
        Self::Office,
        Self::Outdoors,
        Self::Questionnaire,
        Self::Phone,
        Self::Other,
    ];

    /// Whether the owner stands before the visitor, so that signing is offered first (R3.5).
    pub fn owner_present(self) -> bool {
        matches!(self, Self::Door | Self::Office | Self::Outdoors)
    }
}

/// What the visit is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// The monthly visit (R3.3).
    #[default]
    Visit,
    /// 回访, after a complaint or special service; not in the quota (R3.3).
    ReturnVisit,
    /// An interview with a key customer (R4.11).
    Interview,
}

impl Purpose {
    /// All three.
    pub const ALL: [Self; 3] = [Self::Visit, Self::ReturnVisit, Self::Interview];
}

/// How the visit ended (R2.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Somebody was met and talked to.
    #[default]
    Met,
    /// Three rings unanswered.
    NobodyHome,
    /// Entering or talking was not consented to.
    ConsentRefused,
}

/// Who somebody is to the household (与业主关系).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// The title holder (R4.5).
    #[default]
    Owner,
    /// Of the owner's family.
    Family,
    /// A tenant.
    Tenant,
    /// Works there (a business's front desk, a domestic helper).
    Employee,
    /// Anybody else.
    Other,
}

impl Relation {
    /// All, in the order offered.
    pub const ALL: [Self; 5] = [
        Self::Owner,
        Self::Family,
        Self::Tenant,
        Self::Employee,
        Self::Other,
    ];
}

/// By what channel a visit was agreed (R2.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// By phone, the regular way (R2.2).
    #[default]
    Phone,
    /// Face to face.
    FaceToFace,
    /// By a written message.
    Message,
    /// Another way.
    Other,
}

impl Channel {
    /// All, in the order offered.
    pub const ALL: [Self; 4] = [Self::Phone, Self::FaceToFace, Self::Message, Self::Other];
}

/// What was agreed beforehand (R2.2, R3.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Agreed {
    /// The agreed time.
    pub at: SiteTime,
    /// How it was agreed.
    pub channel: Channel,
}

/// What an owner says under a topic (R3.2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opinion {
    /// The topic.
    pub topic: Topic,
    /// The mark, if one was given.
    pub satisfaction: Option<Satisfaction>,
    /// In the owner's words; may be empty.
    pub text: String,
    /// The owner asks for an answer (R3.10).
    pub wants_answer: bool,
    /// What it looks like there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub photos: Vec<Photo>,
}

impl Opinion {
    /// Whether there is something to adopt or not (R3.9): words, a photo, or a wish for an answer.
    pub fn calls_for_decision(&self) -> bool {
        !self.text.is_empty() || self.wants_answer || !self.photos.is_empty()
    }
}

/// What counting needs, without names or times of day: part `fact` of `visit.recorded`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VisitFact {
    /// The household visited, opaque.
    pub household: HouseholdId,
    /// Home or business, as registered then.
    pub r#use: Use,
    /// Permanent or temporary, as registered then.
    pub residence: Residence,
    /// Occupied, as registered then.
    pub occupied: bool,
    /// Date on which it took place, site's calendar (R3.3).
    pub date: NaiveDate,
    /// Way of visiting.
    pub way: Way,
    /// What for.
    pub purpose: Purpose,
    /// How it ended.
    pub outcome: Outcome,
    /// The plan it was made on, if any ([`crate::plan`]).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<SubjectId>,
    /// The revision that this one corrects; only of `visit.corrected` ([`crate::correction`]).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrects: Option<EventId>,
}

/// Exactly what the owner was shown: part `content` of `visit.recorded` (D5). Codes stand for
/// the words of the form in `form`'s edition and `language`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VisitContent {
    /// Edition of the form, [`FORM_VERSION`].
    pub form: u16,
    /// Language in which it was shown.
    pub language: Language,
    /// Edition of the privacy notice shown, [`PRIVACY_NOTICE_VERSION`].
    pub privacy_notice: u16,
    /// The site's name.
    pub site: String,
    /// The household's address as people read it, e.g. `3-2-1502`.
    pub room: String,
    /// Who was met (受访人); empty when nobody was.
    pub met: String,
    /// Who that is to the household.
    pub relation: Relation,
    /// The visitor's name (访问人).
    pub visitor: String,
    /// The visitor's post.
    pub post: Role,
    /// Way of visiting (R3.5).
    pub way: Way,
    /// What for.
    pub purpose: Purpose,
    /// How it ended.
    pub outcome: Outcome,
    /// What was agreed beforehand; `None` for without appointment (R3.6).
    pub agreed: Option<Agreed>,
    /// When the visitor stood at the door (R2.2), where they said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arrived_at: Option<SiteTime>,
    /// When the visit began, as the visitor states it; decides month and late hours.
    pub started_at: SiteTime,
    /// When it ended.
    pub ended_at: SiteTime,
    /// The reason where R3.6 asks for one; empty otherwise.
    pub reason: String,
    /// Topics with a mark, words or a wish for an answer, in the regulation's order.
    pub opinions: Vec<Opinion>,
    /// The conclusion (R2.6); may be empty.
    pub conclusion: String,
    /// To be reported to operations (R2.6).
    pub report_to_operations: bool,
    /// Why the record was corrected, shown like the rest; only of `visit.corrected`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correction: Option<String>,
}

/// Staff's own note (R3.7): part `private`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PrivateNote {
    /// The note.
    pub note: String,
}

/// How the owner's page ended (D5, R3.4): all of equal weight, all complete and valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SigningOutcome {
    /// Signed on screen.
    Signed,
    /// Asked, and not signed; no reason is demanded (R3.4).
    Declined,
    /// The owner is not there to sign (R3.5).
    NotPresent,
    /// Somebody else signed on screen, with name and relation.
    SomeoneElse,
    /// The owner typed their name in place of signing: for who cannot draw one.
    Typed,
    /// Signed on the paper form.
    OnPaper,
}

impl SigningOutcome {
    /// All six.
    pub const ALL: [Self; 6] = [
        Self::Signed,
        Self::Declined,
        Self::SomeoneElse,
        Self::Typed,
        Self::OnPaper,
        Self::NotPresent,
    ];

    /// Whether the outcome carries ink.
    pub fn has_ink(self) -> bool {
        matches!(self, Self::Signed | Self::SomeoneElse)
    }

    /// Whether it names who signed.
    pub fn has_name(self) -> bool {
        matches!(self, Self::SomeoneElse | Self::Typed)
    }

    /// What is offered for a way of visiting (R3.5): everything where the owner is present,
    /// "not present" and paper otherwise.
    pub fn offered(way: Way) -> &'static [Self] {
        if way.owner_present() {
            &Self::ALL
        } else {
            &[Self::NotPresent, Self::OnPaper]
        }
    }
}

/// Who signed as what, and when: part `signing` of `visit.recorded`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signing {
    /// How the owner's page ended.
    pub outcome: SigningOutcome,
    /// Name of who signed in the owner's place, or the owner's as they typed it; only with
    /// [`SigningOutcome::has_name`].
    pub name: Option<String>,
    /// Who that is to the household; only with [`SigningOutcome::SomeoneElse`].
    pub relation: Option<Relation>,
    /// When the page was handed over.
    pub shown_at: SiteTime,
    /// When it was confirmed.
    pub sealed_at: SiteTime,
}

/// What is wrong with a finished visit's content. The phone asks before sealing and says it in
/// words; the server asks on arrival and refuses with the code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ContentProblem {
    /// Nobody is named as met, though somebody was.
    NobodyNamed,
    /// Nothing was heard and nothing concluded.
    NothingHeard,
    /// Opinions are noted, though nobody was talked to.
    HeardWithoutContact,
    /// A reason is asked for (R3.6) and there is none.
    ReasonMissing(Exception),
    /// It corrects a record and does not say why.
    CorrectionUnexplained,
    /// It ended before it began, or lasted longer than a day.
    Times,
    /// "Nobody home" is for visits at the door only.
    NobodyHomeElsewhere,
    /// A text is too long or holds what cannot be seen.
    Text,
    /// Topics out of order, doubled or empty; photos too many, doubled or too large; or an edition
    /// this program does not know.
    Shape,
}

impl VisitContent {
    /// The first thing wrong with this content, if any.
    pub fn check(&self) -> Result<(), ContentProblem> {
        self.check_shape()?;
        self.check_times()?;
        let heard = !self.opinions.is_empty() || !self.conclusion.is_empty();
        match self.outcome {
            Outcome::Met if self.met.is_empty() => return Err(ContentProblem::NobodyNamed),
            Outcome::Met if !heard => return Err(ContentProblem::NothingHeard),
            Outcome::Met => {}
            Outcome::NobodyHome if self.way != Way::Door => {
                return Err(ContentProblem::NobodyHomeElsewhere);
            }
            Outcome::NobodyHome | Outcome::ConsentRefused => {
                if !self.opinions.is_empty() {
                    return Err(ContentProblem::HeardWithoutContact);
                }
            }
        }
        match self.exceptions().first() {
            Some(exception) if self.reason.is_empty() => {
                return Err(ContentProblem::ReasonMissing(*exception));
            }
            _ => {}
        }
        match &self.correction {
            Some(why) if why.is_empty() => Err(ContentProblem::CorrectionUnexplained),
            _ => Ok(()),
        }
    }

    /// What R3.6 asks a reason for, marked in review. Only where somebody was met: a bell rung
    /// in vain disturbed nobody's evening.
    pub fn exceptions(&self) -> Vec<Exception> {
        if self.outcome == Outcome::Met {
            exceptions(self.way, self.agreed.is_some(), self.started_at)
        } else {
            Vec::new()
        }
    }

    fn check_shape(&self) -> Result<(), ContentProblem> {
        let in_order = self
            .opinions
            .windows(2)
            .all(|pair| pair[0].topic < pair[1].topic);
        let filled = self
            .opinions
            .iter()
            .all(|opinion| opinion.satisfaction.is_some() || opinion.calls_for_decision());
        let photos = self.opinions.iter().map(|opinion| &opinion.photos[..]);
        let pictured = photo::are_sound(photos);
        let known = self.form == FORM_VERSION && self.privacy_notice == PRIVACY_NOTICE_VERSION;
        if !(in_order && filled && pictured && known) {
            return Err(ContentProblem::Shape);
        }
        let names = [&self.site, &self.room, &self.met, &self.visitor];
        let texts = self.opinions.iter().map(|opinion| &opinion.text);
        let clean = names.into_iter().all(|name| is_clean(name, NAME_MAX))
            && texts
                .chain([&self.reason, &self.conclusion])
                .chain(&self.correction)
                .all(|text| is_clean(text, TEXT_MAX));
        if clean {
            Ok(())
        } else {
            Err(ContentProblem::Text)
        }
    }

    fn check_times(&self) -> Result<(), ContentProblem> {
        let lasted = self.ended_at.unix_ms() - self.started_at.unix_ms();
        let sane = (0..=DURATION_MAX_MS).contains(&lasted);
        // Nobody arrives after leaving, or a day before.
        let arrived = self.arrived_at.is_none_or(|arrived| {
            let before_the_end = self.ended_at.unix_ms() - arrived.unix_ms();
            (0..=DURATION_MAX_MS).contains(&before_the_end)
        });
        if sane && arrived {
            Ok(())
        } else {
            Err(ContentProblem::Times)
        }
    }
}

impl Signing {
    /// Whether the name is there exactly where the outcome has one, the relation exactly when somebody
    /// else signed, and the outcome is one that was offered for `way`.
    pub fn is_sound(&self, way: Way) -> bool {
        let someone_else = self.outcome == SigningOutcome::SomeoneElse;
        let name_is_sound = match &self.name {
            Some(name) => self.outcome.has_name() && !name.is_empty() && is_clean(name, NAME_MAX),
            None => !self.outcome.has_name(),
        };
        SigningOutcome::offered(way).contains(&self.outcome)
            && self.shown_at <= self.sealed_at
            && name_is_sound
            && self.relation.is_some() == someone_else
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(clock: &str) -> SiteTime {
        format!("2026-11-23T{clock}:00.000+08:00").parse().unwrap()
    }

    fn content() -> VisitContent {
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
            agreed: Some(Agreed {
                at: at("15:00"),
                channel: Channel::Phone,
            }),
            arrived_at: Some(at("14:56")),
            started_at: at("15:02"),
            ended_at: at("15:16"),
            reason: String::new(),
            opinions: vec![Opinion {
                topic: Topic::Cleaning,
                satisfaction: Some(Satisfaction::Dissatisfied),
                text: "地下车库入口有积水".into(),
                wants_answer: true,
                photos: Vec::new(),
            }],
            conclusion: String::new(),
            report_to_operations: false,
            correction: None,
        }
    }

    #[test]
    fn what_is_wrong_is_named() {
        use ContentProblem as P;
        let with = |change: fn(&mut VisitContent)| {
            let mut content = content();
            change(&mut content);
            content.check()
        };
        assert_eq!(with(|_| {}), Ok(()));
        assert_eq!(with(|c| c.met.clear()), Err(P::NobodyNamed));
        assert_eq!(with(|c| c.opinions.clear()), Err(P::NothingHeard));
        assert_eq!(
            with(|c| c.outcome = Outcome::NobodyHome),
            Err(P::HeardWithoutContact)
        );
        assert_eq!(with(|c| c.ended_at = at("15:01")), Err(P::Times));
        assert_eq!(with(|c| c.arrived_at = None), Ok(()));
        assert_eq!(with(|c| c.arrived_at = Some(at("15:17"))), Err(P::Times));
        assert_eq!(
            with(|c| c.agreed = None),
            Err(P::ReasonMissing(Exception::NoAppointment))
        );
        assert_eq!(
            with(|c| (c.started_at, c.ended_at) = (at("22:00"), at("22:10"))),
            Err(P::ReasonMissing(Exception::LateHours))
        );
        assert_eq!(with(|c| c.conclusion = " a".into()), Err(P::Text));
        assert_eq!(
            with(|c| c.opinions.push(c.opinions[0].clone())),
            Err(P::Shape)
        );
        assert_eq!(with(|c| c.form = 9), Err(P::Shape));
        let explained = |why: &str| {
            let mut content = content();
            content.correction = Some(why.into());
            content.check()
        };
        assert_eq!(explained("业主姓名写错"), Ok(()));
        assert_eq!(explained(""), Err(P::CorrectionUnexplained));
        assert_eq!(explained(&"长".repeat(TEXT_MAX + 1)), Err(P::Text));
    }

    #[test]
    fn nobody_home_needs_neither_names_nor_reasons_but_a_door() {
        let mut content = content();
        content.opinions.clear();
        content.met.clear();
        content.agreed = None;
        content.outcome = Outcome::NobodyHome;
        assert_eq!(content.check(), Ok(()));
        content.way = Way::Phone;
        assert_eq!(content.check(), Err(ContentProblem::NobodyHomeElsewhere));
        content.outcome = Outcome::ConsentRefused;
        assert_eq!(content.check(), Ok(()));
    }

    #[test]
    fn a_signing_names_who_signed_in_whose_place_and_nobody_otherwise() {
        let signing = |outcome, name: Option<&str>| Signing {
            outcome,
            name: name.map(Into::into),
            relation: name.map(|_| Relation::Family),
            shown_at: at("15:10"),
            sealed_at: at("15:12"),
        };
        use SigningOutcome::{Declined, NotPresent, Signed, SomeoneElse, Typed};
        assert!(signing(Signed, None).is_sound(Way::Door));
        assert!(signing(Declined, None).is_sound(Way::Door));
        assert!(signing(SomeoneElse, Some("陈父")).is_sound(Way::Door));
        assert!(!signing(SomeoneElse, None).is_sound(Way::Door));
        assert!(!signing(Signed, Some("陈父")).is_sound(Way::Door));
        assert!(!signing(Signed, None).is_sound(Way::Phone));
        assert!(signing(NotPresent, None).is_sound(Way::Phone));
        let typed = |name: Option<&str>| Signing {
            relation: None,
            ..signing(Typed, name)
        };
        assert!(typed(Some("陈佳慧")).is_sound(Way::Door));
        assert!(!typed(Some("")).is_sound(Way::Door));
        assert!(!typed(None).is_sound(Way::Door));
        assert!(!typed(Some("陈佳慧")).is_sound(Way::Phone));
        // The owner's own name needs no relation; another's does.
        assert!(!signing(Typed, Some("陈佳慧")).is_sound(Way::Door));
        let unrelated = Signing {
            relation: None,
            ..signing(SomeoneElse, Some("陈父"))
        };
        assert!(!unrelated.is_sound(Way::Door));
        let sealed_first = Signing {
            sealed_at: at("15:09"),
            ..signing(Signed, None)
        };
        assert!(!sealed_first.is_sound(Way::Door));
    }
}
