//! Verifies a reply against what the phone holds and turns it into one batch, or refuses it as a
//! whole. Changes nothing itself.
//!
//! Every row is chained onto the phone's own head, so every phone is a witness of history.

use std::collections::{BTreeMap, BTreeSet};

use super::flight::Flight;
use super::outbox::{Item, ItemState, Outbox};
use super::{Batch, Change, Contact, Identity, OutboxChange, SiteChange, SiteCopy};
use crate::event::{Event, Malformed, PartName, envelope_hash};
use crate::hash::Hash;
use crate::id::{EventId, SiteId};
use crate::log::{Head, LoggedEvent, Seq};
use crate::sync::wire::{Page, Reset, Row, SiteReply, SyncReply};

/// What an answered request comes to.
#[derive(Debug, Clone, Default)]
pub(super) struct Plan {
    /// What to store.
    pub(super) batch: Batch,
    /// Items put off: what they refer to is not logged yet.
    pub(super) held: Vec<EventId>,
    /// What has moved.
    pub(super) progress: Progress,
    /// Something that was pushed was neither acknowledged nor refused.
    pub(super) unanswered: bool,
    /// There is more to read.
    pub(super) more: bool,
}

impl Plan {
    /// The item waits again: its refusal, which is on the disk already though not heard of here,
    /// was seen there and taken back.
    pub(super) fn forget_refusal(&mut self, retried: EventId) {
        let refused = |change: &OutboxChange| matches!(change, OutboxChange::Mark(id, ItemState::Refused { .. }) if *id == retried);
        self.batch.outbox.retain(|change| !refused(change));
    }
}

/// What an answer has moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) enum Progress {
    /// Nothing.
    #[default]
    None,
    /// Something was acknowledged, refused, read or dropped.
    Some,
    /// Somebody else's events came.
    News,
}

/// The reply does not fit the request or the phone's copy; nothing of it is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct DoesNotFit;

/// What the reply says of one site, worked out.
struct Reading<'a> {
    plan: &'a mut Plan,
    /// This phone's.
    device: Hash,
    outbox: &'a Outbox,
    /// Own items by the hash of their envelope.
    own: BTreeMap<(SiteId, Hash), &'a Item>,
    /// Items whose row or acknowledgement has decided what becomes of them.
    landed: BTreeSet<EventId>,
}

/// Works out what `reply` to `flight` comes to.
pub(super) fn plan(
    identity: &Identity,
    flight: &Flight,
    outbox: &Outbox,
    mut reply: SyncReply,
    contact: Contact,
) -> Result<Plan, DoesNotFit> {
    let mut plan = Plan::default();
    plan.batch.contact = Some(contact);
    let own = outbox.items().iter().filter_map(|item| {
        let key = item.key?;
        Some(((key.site, key.envelope_hash), item))
    });
    let mut reading = Reading {
        plan: &mut plan,
        device: identity.device,
        outbox,
        own: own.collect(),
        landed: BTreeSet::new(),
    };
    if !reply
        .sites
        .keys()
        .all(|site| flight.sites.contains_key(site))
    {
        return Err(DoesNotFit);
    }
    let mut acked = reading.acks(flight, &reply);
    for (site, copy) in &flight.sites {
        let genesis = Head::genesis(identity.organisation, *site);
        let answer = reply.sites.remove(site);
        reading.site(*site, *copy, genesis, answer, &mut acked)?;
    }
    reading.refusals(flight, &reply)?;
    Ok(plan)
}

impl Reading<'_> {
    /// The acknowledgements that are for items of this request, byte for byte.
    fn acks(&mut self, flight: &Flight, reply: &SyncReply) -> BTreeMap<EventId, Seq> {
        let ours = reply.acks.iter().filter(|ack| {
            let key = self.outbox.get(ack.id).and_then(|item| item.key);
            flight.pushed.contains(&ack.id)
                && key.is_some_and(|key| key.envelope_hash == ack.envelope_hash)
        });
        let acked: BTreeMap<EventId, Seq> = ours.map(|ack| (ack.id, ack.seq)).collect();
        if !acked.is_empty() {
            self.moved(Progress::Some);
        }
        acked
    }

    fn site(
        &mut self,
        site: SiteId,
        copy: SiteCopy,
        genesis: Head,
        answer: Option<SiteReply>,
        acked: &mut BTreeMap<EventId, Seq>,
    ) -> Result<(), DoesNotFit> {
        match answer {
            Some(SiteReply::Page(page)) => self.page(site, copy, page, acked),
            Some(SiteReply::Reset(reset)) => {
                self.reset(site, copy, genesis, reset)?;
                if reset == Reset::NoAccess {
                    // This phone is to hold no copy of what the office has.
                    self.let_go(site, acked);
                } else {
                    self.mark_received(site, acked);
                }
                Ok(())
            }
            None => {
                self.mark_received(site, acked);
                Ok(())
            }
        }
    }

    fn page(
        &mut self,
        site: SiteId,
        copy: SiteCopy,
        page: Page,
        acked: &mut BTreeMap<EventId, Seq>,
    ) -> Result<(), DoesNotFit> {
        if copy.head.seq > 0 && copy.scope != Some(page.scope) {
            return Err(DoesNotFit);
        }
        let mut head = copy.head;
        let mut rows = Vec::with_capacity(page.rows.len());
        for row in page.rows {
            let (row, hash) = self.row(site, row)?;
            head = head.next(&hash, row.received_at);
            if row.seq != head.seq {
                return Err(DoesNotFit);
            }
            rows.push(row);
        }
        if head != page.head {
            return Err(DoesNotFit);
        }
        if !rows.is_empty() {
            self.moved(Progress::Some);
        }
        self.plan.more |= page.more;
        self.missing(site, head.seq, page.more);
        acked.retain(|id, seq| {
            // Places are a site's own: another site's say nothing here.
            let in_copy = self.outbox_site(*id) == Some(site) && *seq <= copy.head.seq;
            if in_copy && self.landed.insert(*id) {
                self.plan.batch.outbox.push(OutboxChange::Remove(*id));
            }
            !in_copy
        });
        self.mark_received(site, acked);
        let to = SiteCopy {
            head,
            scope: Some(page.scope),
        };
        if to != copy {
            let change = Change::Append(rows);
            self.change(site, copy, to, change);
        }
        Ok(())
    }

    /// The row, and its envelope's hash. An own event is taken from the outbox, with all its parts,
    /// but those erased meanwhile, and leaves it. Of one that was carried for another only what the
    /// server shows is kept.
    fn row(&mut self, site: SiteId, row: Row) -> Result<(LoggedEvent, Hash), DoesNotFit> {
        let (seq, received_at, hash, event) = match row {
            Row::Stub(stub) => (stub.seq, stub.received_at, stub.envelope_hash, None),
            Row::Event(logged) => {
                let hash = envelope_hash(&logged.event.envelope);
                (logged.seq, logged.received_at, hash, Some(logged.event))
            }
        };
        let event = match (self.own.get(&(site, hash)), event) {
            (Some(item), shown) => {
                if self.landed.insert(item.id) {
                    let change = OutboxChange::Remove(item.id);
                    self.plan.batch.outbox.push(change);
                }
                match shown {
                    Some(shown) if self.is_carried(item) => belongs(site, shown)?,
                    Some(shown) => {
                        let erased: Vec<PartName> = shown.erased().collect();
                        item.event.clone().erasing(&erased)
                    }
                    None => item.event.clone(),
                }
            }
            (None, Some(event)) => {
                self.moved(Progress::News);
                belongs(site, event)?
            }
            (None, None) => return Err(DoesNotFit),
        };
        let logged = LoggedEvent {
            seq,
            received_at,
            event,
        };
        Ok((logged, hash))
    }

    /// Items received earlier whose place has been passed, or the end reached, without their
    /// row: the server lost them, so they wait again. Put off, so that a server that does so all
    /// the time is not asked all the time.
    fn missing(&mut self, site: SiteId, read_to: Seq, more: bool) {
        for item in self.outbox.items() {
            if let ItemState::Received { seq } = item.state
                && item.site() == Some(site)
                && !self.landed.contains(&item.id)
                && (seq <= read_to || !more)
            {
                let change = OutboxChange::Mark(item.id, ItemState::Waiting);
                self.plan.batch.outbox.push(change);
                self.plan.held.push(item.id);
            }
        }
    }

    fn reset(
        &mut self,
        site: SiteId,
        copy: SiteCopy,
        genesis: Head,
        reset: Reset,
    ) -> Result<(), DoesNotFit> {
        let empty = SiteCopy {
            head: genesis,
            scope: None,
        };
        if reset == Reset::NoAccess {
            if copy != empty {
                self.moved(Progress::Some);
                self.change(site, copy, empty, Change::Reset(reset));
            }
            return Ok(());
        }
        // An empty copy cannot differ from any log of this organisation.
        if copy.head.seq == 0 {
            return Err(DoesNotFit);
        }
        self.moved(Progress::Some);
        self.plan.more = true;
        self.change(site, copy, empty, Change::Reset(reset));
        Ok(())
    }

    /// Lets go of the site's items that this reply acknowledges. Those that an earlier one did are
    /// offered again: the server may have been restored since, and no row will show it any more.
    fn let_go(&mut self, site: SiteId, acked: &BTreeMap<EventId, Seq>) {
        for item in self.outbox.items() {
            if item.site() != Some(site) {
                continue;
            }
            if acked.contains_key(&item.id) {
                let change = OutboxChange::Remove(item.id);
                self.plan.batch.outbox.push(change);
                self.landed.insert(item.id);
            } else if matches!(item.state, ItemState::Received { .. }) {
                let change = OutboxChange::Mark(item.id, ItemState::Waiting);
                self.plan.batch.outbox.push(change);
            }
        }
    }

    fn mark_received(&mut self, site: SiteId, acked: &BTreeMap<EventId, Seq>) {
        for (id, seq) in acked {
            if self.outbox_site(*id) == Some(site) && !self.landed.contains(id) {
                let state = ItemState::Received { seq: *seq };
                let change = OutboxChange::Mark(*id, state);
                self.plan.batch.outbox.push(change);
                self.landed.insert(*id);
            }
        }
    }

    /// What was refused, unless the same reply shows it logged.
    fn refusals(&mut self, flight: &Flight, reply: &SyncReply) -> Result<(), DoesNotFit> {
        let mut answered = self.landed.clone();
        for refusal in &reply.refused {
            let id = *flight.pushed.get(refusal.item).ok_or(DoesNotFit)?;
            if !answered.insert(id) {
                continue;
            }
            if refusal.retryable {
                self.plan.held.push(id);
                continue;
            }
            self.moved(Progress::Some);
            let state = ItemState::Refused {
                code: refusal.code,
                params: refusal.params.clone(),
            };
            let change = OutboxChange::Mark(id, state);
            self.plan.batch.outbox.push(change);
        }
        let unanswered = |id| !answered.contains(id);
        self.plan.unanswered = flight.pushed.iter().any(unanswered);
        Ok(())
    }

    fn moved(&mut self, progress: Progress) {
        self.plan.progress = self.plan.progress.max(progress);
    }

    fn change(&mut self, site: SiteId, copy: SiteCopy, to: SiteCopy, change: Change) {
        let from = copy.head;
        let changed = SiteChange { from, to, change };
        self.plan.batch.sites.insert(site, changed);
    }

    fn is_carried(&self, item: &Item) -> bool {
        item.key.is_some_and(|key| key.device != self.device)
    }

    fn outbox_site(&self, id: EventId) -> Option<SiteId> {
        self.outbox.get(id)?.site()
    }
}

/// Lets an event through that is of this site and has the parts its envelope names. A part that
/// is not what was signed is taken as it is and shown as broken: refusing it would hide it, and
/// keep everything after it from this phone. An envelope of a later program is carried unread
/// (D10): the chain covers it all the same.
fn belongs(site: SiteId, event: Event) -> Result<Event, DoesNotFit> {
    let fits = match event.open_broken() {
        Ok((opened, _)) => opened.envelope.site == site,
        Err(Malformed::LaterVersion | Malformed::Envelope) => true,
        Err(Malformed::PartList | Malformed::PartHash(_) | Malformed::PartBody(_)) => false,
    };
    if fits { Ok(event) } else { Err(DoesNotFit) }
}
