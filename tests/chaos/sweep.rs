//! Rows 1, 3 and 24 of the faults to survive: one push, and one command that makes the database,
//! with a fault at each single call that changes its files, one run for each.

use std::path::Path;
use std::process::Output;

use anyhow::{Context, Result, bail, ensure};
use doorstep_domain::event::Event;

use crate::chance::Chance;
use crate::company::Company;
use crate::ledger::{Compared, Ledger};
use crate::phone::{Answer, Phone};
use crate::program::Program;
use crate::strace::{self, CALLS, Effect, Fault};

/// Events in the push that is swept.
const PUSHED: u32 = 4;
/// SQLite moves its log into the database with the commit after which it has this many frames
/// (`wal_autocheckpoint`'s default), of a page and 24 bytes each.
const CHECKPOINT_FRAMES: u64 = 1_000;
const FRAME_BYTES: u64 = 4_096 + 24;
/// A log so many frames short of that is moved by the swept push.
const SHORT_BY: u64 = 12;

/// Sweeps one scene: runs it with each fault of `effect`, every `stride`th call; gives how many
/// faults there were.
pub(crate) fn sweep(
    effect: Effect,
    stride: u32,
    chance: &mut Chance,
    mut run: impl FnMut(Fault, &mut Chance) -> Result<bool>,
) -> Result<u32> {
    let mut faults = 0;
    for call in CALLS {
        let mut n = chance.between(1, stride);
        loop {
            let fault = Fault { call, n, effect };
            let hit = run(fault, chance).with_context(|| fault.to_string())?;
            if !hit {
                break;
            }
            faults += 1;
            n += stride;
        }
    }
    Ok(faults)
}

/// A database with what was pushed to it, on which one more push is swept.
pub(crate) struct Scene {
    program: Program,
    ledger: Ledger,
}

impl Scene {
    /// One that nothing was pushed to.
    pub(crate) fn empty(company: &Company) -> Self {
        Self {
            program: company.untouched.clone(),
            ledger: Ledger::default(),
        }
    }

    /// One whose next commit moves SQLite's log into the database.
    pub(crate) fn before_checkpoint(
        company: &mut Company,
        folder: &Path,
        chance: &mut Chance,
    ) -> Result<Self> {
        let program = company.untouched.copy_to(folder)?;
        let mut ledger = Ledger::default();
        let server = program.start()?;
        let phone = &mut company.phones[0];
        let short = (CHECKPOINT_FRAMES - SHORT_BY) * FRAME_BYTES;
        while std::fs::metadata(program.wal())?.len() < short {
            let event = phone.small_visit(chance);
            acknowledged(phone, &server.url, &[event], &mut ledger)?;
        }
        server.kill()?;
        Ok(Self { program, ledger })
    }

    /// Pushes with the fault in it, then again without; gives whether the fault was met.
    pub(crate) fn push(
        &self,
        company: &mut Company,
        folder: &Path,
        fault: Fault,
        chance: &mut Chance,
    ) -> Result<bool> {
        let program = self.program.copy_to(folder)?;
        let mut ledger = self.ledger.clone();
        let phone = &mut company.phones[0];
        let events: Vec<Event> = (0..PUSHED).map(|_| phone.visit(chance)).collect();
        ledger.note(&events);
        let server = program.start()?;
        let tracer = strace::attach(&program, &server, fault)?;
        let answer = phone.push(&server.url, &events)?;
        let hit = tracer.detach(&program)?;
        let server = match (fault.effect, answer) {
            (Effect::Kill, Answer::None) => {
                server.wait()?;
                program.start()?
            }
            (Effect::DiskFull | Effect::DiskFails, Answer::Problem(problem)) => {
                ensure!(
                    problem.status >= 500,
                    "a failing disk is told as {problem:?}"
                );
                server
            }
            // The push was through before the fault, or did not need what failed.
            (_, Answer::Reply(reply)) => {
                for ack in &reply.acks {
                    ledger.acknowledge(ack)?;
                }
                server
            }
            (_, other) => bail!("answered with {other:?}"),
        };
        sound(&mut ledger, &program, &company.reader, &server.url)?;
        let phone = &company.phones[0];
        acknowledged(phone, &server.url, &events, &mut ledger)?;
        sound(&mut ledger, &program, &company.reader, &server.url)?;
        server.kill()?;
        let server = program.start()?;
        acknowledged(phone, &server.url, &events, &mut ledger)?;
        let compared = sound(&mut ledger, &program, &company.reader, &server.url)?;
        ensure!(compared.absent == 0, "{compared:?}");
        server.kill()?;
        Ok(hit)
    }
}

/// Pushes events that must be acknowledged.
pub(crate) fn acknowledged(
    phone: &Phone,
    url: &str,
    events: &[Event],
    ledger: &mut Ledger,
) -> Result<()> {
    ledger.note(events);
    let reply = match phone.push(url, events)? {
        Answer::Reply(reply) if reply.acks.len() == events.len() => reply,
        other => bail!("a push without a fault was answered with {other:?}"),
    };
    for ack in &reply.acks {
        ledger.acknowledge(ack)?;
    }
    Ok(())
}

/// Holds the log against the ledger, and verifies the database.
pub(crate) fn sound(
    ledger: &mut Ledger,
    program: &Program,
    reader: &Phone,
    url: &str,
) -> Result<Compared> {
    let (rows, head) = reader.pull(url)?;
    let compared = ledger.compare(&rows, reader.genesis(), head);
    if let Some(breach) = compared.breaches.first() {
        return Err(breach.clone().into());
    }
    program.verify()?;
    Ok(compared)
}

/// Runs `doorstep site add` where no database is, with the fault in it, then again without: it
/// makes the tables and the first entries of a log, and moves SQLite's log when it ends.
pub(crate) fn first_command(binary: &Path, folder: &Path, fault: Fault) -> Result<bool> {
    const ADD: [&str; 6] = ["site", "add", "--code", "first", "--name", "First Site"];
    if folder.exists() {
        std::fs::remove_dir_all(folder)?;
    }
    std::fs::create_dir_all(folder)?;
    let program = Program::new(binary, folder);
    let output = strace::command(&program, fault, &ADD).output()?;
    let hit = strace::injected(&program)?;
    ensure!(
        hit || output.status.success(),
        "without a fault: {}",
        told(&output)
    );
    if hit && fault.effect != Effect::Kill && !output.status.success() {
        // 101 is a panic; a failing disk is told in a sentence.
        let (code, said) = (output.status.code(), told(&output));
        ensure!(
            code == Some(1) && said.len() > 20,
            "ended with {code:?}: {said}"
        );
    }
    let again = program.command(&ADD).output()?;
    let exists = told(&again).contains("exists already");
    ensure!(again.status.success() || exists, "again: {}", told(&again));
    let sites = program.run(&["site", "list"])?;
    ensure!(sites.lines().count() == 1, "the sites are {sites}");
    program.verify()?;
    Ok(hit)
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}
