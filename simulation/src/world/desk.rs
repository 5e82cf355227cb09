//! What goes past the usual way: rescue files that another phone carries, events handed in without
//! a log-in, a director's decisions on what is kept aside, and erasures.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use doorstep_domain::event::{Event, Kind, PartName, PartState};
use doorstep_domain::hash::Hash;
use doorstep_domain::id::{EventId, PersonId, SiteId};
use doorstep_domain::policy::Role;
use doorstep_domain::sync::accept::Context;
use doorstep_domain::sync::engine::{
    Input, ItemState, OutboxChange, SavedItem, deposited, to_deposit,
};
use doorstep_domain::sync::wire::{DepositReply, Kept};

use super::office_side::Enrolled;
use super::people::heads;
use super::{Happening, Whose, World};
use crate::archive::{Recipe, Sort};
use crate::office::{Death, OfficeStore, hand_in};
use crate::planted::Bug;
use crate::tally::Fault;
use crate::trace::tail;
use crate::{invariants, trace};

/// What was promised or done past the usual way, to hold the end against.
#[derive(Debug, Clone, Default)]
pub(crate) struct Desk {
    /// Devices and the events of others that they took in.
    pub(crate) brought: BTreeSet<(Hash, EventId)>,
    /// Every key that was ever enrolled, after whose it is.
    pub(crate) enrolled: BTreeSet<(PersonId, Hash)>,
    /// Events that their author's own device sent or handed in.
    pub(crate) sent_by_author: BTreeSet<EventId>,
    /// What the office said to keep aside, and did.
    pub(crate) kept: BTreeMap<(SiteId, Hash), EventId>,
    /// What was erased in a log that an older copy replaced.
    pub(crate) erased_before: BTreeSet<(SiteId, EventId, PartName)>,
}

impl Desk {
    /// Whether anybody carried this event.
    pub(crate) fn was_carried(&self, id: EventId) -> bool {
        self.brought.iter().any(|(_, other)| *other == id)
    }
}

impl<S: OfficeStore> World<'_, S> {
    /// What is unsent on a phone is saved to a file, and another phone takes it in. Later the
    /// first may be lost.
    pub(super) fn carry(&mut self, from: usize) -> Result<(), String> {
        let others = 0..self.phones.len();
        let others = others.filter(|other| *other != from && self.phones[*other].is_on());
        let others: Vec<usize> = others.collect();
        let file = self.phones[from].disk.outbox.clone();
        if others.is_empty() || file.is_empty() {
            return Ok(());
        }
        let to = others[self.chance.index(others.len())];
        let whose = self.open_tabs(to)[0];
        let mut taken_in = false;
        for item in file {
            let known = Rc::clone(self.archive.find(&item.event)?);
            let one = &mut self.phones[to];
            if one.disk.keeps(known.id, known.site) {
                continue;
            }
            self.note(|| format!("phone {to} takes in {}", tail(&known.id)));
            let one = &mut self.phones[to];
            let (id, event) = (item.id, item.event.clone());
            let state = ItemState::Waiting;
            one.disk.outbox.push(SavedItem { id, event, state });
            self.desk.brought.insert((one.author.device, known.id));
            one.brought.push(known);
            taken_in = true;
            self.tell(whose, Input::Queued(item.event))?;
        }
        if !taken_in {
            return Ok(());
        }
        self.count(Fault::Carried);
        if self.bug == Some(Bug::CarriedMoved) {
            self.phones[from].disk.outbox.clear();
            invariants::nothing_is_forgotten(self, from)?;
        }
        self.tell_other_tab(whose);
        if self.chance.one_in(4) {
            let later = self.now + self.chance.between(10, 5_000);
            if later < self.scenario.heal_at {
                self.at(later, Happening::Evicted(from));
            }
        }
        Ok(())
    }

    /// Somebody hands in what is unsent on their phone, without a log-in.
    pub(super) fn hand_in(&mut self, phone: usize) -> Result<(), String> {
        let open = self.open_tabs(phone);
        let old = self.scenario.people[phone].old_until;
        let (Some(whose), false) = (open.first(), old.is_some_and(|until| self.now < until)) else {
            return Ok(());
        };
        let whose = *whose;
        let session = self.phones[phone].author;
        let outbox = self.phones[phone].disk.outbox.clone();
        let events = to_deposit(&outbox, &session.device);
        if events.is_empty() {
            return Ok(());
        }
        self.count(Fault::HandedIn);
        self.note(|| format!("phone {phone} hands in {}", trace::events(&events)));
        let death = self.death();
        let person = &self.scenario.people[phone];
        let keys = Enrolled {
            keys: self.archive.keys,
            people: &self.scenario.people,
            desk: &self.desk,
            now: self.now,
            bug: self.bug,
        };
        let context = Context {
            organisation: self.scenario.company.organisation,
            person: session.person,
            device: session.device,
            grants: &person.grants,
            now: self.true_time(),
            epoch: self.epoch(),
            signatures: &keys,
            sites: &self.scenario.company,
        };
        let answer = hand_in(&context, &events, &mut self.office, death, self.bug)?;
        let Some(mut reply) = answer else {
            self.count(match death {
                Some(Death::AfterCommit(_)) => Fault::CrashAfterCommit,
                _ => Fault::CrashBeforeCommit,
            });
            return Ok(());
        };
        self.plant_in_answer(&events, &mut reply);
        for event in &events {
            let id = self.archive.find(event)?.id;
            self.desk.sent_by_author.insert(id);
        }
        invariants::hand_in_is_true(self, &events, &reply)?;
        if self.fault() {
            self.count(Fault::HandInLost);
            return Ok(());
        }
        let changes = if self.bug == Some(Bug::DepositMarksAll) {
            let state = ItemState::Deposited { at: reply.now };
            let all = outbox.iter();
            all.map(|item| OutboxChange::Mark(item.id, state.clone()))
                .collect()
        } else {
            deposited(&outbox, &reply)
        };
        let delay = self.chance.between(5, 300);
        self.after(delay, Happening::HandInAnswered(whose, changes));
        Ok(())
    }

    /// The answer to what was handed in. What does not fit into one request goes in the next.
    pub(super) fn hand_in_answered(
        &mut self,
        whose: Whose,
        changes: Vec<OutboxChange>,
    ) -> Result<(), String> {
        let one = &mut self.phones[whose.phone];
        if changes.is_empty() || one.tabs[whose.tab].life != whose.life {
            return Ok(());
        }
        if self.bug == Some(Bug::DepositRemoves) {
            for change in &changes {
                if let OutboxChange::Mark(id, _) = change {
                    one.disk.outbox.retain(|item| item.id != *id);
                }
            }
        }
        one.disk.change_outbox(&changes, self.bug);
        invariants::nothing_is_forgotten(self, whose.phone)?;
        self.tell_other_tab(whose);
        self.tell(whose, Input::Deposited(changes))?;
        self.hand_in(whose.phone)
    }

    fn plant_in_answer(&self, events: &[Event], reply: &mut DepositReply) {
        if self.bug != Some(Bug::DepositClaimsAll) {
            return;
        }
        for refusal in std::mem::take(&mut reply.refused) {
            let opened = events.get(refusal.item).and_then(|event| event.open().ok());
            if let Some(opened) = opened {
                reply.kept.push(Kept {
                    id: opened.envelope.id,
                    site: opened.envelope.site,
                    envelope_hash: opened.envelope_hash,
                    logged: false,
                });
            }
        }
    }

    /// A director decides on something kept aside, or has parts of something erased.
    pub(super) fn at_the_desk(&mut self, phone: usize) -> Result<(), String> {
        let open = self.open_tabs(phone);
        let Some(whose) = open.first().copied() else {
            return Ok(());
        };
        let sites = self.scenario.company.sites.len();
        let site = self.scenario.company.sites[self.chance.index(sites)];
        let what = self.chance.below(4);
        let held = self.office.open_aside(site);
        let held = if held.is_empty() {
            None
        } else {
            Some(&held[self.chance.index(held.len())])
        };
        let (sort, subject, after) = match (held, what) {
            (Some(held), 0 | 1) => {
                let (id, envelope_hash) = (held.id, held.envelope_hash);
                let adopt = what == 0;
                let sort = Sort::Decide {
                    id,
                    envelope_hash,
                    adopt,
                };
                (sort, Some(id.into()), Vec::new())
            }
            (Some(held), 2) => {
                let parts: Vec<PartName> = held.event.parts.keys().copied().collect();
                let Some(sort) = self.erase_some(held.id, &parts, true) else {
                    return Ok(());
                };
                (sort, Some(held.id.into()), Vec::new())
            }
            _ => {
                let rows = self.phones[phone].disk.copies.get(&site);
                let rows = rows.map_or(&[][..], |copy| &copy.rows);
                if rows.is_empty() {
                    return Ok(());
                }
                let on = rows[self.chance.index(rows.len())].clone();
                // Nobody erases what they cannot read.
                let readable = on.row.event.read_envelope().is_ok();
                if !readable || on.known.kind == Some(Kind::BodyErased) {
                    return Ok(());
                }
                let parts = on.row.event.parts.iter();
                let parts = parts.filter(|(_, part)| matches!(part, PartState::Present(_)));
                let parts: Vec<PartName> = parts.map(|(name, _)| *name).collect();
                let Some(sort) = self.erase_some(on.known.id, &parts, false) else {
                    return Ok(());
                };
                let known = self.phones[phone].known(site);
                (sort, Some(on.known.subject), heads(&known, &on.known))
            }
        };
        let recipe = Recipe {
            author: self.phones[phone].author,
            number: self.phones[phone].number,
            site,
            role: Role::Director,
            sort,
            subject,
            after,
        };
        let made = self.archive.make(&recipe)?;
        self.note(|| {
            format!(
                "phone {phone} at the desk: {sort:?} {}",
                tail(&made.known.id)
            )
        });
        self.finish(whose, &made)
    }

    /// An erasure of all, or of one, of these parts but the fact.
    fn erase_some(&mut self, on: EventId, parts: &[PartName], aside: bool) -> Option<Sort> {
        let has = |name| parts.contains(&name);
        let (mut content, mut private) = (has(PartName::Content), has(PartName::Private));
        if content && private && self.chance.one_in(2) {
            content = self.chance.one_in(2);
            private = !content;
        }
        (content || private).then_some(Sort::Erase {
            on,
            content,
            private,
            aside,
        })
    }
}
