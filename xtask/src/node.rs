//! The node packages of the browser tests, as their lock file has them, and the Node to run them.
//!
//! Debian 12's Node is too old for them; it only runs npm, which brings Node 22 as packages.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::{install, process, steps, workspace};

/// Installs the packages unless they are there as locked; gives the Node that runs the tools.
pub(crate) fn ready() -> Result<PathBuf> {
    let folder = workspace::e2e();
    let node = folder.join("node_modules/node/bin/node");
    packages(&folder, &node, || link_node(&node))?;
    Ok(node)
}

/// Installs the packages of the client's bench unless they are there as locked.
pub(crate) fn bench_ready() -> Result<()> {
    let folder = workspace::client_bench();
    packages(&folder, &folder.join("node_modules/esbuild"), || Ok(()))
}

/// Installs the packages of `folder` unless they are there as locked, and `sign` of them is; `finish`
/// is what is left to do then.
fn packages(folder: &Path, sign: &Path, finish: impl FnOnce() -> Result<()>) -> Result<()> {
    let lock = folder.join("package-lock.json");
    let lock =
        std::fs::read(&lock).with_context(|| format!("{} cannot be read", lock.display()))?;
    // Written last, so that an interrupted installation is done again.
    let installed = folder.join("node_modules/.installed-lock.json");
    if std::fs::read(&installed).is_ok_and(|old| old == lock) && sign.exists() {
        return Ok(());
    }
    if process::find_here("npm").is_none() {
        install::packages(&["npm"], "to get the packages of the browser tests")?;
    }
    steps::step("install node packages", || {
        // No package's script runs: whatever arrives is what the lock file's hashes name.
        let mut npm = Command::new("npm");
        npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
        process::run(npm.current_dir(folder))?;
        finish()?;
        Ok(std::fs::write(&installed, lock)?)
    })?;
    Ok(())
}

/// Puts the program of this machine's architecture where package `node` has it; that package's
/// own script would download it anew, outside the lock file.
fn link_node(node: &PathBuf) -> Result<()> {
    let arch = if cfg!(target_arch = "aarch64") {
        "arm64"
    } else {
        "x64"
    };
    let program = format!("node-linux-{arch}/bin/node");
    let folder = node.parent().expect("the program lies in a folder");
    std::fs::create_dir_all(folder)?;
    std::fs::hard_link(workspace::e2e().join("node_modules").join(&program), node)
        .with_context(|| format!("npm has not brought {program}"))
}

/// The browser of the tests: `$CHROMIUM`, or Debian's, installed with a Chinese font if missing.
pub(crate) fn chromium() -> Result<OsString> {
    if let Some(chosen) = std::env::var_os("CHROMIUM") {
        return Ok(chosen);
    }
    if process::find_here("chromium").is_none() {
        let packages = ["chromium", "fonts-noto-cjk"];
        install::packages(&packages, "for the browser tests")?;
    }
    process::find_here("chromium")
        .map(Into::into)
        .context("chromium is not in PATH")
}
