//! Running the chaos of `tests/chaos` on what was just built: the server killed, its disk failing.

use std::path::Path;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result};

use crate::server::{self, Profile};
use crate::steps::{Tally, step};
use crate::{client, install, process, toolchain, workspace};

/// The short run of `cargo xtask test`: about 20 s.
const SHORT: [&str; 4] = ["--cycles", "40", "--stride", "12"];
/// That of `cargo xtask test --quick`.
const QUICK: [&str; 4] = ["--cycles", "10", "--stride", "40"];

/// `cargo xtask chaos`: builds, runs with these options, and ends with the count.
pub(crate) fn run_alone(options: &[String]) -> Result<ExitCode> {
    client::build()?;
    let binary = server::build(Profile::Release)?;
    let options: Vec<&str> = options.iter().map(String::as_str).collect();
    let tally = step("chaos", || run(&binary, &options))?;
    println!("{tally}");
    Ok(tally.exit_code())
}

/// The run that is part of every whole check.
pub(crate) fn run_short(binary: &Path, quick: bool) -> Result<Tally> {
    run(binary, if quick { &QUICK } else { &SHORT })
}

fn run(binary: &Path, options: &[&str]) -> Result<Tally> {
    if process::find_here("strace").is_none()
        && let Err(problem) = install::packages(&["strace"], "to fail single calls of the server")
    {
        // The program itself says what it leaves out without it.
        eprintln!("    {problem:#}");
    }
    let mut build = toolchain::cargo();
    build.args(["build", "--package", "doorstep-tests", "--bin", "chaos"]);
    process::run(&mut build)?;
    let mut chaos = Command::new(workspace::target().join("debug/chaos"));
    chaos.arg("--program").arg(binary).args(options);
    let mut tally = None;
    process::watch(&mut chaos, |line| {
        tally = Tally::of_line(line, "chaos").or(tally);
    })?;
    tally.context("the chaos ended without its summary")
}
