//! Compiling the client to WebAssembly and handing it to [`crate::dist`]; it knows no file of it.

use std::path::PathBuf;

use anyhow::Result;

use crate::toolchain::{self, Toolchain};
use crate::{dist, process, steps, workspace};

/// The one profile of the client: what is tested is what ships.
const PROFILE: &str = "wasm-release";

/// Builds the client into `target/dist`; quick when nothing has changed.
pub(crate) fn build() -> Result<()> {
    let toolchain = toolchain::ready()?;
    let wasm = steps::step("compile the client", || compile(&toolchain))?;
    steps::step("lay out the client", || dist::make(&wasm))
}

fn compile(toolchain: &Toolchain) -> Result<PathBuf> {
    process::run(
        toolchain
            .build()
            .args(["--package", "doorstep-app", "--profile", PROFILE]),
    )?;
    Ok(workspace::web()
        .join(toolchain::TARGET)
        .join(PROFILE)
        .join("doorstep-app.wasm"))
}
