//! What people do: finish a visit, void one, write an opinion, decide on one, try again what
//! was refused; and what the server will not take.

use std::rc::Rc;

use doorstep_domain::event::{AFTER_MAX, Kind};
use doorstep_domain::id::EventId;
use doorstep_domain::policy::{Action, Role, may};
use doorstep_domain::sync::engine::{Input, ItemState, SavedItem};

use super::{Happening, Whose, World};
use crate::archive::{Known, Made, Recipe, Sort};
use crate::invariants;
use crate::office::OfficeStore;
use crate::planted::Bug;
use crate::tally::Fault;
use crate::trace::tail;

impl<S: OfficeStore> World<'_, S> {
    /// Somebody does something on their phone; nothing when it is off.
    pub(super) fn act(&mut self, phone: usize) -> Result<(), String> {
        let open = self.open_tabs(phone);
        if open.is_empty() {
            return Ok(());
        }
        let whose = open[self.chance.index(open.len())];
        if self.chance.one_in(8) {
            return self.try_again(whose);
        }
        let recipe = self.choose(phone);
        let made = self.archive.make(&recipe)?;
        self.finish(whose, &made)
    }

    fn choose(&mut self, phone: usize) -> Recipe {
        let sites = self.scenario.company.sites.len();
        let site = self.scenario.company.sites[self.chance.index(sites)];
        let roles = self.scenario.roles(phone, site, self.true_time());
        let role = roles.first().copied();
        let number = self.phones[phone].number;
        let visit = Recipe {
            author: self.phones[phone].author,
            number,
            site,
            // Somebody whose role has ended does not know it yet.
            role: role.unwrap_or(Role::Steward),
            sort: Sort::Visit,
            subject: None,
            after: Vec::new(),
        };
        let mut choice = self.chance.below(12);
        let known = self.phones[phone].known(site);
        // Who only reads can do nothing right here.
        if choice == 11 || !may(visit.role, Action::RecordVisit) {
            return self.choose_bad(phone, &known, visit);
        }
        let me = visit.author.person;
        let steward = visit.role == Role::Steward;
        let visits: Vec<&Rc<Known>> = known
            .iter()
            .filter(|one| one.kind == Some(Kind::VisitRecorded) && (!steward || one.actor == me))
            .filter(|one| !one.bad)
            .collect();
        if self.acts_are_set && !visits.is_empty() {
            choice = 10;
        }
        if visits.is_empty() || choice < 6 {
            return visit;
        }
        let on = visits[self.chance.index(visits.len())];
        let about = Recipe {
            subject: Some(on.subject),
            after: heads(&known, on),
            ..visit
        };
        let sort = match (choice, steward) {
            // Finished twice, say in two tabs: the second knows nothing of the first.
            (6, _) if on.actor == me => {
                return Recipe {
                    after: Vec::new(),
                    ..about
                };
            }
            (7 | 8, false) => Sort::Opinion(on.id),
            (9, false) if about.role == Role::Director => Sort::Decision(on.id),
            _ => Sort::Void(on.id),
        };
        Recipe { sort, ..about }
    }

    /// Something that the server is bound to refuse.
    fn choose_bad(&mut self, phone: usize, known: &[Rc<Known>], visit: Recipe) -> Recipe {
        self.count(Fault::BadItem);
        // Each id is once in an outbox.
        let one = &self.phones[phone];
        let here = || one.made.iter().chain(&one.brought);
        let others = known.iter().find(|other| {
            other.device != visit.author.device && here().all(|made| made.id != other.id)
        });
        let sort = match (self.chance.below(4), others) {
            (0, _) => Sort::OtherZone,
            (1, _) => Sort::Forged,
            (2, Some(other)) => Sort::SameId(other.id),
            _ => Sort::OtherRole,
        };
        let role = match sort {
            Sort::OtherRole => Role::Quality,
            _ => visit.role,
        };
        Recipe {
            role,
            sort,
            ..visit
        }
    }

    /// One transaction on the phone, and then the engine hears of it, if the phone lives so
    /// long.
    pub(super) fn finish(&mut self, whose: Whose, made: &Made) -> Result<(), String> {
        let known = &made.known;
        let phone = whose.phone;
        self.note(|| {
            let (kind, id, about) = (known.kind, tail(&known.id), tail(&known.subject));
            format!("phone {phone} finished {kind:?} {id} about {about}")
        });
        let one = &mut self.phones[phone];
        one.number += 1;
        if self.bug != Some(Bug::FinishNotStored) {
            one.disk.outbox.push(SavedItem {
                id: known.id,
                event: made.event.clone(),
                state: ItemState::Waiting,
            });
        }
        Self::remember(one, known);
        self.tally.made += 1;
        invariants::nothing_is_forgotten(self, phone)?;
        if self.fault() {
            self.count(Fault::CrashAfterFinish);
            return self.phone_dies(phone);
        }
        self.tell_other_tab(whose);
        self.tell(whose, Input::Queued(made.event.clone()))?;
        if self.chance.one_in(4) {
            let later = self.chance.between(0, 5_000);
            self.after(later, Happening::Looks(whose));
        }
        Ok(())
    }

    fn try_again(&mut self, whose: Whose) -> Result<(), String> {
        let items = self.phones[whose.phone].disk.outbox.iter_mut();
        let given_up = |item: &&mut SavedItem| {
            matches!(
                item.state,
                ItemState::Refused { .. } | ItemState::Deposited { .. }
            )
        };
        let mut refused = items.filter(given_up);
        let Some(item) = refused.next() else {
            return Ok(());
        };
        item.state = ItemState::Waiting;
        let id = item.id;
        self.note(|| format!("phone {} tries {} again", whose.phone, tail(&id)));
        self.tell_other_tab(whose);
        self.tell(whose, Input::Retry(id))
    }
}

/// What is known about the subject of `on` and has not been built upon.
pub(super) fn heads(known: &[Rc<Known>], on: &Known) -> Vec<EventId> {
    let about = || known.iter().filter(|other| other.subject == on.subject);
    about()
        .map(|one| one.id)
        .filter(|id| !about().any(|other| other.after.contains(id)))
        .take(AFTER_MAX)
        .collect()
}
