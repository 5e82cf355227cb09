//! Offers one read and signed event to its site's log: known already, authorised, fitting what
//! is logged, valid; then appended. Not its form or signature, which are [`super::examine`]'s.

use super::Signatures;
use super::decide::decide;
use super::examine::Candidate;
use crate::erasure::{Erasure, Order};
use crate::event::{Kind, Opened, PartName};
use crate::follow_up::AnswerGiven;
use crate::id::EventId;
use crate::log::Head;
use crate::plan::{CalledOff, PlanFact};
use crate::policy::{Action, Role, may};
use crate::quarantine::Carrier;
use crate::review::{About, Decision};
use crate::sync::limits::SUBJECT_EVENTS;
use crate::sync::store::{Found, NewRow, SiteTransaction, SubjectSummary};
use crate::sync::wire::{Ack, Refusal, RefusalCode};
use crate::time::{SiteTime, UnixMs};
use crate::validity::{self, Invalid};
use crate::visit::VisitFact;

/// What an event is judged by.
pub(super) struct Terms<'a> {
    /// The roles its author holds on the site now.
    pub(super) roles: &'a [Role],
    /// The keys.
    pub(super) signatures: &'a dyn Signatures,
    /// The head of the site's empty log.
    pub(super) genesis: Head,
    /// Server time.
    pub(super) now: UnixMs,
    /// Whether a time carries the site's offset.
    pub(super) offset_fits: &'a dyn Fn(SiteTime) -> bool,
}

/// Appends the event, or finds it appended before, or says why not. The outer error is the
/// database's.
pub(super) fn offer<T: SiteTransaction>(
    terms: &Terms<'_>,
    candidate: &Candidate<'_>,
    transaction: &mut T,
) -> Result<Result<Ack, Refusal>, T::Error> {
    // Before anything that may have changed since: a repeated push is answered as the first
    // one was, even when the role has ended in between.
    if let Some(found) = transaction.find(candidate.opened.envelope.id)? {
        return Ok(known(candidate, &found));
    }
    if candidate.revoked {
        return Ok(Err(candidate.refusal(RefusalCode::DeviceRevoked)));
    }
    let subject = transaction.subject(candidate.opened.envelope.subject)?;
    if let Err(refusal) = authorise(terms.roles, candidate, subject.as_ref()) {
        return Ok(Err(refusal));
    }
    if let Err(refusal) = stands(terms, candidate, transaction)? {
        return Ok(Err(refusal));
    }
    if candidate.kind == Kind::QuarantineDecided {
        return decide(terms, candidate, transaction);
    }
    append(terms, candidate, transaction).map(Ok)
}

/// Whether the log can take the event, whoever may have written it: it fits its record, is valid,
/// and what its author had seen is there.
pub(super) fn stands<T: SiteTransaction>(
    terms: &Terms<'_>,
    candidate: &Candidate<'_>,
    transaction: &mut T,
) -> Result<Result<(), Refusal>, T::Error> {
    if let Some(part) = missing(candidate, transaction)? {
        let refusal = candidate.refusal(RefusalCode::PartMissing);
        return Ok(Err(refusal.with("part", part.as_str())));
    }
    let subject = transaction.subject(candidate.opened.envelope.subject)?;
    if let Err(refusal) = fits(candidate, subject.as_ref()) {
        return Ok(Err(refusal));
    }
    // What has been erased cannot be judged; it was when it was logged the first time.
    if absent(candidate).next().is_none()
        && let Err(invalid) = validity::check(&candidate.opened, terms.offset_fits)
    {
        return Ok(Err(not_valid(candidate, invalid)));
    }
    for seen in seen_by_author(candidate) {
        let refusal = match transaction.find(seen)? {
            Some(found) if found.subject == candidate.opened.envelope.subject => continue,
            Some(_) => candidate.refusal(RefusalCode::WrongSubject),
            None => candidate
                .refusal(RefusalCode::UnknownAfter)
                .with("after", seen.to_string()),
        };
        return Ok(Err(refusal));
    }
    match erasure(candidate) {
        Some(erasure) => erasable(candidate, &erasure, transaction),
        None => Ok(Ok(())),
    }
}

/// The parts that are not sent along.
fn absent(candidate: &Candidate<'_>) -> impl Iterator<Item = PartName> {
    let event = candidate.opened.event;
    let names = event.parts.keys().copied();
    names.filter(|name| event.part(*name).is_none())
}

/// A part that is not sent along and that this site has not erased: a phone that keeps an event
/// without its erased parts may send it again to a log restored from a backup. Of an event that is
/// kept aside all must be there, since it never was judged whole.
fn missing<T: SiteTransaction>(
    candidate: &Candidate<'_>,
    transaction: &mut T,
) -> Result<Option<PartName>, T::Error> {
    let mut absent = absent(candidate).peekable();
    if absent.peek().is_none() {
        return Ok(None);
    }
    let id = candidate.opened.envelope.id;
    if !transaction.kept_parts(id)?.is_empty() {
        return Ok(absent.next());
    }
    let erased = transaction.erased(id)?;
    Ok(absent.find(|name| !erased.contains(name)))
}

/// What the event erases; its fact has been found valid before.
fn erasure(candidate: &Candidate<'_>) -> Option<Erasure> {
    Erasure::by(candidate.opened.event)
}

/// Whether the event to be erased is one of this record, or one kept aside and the subject itself,
/// and has the parts that are to go.
fn erasable<T: SiteTransaction>(
    candidate: &Candidate<'_>,
    erasure: &Erasure,
    transaction: &mut T,
) -> Result<Result<(), Refusal>, T::Error> {
    let subject = candidate.opened.envelope.subject;
    let mut parts = transaction.kept_parts(erasure.event)?;
    let belongs = if let Some(found) = transaction.find(erasure.event)? {
        let rows = transaction.rows_after(found.seq - 1, 1)?;
        parts.extend(rows.iter().flat_map(|row| row.logged.event.parts.keys()));
        found.subject == subject
    } else if parts.is_empty() {
        let refusal = match transaction.subject(subject)? {
            Some(_) => candidate
                .refusal(RefusalCode::UnknownAfter)
                .with("after", erasure.event.to_string()),
            None => candidate.refusal(RefusalCode::UnknownSubject),
        };
        return Ok(Err(refusal));
    } else {
        erasure.is_of_what_is_aside(subject)
    };
    if !belongs {
        return Ok(Err(candidate.refusal(RefusalCode::WrongSubject)));
    }
    if !erasure.parts.iter().all(|name| parts.contains(name)) {
        return Ok(Err(not_valid(candidate, Invalid::Parts)));
    }
    Ok(Ok(()))
}

/// Logs again what erased parts of the events that are here: a log restored from a backup may
/// have lost that, and an event that was erased may come back to it from a phone. What is logged
/// is what was logged then, byte for byte.
pub fn say_erasures_again<T: SiteTransaction>(
    genesis: Head,
    now: UnixMs,
    transaction: &mut T,
) -> Result<(), T::Error> {
    for event in transaction.unsaid_erasures()? {
        let Ok(opened) = event.open() else {
            continue;
        };
        if let Some(erasure) = Erasure::by(&event) {
            append_row(genesis, now, Kind::BodyErased, &opened, None, transaction)?;
            transaction.erase(&erasure, opened.envelope.id)?;
        } else if Order::by(&event).is_some() {
            let kind = Kind::HouseholdErased;
            append_row(genesis, now, kind, &opened, None, transaction)?;
        }
    }
    Ok(())
}

fn not_valid(candidate: &Candidate<'_>, invalid: Invalid) -> Refusal {
    let refusal = candidate.refusal(RefusalCode::Invalid);
    refusal.with("reason", invalid.code())
}

/// An event with this id is logged: the same one, or another.
pub(super) fn known(candidate: &Candidate<'_>, found: &Found) -> Result<Ack, Refusal> {
    let opened = &candidate.opened;
    if found.envelope_hash != opened.envelope_hash {
        return Err(candidate.refusal(RefusalCode::IdConflict));
    }
    Ok(Ack {
        id: opened.envelope.id,
        site: opened.envelope.site,
        seq: found.seq,
        received_at: found.received_at,
        envelope_hash: found.envelope_hash,
        hash: found.hash,
    })
}

/// Whether the author holds the role the event names, and the role may do this.
fn authorise(
    roles: &[Role],
    candidate: &Candidate<'_>,
    subject: Option<&SubjectSummary>,
) -> Result<(), Refusal> {
    let envelope = &candidate.opened.envelope;
    let refusal = || {
        candidate
            .refusal(RefusalCode::NotAuthorised)
            .with("role", envelope.role.as_str())
    };
    if !roles.contains(&envelope.role) {
        return Err(refusal());
    }
    let own = || {
        // Whose record it is cannot be told before it is here.
        let summary = subject.ok_or_else(|| candidate.refusal(RefusalCode::UnknownSubject))?;
        Ok(summary.author == envelope.actor)
    };
    let action = match candidate.kind {
        Kind::VisitRecorded => Action::RecordVisit,
        Kind::VisitPlanned => {
            let plan = candidate.opened.body(PartName::Fact).ok().flatten();
            Action::PlanVisit {
                // One that cannot be read is found invalid afterwards.
                own: plan.is_none_or(|plan: PlanFact| plan.visitor == envelope.actor),
            }
        }
        Kind::VisitCalledOff | Kind::HouseholdCalled => Action::NoteCall,
        Kind::VisitCorrected => Action::CorrectVisit { own: own()? },
        Kind::VisitVoided => Action::VoidVisit { own: own()? },
        Kind::AnswerGiven => Action::GiveAnswer { own: own()? },
        Kind::OpinionWritten => Action::WriteOpinion,
        Kind::OpinionDecided => Action::DecideOpinion,
        Kind::HouseholdChanged => Action::ChangeRegister,
        Kind::PhraseChanged => Action::ChangePhrases,
        Kind::QuarantineDecided => Action::DecideQuarantine,
        Kind::BodyErased | Kind::HouseholdErased => Action::EraseParts,
        Kind::SiteOpened
        | Kind::AccountAdded
        | Kind::RoleGranted
        | Kind::DeviceEnrolled
        | Kind::DeviceRevoked
        | Kind::HeadsStated => Action::ChangeAccounts,
    };
    if may(envelope.role, action) {
        Ok(())
    } else {
        Err(refusal())
    }
}

/// Whether the record can take this event: there, of the right sort, not full.
fn fits(candidate: &Candidate<'_>, subject: Option<&SubjectSummary>) -> Result<(), Refusal> {
    let (begun_by, addition) = match candidate.kind {
        Kind::VisitRecorded => (Some(Kind::VisitRecorded), false),
        Kind::VisitCorrected
        | Kind::VisitVoided
        | Kind::OpinionWritten
        | Kind::OpinionDecided
        | Kind::AnswerGiven => (Some(Kind::VisitRecorded), true),
        Kind::VisitPlanned => (Some(Kind::VisitPlanned), false),
        Kind::VisitCalledOff => (Some(Kind::VisitPlanned), true),
        Kind::HouseholdChanged => (Some(Kind::HouseholdChanged), false),
        Kind::HouseholdCalled => (Some(Kind::HouseholdChanged), true),
        Kind::PhraseChanged => (Some(Kind::PhraseChanged), false),
        // Of a record of any sort, or of what is kept aside; how full a record is must not keep
        // anything from being erased. [`erasable`] looks for the rest. A head is stated once a day,
        // for as long as the site is kept.
        Kind::BodyErased | Kind::HouseholdErased | Kind::HeadsStated => return Ok(()),
        // A person's account, roles and devices are one subject, whichever came first; a decision
        // is about an event that is on no log.
        _ => (None, false),
    };
    let Some(summary) = subject else {
        return if addition {
            Err(candidate.refusal(RefusalCode::UnknownSubject))
        } else {
            Ok(())
        };
    };
    if begun_by.is_some_and(|kind| kind != summary.first_kind) {
        return Err(candidate.refusal(RefusalCode::WrongSubject));
    }
    if summary.count >= SUBJECT_EVENTS {
        let refusal = candidate.refusal(RefusalCode::SubjectFull);
        return Err(refusal.with("limit", SUBJECT_EVENTS));
    }
    Ok(())
}

/// The events that the author must have seen: the heads named, and the revision judged.
fn seen_by_author(candidate: &Candidate<'_>) -> Vec<EventId> {
    let opened = &candidate.opened;
    let mut seen = opened.envelope.after.clone();
    let judged = match candidate.kind {
        Kind::VisitCorrected => opened
            .body(PartName::Fact)
            .map(|fact| fact.and_then(|fact: VisitFact| fact.corrects)),
        Kind::VisitVoided | Kind::OpinionWritten => opened
            .body(PartName::Fact)
            .map(|fact| fact.map(|about: About| about.on)),
        Kind::VisitCalledOff => opened
            .body(PartName::Fact)
            .map(|fact| fact.map(|off: CalledOff| off.on)),
        Kind::OpinionDecided => opened
            .body(PartName::Fact)
            .map(|fact| fact.map(|decision: Decision| decision.on)),
        Kind::AnswerGiven => opened
            .body(PartName::Fact)
            .map(|fact| fact.map(|given: AnswerGiven| given.on)),
        _ => Ok(None),
    };
    // An unreadable fact has been refused as invalid before.
    seen.extend(judged.ok().flatten());
    seen
}

/// Appends the event as it is, and does what follows from it: what it erases goes, and what was
/// erased of it in a log that a backup has replaced is said again.
pub(super) fn append<T: SiteTransaction>(
    terms: &Terms<'_>,
    candidate: &Candidate<'_>,
    transaction: &mut T,
) -> Result<Ack, T::Error> {
    let (genesis, now) = (terms.genesis, terms.now);
    let (kind, carrier) = (candidate.kind, candidate.carrier);
    let ack = append_row(genesis, now, kind, &candidate.opened, carrier, transaction)?;
    match erasure(candidate) {
        Some(erasure) => transaction.erase(&erasure, ack.id)?,
        None => say_erasures_again(genesis, now, transaction)?,
    }
    Ok(ack)
}

fn append_row<T: SiteTransaction>(
    genesis: Head,
    now: UnixMs,
    kind: Kind,
    opened: &Opened<'_>,
    carrier: Option<Carrier>,
    transaction: &mut T,
) -> Result<Ack, T::Error> {
    let before = transaction.head()?.unwrap_or(genesis);
    let head = before.next(&opened.envelope_hash, now);
    transaction.append(&NewRow {
        head,
        received_at: now,
        kind,
        opened,
        carrier,
    })?;
    Ok(Ack {
        id: opened.envelope.id,
        site: opened.envelope.site,
        seq: head.seq,
        received_at: now,
        envelope_hash: opened.envelope_hash,
        hash: head.hash,
    })
}
