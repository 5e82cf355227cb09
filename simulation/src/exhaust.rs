//! Every order in which the steps of a small story can happen, one after the other: two phones,
//! three operations and one crash. Not drawn.
//!
//! A step is a message's arrival at the server or at a phone, a write reaching the disk, the app
//! hearing of it, a person's act, the crash, a restart. Between two of them any other may happen.
//! Time stands still meanwhile; a timer rings when nothing else can happen, the earliest first.
//! Orders that come to the same state of everything go on from there as one: each state is
//! entered once, and counted with the number of orders that lead on from it.

use std::collections::HashMap;
use std::fmt::{self, Write as _};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use doorstep_domain::event::PartState;
use doorstep_domain::sync::memory::MemoryStore;

use crate::archive::Archive;
use crate::chance::Chance;
use crate::office::Death;
use crate::phone::Phone;
use crate::planted::Bug;
use crate::scenario::Scenario;
use crate::world::{Happening, World};
use crate::{Broken, invariants};

/// What crashes, once, at any step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Crash {
    /// Nothing.
    None,
    /// A phone (0 or 1); what is on its way to the disk gets there, or does not.
    Phone(usize),
    /// The server, before its next commit.
    BeforeCommit,
    /// The server, after its next commit and before it answers.
    AfterCommit,
}

impl Crash {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::None,
        Self::Phone(0),
        Self::Phone(1),
        Self::BeforeCommit,
        Self::AfterCommit,
    ];
}

/// How much there was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Exhausted {
    /// Orders, each ending with everything drained and all promises held.
    pub orders: u128,
    /// States of phones, server and messages that were gone on from.
    pub states: u64,
    /// Steps taken between them.
    pub steps: u64,
}

/// Steps after which a story has no end.
const STEPS: usize = 400;

/// Runs every order of: the first phone finishes a visit and voids it, the second finishes one or
/// voids the first's; both send and receive; and this crash happens at any step.
pub fn exhaust(
    archive: &mut Archive,
    crash: Crash,
    bug: Option<Bug>,
) -> Result<Exhausted, Box<Broken>> {
    let mut search = Search::default();
    let outcome = begin(archive, crash, bug, false).and_then(|mut world| search.go_on(&mut world));
    match outcome {
        Ok(orders) => Ok(Exhausted {
            orders,
            ..search.found
        }),
        Err(promise) => Err(Box::new(Broken {
            trace: retell(archive, crash, bug, &search.path),
            promise,
            choices: search.path,
        })),
    }
}

/// The story so far, in lines.
fn retell(archive: &mut Archive, crash: Crash, bug: Option<Bug>, path: &[u32]) -> Vec<String> {
    let Ok(mut world) = begin(archive, crash, bug, true) else {
        return Vec::new();
    };
    for choice in path {
        let can = enabled(&mut world);
        let step = usize::try_from(*choice).ok().and_then(|at| can.get(at));
        if step.is_none_or(|step| take(&mut world, *step).is_err()) {
            break;
        }
    }
    world.into_trace().1
}

/// The world before the first step: both phones have an empty copy of an empty log.
fn begin(
    archive: &mut Archive,
    crash: Crash,
    bug: Option<Bug>,
    trace: bool,
) -> Result<World<'_, MemoryStore>, String> {
    let calm = Chance::of_list(Vec::new());
    let scenario = Scenario::calm(2);
    let mut world = World::of_scenario(scenario, calm, archive, MemoryStore::default(), bug);
    if trace {
        world = world.traced();
    }
    world.acts_are_set = true;
    for phone in 0..2 {
        world.happen(Happening::Starts(phone))?;
    }
    while !invariants::drained(&mut world) {
        let first = enabled(&mut world).first().copied();
        take(&mut world, first.ok_or("the phones do not start")?)?;
    }
    for phone in [0, 0, 1] {
        world.at(0, Happening::Acts(phone));
    }
    match crash {
        Crash::None => {}
        Crash::Phone(phone) => world.at(0, Happening::Dies(phone)),
        Crash::BeforeCommit => world.at(0, Happening::ServerDies(Death::BeforeCommit(0))),
        Crash::AfterCommit => world.at(0, Happening::ServerDies(Death::AfterCommit(0))),
    }
    Ok(world)
}

/// Depth first, every state once.
#[derive(Default)]
struct Search {
    /// The orders that lead on from a state.
    seen: HashMap<u64, u128>,
    /// Which step was taken from each state on the way here.
    path: Vec<u32>,
    found: Exhausted,
}

impl Search {
    /// How many orders lead on from here, all of which end well.
    fn go_on(&mut self, world: &mut World<'_, MemoryStore>) -> Result<u128, String> {
        let planned = world.agenda.values().any(is_planned);
        if !planned && invariants::drained(world) {
            return world.end(0).map(|_| 1);
        }
        if self.path.len() == STEPS {
            return Err(invariants::what_is_left(world));
        }
        let can = enabled(world);
        let state = state(world);
        if let Some(orders) = self.seen.get(&state) {
            return Ok(*orders);
        }
        if can.is_empty() {
            return Err("nothing can happen, and not all was drained".into());
        }
        let mut orders = 0;
        for (number, step) in (0..).zip(can) {
            self.path.push(number);
            self.found.steps += 1;
            let mut next = world.fork();
            take(&mut next, step)?;
            orders += self.go_on(&mut next)?;
            self.path.pop();
        }
        self.seen.insert(state, orders);
        self.found.states += 1;
        Ok(orders)
    }
}

/// A step that can be taken: an entry of the agenda, and whether what is on its way to the disk
/// of a dying phone gets there.
#[derive(Debug, Clone, Copy)]
struct Step {
    entry: (u64, u64),
    lands: bool,
}

/// What may happen next: any message, write or restart that is under way, any act of a person
/// whose phone is on (in their order on each phone), the crash; a timer when there is nothing else.
fn enabled(world: &mut World<'_, MemoryStore>) -> Vec<Step> {
    let phones = &world.phones;
    // A timer that was set anew does not ring.
    world.agenda.retain(|_, happening| match happening {
        Happening::Rings(whose, wake) => {
            let tab = &phones[whose.phone].tabs[whose.tab];
            tab.life == whose.life && tab.wake == *wake
        }
        _ => true,
    });
    let mut acting = [false; 2];
    let mut timer = None;
    let mut can = Vec::new();
    for (entry, happening) in &world.agenda {
        let step = |lands| Step {
            entry: *entry,
            lands,
        };
        match happening {
            Happening::Rings(..) => timer = timer.or(Some(step(false))),
            Happening::Acts(phone) => {
                let first = !std::mem::replace(&mut acting[*phone], true);
                if first && world.phones[*phone].is_on() {
                    can.push(step(false));
                }
            }
            Happening::Dies(phone) => {
                can.push(step(false));
                let mut tabs = world.phones[*phone].tabs.iter();
                if tabs.any(|tab| tab.storing.is_some()) {
                    can.push(step(true));
                }
            }
            _ => can.push(step(false)),
        }
    }
    if can.is_empty() {
        can.extend(timer);
    }
    can
}

fn is_planned(happening: &Happening) -> bool {
    use Happening::{Acts, Dies, ServerDies};
    matches!(happening, Acts(_) | Dies(_) | ServerDies(_))
}

/// Lets an entry of the agenda happen, whatever it comes before. Only timers let time pass.
fn take(world: &mut World<'_, MemoryStore>, step: Step) -> Result<(), String> {
    let happening = world.agenda.remove(&step.entry).ok_or("no such entry")?;
    if matches!(happening, Happening::Rings(..)) {
        world.now = world.now.max(step.entry.0);
    }
    world.writes_land = Some(step.lands);
    world.happen(happening)
}

/// A number for all that decides what can happen from here on: 64 bits of a hash, so that among a
/// million states two are taken for one with a chance of one in thirty million.
fn state(world: &mut World<'_, MemoryStore>) -> u64 {
    let mut words = Words(DefaultHasher::new());
    let sites = world.scenario.company.sites.clone();
    for site in sites {
        // The chain's end stands for all rows, as they were signed.
        words.add(&world.office.head(site));
    }
    for held in world.office.quarantine() {
        words.add(&(held.envelope_hash, held.why));
    }
    words.add(&(world.now, &world.acked, world.next_death));
    for phone in &world.phones {
        add_phone(&mut words, phone);
    }
    let mut under_way: Vec<u64> = world
        .agenda
        .iter()
        .map(|((at, _), happening)| {
            let mut words = Words(DefaultHasher::new());
            match happening {
                Happening::Rings(..) => words.add(&(at, happening)),
                // When they were sent, and in which order, is not to matter.
                Happening::Arrives(author, letter) => {
                    words.add(&(author, letter.whose, letter.number, &letter.content));
                }
                Happening::Answered(letter) => {
                    words.add(&(letter.whose, letter.number, &letter.content));
                }
                other => words.add(other),
            }
            words.0.finish()
        })
        .collect();
    under_way.sort_unstable();
    words.add(&under_way);
    words.0.finish()
}

fn add_phone(words: &mut Words, phone: &Phone) {
    words.add(&(phone.author, phone.number, phone.disk.contact));
    for made in &phone.made {
        words.add(&made.id);
    }
    for (site, copy) in &phone.disk.copies {
        words.add(&(site, copy.end));
        for kept in &copy.rows {
            let parts = kept.row.event.parts.values();
            let here = parts.map(|part| matches!(part, PartState::Present(_)));
            words.add(&(kept.row.seq, kept.known.id, here.collect::<Vec<bool>>()));
        }
    }
    for item in &phone.disk.outbox {
        words.add(&(item.id, &item.state));
    }
    for tab in &phone.tabs {
        words.add(tab);
    }
}

/// Takes what is written for people as what it is, into a hash.
struct Words(DefaultHasher);

impl Words {
    fn add(&mut self, value: &dyn fmt::Debug) {
        // Hashing does not fail.
        let _ = write!(self, "{value:?}");
        0_u8.hash(&mut self.0);
    }
}

impl fmt::Write for Words {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.write(text.as_bytes());
        Ok(())
    }
}
