//! Installing Debian packages, or saying in one sentence what to do where that cannot be done.

use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::{process, steps};

/// Makes sure of `packages`; `purpose` completes "Install X …".
pub(crate) fn packages(packages: &[&str], purpose: &str) -> Result<()> {
    let advice = advice(packages, purpose);
    if process::find_here("apt-get").is_none() || !is_root()? {
        bail!(advice);
    }
    steps::step(&format!("install {}", packages.join(", ")), || {
        // An empty machine has no package lists yet, an old one has outdated ones.
        process::run(apt_get().args(["-qq", "update"]))?;
        process::run(
            apt_get()
                .args(["-qq", "install", "--no-install-recommends"])
                .args(packages),
        )
    })
    .context(advice)
}

fn apt_get() -> Command {
    let mut command = Command::new("apt-get");
    // Waits for another installation instead of failing beside it; asks nothing.
    command.args([
        "-y",
        "-o",
        "DPkg::Lock::Timeout=600",
        "-o",
        "Dpkg::Use-Pty=0",
    ]);
    command.env("DEBIAN_FRONTEND", "noninteractive");
    command
}

fn is_root() -> Result<bool> {
    Ok(process::output(Command::new("id").arg("-u"))? == "0")
}

fn advice(packages: &[&str], purpose: &str) -> String {
    format!(
        "Install {} {purpose}, then start again; on Debian: `sudo apt-get install {}`.",
        packages.join(", "),
        packages.join(" "),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_advice_is_one_sentence_with_the_command() {
        assert_eq!(
            advice(&["npm"], "for the browser tests"),
            "Install npm for the browser tests, then start again; on Debian: \
             `sudo apt-get install npm`."
        );
    }
}
