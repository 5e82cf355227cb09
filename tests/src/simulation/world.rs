//! Virtual time and what happens in it: carries messages, lets people act, kills and revives,
//! heals, and asks the invariants at every step. Decides nothing that a seed has not decided.

mod office_side;
mod people;
mod phone_side;

use std::collections::{BTreeMap, BTreeSet};

use doorstep_domain::id::EventId;
use doorstep_domain::log::LoggedEvent;
use doorstep_domain::sync::engine::{Batch, Input, ItemState, Lost};
use doorstep_domain::sync::memory::MemoryStore;
use doorstep_domain::sync::wire::{SyncReply, SyncRequest};
use doorstep_domain::time::UnixMs;
use fastrand::Rng;

use super::network::Network;
use super::phone::{Library, Phone};
use super::scenario::{PHONES, Scenario};
use super::{Tally, invariants, trace};
use crate::company::EPOCH_MS;
use crate::events::Pen;

/// Virtual milliseconds after the healing within which everything must have been drained: a few
/// of the longest waits in a row (60 s each).
const DRAIN_WITHIN_MS: u64 = 5 * 60_000;

/// Everything there is.
pub(super) struct World {
    pub(super) rng: Rng,
    pub(super) scenario: Scenario,
    pub(super) now: u64,
    pub(super) phones: Vec<Phone>,
    pub(super) library: Library,
    pub(super) office: MemoryStore,
    pub(super) backup: Option<MemoryStore>,
    pub(super) restored: bool,
    pub(super) healed: bool,
    pub(super) network: Network,
    /// Events whose acknowledgement left the server.
    pub(super) acked: BTreeSet<EventId>,
    pub(super) tally: Tally,
    agenda: BTreeMap<(u64, u64), Happening>,
    entries: u64,
    trace: Option<Vec<String>>,
}

/// Something that will happen.
#[derive(Debug)]
pub(super) enum Happening {
    /// A request reaches the server.
    Arrives(usize, u32, u64, Box<SyncRequest>),
    /// An answer, or the news that there is none, reaches a phone.
    Answered(usize, u32, u64, Result<Box<SyncReply>, Lost>),
    /// A batch reaches the disk.
    Stores(usize, u32, u64, Batch),
    /// The app hears that it did.
    Stored(usize, u32, u64, Vec<LoggedEvent>),
    /// A timer rings.
    Rings(usize, u32, u64),
    /// Somebody does something.
    Acts(usize),
    /// Somebody looks at the phone.
    Looks(usize),
    /// Somebody logs in again.
    LogsIn(usize, u32),
    Dies(usize),
    Starts(usize),
    BackedUp,
    Restored,
    Heals,
}

impl World {
    pub(super) fn new(seed: u64, traced: bool) -> Self {
        let mut rng = Rng::with_seed(seed);
        let scenario = Scenario::draw(&mut rng);
        let phones = scenario.people.iter();
        let mut world = Self {
            rng,
            now: 0,
            phones: phones
                .map(|person| Phone::new(Pen::of(person.author)))
                .collect(),
            library: Library::default(),
            office: MemoryStore::default(),
            backup: None,
            restored: false,
            healed: false,
            network: Network {
                per_mille: scenario.per_mille,
            },
            acked: BTreeSet::new(),
            tally: Tally::default(),
            agenda: BTreeMap::new(),
            entries: 0,
            trace: traced.then(Vec::new),
            scenario,
        };
        world.plan_story();
        world
    }

    fn plan_story(&mut self) {
        let scenario = self.scenario.clone();
        for (phone, person) in scenario.people.iter().enumerate() {
            self.at(0, Happening::Starts(phone));
            for at in &person.acts_at {
                self.at(*at, Happening::Acts(phone));
            }
            for at in &person.dies_at {
                self.at(*at, Happening::Dies(phone));
            }
        }
        if let Some((copied, restored)) = scenario.restore {
            self.at(copied, Happening::BackedUp);
            self.at(restored, Happening::Restored);
        }
        self.at(scenario.heal_at, Happening::Heals);
    }

    /// Runs to the end.
    pub(super) fn run(mut self) -> Result<Tally, String> {
        self.run_in_place()
    }

    /// The same, leaving the trace to be read.
    pub(super) fn run_in_place(&mut self) -> Result<Tally, String> {
        let heal_at = self.scenario.heal_at;
        while let Some(((at, _), happening)) = self.agenda.pop_first() {
            self.now = at;
            self.note(|| trace::happening(&happening));
            let matters = self.healed && !matches!(happening, Happening::Arrives(..));
            self.happen(happening)?;
            if matters && invariants::drained(self) {
                invariants::hold_at_the_end(self)?;
                self.tally.drained_in_ms = at - heal_at;
                self.tally.refused = self.still_refused();
                return Ok(self.tally);
            }
            if at > heal_at + DRAIN_WITHIN_MS {
                return Err(invariants::what_is_left(self));
            }
        }
        Err("nothing was left to happen, and not all was drained".into())
    }

    fn still_refused(&self) -> u64 {
        let items = self.phones.iter().flat_map(|phone| &phone.disk.outbox);
        let refused = items.filter(|item| matches!(item.state, ItemState::Refused { .. }));
        refused.count() as u64
    }

    pub(super) fn into_trace(self) -> Vec<String> {
        self.trace.unwrap_or_default()
    }

    /// Writes a line of the trace, when one is kept.
    pub(super) fn note(&mut self, line: impl FnOnce() -> String) {
        let now = self.now;
        if let Some(trace) = &mut self.trace {
            trace.push(format!("{now:>7} ms  {}", line()));
        }
    }

    /// True time as a calendar time.
    pub(super) fn true_time(&self) -> UnixMs {
        EPOCH_MS + i64::try_from(self.now).unwrap_or(0)
    }

    pub(super) fn after(&mut self, delay: u64, happening: Happening) {
        self.at(self.now + delay, happening);
    }

    fn at(&mut self, at: u64, happening: Happening) {
        self.entries += 1;
        self.agenda.insert((at, self.entries), happening);
    }

    /// Whether one of the drawn faults happens now.
    pub(super) fn fault(&mut self) -> bool {
        self.network.fault(&mut self.rng)
    }

    fn happen(&mut self, happening: Happening) -> Result<(), String> {
        match happening {
            Happening::Arrives(phone, life, number, request) => {
                self.request_arrives(phone, life, number, &request)
            }
            Happening::Answered(phone, life, number, answer) => {
                let input = match answer {
                    Ok(reply) => Input::Reply { number, reply },
                    Err(why) => Input::Failed { number, why },
                };
                self.tell(phone, life, input)
            }
            Happening::Stores(phone, life, number, batch) => {
                self.batch_stored(phone, life, number, &batch)
            }
            Happening::Stored(phone, life, number, returned) => {
                self.tell(phone, life, Input::Stored { number, returned })
            }
            Happening::Rings(phone, life, wake) => {
                if self.phones[phone].wake == wake {
                    self.tell(phone, life, Input::Tick)?;
                }
                Ok(())
            }
            Happening::Acts(phone) => self.act(phone),
            Happening::Looks(phone) => {
                let life = self.phones[phone].life;
                self.tell(phone, life, Input::Visible)
            }
            Happening::LogsIn(phone, life) => self.tell(phone, life, Input::LoggedIn),
            Happening::Dies(phone) => self.phone_dies(phone),
            Happening::Starts(phone) => self.phone_starts(phone),
            Happening::BackedUp => {
                self.backup = Some(self.office.clone());
                Ok(())
            }
            Happening::Restored => {
                self.restore();
                Ok(())
            }
            Happening::Heals => self.heal(),
        }
    }

    fn restore(&mut self) {
        if let Some(copy) = self.backup.take() {
            self.office = copy;
            self.restored = true;
            self.tally.restores += 1;
        }
    }

    /// From here on nothing goes wrong any more.
    fn heal(&mut self) -> Result<(), String> {
        self.healed = true;
        self.network.per_mille = 0;
        for phone in 0..PHONES {
            let life = self.phones[phone].life;
            if self.phones[phone].engine.is_none() {
                self.phone_starts(phone)?;
            } else if self.scenario.told_of_healing {
                self.tell(phone, life, Input::Online)?;
            }
        }
        Ok(())
    }
}
