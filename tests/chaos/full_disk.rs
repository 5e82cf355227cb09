//! Row 3 of the faults to survive, for real: the database on a small file system that fills up.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use crate::chance::Chance;
use crate::company::Company;
use crate::ledger::Ledger;
use crate::phone::Answer;
use crate::program::Server;
use crate::sweep::{acknowledged, sound};

/// The whole disk: the company's database takes a quarter of it.
const DISK: &str = "size=4m,mode=700";
/// What is on it beside the database, and is removed in the end.
const BALLAST_BYTES: usize = 1 << 20;
/// More than ever fit.
const PUSHES_MAX: u32 = 2_000;

/// A small file system in memory; gone when dropped.
pub(crate) struct SmallDisk {
    folder: PathBuf,
}

impl SmallDisk {
    /// Makes one in `folder`; an error says why it cannot be had.
    pub(crate) fn mount(folder: &Path) -> Result<Self> {
        std::fs::create_dir_all(folder)?;
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", DISK, "doorstep-chaos"]);
        let output = mount.arg(folder).output().context("there is no `mount`")?;
        let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        ensure!(
            output.status.success(),
            "no small disk can be mounted: {said}"
        );
        let folder = folder.into();
        Ok(Self { folder })
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // What is still open on it goes when it is closed.
        let _ = Command::new("umount")
            .arg("--lazy")
            .arg(&self.folder)
            .status();
    }
}

/// Pushes until the disk is full, reads, kills, starts on the full disk, makes room, pushes; gives
/// how many events were acknowledged before it was full.
pub(crate) fn run(company: &mut Company, disk: &SmallDisk, chance: &mut Chance) -> Result<u64> {
    let program = company.untouched.copy_to(&disk.folder.join("data"))?;
    let ballast = disk.folder.join("ballast");
    std::fs::write(&ballast, vec![1; BALLAST_BYTES])?;
    let mut ledger = Ledger::default();
    let server = program.start()?;
    fill(company, &server, &mut ledger, chance)?;
    let reader = &company.reader;
    let before = sound(&mut ledger, &program, reader, &server.url)?.kept;
    server.kill()?;

    // A server that does not start on a full disk could not even be read.
    let server = program.start()?;
    let kept = sound(&mut ledger, &program, reader, &server.url)?.kept;
    ensure!(kept == before, "{kept} instead of {before} are there");
    fill(company, &server, &mut ledger, chance)?;

    std::fs::remove_file(ballast)?;
    let event = company.phones[0].visit(chance);
    acknowledged(&company.phones[0], &server.url, &[event], &mut ledger)?;
    let after = sound(&mut ledger, &program, &company.reader, &server.url)?.kept;
    server.kill()?;
    ensure!(after > before, "nothing was added once there was room");
    Ok(before)
}

/// Pushes visits until one is refused for want of room.
fn fill(
    company: &mut Company,
    server: &Server,
    ledger: &mut Ledger,
    chance: &mut Chance,
) -> Result<()> {
    let phone = &mut company.phones[0];
    for _ in 0..PUSHES_MAX {
        let events = [phone.visit(chance)];
        ledger.note(&events);
        match phone.push(&server.url, &events)? {
            Answer::Reply(reply) => {
                for ack in &reply.acks {
                    ledger.acknowledge(ack)?;
                }
            }
            // "Try again later": the phone does, by itself.
            Answer::Problem(problem) if problem.status == 503 => return Ok(()),
            other => bail!("on a full disk, answered with {other:?}"),
        }
    }
    bail!("the disk is not full after {PUSHES_MAX} pushes");
}
