//! A director's decision on an event kept aside: the event taken into the log right behind the
//! decision, or turned down. Not whether the decision itself may be logged, which
//! [`super::offer`] has settled.

use super::examine::{Candidate, is_for_phones, read};
use super::offer::{Terms, append, known, stands};
use super::{Origin, aside};
use crate::event::{Kind, PartName};
use crate::quarantine::{Carrier, Decided, Decision, Held, Verdict};
use crate::sync::store::SiteTransaction;
use crate::sync::wire::{Ack, Refusal, RefusalCode};

/// Logs the decision and does what it says, in one transaction. The first decision stands: any
/// later one is refused, and so is taking in what the log cannot take.
pub(super) fn decide<T: SiteTransaction>(
    terms: &Terms<'_>,
    candidate: &Candidate<'_>,
    transaction: &mut T,
) -> Result<Result<Ack, Refusal>, T::Error> {
    let not_held = || candidate.refusal(RefusalCode::NotHeld);
    // An unreadable fact has been refused as invalid before.
    let Ok(Some(decision)) = candidate.opened.body::<Decision>(PartName::Fact) else {
        return Ok(Err(not_held()));
    };
    let held = transaction.held(&decision.envelope_hash)?;
    let Some(held) = held.filter(|held| held.id == decision.id) else {
        return Ok(Err(not_held()));
    };
    if let Some(decided) = held.decided {
        let refusal = candidate.refusal(RefusalCode::AlreadyDecided);
        return Ok(Err(refusal.with("by", decided.by.to_string())));
    }
    let taken_in = match decision.verdict {
        Verdict::Reject => None,
        Verdict::Adopt => match takeable(terms, &held, transaction)? {
            Ok(taken_in) => taken_in,
            Err(why) => return Ok(Err(not_adoptable(candidate, &why))),
        },
    };
    let ack = append(terms, candidate, transaction)?;
    if let Some(taken_in) = taken_in {
        append(terms, &taken_in, transaction)?;
    }
    let decided = Decided {
        by: candidate.opened.envelope.id,
        verdict: decision.verdict,
    };
    transaction.decide(&decision.envelope_hash, &decided)?;
    Ok(Ok(ack))
}

/// The event kept aside as one that the log can take; `None` when it took it already. Whether its
/// author might write it is what the director decides; all else is as for every event. A key that
/// was revoked still tells whose the event is. It does not tell when it was signed, so whatever
/// time it claims it is judged the same: only a decision brings it into the log.
fn takeable<'h, T: SiteTransaction>(
    terms: &Terms<'_>,
    held: &'h Held,
    transaction: &mut T,
) -> Result<Result<Option<Candidate<'h>>, Refusal>, T::Error> {
    let mut candidate = match read(0, &held.event) {
        Ok(candidate) => candidate,
        Err(refusal) => return Ok(Err(refusal)),
    };
    if !is_for_phones(candidate.kind) || candidate.kind == Kind::QuarantineDecided {
        return Ok(Err(candidate.refusal(RefusalCode::NotForPush)));
    }
    if aside::origin(terms.signatures, &candidate) == Origin::Unproven {
        return Ok(Err(candidate.refusal(RefusalCode::BadSignature)));
    }
    if let Some(found) = transaction.find(held.id)? {
        return Ok(known(&candidate, &found).map(|_| None));
    }
    if let Err(refusal) = stands(terms, &candidate, transaction)? {
        return Ok(Err(refusal));
    }
    let envelope = &candidate.opened.envelope;
    let author = Carrier {
        person: envelope.actor,
        device: envelope.device,
    };
    candidate.carrier = Some(held.carrier).filter(|carrier| *carrier != author);
    Ok(Ok(Some(candidate)))
}

fn not_adoptable(candidate: &Candidate<'_>, why: &Refusal) -> Refusal {
    let mut refusal = candidate.refusal(RefusalCode::NotAdoptable);
    refusal.params = why.params.clone();
    refusal.with("code", why.code.as_str())
}
