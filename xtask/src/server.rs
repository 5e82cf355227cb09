//! Building the one `doorstep` binary around the client in `target/dist`.

use std::path::PathBuf;

use anyhow::Result;

use crate::{process, steps, toolchain, workspace};

/// How the server is compiled; the client has one way only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Profile {
    Dev,
    Release,
}

/// Builds the server with the client inside; gives the binary.
pub(crate) fn build(profile: Profile) -> Result<PathBuf> {
    let mut cargo = toolchain::cargo();
    cargo.args(["build", "--package", "doorstep-server", "--bin", "doorstep"]);
    cargo.env("DOORSTEP_DIST", workspace::dist());
    let folder = match profile {
        Profile::Dev => "debug",
        Profile::Release => {
            cargo.arg("--release");
            "release"
        }
    };
    steps::step("compile the server", || process::run(&mut cargo))?;
    Ok(workspace::target().join(folder).join("doorstep"))
}
