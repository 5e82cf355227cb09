//! The great accidents: clocks jump, storage is thrown away, people change, the server is
//! restored or written to by a later program.

use std::rc::Rc;

use doorstep_domain::event::Opened;
use doorstep_domain::hash::sha256;
use doorstep_domain::log::Head;
use doorstep_domain::policy::Role;
use doorstep_domain::sync::accept::say_erasures_again;
use doorstep_domain::sync::store::{Intent, NewRow, SiteTransaction};

use super::{Happening, World};
use crate::archive::{Recipe, Sort};
use crate::company::Author;
use crate::invariants;
use crate::office::OfficeStore;
use crate::phone::{Disk, Phone};
use crate::planted::Bug;
use crate::tally::Fault;

impl<S: OfficeStore> World<'_, S> {
    pub(super) fn accident(&mut self, accident: Happening) -> Result<(), String> {
        match accident {
            Happening::ClockJumps(phone, off) => {
                self.scenario.people[phone].clock_off_ms = off;
                self.count(Fault::ClockJump);
                Ok(())
            }
            Happening::Evicted(phone) => self.evict(phone),
            Happening::OpensTab(phone) => self.open_second_tab(phone),
            Happening::Updates(phone) => {
                // Loading the new build is a start of the app.
                self.close(phone);
                self.phone_starts(phone)
            }
            Happening::TakesOver(guest) => self.take_over(guest),
            Happening::GrantsChange(fault) => {
                self.count(fault);
                Ok(())
            }
            Happening::ServerDies(death) => {
                self.next_death = Some(death);
                Ok(())
            }
            Happening::BackedUp => {
                self.backup = Some(self.office.copy());
                Ok(())
            }
            Happening::Restored => {
                if let Some(mut copy) = self.backup.take() {
                    for phone in &self.phones {
                        let gone = phone.made.iter();
                        let gone = gone.filter(|made| !phone.disk.keeps(made.id, made.site));
                        self.let_go_early.extend(gone.map(|made| made.id));
                    }
                    let erased = invariants::erased(self);
                    self.desk.erased_before.extend(erased);
                    if self.bug != Some(Bug::ErasedComesBack) {
                        copy.take_over(&mut self.office);
                    }
                    self.office = copy;
                    self.say_erasures_again()?;
                    self.restored = true;
                    self.count(Fault::Restored);
                }
                Ok(())
            }
            Happening::LaterEvent => self.later_event(),
            other => Err(format!("not an accident: {other:?}")),
        }
    }

    /// The restored office logs again what was erased in the log that it replaced.
    fn say_erasures_again(&mut self) -> Result<(), String> {
        let (organisation, now) = (self.scenario.company.organisation, self.true_time());
        for site in self.scenario.company.sites.clone() {
            let failed = |why| format!("the store cannot say erasures again: {why:?}");
            let genesis = Head::genesis(organisation, site);
            let begun = self.office.begin(site, Intent::Append);
            let mut writing = begun.map_err(failed)?;
            say_erasures_again(genesis, now, &mut writing).map_err(failed)?;
            writing.commit().map_err(failed)?;
        }
        Ok(())
    }

    /// The browser throws the phone's storage away, the device's key with it. What was only there
    /// is lost, and no promise holds it; the next log-in enrols a new key.
    fn evict(&mut self, phone: usize) -> Result<(), String> {
        let was_on = self.phones[phone].is_on();
        self.close(phone);
        let one = &mut self.phones[phone];
        let letter = one.author.device;
        one.disk = Disk::default();
        let made = std::mem::take(&mut one.made);
        one.thrown_away.extend(made);
        one.brought.clear();
        one.author.device = sha256(&letter.0);
        one.number = 0;
        self.desk
            .enrolled
            .insert((one.author.person, one.author.device));
        self.count(Fault::Eviction);
        if was_on {
            self.phone_starts(phone)?;
        }
        Ok(())
    }

    /// Somebody else logs in on a phone: its person's tabs close, with everything kept.
    fn take_over(&mut self, guest: usize) -> Result<(), String> {
        let Some((host, _)) = self.scenario.people[guest].on_phone_of else {
            return Ok(());
        };
        if self.healed {
            return Ok(());
        }
        self.close(host);
        self.phones[host].handed_over = true;
        self.phones[guest].handed_over = false;
        if self.bug == Some(Bug::SentByAnother) {
            let items = self.phones[host].disk.outbox.clone();
            self.phones[guest].disk.outbox.extend(items);
        }
        self.count(Fault::UserSwitch);
        self.phone_starts(guest)?;
        // Later it is the host's again.
        if self.chance.one_in(2) {
            let back = self.chance.between(100, 20_000);
            let at = self.now + back;
            if at < self.scenario.heal_at {
                self.scenario.people[host].on_phone_of = Some((guest, at));
                self.at(at, Happening::TakesOver(host));
            }
        }
        Ok(())
    }

    /// A later program writes an event into the log that this one cannot read.
    fn later_event(&mut self) -> Result<(), String> {
        let author = Author::number(250);
        let recipe = Recipe {
            author,
            number: 0,
            site: self.scenario.company.sites[0],
            role: Role::Director,
            sort: Sort::Visit,
            subject: None,
            after: Vec::new(),
        };
        let made = self.archive.make(&recipe)?;
        let event = self.archive.later(&made);
        let envelope = made
            .event
            .read_envelope()
            .map_err(|why| format!("{why:?}"))?;
        let envelope_hash = doorstep_domain::event::envelope_hash(&event.envelope);
        let kind = envelope.known_kind().ok_or("a kind of ours")?;
        let opened = Opened {
            envelope,
            envelope_hash,
            event: &event,
        };
        let organisation = self.scenario.company.organisation;
        let received_at = self.true_time();
        let failed = |why| format!("the store cannot take it: {why:?}");
        let mut writing = self
            .office
            .begin(recipe.site, Intent::Append)
            .map_err(failed)?;
        let genesis = Head::genesis(organisation, recipe.site);
        let before = writing.head().map_err(failed)?.unwrap_or(genesis);
        let row = NewRow {
            head: before.next(&envelope_hash, received_at),
            received_at,
            kind,
            opened: &opened,
            carrier: None,
        };
        writing.append(&row).map_err(failed)?;
        writing.commit().map_err(failed)?;
        self.desk.sent_by_author.insert(made.known.id);
        self.count(Fault::LaterEvent);
        Ok(())
    }

    /// A made event is kept in mind as one that must not be lost.
    pub(super) fn remember(phone: &mut Phone, known: &Rc<crate::archive::Known>) {
        phone.made.push(Rc::clone(known));
    }
}
