//! Two phones, one server and everything that happens to them, in virtual time: the very engine
//! and accept core that ship, through dropped, doubled, delayed and mangled messages, crashes of
//! either side at any step and a server restored from an older copy.
//!
//! Deterministic: a seed decides everything, and the same seed gives the same trace. Not a test
//! itself; `it/simulation.rs` runs seeds by the thousand.

mod invariants;
mod network;
mod office;
mod phone;
mod scenario;
mod trace;
mod world;

use std::fmt;
use std::ops::AddAssign;

use self::world::World;

/// What came to pass in one or more runs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Events that people made.
    pub made: u64,
    /// Requests that reached the server.
    pub requests: u64,
    /// Rows appended to logs, those lost by a restore included.
    pub appended: u64,
    /// Messages dropped, doubled, mangled or answered by somebody else.
    pub network_faults: u64,
    /// Crashes of phones and of the server.
    pub crashes: u64,
    /// Restores of the server from an older copy.
    pub restores: u64,
    /// Copies of a site dropped by a phone.
    pub resets: u64,
    /// Items that stayed on a phone, refused and visible.
    pub refused: u64,
    /// Virtual milliseconds from the healing of everything to all being drained.
    pub drained_in_ms: u64,
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.made += other.made;
        self.requests += other.requests;
        self.appended += other.appended;
        self.network_faults += other.network_faults;
        self.crashes += other.crashes;
        self.restores += other.restores;
        self.resets += other.resets;
        self.refused += other.refused;
        self.drained_in_ms = self.drained_in_ms.max(other.drained_in_ms);
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} events made, {} requests, {} rows appended, {} network faults, {} crashes, \
             {} restores, {} resets, {} refused and visible, slowest drain {} ms",
            self.made,
            self.requests,
            self.appended,
            self.network_faults,
            self.crashes,
            self.restores,
            self.resets,
            self.refused,
            self.drained_in_ms,
        )
    }
}

/// A broken promise, with the seed that shows it.
#[derive(Debug, Clone)]
pub struct Broken {
    /// The seed.
    pub seed: u64,
    /// Which promise.
    pub promise: String,
    /// Everything that happened, line by line.
    pub trace: Vec<String>,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "seed {}: {}", self.seed, self.promise)?;
        for line in &self.trace {
            writeln!(f, "  {line}")?;
        }
        Ok(())
    }
}

/// Runs one seed; when a promise is broken, runs it again with its trace written down.
pub fn run(seed: u64) -> Result<Tally, Broken> {
    World::new(seed, false).run().or_else(|_| traced(seed).0)
}

/// Runs one seed and writes down what happens.
pub fn traced(seed: u64) -> (Result<Tally, Broken>, Vec<String>) {
    let mut world = World::new(seed, true);
    let outcome = world.run_in_place();
    let trace = world.into_trace();
    let outcome = outcome.map_err(|promise| Broken {
        seed,
        promise,
        trace: trace.clone(),
    });
    (outcome, trace)
}
