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
    let wasm = steps::step("compile the client", || compile(&toolchain, "doorstep-app"))?;
    steps::step("lay out the client", || dist::make(&wasm))
}

/// Compiles `package` as the client is compiled; gives the file.
pub(crate) fn compile(toolchain: &Toolchain, package: &str) -> Result<PathBuf> {
    process::run(
        toolchain
            .build()
            .args(["--package", package, "--profile", PROFILE]),
    )?;
    Ok(workspace::web()
        .join(toolchain::TARGET)
        .join(PROFILE)
        .join(package)
        .with_extension("wasm"))
}
