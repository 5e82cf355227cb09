//! Building everything and becoming the server, on a demo site if asked; it stays out of the way
//! once the server runs.

use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::command_line::ServeOptions;
use crate::server::{self, Profile};
use crate::{client, process, steps, workspace};

/// Builds, fills the demo site, then is replaced by `doorstep serve`.
pub(crate) fn serve(options: &ServeOptions) -> Result<()> {
    client::build()?;
    let binary = server::build(Profile::Release)?;
    let mut doorstep = Command::new(&binary);
    if options.demo {
        let folder = workspace::target().join("demo");
        std::fs::create_dir_all(&folder)?;
        let database = folder.join("doorstep.sqlite");
        steps::step("fill the demo site", || fill(&binary, &database))?;
        doorstep.arg("--database").arg(database);
    }
    // It says itself where it listens.
    doorstep.arg("serve").args(&options.handed_on);
    let problem = doorstep.exec();
    Err(problem).with_context(|| format!("{} cannot be started", binary.display()))
}

/// The demo site and its people; prints their log-ins. Filling it again changes nothing.
fn fill(binary: &Path, database: &Path) -> Result<()> {
    process::run(
        Command::new(binary)
            .arg("demo")
            .arg("--database")
            .arg(database),
    )
}
