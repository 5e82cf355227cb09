//! Events handed in without a log-in: kept aside, never logged, whoever their author is now.
//! Not whether the device proved itself, which has been settled before.

use std::collections::BTreeMap;

use super::examine::{Candidate, is_for_phones, read};
use super::{Context, Origin, aside};
use crate::event::Event;
use crate::id::SiteId;
use crate::quarantine::Why;
use crate::sync::limits::QUARANTINE_PER_DEVICE;
use crate::sync::store::{Intent, Quarantined, SiteTransaction, Store};
use crate::sync::wire::{DepositReply, Kept, Params, Refusal, RefusalCode};

/// Keeps the events of the device that hands them in, its person being `context.person`; grants
/// are not looked at. One transaction per site, and nothing is answered that is not committed.
pub fn deposit<S: Store>(
    context: &Context<'_>,
    events: &[Event],
    store: &mut S,
) -> Result<DepositReply, S::Error> {
    let mut reply = DepositReply {
        now: context.now,
        kept: Vec::new(),
        refused: Vec::new(),
    };
    let mut by_site: BTreeMap<SiteId, Vec<Candidate<'_>>> = BTreeMap::new();
    for (item, event) in events.iter().enumerate() {
        match examine(context, item, event) {
            Ok(candidate) => by_site.entry(candidate.site()).or_default().push(candidate),
            Err(refusal) => reply.refused.push(refusal),
        }
    }
    for (site, candidates) in by_site {
        let mut transaction = store.begin(site, Intent::Append)?;
        let (mut kept, mut refused) = (Vec::new(), Vec::new());
        for candidate in &candidates {
            match take(context, candidate, &mut transaction)? {
                Ok(one) => kept.push(one),
                Err(refusal) => refused.push(refusal),
            }
        }
        transaction.commit()?;
        reply.kept.extend(kept);
        reply.refused.extend(refused);
    }
    reply.refused.sort_by_key(|refusal| refusal.item);
    Ok(reply)
}

fn examine<'a>(
    context: &Context<'_>,
    item: usize,
    event: &'a Event,
) -> Result<Candidate<'a>, Refusal> {
    let mut candidate = read(item, event)?;
    let envelope = &candidate.opened.envelope;
    if !is_for_phones(candidate.kind) || !context.sites.exists(envelope.site) {
        let refusal = candidate.refusal(RefusalCode::NotForPush);
        return Err(refusal.with("kind", candidate.kind.as_str()));
    }
    if envelope.device != context.device {
        return Err(candidate.refusal(RefusalCode::OtherDevice));
    }
    candidate.revoked = match aside::origin(context.signatures, &candidate) {
        Origin::Unproven => return Err(candidate.refusal(RefusalCode::BadSignature)),
        Origin::Revoked => true,
        Origin::Enrolled => false,
    };
    Ok(candidate)
}

fn take<T: SiteTransaction>(
    context: &Context<'_>,
    candidate: &Candidate<'_>,
    transaction: &mut T,
) -> Result<Result<Kept, Refusal>, T::Error> {
    let opened = &candidate.opened;
    let kept = |logged| Kept {
        id: opened.envelope.id,
        site: opened.envelope.site,
        envelope_hash: opened.envelope_hash,
        logged,
    };
    let found = transaction.find(opened.envelope.id)?;
    if found.is_some_and(|found| found.envelope_hash == opened.envelope_hash) {
        return Ok(Ok(kept(true)));
    }
    let event = Quarantined {
        opened,
        carrier: context.carrier(),
        received_at: context.now,
        why: if candidate.revoked {
            Why::DeviceRevoked
        } else {
            Why::Deposited
        },
        params: &Params::new(),
    };
    if transaction.quarantine(&event, QUARANTINE_PER_DEVICE)? {
        Ok(Ok(kept(false)))
    } else {
        let refusal = candidate.refusal(RefusalCode::QuarantineFull);
        Ok(Err(refusal.with("limit", QUARANTINE_PER_DEVICE)))
    }
}
