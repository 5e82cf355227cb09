//! `strace` as the source of faults: the nth call of a kind on the database's files kills the
//! process, or fails. Only calls on these files count, so that n means the same in every run.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, ChildStderr, Command, Stdio};

use anyhow::{Context, Result, bail, ensure};

use crate::program::{Program, Server};

/// The calls by which SQLite changes files and makes sure of it.
pub(crate) const CALLS: [&str; 5] = ["pwrite64", "write", "fsync", "fdatasync", "ftruncate"];

/// What a call comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effect {
    /// The process is killed instead of the call being done.
    Kill,
    /// The disk is full from this call on.
    DiskFull,
    /// The disk fails this once.
    DiskFails,
}

/// The fault of one run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fault {
    /// The kind of call, counted alone.
    pub(crate) call: &'static str,
    /// Which of them, from 1.
    pub(crate) n: u32,
    /// What it comes to.
    pub(crate) effect: Effect,
}

/// An strace that has hold of a server.
pub(crate) struct Tracer {
    child: Child,
    /// Where it tells of each new thread: closed, it would end and let go.
    _said: BufReader<ChildStderr>,
}

impl Effect {
    /// The name in reports.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Kill => "SIGKILL",
            Self::DiskFull => "ENOSPC",
            Self::DiskFails => "EIO",
        }
    }
}

impl Fault {
    fn injection(self) -> String {
        let Self { call, n, effect } = self;
        match effect {
            Effect::Kill => format!("inject={call}:signal=SIGKILL:when={n}"),
            Effect::DiskFull => format!("inject={call}:error=ENOSPC:when={n}+"),
            Effect::DiskFails => format!("inject={call}:error=EIO:when={n}"),
        }
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} at {} {}", self.effect.name(), self.call, self.n)
    }
}

/// Whether faults can be injected on this machine; the error says why not.
pub(crate) fn ready() -> Result<()> {
    let mut probe = Command::new("strace");
    probe.args(["-e", "inject=fsync:error=EIO", "true"]);
    let output = probe.output().context("strace is not installed")?;
    let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    ensure!(output.status.success(), "strace cannot trace here: {said}");
    Ok(())
}

/// Holds a running server until [`Tracer::detach`]; the fault counts from here.
pub(crate) fn attach(program: &Program, server: &Server, fault: Fault) -> Result<Tracer> {
    let mut strace = traced(program, fault);
    strace.args(["-p", &server.id().to_string()]);
    let mut child = strace.stderr(Stdio::piped()).spawn()?;
    let mut said = BufReader::new(child.stderr.take().context("no standard error")?);
    let mut line = String::new();
    while !line.contains("attached") {
        line.clear();
        if said.read_line(&mut line)? == 0 {
            bail!("strace did not take hold of the server");
        }
    }
    Ok(Tracer { child, _said: said })
}

/// A command of the program with the fault in it, ready to be run.
pub(crate) fn command(program: &Program, fault: Fault, words: &[&str]) -> Command {
    let mut strace = traced(program, fault);
    program.settle(strace.arg(program.binary()).args(words));
    strace
}

/// Whether the fault of the last run on this database was injected.
pub(crate) fn injected(program: &Program) -> Result<bool> {
    let report = std::fs::read_to_string(report(program))?;
    Ok(report.contains("(INJECTED)") || report.contains("killed by SIGKILL"))
}

impl Tracer {
    /// Lets the server go on by itself; gives whether the fault was injected.
    pub(crate) fn detach(mut self, program: &Program) -> Result<bool> {
        // SIGTERM makes it detach; killed outright it would take the server with it.
        let id = self.child.id().to_string();
        Command::new("kill").args(["-TERM", &id]).status()?;
        self.child.wait()?;
        injected(program)
    }
}

fn report(program: &Program) -> PathBuf {
    program.folder().join("strace.txt")
}

fn traced(program: &Program, fault: Fault) -> Command {
    let mut strace = Command::new("strace");
    strace.arg("-f").arg("-o").arg(report(program));
    for file in [program.database(), program.wal()] {
        strace.arg("-P").arg(file);
    }
    strace.args(["-e", &format!("trace={}", CALLS.join(","))]);
    strace.args(["-e", &fault.injection()]);
    strace
}
