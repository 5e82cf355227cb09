//! Keeps aside what is rightly signed and cannot be logged, so that it is not lost. Which refusals
//! that are is [`Why::of`]'s to say.

use super::examine::Candidate;
use super::{Context, Origin, Signatures};
use crate::quarantine::Why;
use crate::sync::limits::QUARANTINE_PER_DEVICE;
use crate::sync::store::{Quarantined, SiteTransaction};
use crate::sync::wire::Refusal;

/// What the candidate's signature says of its origin, whoever brings it.
pub(super) fn origin(signatures: &dyn Signatures, candidate: &Candidate<'_>) -> Origin {
    let envelope = &candidate.opened.envelope;
    let signature = candidate.opened.signature();
    signature.map_or(Origin::Unproven, |(signature, message)| {
        signatures.origin(envelope.actor, &envelope.device, &message, &signature)
    })
}

/// Keeps the refused event aside if its refusal is of that sort and its carrier's device has a
/// place left; the refusal then says so (`kept`). It is the same for a site that does not exist:
/// a stranger learns nothing of which there are.
pub(super) fn keep<T: SiteTransaction>(
    context: &Context<'_>,
    candidate: &Candidate<'_>,
    refusal: Refusal,
    transaction: &mut T,
) -> Result<Refusal, T::Error> {
    let Some(why) = Why::of(refusal.code) else {
        return Ok(refusal);
    };
    let event = Quarantined {
        opened: &candidate.opened,
        carrier: context.carrier(),
        received_at: context.now,
        why,
        params: &refusal.params,
    };
    let kept = transaction.quarantine(&event, QUARANTINE_PER_DEVICE)?;
    Ok(if kept {
        refusal.with("kept", true)
    } else {
        refusal
    })
}
