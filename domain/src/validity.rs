//! Whether an opened event says something sensible: the parts its kind asks for, each body in
//! its form, all agreeing. Phone and server ask the same (D3).
//! Not who may say it ([`crate::policy`]) nor whether the signature holds.

use core::fmt;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::erasure::{Erasure, HouseholdErasure};
use crate::event::{Kind, Opened, PartName};
use crate::follow_up::{Answer, AnswerGiven};
use crate::heads::HeadStated;
use crate::household::{HouseholdCard, HouseholdFact};
use crate::id::SubjectId;
use crate::ink::Ink;
use crate::phrase::{PhraseFact, PhraseText};
use crate::plan::{CallFact, CalledOff, PlanContent, PlanFact};
use crate::policy::Role;
use crate::quarantine;
use crate::review::{About, Decision, Words};
use crate::text::{TEXT_MAX, is_clean};
use crate::time::SiteTime;
use crate::visit::{Outcome, PrivateNote, Signing, VisitContent, VisitFact};

/// Version of every body this program writes and reads.
pub const BODY_VERSION: u16 = 1;

/// Why an event is not valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Invalid {
    /// A kind or body version of a later program.
    Unknown,
    /// Parts are missing or there are more than the kind has.
    Parts,
    /// A part's body is not in its form.
    Body(PartName),
    /// A time's offset is not the site's.
    Offset,
    /// The visit's content does not pass [`VisitContent::check`].
    Content,
    /// The signing does not fit the visit.
    Signing,
    /// The ink is missing, too small, too much, or there without being asked for.
    Ink,
    /// Fact and content, or fact and subject, tell different things.
    Disagreement,
}

impl Invalid {
    /// The code on the wire.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unknown => "unknown_kind",
            Self::Parts => "invalid_parts",
            Self::Body(_) => "invalid_body",
            Self::Offset => "invalid_offset",
            Self::Content => "invalid_content",
            Self::Signing => "invalid_signing",
            Self::Ink => "invalid_ink",
            Self::Disagreement => "invalid_disagreement",
        }
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl core::error::Error for Invalid {}

/// Checks what `opened` says. `offset_fits` tells whether a time carries the offset its site had
/// at that instant.
pub fn check(opened: &Opened<'_>, offset_fits: &dyn Fn(SiteTime) -> bool) -> Result<(), Invalid> {
    let kind = opened.envelope.known_kind().ok_or(Invalid::Unknown)?;
    if opened.envelope.kv != BODY_VERSION {
        return Err(Invalid::Unknown);
    }
    let times = match kind {
        Kind::VisitRecorded | Kind::VisitCorrected => check_visit(opened, kind)?,
        Kind::VisitPlanned => check_plan(opened)?,
        Kind::VisitCalledOff => {
            exactly(opened, &[PartName::Fact, PartName::Content])?;
            read::<CalledOff>(opened, PartName::Fact)?;
            words(opened, false)?
        }
        Kind::HouseholdCalled => {
            exactly(opened, &[PartName::Fact, PartName::Content])?;
            let fact: CallFact = read(opened, PartName::Fact)?;
            if SubjectId::from(fact.household) != opened.envelope.subject {
                return Err(Invalid::Disagreement);
            }
            words(opened, false)?
        }
        Kind::VisitVoided | Kind::OpinionWritten => {
            exactly(opened, &[PartName::Fact, PartName::Content])?;
            read::<About>(opened, PartName::Fact)?;
            words(opened, true)?
        }
        Kind::OpinionDecided => {
            exactly(opened, &[PartName::Fact, PartName::Content])?;
            let decision: Decision = read(opened, PartName::Fact)?;
            words(opened, decision.verdict.needs_reason())?
        }
        Kind::AnswerGiven => check_answer(opened)?,
        Kind::HouseholdChanged => check_household(opened)?,
        Kind::PhraseChanged => {
            exactly(opened, &[PartName::Fact, PartName::Content])?;
            read::<PhraseFact>(opened, PartName::Fact)?;
            let phrase: PhraseText = read(opened, PartName::Content)?;
            let sound = phrase.check();
            sound.map_err(|_| Invalid::Body(PartName::Content))?;
            Vec::new()
        }
        Kind::QuarantineDecided => {
            exactly(opened, &[PartName::Fact, PartName::Content])?;
            let decision: quarantine::Decision = read(opened, PartName::Fact)?;
            if SubjectId::from(decision.id) != opened.envelope.subject {
                return Err(Invalid::Disagreement);
            }
            words(opened, decision.verdict.needs_reason())?
        }
        Kind::BodyErased => {
            exactly(opened, &[PartName::Fact])?;
            let erasure: Erasure = read(opened, PartName::Fact)?;
            if !erasure.is_sound() {
                return Err(Invalid::Body(PartName::Fact));
            }
            // Whoever signs in their own name gives no order in another's.
            let envelope = &opened.envelope;
            let others = erasure.ordered_by.is_some_and(|by| by != envelope.actor);
            if others && envelope.role != Role::Office {
                return Err(Invalid::Disagreement);
            }
            Vec::new()
        }
        Kind::HouseholdErased => {
            exactly(opened, &[PartName::Fact])?;
            let erasure: HouseholdErasure = read(opened, PartName::Fact)?;
            if !erasure.reason.needs_order() {
                return Err(Invalid::Body(PartName::Fact));
            }
            if SubjectId::from(erasure.household) != opened.envelope.subject {
                return Err(Invalid::Disagreement);
            }
            Vec::new()
        }
        Kind::HeadsStated => {
            exactly(opened, &[PartName::Fact])?;
            let stated: HeadStated = read(opened, PartName::Fact)?;
            if SubjectId::from(stated.site) != opened.envelope.subject {
                return Err(Invalid::Disagreement);
            }
            Vec::new()
        }
        // Written by the office alone, from its own tables.
        Kind::SiteOpened
        | Kind::AccountAdded
        | Kind::RoleGranted
        | Kind::DeviceEnrolled
        | Kind::DeviceRevoked => Vec::new(),
    };
    let fits = times
        .into_iter()
        .chain([opened.envelope.at])
        .all(offset_fits);
    if fits { Ok(()) } else { Err(Invalid::Offset) }
}

fn check_visit(opened: &Opened<'_>, kind: Kind) -> Result<Vec<SiteTime>, Invalid> {
    let fact: VisitFact = read(opened, PartName::Fact)?;
    let content: VisitContent = read(opened, PartName::Content)?;
    content.check().map_err(|_| Invalid::Content)?;
    if fact.date != content.started_at.date()
        || (fact.way, fact.purpose, fact.outcome) != (content.way, content.purpose, content.outcome)
    {
        return Err(Invalid::Disagreement);
    }
    let corrects = kind == Kind::VisitCorrected;
    if fact.corrects.is_some() != corrects || content.correction.is_some() != corrects {
        return Err(Invalid::Disagreement);
    }
    let mut times = vec![content.started_at, content.ended_at];
    times.extend(content.agreed.map(|agreed| agreed.at));
    times.extend(content.arrived_at);
    let mut names = vec![PartName::Fact, PartName::Content];
    if fact.outcome == Outcome::Met {
        let signing: Signing = read(opened, PartName::Signing)?;
        if !signing.is_sound(content.way) {
            return Err(Invalid::Signing);
        }
        times.extend([signing.shown_at, signing.sealed_at]);
        names.push(PartName::Signing);
        if signing.outcome.has_ink() {
            let ink: Ink = read(opened, PartName::Ink).map_err(|_| Invalid::Ink)?;
            ink.check().map_err(|_| Invalid::Ink)?;
            names.push(PartName::Ink);
        }
    }
    if opened.event.part(PartName::Private).is_some() {
        let private: PrivateNote = read(opened, PartName::Private)?;
        if private.note.is_empty() || !is_clean(&private.note, TEXT_MAX) {
            return Err(Invalid::Body(PartName::Private));
        }
        names.push(PartName::Private);
    }
    exactly(opened, &names)?;
    Ok(times)
}

fn check_plan(opened: &Opened<'_>) -> Result<Vec<SiteTime>, Invalid> {
    exactly(opened, &[PartName::Fact, PartName::Content])?;
    let fact: PlanFact = read(opened, PartName::Fact)?;
    let content: PlanContent = read(opened, PartName::Content)?;
    if fact.date != content.at.date() {
        return Err(Invalid::Disagreement);
    }
    if content.is_sound() && content.is_within_reach(opened.envelope.at) {
        Ok(vec![content.at])
    } else {
        Err(Invalid::Body(PartName::Content))
    }
}

fn check_answer(opened: &Opened<'_>) -> Result<Vec<SiteTime>, Invalid> {
    exactly(opened, &[PartName::Fact, PartName::Content])?;
    let given: AnswerGiven = read(opened, PartName::Fact)?;
    let answer: Answer = read(opened, PartName::Content)?;
    // What is still to be said is no answer.
    if given.date > opened.envelope.at.date() {
        return Err(Invalid::Disagreement);
    }
    let sound = answer.check();
    sound.map_err(|_| Invalid::Body(PartName::Content))?;
    Ok(Vec::new())
}

fn check_household(opened: &Opened<'_>) -> Result<Vec<SiteTime>, Invalid> {
    exactly(opened, &[PartName::Fact, PartName::Content])?;
    let fact: HouseholdFact = read(opened, PartName::Fact)?;
    let card: HouseholdCard = read(opened, PartName::Content)?;
    if SubjectId::from(fact.household) != opened.envelope.subject {
        return Err(Invalid::Disagreement);
    }
    if card.is_sound() {
        Ok(Vec::new())
    } else {
        Err(Invalid::Body(PartName::Content))
    }
}

fn words(opened: &Opened<'_>, required: bool) -> Result<Vec<SiteTime>, Invalid> {
    let words: Words = read(opened, PartName::Content)?;
    let sound = words.is_sound(required);
    if sound {
        Ok(Vec::new())
    } else {
        Err(Invalid::Body(PartName::Content))
    }
}

fn read<T: Serialize + DeserializeOwned>(
    opened: &Opened<'_>,
    name: PartName,
) -> Result<T, Invalid> {
    opened
        .body(name)
        .map_err(|_| Invalid::Body(name))?
        .ok_or(Invalid::Parts)
}

/// The event holds the parts `names` and no others.
fn exactly(opened: &Opened<'_>, names: &[PartName]) -> Result<(), Invalid> {
    let all_there = names.iter().all(|name| opened.event.part(*name).is_some());
    let no_more = opened.envelope.parts.len() == names.len();
    if all_there && no_more {
        Ok(())
    } else {
        Err(Invalid::Parts)
    }
}
