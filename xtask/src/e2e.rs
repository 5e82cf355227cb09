//! Running the end-to-end tests and the other scripts of `tests/e2e`, on what was just built.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result};

use crate::server::{self, Profile};
use crate::steps::Tally;
use crate::{client, node, process, steps, workspace};

/// What the scripts need, found or installed.
pub(crate) struct Tools {
    node: PathBuf,
    chromium: std::ffi::OsString,
}

impl Tools {
    /// Installs what is missing.
    pub(crate) fn ready() -> Result<Self> {
        Ok(Self {
            node: node::ready()?,
            chromium: node::chromium()?,
        })
    }

    /// The Node that runs them.
    pub(crate) fn node(&self) -> &Path {
        &self.node
    }

    /// `script` of `tests/e2e`, told which binary and which browser to take.
    fn script(&self, script: &str, binary: &PathBuf) -> Command {
        let mut command = Command::new(&self.node);
        // One case looks into the database with Node's own SQLite, which Node calls experimental.
        command
            .arg("--disable-warning=ExperimentalWarning")
            .arg(workspace::e2e().join(script))
            .current_dir(workspace::root());
        command
            .env("DOORSTEP_BIN", binary)
            .env("CHROMIUM", &self.chromium);
        command
    }

    /// Runs the tests (those whose name contains `filter`) against `binary` and counts them.
    pub(crate) fn run(&self, binary: &PathBuf, filter: Option<&str>, quick: bool) -> Result<Tally> {
        let mut runner = self.script("run.mjs", binary);
        runner.args(quick.then_some("--quick")).args(filter);
        let mut tally = None;
        let status = process::watch(&mut runner, |line| {
            tally = Tally::of_line(line, "e2e").or(tally);
        })?;
        let mut tally = tally.context("the end-to-end tests ended without their summary")?;
        if !status.success() && tally.failed == 0 {
            tally.failed = 1;
        }
        Ok(tally)
    }
}

/// `cargo xtask e2e`: builds, runs, and ends with the count.
pub(crate) fn run_alone(filter: Option<&str>) -> Result<ExitCode> {
    let tools = Tools::ready()?;
    client::build()?;
    let binary = server::build(Profile::Release)?;
    let tally = steps::step("end-to-end tests", || tools.run(&binary, filter, false))?;
    println!("{tally}");
    Ok(tally.exit_code())
}

/// `cargo xtask chaos browser`: builds, kills the browser, and ends with the count.
pub(crate) fn run_chaos(options: &[String]) -> Result<ExitCode> {
    let tools = Tools::ready()?;
    client::build()?;
    let binary = server::build(Profile::Release)?;
    let mut script = tools.script("chaos.mjs", &binary);
    let mut tally = None;
    process::watch(script.args(options), |line| {
        tally = Tally::of_line(line, "chaos").or(tally);
    })?;
    let tally = tally.context("the chaos ended without its summary")?;
    Ok(tally.exit_code())
}

/// `cargo xtask bench client`: builds, and measures the client beside other pages.
pub(crate) fn run_bench(options: &[String]) -> Result<()> {
    let tools = Tools::ready()?;
    node::bench_ready()?;
    client::build()?;
    let binary = server::build(Profile::Release)?;
    process::run(
        tools
            .script("../bench/client/bench.mjs", &binary)
            .args(options),
    )
}

/// `cargo xtask bytes`, `screenshots`: builds and runs that one script.
pub(crate) fn run_script(script: &str, arguments: &[&str]) -> Result<()> {
    let tools = Tools::ready()?;
    client::build()?;
    let binary = server::build(Profile::Release)?;
    process::run(tools.script(script, &binary).args(arguments))
}
