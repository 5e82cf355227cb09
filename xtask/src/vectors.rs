//! The vectors of `tests/vectors` in WebAssembly, compiled as the client is and run by Node.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result};
use wasm_bindgen_cli_support::Bindgen;

use crate::e2e::Tools;
use crate::steps::{Tally, step};
use crate::{client, process, toolchain, workspace};

/// Builds and runs them, and counts.
pub(crate) fn run(tools: &Tools) -> Result<Tally> {
    let wasm = client::compile(&toolchain::ready()?, "doorstep-vectors")?;
    let script = bind(&wasm)?;
    let mut tally = None;
    let mut node = Command::new(tools.node());
    let status = process::watch(node.arg(script), |line| {
        tally = Tally::of_line(line, "vectors").or(tally);
    })?;
    let tally = tally.context("the vectors ended without their summary")?;
    anyhow::ensure!(status.success(), "the vectors ended with {status}");
    anyhow::ensure!(tally.passed > 0, "not one vector was checked");
    Ok(tally)
}

/// `cargo xtask vectors`: ends with the count.
pub(crate) fn run_alone() -> Result<ExitCode> {
    let tools = Tools::ready()?;
    let tally = step("vectors in WebAssembly", || run(&tools))?;
    println!("{tally}");
    Ok(tally.exit_code())
}

/// The script that Node runs.
fn bind(wasm: &Path) -> Result<PathBuf> {
    let folder = workspace::web().join("vectors");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    Bindgen::new()
        .input_path(wasm)
        .nodejs(true)?
        .typescript(false)
        .out_name("vectors")
        .generate(&folder)?;
    // Node takes a script for what the nearest package.json says.
    fs::write(folder.join("package.json"), "{}")?;
    Ok(folder.join("vectors.js"))
}
