//! Cargo's own tools that a task needs: compiled once, in their pinned version, below `target`.

use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::{process, steps, toolchain, workspace};

/// The program of the package `name` in exactly `version`, installed when it is not there.
pub(crate) fn ready(name: &str, version: &str) -> Result<PathBuf> {
    let root = workspace::target()
        .join("tools")
        .join(format!("{name}-{version}"));
    let program = root.join("bin").join(name);
    if !program.exists() {
        steps::step(&format!("compile {name} {version}"), || {
            let mut install = toolchain::cargo();
            install.args(["install", "--locked", name, "--version", version]);
            process::run(install.arg("--root").arg(&root))
        })
        .with_context(|| format!("{name} {version} must be had from crates.io"))?;
    }
    Ok(program)
}
