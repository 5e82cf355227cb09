//! Virtual time and what happens in it: carries messages, lets people act, kills and revives,
//! heals, and asks the invariants at every step. Decides nothing that was not chosen for it.

mod accidents;
mod desk;
mod office_side;
mod people;
mod phone_side;

use std::collections::{BTreeMap, BTreeSet};

use doorstep_domain::id::{EventId, SiteId};
use doorstep_domain::log::{Head, LoggedEvent};
use doorstep_domain::sync::engine::{Input, ItemState, Lost, OutboxChange};
use doorstep_domain::sync::wire::{Epoch, SyncReply, SyncRequest};
use doorstep_domain::time::UnixMs;

use self::desk::Desk;
use crate::archive::Archive;
use crate::chance::Chance;
use crate::company::{Author, EPOCH_MS};
use crate::office::{Death, OfficeStore};
use crate::phone::Phone;
use crate::planted::Bug;
use crate::scenario::Scenario;
use crate::tally::{Fault, Tally};
use crate::{invariants, trace};

/// Virtual milliseconds after the healing within which everything must have been drained: a few
/// of the longest waits in a row (60 s each).
const DRAIN_WITHIN_MS: u64 = 5 * 60_000;

/// Everything there is.
pub(crate) struct World<'a, S> {
    pub(crate) chance: Chance,
    pub(crate) scenario: Scenario,
    pub(crate) archive: &'a mut Archive,
    pub(crate) now: u64,
    pub(crate) phones: Vec<Phone>,
    pub(crate) office: S,
    pub(crate) backup: Option<S>,
    pub(crate) restored: bool,
    pub(crate) healed: bool,
    /// In 1/1000 of messages each fault happens.
    pub(crate) per_mille: u32,
    /// When the server dies next, where that is not drawn.
    pub(crate) next_death: Option<Death>,
    /// Whether what is on its way to a dying phone's disk gets there, where that is not drawn.
    pub(crate) writes_land: Option<bool>,
    /// Whoever has a record voids it, where that is not drawn.
    pub(crate) acts_are_set: bool,
    /// Events whose acknowledgement left the server.
    pub(crate) acked: BTreeSet<EventId>,
    /// Events that a phone let go of on the word of a server that was restored later.
    pub(crate) let_go_early: BTreeSet<EventId>,
    pub(crate) desk: Desk,
    pub(crate) tally: Tally,
    pub(crate) bug: Option<Bug>,
    pub(crate) agenda: BTreeMap<(u64, u64), Happening>,
    entries: u64,
    serials: u64,
    trace: Option<Vec<String>>,
}

/// Whose engine: the phone, which of its tabs, and in which life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Whose {
    pub(crate) phone: usize,
    pub(crate) tab: usize,
    pub(crate) life: u32,
}

/// A message on its way.
#[derive(Debug, Clone)]
pub(crate) struct Letter<T> {
    pub(crate) whose: Whose,
    /// Number of the request.
    pub(crate) number: u64,
    /// Counts messages in the order they were sent.
    pub(crate) serial: u64,
    pub(crate) content: T,
}

/// Something that will happen.
#[derive(Debug, Clone)]
pub(crate) enum Happening {
    /// A request reaches the server, in the session of this person and device.
    Arrives(Author, Letter<Box<SyncRequest>>),
    /// An answer, or the news that there is none, reaches a phone.
    Answered(Letter<Result<Box<SyncReply>, Lost>>),
    /// A tab that waited for its turn sends.
    Sends(Whose, u64, Box<SyncRequest>),
    /// A batch reaches the disk.
    Stores(Whose, u64),
    /// The app hears that it did.
    Stored(Whose, u64, Vec<LoggedEvent>),
    /// A timer rings.
    Rings(Whose, u64),
    /// A tab hears that another has changed something.
    Told(Whose),
    /// Somebody does something.
    Acts(usize),
    /// Somebody looks at the phone.
    Looks(Whose),
    /// Somebody logs in again.
    LogsIn(Whose),
    Dies(usize),
    Starts(usize),
    ClockJumps(usize, i64),
    Evicted(usize),
    OpensTab(usize),
    Updates(usize),
    TakesOver(usize),
    /// What is unsent on this phone is carried by another.
    Carried(usize),
    /// Somebody hands in what is unsent without a log-in.
    HandsIn(usize),
    /// The answer to that.
    HandInAnswered(Whose, Vec<OutboxChange>),
    /// A director decides on what is kept aside, or has something erased.
    AtTheDesk(usize),
    GrantsChange(Fault),
    ServerDies(Death),
    BackedUp,
    Restored,
    LaterEvent,
    Heals,
}

impl<'a, S: OfficeStore> World<'a, S> {
    pub(crate) fn new(
        mut chance: Chance,
        archive: &'a mut Archive,
        office: S,
        bug: Option<Bug>,
    ) -> Self {
        let scenario = Scenario::draw(&mut chance);
        let mut world = Self::of_scenario(scenario, chance, archive, office, bug);
        world.plan_story();
        world
    }

    pub(crate) fn of_scenario(
        scenario: Scenario,
        chance: Chance,
        archive: &'a mut Archive,
        office: S,
        bug: Option<Bug>,
    ) -> Self {
        archive.tidy();
        let people = scenario.people.iter();
        let keys = people
            .clone()
            .map(|person| (person.author.person, person.author.device));
        let desk = Desk {
            enrolled: keys.collect(),
            ..Desk::default()
        };
        Self {
            chance,
            now: 0,
            phones: people.map(|person| Phone::of(person.author)).collect(),
            archive,
            office,
            backup: None,
            restored: false,
            healed: false,
            per_mille: scenario.per_mille,
            next_death: None,
            writes_land: None,
            acts_are_set: false,
            acked: BTreeSet::new(),
            let_go_early: BTreeSet::new(),
            desk,
            tally: Tally::default(),
            bug,
            agenda: BTreeMap::new(),
            entries: 0,
            serials: 0,
            trace: None,
            scenario,
        }
    }

    /// Writes down what happens from here on.
    pub(crate) fn traced(mut self) -> Self {
        self.trace = Some(Vec::new());
        self
    }

    /// A world that goes its own way from here.
    pub(crate) fn fork(&mut self) -> World<'_, S>
    where
        S: Clone,
    {
        World {
            chance: self.chance.clone(),
            scenario: self.scenario.clone(),
            archive: &mut *self.archive,
            now: self.now,
            phones: self.phones.clone(),
            office: self.office.clone(),
            backup: self.backup.clone(),
            restored: self.restored,
            healed: self.healed,
            per_mille: self.per_mille,
            next_death: self.next_death,
            writes_land: self.writes_land,
            acts_are_set: self.acts_are_set,
            acked: self.acked.clone(),
            let_go_early: self.let_go_early.clone(),
            desk: self.desk.clone(),
            tally: self.tally,
            bug: self.bug,
            agenda: self.agenda.clone(),
            entries: self.entries,
            serials: self.serials,
            trace: None,
        }
    }

    fn plan_story(&mut self) {
        for phone in 0..self.phones.len() {
            self.plan_person(phone);
        }
        if let Some((copied, restored)) = self.scenario.restore {
            self.at(copied, Happening::BackedUp);
            self.at(restored, Happening::Restored);
        }
        if let Some(at) = self.scenario.later_event_at {
            self.at(at, Happening::LaterEvent);
        }
        self.at(self.scenario.heal_at, Happening::Heals);
    }

    fn plan_person(&mut self, phone: usize) {
        let person = self.scenario.people[phone].clone();
        match person.on_phone_of {
            Some((_, at)) => {
                self.phones[phone].handed_over = true;
                self.at(at, Happening::TakesOver(phone));
            }
            None => self.at(0, Happening::Starts(phone)),
        }
        for at in person.acts_at {
            self.at(at, Happening::Acts(phone));
        }
        for at in person.dies_at {
            self.at(at, Happening::Dies(phone));
        }
        if let Some(fault) = person.change {
            self.at(person.changes_at, Happening::GrantsChange(fault));
        }
        if let Some((at, off)) = person.clock_jump {
            self.at(at, Happening::ClockJumps(phone, off));
        }
        if let Some(at) = person.evicted_at {
            self.at(at, Happening::Evicted(phone));
        }
        if let Some(at) = person.carried_at {
            self.at(at, Happening::Carried(phone));
        }
        if let Some(at) = person.hands_in_at {
            self.at(at, Happening::HandsIn(phone));
        }
        for at in person.at_the_desk {
            self.at(at, Happening::AtTheDesk(phone));
        }
        if let Some(at) = person.second_tab_at {
            self.at(at, Happening::OpensTab(phone));
        }
        if let Some(at) = person.old_until {
            self.at(at, Happening::Updates(phone));
        }
    }

    /// Runs to the end.
    pub(crate) fn run(&mut self) -> Result<Tally, String> {
        let heal_at = self.scenario.heal_at;
        while let Some(((at, _), happening)) = self.agenda.pop_first() {
            self.now = at;
            let moves = !matches!(
                happening,
                Happening::Arrives(..) | Happening::Rings(..) | Happening::Looks(..)
            );
            self.happen(happening)?;
            if self.healed && moves && invariants::drained(self) {
                return self.end(at - heal_at);
            }
            if at > heal_at + DRAIN_WITHIN_MS {
                return Err(invariants::what_is_left(self));
            }
        }
        Err("nothing was left to happen, and not all was drained".into())
    }

    /// Holds everything against the promises, and counts it up.
    pub(crate) fn end(&mut self, drained_in_ms: u64) -> Result<Tally, String> {
        invariants::hold_at_the_end(self)?;
        self.tally.runs = 1;
        self.tally.phones = self.phones.len() as u64;
        self.tally.drained_in_ms = drained_in_ms;
        self.tally.refused = self.still_refused();
        self.tally.quarantined = self.office.kept_aside();
        Ok(self.tally)
    }

    /// How the sites' logs end.
    pub(crate) fn heads(&mut self) -> Vec<(SiteId, Option<Head>)> {
        let sites = self.scenario.company.sites.clone();
        let head = |site| (site, self.office.head(site));
        sites.into_iter().map(head).collect()
    }

    fn still_refused(&self) -> u64 {
        let items = self.phones.iter().flat_map(|phone| &phone.disk.outbox);
        let refused = items.filter(|item| matches!(item.state, ItemState::Refused { .. }));
        refused.count() as u64
    }

    pub(crate) fn into_trace(self) -> (Chance, Vec<String>) {
        (self.chance, self.trace.unwrap_or_default())
    }

    /// Writes a line of the trace, when one is kept.
    pub(crate) fn note(&mut self, line: impl FnOnce() -> String) {
        let now = self.now;
        if let Some(trace) = &mut self.trace {
            trace.push(format!("{now:>7} ms  {}", line()));
        }
    }

    /// A fault came to pass.
    pub(crate) fn count(&mut self, fault: Fault) {
        self.tally.count(fault);
        self.note(|| format!("        ({})", fault.name()));
    }

    /// True time as a calendar time.
    pub(crate) fn true_time(&self) -> UnixMs {
        EPOCH_MS + i64::try_from(self.now).unwrap_or(0)
    }

    /// The server's epoch.
    pub(crate) fn epoch(&self) -> Epoch {
        Epoch::from(self.restored)
    }

    pub(crate) fn after(&mut self, delay: u64, happening: Happening) {
        self.at(self.now + delay, happening);
    }

    pub(crate) fn at(&mut self, at: u64, happening: Happening) {
        self.entries += 1;
        self.agenda.insert((at, self.entries), happening);
    }

    pub(crate) fn next_serial(&mut self) -> u64 {
        self.serials += 1;
        self.serials
    }

    /// Whether one of the drawn faults happens now.
    pub(crate) fn fault(&mut self) -> bool {
        self.chance.per_mille(self.per_mille)
    }

    pub(crate) fn happen(&mut self, happening: Happening) -> Result<(), String> {
        self.tally.steps += 1;
        self.note(|| trace::happening(&happening));
        match happening {
            Happening::Arrives(session, letter) => self.request_arrives(session, letter),
            Happening::Answered(letter) => self.answered(letter),
            Happening::Sends(whose, number, request) => self.go(whose, number, *request),
            Happening::Stores(whose, number) => self.batch_stored(whose, number),
            Happening::Stored(..) if self.bug == Some(Bug::StoredNotHeard) => Ok(()),
            Happening::Stored(whose, number, returned) => {
                self.tell(whose, Input::Stored { number, returned })
            }
            Happening::Rings(..) if self.bug == Some(Bug::TimerLost) => Ok(()),
            Happening::Rings(whose, wake) => {
                if self.phones[whose.phone].tabs[whose.tab].wake == wake {
                    self.tell(whose, Input::Tick)?;
                }
                Ok(())
            }
            Happening::Told(whose) => self.reload(whose),
            Happening::Acts(phone) => self.act(phone),
            Happening::Looks(whose) => self.tell(whose, Input::Visible),
            Happening::LogsIn(whose) => self.tell(whose, Input::LoggedIn),
            Happening::Dies(phone) => self.phone_dies(phone),
            Happening::Starts(phone) => self.phone_starts(phone),
            Happening::Carried(phone) => self.carry(phone),
            Happening::HandsIn(phone) => self.hand_in(phone),
            Happening::HandInAnswered(whose, changes) => self.hand_in_answered(whose, changes),
            Happening::AtTheDesk(phone) => self.at_the_desk(phone),
            Happening::Heals => self.heal(),
            accident => self.accident(accident),
        }
    }

    /// From here on nothing goes wrong any more.
    fn heal(&mut self) -> Result<(), String> {
        self.healed = true;
        self.per_mille = 0;
        for phone in 0..self.phones.len() {
            self.phones[phone].handed_over = false;
            if !self.phones[phone].is_on() {
                self.phone_starts(phone)?;
            } else if self.scenario.told_of_healing {
                for whose in self.open_tabs(phone) {
                    self.tell(whose, Input::Online)?;
                }
            }
        }
        Ok(())
    }
}
