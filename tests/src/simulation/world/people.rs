//! What people do: finish a visit, void one, write an opinion, decide on one, try again what
//! was refused.

use doorstep_domain::event::{Event, Kind};
use doorstep_domain::id::EventId;
use doorstep_domain::policy::Role;
use doorstep_domain::sync::engine::{Input, ItemState, SavedItem};

use super::{Happening, World};
use crate::events::Setting;
use crate::simulation::invariants;
use crate::simulation::phone::Known;
use crate::simulation::trace::tail;

impl World {
    /// Somebody does something on their phone; nothing when it is off.
    pub(super) fn act(&mut self, phone: usize) -> Result<(), String> {
        if self.phones[phone].engine.is_none() {
            return Ok(());
        }
        if self.rng.u8(0..8) == 0 {
            return self.try_again(phone);
        }
        let at = self.true_time() + self.scenario.people[phone].clock_off_ms;
        let sites = &self.scenario.company.sites;
        let site = sites[self.rng.usize(0..sites.len())];
        let roles = self.scenario.roles(phone, site, self.true_time());
        let setting = Setting {
            site,
            // Somebody whose role has ended does not know it yet.
            role: roles.first().copied().unwrap_or(Role::Steward),
            at,
            subject: self.phones[phone].pen.begin(at),
            after: Vec::new(),
        };
        let event = self.write_something(phone, &setting);
        self.finish(phone, event)
    }

    fn write_something(&mut self, phone: usize, fresh: &Setting) -> Event {
        let known = self.phones[phone].known(fresh.site);
        let me = self.phones[phone].pen.author.person;
        let steward = fresh.role == Role::Steward;
        let visits: Vec<&Known> = known
            .iter()
            .filter(|one| one.kind == Some(Kind::VisitRecorded) && (!steward || one.actor == me))
            .collect();
        let choice = self.rng.u8(0..10);
        if visits.is_empty() || choice < 5 {
            return self.phones[phone].pen.visit(fresh);
        }
        let on = visits[self.rng.usize(0..visits.len())];
        let about = Setting {
            subject: on.subject,
            after: heads(&known, on),
            ..fresh.clone()
        };
        let pen = &mut self.phones[phone].pen;
        match (choice, steward) {
            // Finished twice, say in two tabs: the second knows nothing of the first.
            (5, _) if on.actor == me => {
                let after = Vec::new();
                pen.visit(&Setting { after, ..about })
            }
            (6 | 7, false) => pen.opinion(&about, on.id),
            (8, false) if about.role == Role::Director => pen.decision(&about, on.id),
            _ => pen.voiding(&about, on.id),
        }
    }

    /// One transaction on the phone, and then the engine hears of it, if the phone lives so
    /// long.
    fn finish(&mut self, phone: usize, event: Event) -> Result<(), String> {
        let known = self.library.add(&event)?;
        self.note(|| {
            let (kind, id, about) = (known.kind, tail(&known.id), tail(&known.subject));
            format!("phone {phone} finished {kind:?} {id} about {about}")
        });
        let one = &mut self.phones[phone];
        one.disk.outbox.push(SavedItem {
            id: known.id,
            event: event.clone(),
            state: ItemState::Waiting,
        });
        one.made.push(known);
        self.tally.made += 1;
        invariants::nothing_is_forgotten(self, phone)?;
        if self.fault() {
            return self.phone_dies(phone);
        }
        let life = self.phones[phone].life;
        self.tell(phone, life, Input::Queued(event))?;
        if self.rng.u8(0..4) == 0 {
            let later = self.rng.u64(0..5_000);
            self.after(later, Happening::Looks(phone));
        }
        Ok(())
    }

    fn try_again(&mut self, phone: usize) -> Result<(), String> {
        let items = self.phones[phone].disk.outbox.iter_mut();
        let mut refused = items.filter(|item| matches!(item.state, ItemState::Refused { .. }));
        let Some(item) = refused.next() else {
            return Ok(());
        };
        item.state = ItemState::Waiting;
        let id = item.id;
        self.note(|| format!("phone {phone} tries {} again", tail(&id)));
        let life = self.phones[phone].life;
        self.tell(phone, life, Input::Retry(id))
    }
}

/// What is known about the subject of `on` and has not been built upon.
fn heads(known: &[Known], on: &Known) -> Vec<EventId> {
    let about = || known.iter().filter(|other| other.subject == on.subject);
    about()
        .map(|one| one.id)
        .filter(|id| !about().any(|other| other.after.contains(id)))
        .take(doorstep_domain::event::AFTER_MAX)
        .collect()
}
