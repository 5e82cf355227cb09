//! Phones, a server and everything that happens to them, in virtual time: the very engine and
//! accept core that ship, through dropped, doubled, delayed and mangled messages, crashes of
//! either side at any step, thrown-away storage, people shut out and a server restored from an
//! older copy. `docs/simulation.md` tells what is simulated and what must hold.
//!
//! Deterministic: a seed decides everything, and the same seed gives the same trace. Not a test
//! itself; the program `sim` and the tests run seeds by the thousand.

mod archive;
mod chance;
pub mod company;
pub mod events;
mod exhaust;
mod invariants;
mod network;
mod office;
mod phone;
mod planted;
mod scenario;
mod shrink;
mod tally;
mod trace;
mod world;

use std::fmt;

use doorstep_domain::id::SiteId;
use doorstep_domain::log::Head;
use doorstep_domain::sync::memory::MemoryStore;

pub use self::archive::{Archive, Keys};
pub use self::chance::{Chance, Choice};
pub use self::exhaust::{Crash, Exhausted, exhaust};
pub use self::office::OfficeStore;
pub use self::planted::Bug;
pub use self::shrink::shrink;
pub use self::tally::{Fault, Tally};
use self::world::World;

/// A broken promise, and the story that shows it.
#[derive(Debug, Clone)]
pub struct Broken {
    /// Which promise.
    pub promise: String,
    /// The choices that lead there.
    pub choices: Vec<u32>,
    /// Everything that happened, line by line.
    pub trace: Vec<String>,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} ({} choices)", self.promise, self.choices.len())?;
        for line in &self.trace {
            writeln!(f, "  {line}")?;
        }
        Ok(())
    }
}

/// Runs one seed on a store in memory.
pub fn run(seed: u64, archive: &mut Archive, bug: Option<Bug>) -> Result<Tally, String> {
    let chance = Chance::of_seed(seed);
    World::new(chance, archive, MemoryStore::default(), bug).run()
}

/// How each site's log ends; `None` for an empty one.
pub type Heads = Vec<(SiteId, Option<Head>)>;

/// Runs one seed on any store, which is empty; gives how the logs end.
pub fn run_on<S: OfficeStore>(
    seed: u64,
    archive: &mut Archive,
    store: S,
) -> Result<(Tally, Heads), String> {
    let mut world = World::new(Chance::of_seed(seed), archive, store, None);
    let tally = world.run()?;
    Ok((tally, world.heads()))
}

/// Runs a list of choices, or a seed's, and writes down what happens.
pub fn traced(
    chance: Chance,
    archive: &mut Archive,
    bug: Option<Bug>,
) -> (Result<Tally, Broken>, Vec<String>) {
    let chance = chance.remembering();
    let mut world = World::new(chance, archive, MemoryStore::default(), bug).traced();
    let outcome = world.run();
    let (chance, trace) = world.into_trace();
    let outcome = outcome.map_err(|promise| Broken {
        promise,
        choices: chance.made().iter().map(|choice| choice.chosen).collect(),
        trace: trace.clone(),
    });
    (outcome, trace)
}
