//! Makes a broken story as short as it gets: choices are left out, set to the calm one or made
//! smaller, as long as the same promise stays broken.

use doorstep_domain::sync::memory::MemoryStore;

use crate::archive::Archive;
use crate::chance::Chance;
use crate::planted::Bug;
use crate::world::World;
use crate::{Broken, traced};

/// Most runs spent on it.
const RUNS: u32 = 20_000;

/// The shortest story found that breaks a promise as `broken` does.
pub fn shrink(broken: Broken, archive: &mut Archive, bug: Option<Bug>) -> Broken {
    let mut search = Search {
        archive,
        bug,
        best: broken.choices.clone(),
        promise: kind(&broken.promise),
        runs: 0,
    };
    while search.pass() {}
    let best = std::mem::take(&mut search.best);
    match traced(Chance::of_list(best), archive, bug).0 {
        Err(shorter) => shorter,
        // Only a story that was not deterministic could end well now.
        Ok(_) => broken,
    }
}

/// A promise without the ids and numbers in it.
fn kind(promise: &str) -> String {
    let words = promise.split_whitespace();
    let plain = words.filter(|word| !word.contains(|c: char| c.is_ascii_digit()));
    plain.take(6).collect::<Vec<&str>>().join(" ")
}

struct Search<'a> {
    archive: &'a mut Archive,
    bug: Option<Bug>,
    best: Vec<u32>,
    promise: String,
    runs: u32,
}

impl Search<'_> {
    /// Goes over all choices once; whether anything got shorter or calmer.
    fn pass(&mut self) -> bool {
        let mut better = false;
        let mut chunk = self.best.len().next_power_of_two();
        while chunk > 0 {
            let mut at = 0;
            while at < self.best.len() {
                let end = (at + chunk).min(self.best.len());
                let without = [&self.best[..at], &self.best[end..]].concat();
                let mut calm = self.best.clone();
                calm[at..end].fill(0);
                if self.breaks(without) || self.breaks(calm) {
                    better = true;
                } else {
                    at = end;
                }
            }
            chunk /= 2;
        }
        for at in 0..self.best.len() {
            while let Some(chosen) = self.best.get(at).copied().filter(|chosen| *chosen > 1) {
                let mut smaller = self.best.clone();
                smaller[at] = chosen / 2;
                if !self.breaks(smaller) {
                    break;
                }
                better = true;
            }
        }
        better
    }

    /// Whether these choices are others than the best and break a promise; then they are the best.
    fn breaks(&mut self, choices: Vec<u32>) -> bool {
        if choices == self.best || self.runs == RUNS {
            return false;
        }
        self.runs += 1;
        let chance = Chance::of_list(choices.clone());
        let broken = World::new(chance, self.archive, MemoryStore::default(), self.bug)
            .run()
            .is_err_and(|promise| kind(&promise) == self.promise);
        if broken {
            self.best = choices;
            // Trailing zeros are what comes anyway.
            while self.best.last() == Some(&0) {
                self.best.pop();
            }
        }
        broken
    }
}
