//! Holding the crates of Cargo.lock against `deny.toml`: known vulnerabilities, licences, sources.

use std::process::Command;

use anyhow::Result;

use crate::{cargo_tool, process, workspace};

const VERSION: &str = "0.20.2";

/// `cargo xtask deny [CHECKS]`: all checks, or those named. The one of advisories fetches the
/// database of RUSTSEC from its repository.
pub(crate) fn run(checks: &[String]) -> Result<()> {
    let mut deny = Command::new(cargo_tool::ready("cargo-deny", VERSION)?);
    deny.current_dir(workspace::root());
    process::run(deny.args(["--locked", "check"]).args(checks))
}
