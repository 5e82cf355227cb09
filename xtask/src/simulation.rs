//! Running the simulation's seeds by the hundred thousand, optimised.

use std::process::{Command, ExitCode};

use anyhow::{Context, Result};

use crate::steps::{Tally, step};
use crate::{process, toolchain, workspace};

/// The run of `cargo xtask test`.
const SHORT: [&str; 2] = ["--seeds", "100000"];
/// That of `cargo xtask test --quick`.
const QUICK: [&str; 2] = ["--seeds", "10000"];

/// `cargo xtask sim`: runs with these options.
pub(crate) fn run_alone(options: &[String]) -> Result<ExitCode> {
    let options: Vec<&str> = options.iter().map(String::as_str).collect();
    build()?;
    let status = program(&options)
        .status()
        .context("`sim` cannot be started")?;
    Ok(if status.success() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// The run that is part of every whole check.
pub(crate) fn run_short(quick: bool) -> Result<Tally> {
    build()?;
    let mut tally = None;
    let mut sim = program(if quick { &QUICK } else { &SHORT });
    process::watch(&mut sim, |line| {
        tally = Tally::of_line(line, "sim").or(tally);
    })?;
    tally.context("the simulation ended without its summary")
}

fn build() -> Result<()> {
    let mut cargo = toolchain::cargo();
    cargo.args(["build", "--release", "--package", "doorstep-simulation"]);
    step("compile the simulation", || process::run(&mut cargo))
}

fn program(options: &[&str]) -> Command {
    let mut sim = Command::new(workspace::target().join("release/sim"));
    sim.args(options);
    sim
}
