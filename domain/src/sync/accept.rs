//! The server's side of a sync, free of I/O: authorises, checks and appends what was pushed and
//! answers with the rows that follow the phone's cursors.
//! Not authentication: who asks, on which device, has been settled before.
//!
//! One transaction per site. An item that is refused holds up nothing else; nothing is
//! acknowledged that was not committed; a repeated request is answered as the first one was.

use std::collections::{BTreeMap, BTreeSet};

pub use self::deposit::deposit;
use self::examine::{Candidate, examine};
pub use self::offer::say_erasures_again;
pub use self::office::{Office, OfficeError, append_by_office, append_by_office_in};
use self::page::{Budget, Reader, page};
use super::limits::check_request;
use super::store::{Intent, SiteTransaction, Store};
use super::wire::{Ack, Epoch, Problem, Refusal, SyncReply, SyncRequest};
use crate::hash::Hash;
use crate::id::{OrganisationId, PersonId, SiteId};
use crate::log::Head;
use crate::policy::{Grant, Role, roles_on};
use crate::quarantine::Carrier;
use crate::time::{SiteTime, UnixMs};

mod aside;
mod decide;
mod deposit;
mod examine;
mod offer;
mod office;
mod page;

/// Who asks, when, and what the core needs to know of the world.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// The company whose logs these are.
    pub organisation: OrganisationId,
    /// The session's person.
    pub person: PersonId,
    /// The session's device.
    pub device: Hash,
    /// The person's grants.
    pub grants: &'a [Grant],
    /// Server time.
    pub now: UnixMs,
    /// The server's epoch.
    pub epoch: Epoch,
    /// The enrolled keys.
    pub signatures: &'a dyn Signatures,
    /// The company's sites.
    pub sites: &'a dyn Sites,
}

/// Checks signatures by the enrolled keys.
pub trait Signatures {
    /// Whether `signature` (r‖s, 64 bytes) is the key's of `device` over `message`. False for a
    /// device that is not enrolled to the session's person or was revoked.
    fn verify(&self, device: &Hash, message: &[u8], signature: &[u8]) -> bool;

    /// What `signature` says of an event that somebody else brings, or that was kept aside: asked
    /// of every key that was ever enrolled.
    fn origin(&self, author: PersonId, device: &Hash, message: &[u8], signature: &[u8]) -> Origin {
        let _ = (author, device, message, signature);
        Origin::Unproven
    }

    /// All grants of a person; asked of an author whose event somebody else brings.
    fn grants_of(&self, person: PersonId) -> Vec<Grant> {
        let _ = person;
        Vec::new()
    }
}

/// What a signature proves of an event's origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// A device enrolled to the author signed it.
    Enrolled,
    /// A device that was the author's and is revoked now signed it. Before or after that cannot
    /// be told: a device may claim any time.
    Revoked,
    /// No device of the author's signed it.
    Unproven,
}

impl Context<'_> {
    /// Who asks, as the one who brings an event.
    fn carrier(&self) -> Carrier {
        Carrier {
            person: self.person,
            device: self.device,
        }
    }
}

/// Knows the company's sites and their time zones.
pub trait Sites {
    /// Whether the company has this site. The organisation's own log is none.
    fn exists(&self, site: SiteId) -> bool;
    /// Whether `time` carries the offset that `site` had at that instant.
    fn offset_fits(&self, site: SiteId, time: SiteTime) -> bool;
}

/// Why a request was not answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure<E> {
    /// The request as a whole is refused; nothing of it was done.
    Refused(Problem),
    /// The database failed. Sites already committed stay so, and nobody was told; the phone
    /// repeats the request and is answered the same.
    Store(E),
}

impl<E> From<E> for Failure<E> {
    fn from(error: E) -> Self {
        Self::Store(error)
    }
}

/// Answers one request.
pub fn accept<S: Store>(
    context: &Context<'_>,
    request: &SyncRequest,
    store: &mut S,
) -> Result<SyncReply, Failure<S::Error>> {
    check_request(&context.device, request).map_err(Failure::Refused)?;
    let mut reply = SyncReply {
        epoch: context.epoch,
        now: context.now,
        acks: Vec::new(),
        refused: Vec::new(),
        sites: BTreeMap::new(),
    };
    let mut by_site: BTreeMap<SiteId, Vec<Candidate<'_>>> = request
        .cursors
        .keys()
        .map(|site| (*site, Vec::new()))
        .collect();
    for (item, pushed) in request.push.iter().enumerate() {
        let carried = request.carried.contains(&item);
        match examine(context, item, pushed, carried) {
            Ok(candidate) => by_site.entry(candidate.site()).or_default().push(candidate),
            Err(refusal) => reply.refused.push(refusal),
        }
    }
    let mut budget = Budget::of(request.limit);
    for (site, candidates) in by_site {
        serve_site(
            context,
            request,
            &mut budget,
            site,
            &candidates,
            store,
            &mut reply,
        )?;
    }
    reply.refused.sort_by_key(|refusal| refusal.item);
    Ok(reply)
}

/// The roles the session's person holds on `site` now; none on a site that does not exist.
fn roles_held(context: &Context<'_>, site: SiteId) -> Vec<Role> {
    if context.sites.exists(site) {
        roles_on(context.grants, site, context.now)
    } else {
        Vec::new()
    }
}

/// One site's transaction: append, read on from the cursor, commit, and only then answer.
fn serve_site<S: Store>(
    context: &Context<'_>,
    request: &SyncRequest,
    budget: &mut Budget,
    site: SiteId,
    candidates: &[Candidate<'_>],
    store: &mut S,
    reply: &mut SyncReply,
) -> Result<(), S::Error> {
    let reader = Reader {
        person: context.person,
        roles: roles_held(context, site),
    };
    let writes = !candidates.is_empty();
    let intent = if writes { Intent::Append } else { Intent::Read };
    let mut transaction = store.begin(site, intent)?;
    let genesis = Head::genesis(context.organisation, site);
    let (acks, refused) = offer_all(
        context,
        &reader.roles,
        genesis,
        candidates,
        &mut transaction,
    )?;
    let answer = match request.cursors.get(&site) {
        Some(cursor) => {
            // What was carried is kept on as much as its carrier may hold of it.
            let carried = candidates.iter().filter(|it| it.carrier.is_some());
            let carried: BTreeSet<Hash> = carried.map(|it| it.opened.envelope_hash).collect();
            let here = acks.iter().map(|ack| ack.envelope_hash);
            let here: BTreeSet<Hash> = here.filter(|hash| !carried.contains(hash)).collect();
            let scope = request.scope.get(&site);
            let from = page::From {
                genesis,
                cursor: *cursor,
                scope: scope.copied(),
            };
            Some(page(&mut transaction, &reader, from, &here, budget)?)
        }
        None => None,
    };
    if writes {
        transaction.commit()?;
    }
    reply.acks.extend(acks);
    reply.refused.extend(refused);
    reply.sites.extend(answer.map(|answer| (site, answer)));
    Ok(())
}

/// The roles that the author of a carried event holds on its site: now, as for every event, and
/// when it was signed, as it says. A role that has ended since is a director's to judge.
fn roles_of_author(context: &Context<'_>, candidate: &Candidate<'_>) -> Vec<Role> {
    let (envelope, site) = (&candidate.opened.envelope, candidate.site());
    if !context.sites.exists(site) {
        return Vec::new();
    }
    let grants = context.signatures.grants_of(envelope.actor);
    let then = roles_on(&grants, site, envelope.at.unix_ms());
    let mut roles = roles_on(&grants, site, context.now);
    roles.retain(|role| then.contains(role));
    roles
}

type Offered = (Vec<Ack>, Vec<Refusal>);

fn offer_all<T: SiteTransaction>(
    context: &Context<'_>,
    roles: &[Role],
    genesis: Head,
    candidates: &[Candidate<'_>],
    transaction: &mut T,
) -> Result<Offered, T::Error> {
    let mut offered = Offered::default();
    for candidate in candidates {
        let site = candidate.site();
        let offset_fits = |time| context.sites.offset_fits(site, time);
        let own;
        let roles = if candidate.carrier.is_some() {
            own = roles_of_author(context, candidate);
            &own
        } else {
            roles
        };
        let terms = offer::Terms {
            roles,
            signatures: context.signatures,
            genesis,
            now: context.now,
            offset_fits: &offset_fits,
        };
        match offer::offer(&terms, candidate, transaction)? {
            Ok(ack) => offered.0.push(ack),
            Err(refusal) => {
                let refusal = aside::keep(context, candidate, refusal, transaction)?;
                offered.1.push(refusal);
            }
        }
    }
    Ok(offered)
}
