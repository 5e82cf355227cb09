//! Real processes under real faults: the server killed at random and at every call of one push,
//! the disk full or failing; after each, the log is held against what was acknowledged.
//! Not the simulation, which is faster and knows more faults, but no operating system.
//!
//! `cargo xtask chaos` builds the program and runs this; `docs/chaos.md` tells what came of it.

mod arguments;
mod chance;
mod company;
mod full_disk;
mod ledger;
mod phone;
mod program;
mod random_kills;
mod strace;
mod sweep;

use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;

use crate::arguments::{Arguments, USAGE, parse};
use crate::chance::Chance;
use crate::company::Company;
use crate::full_disk::SmallDisk;
use crate::strace::Effect;
use crate::sweep::{Scene, first_command, sweep};

/// A sweep through a checkpoint takes so many times wider steps: it has hundreds of like calls.
const CHECKPOINT_STRIDE: u32 = 5;

/// How many parts held and how many did not.
#[derive(Debug, Default)]
struct Tally {
    /// What the names of the parts to do contain.
    only: String,
    passed: u64,
    failed: u64,
}

fn main() -> ExitCode {
    let arguments = match parse(std::env::args().skip(1)) {
        Ok(arguments) => arguments,
        Err(problem) => {
            eprintln!("{problem}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    match run(&arguments) {
        Ok(Tally { passed, failed, .. }) => {
            println!("chaos: {passed} passed, {failed} failed");
            ExitCode::from(u8::from(failed > 0))
        }
        Err(problem) => {
            eprintln!("error: {problem:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<Tally> {
    let seed = arguments.seed.unwrap_or_else(|| fastrand::u64(..));
    println!("seed {seed}");
    let mut chance = Chance::of(seed);
    let folder = tempfile::Builder::new()
        .prefix("doorstep-chaos-")
        .tempdir()?;
    // strace knows files by their real path.
    let root = folder.path().canonicalize()?;
    let mut company = Company::found(&arguments.program, &root.join("untouched"))?;
    let mut tally = Tally {
        only: arguments.only.clone(),
        ..Tally::default()
    };
    tally.count("random kills", || {
        kill_at_random(arguments, &mut company, &root, &mut chance)
    });
    match strace::ready() {
        Ok(()) => sweeps(arguments, &mut company, &root, &mut chance, &mut tally),
        Err(problem) => println!("SKIPPED the sweeps of calls: {problem:#}"),
    }
    match SmallDisk::mount(&root.join("disk")) {
        Ok(disk) => tally.count("full disk", || {
            let acks = full_disk::run(&mut company, &disk, &mut chance)?;
            Ok(format!(
                "{acks} events acknowledged until it was full, all kept"
            ))
        }),
        Err(problem) => println!("SKIPPED the full disk: {problem:#}"),
    }
    if tally.failed > 0 {
        println!("the databases are kept in {}", folder.keep().display());
    }
    Ok(tally)
}

fn kill_at_random(
    arguments: &Arguments,
    company: &mut Company,
    root: &Path,
    chance: &mut Chance,
) -> Result<String> {
    let mut score = random_kills::Score::default();
    let folder = root.join("killed");
    let run = random_kills::run(company, &folder, arguments.until, chance, &mut score);
    run.map_err(|problem| problem.context(score.to_string()))?;
    Ok(score.to_string())
}

/// Every kind of fault at each call of a first command, of a push, and of a push that moves
/// SQLite's log.
fn sweeps(
    arguments: &Arguments,
    company: &mut Company,
    root: &Path,
    chance: &mut Chance,
    tally: &mut Tally,
) {
    let folder = root.join("swept");
    let stride = arguments.stride;
    for effect in [Effect::Kill, Effect::DiskFull, Effect::DiskFails] {
        let name = effect.name();
        tally.count(&format!("{name} in a first command"), || {
            let run = |fault, _: &mut Chance| first_command(&arguments.program, &folder, fault);
            Ok(format!("{} faults", sweep(effect, stride, chance, run)?))
        });
        tally.count(&format!("{name} in a push"), || {
            let scene = Scene::empty(company);
            let run = |fault, chance: &mut Chance| scene.push(company, &folder, fault, chance);
            Ok(format!("{} faults", sweep(effect, stride, chance, run)?))
        });
        tally.count(&format!("{name} in a push with a checkpoint"), || {
            let scene = Scene::before_checkpoint(company, &root.join("filled"), chance)?;
            let run = |fault, chance: &mut Chance| scene.push(company, &folder, fault, chance);
            let faults = sweep(effect, stride * CHECKPOINT_STRIDE, chance, run)?;
            Ok(format!("{faults} faults"))
        });
    }
}

impl Tally {
    /// Does and counts one part, if it is to be done, and says what it came to.
    fn count(&mut self, part: &str, work: impl FnOnce() -> Result<String>) {
        if !part.contains(&self.only) {
            return;
        }
        match work() {
            Ok(outcome) => {
                println!("ok {part}: {outcome}");
                self.passed += 1;
            }
            Err(problem) => {
                println!("FAILED {part}: {problem:#}");
                self.failed += 1;
            }
        }
    }
}
