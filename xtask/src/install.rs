//! Installing Debian packages, or saying in one sentence what to do where that cannot be done.

use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::{process, steps};

/// Makes sure of `packages`; `purpose` completes "Install X …".
pub(crate) fn packages(packages: &[&str], purpose: &str) -> Result<()> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    packages_with(&path, packages, purpose)
}

/// The same with the tools in the folders of `path`.
fn packages_with(path: &OsStr, packages: &[&str], purpose: &str) -> Result<()> {
    let advice = advice(packages, purpose);
    let apt_get = match process::find("apt-get", path) {
        Some(file) if is_root(path) => file,
        _ => bail!(advice),
    };
    steps::step(&format!("install {}", packages.join(", ")), || {
        // An empty machine has no package lists yet, an old one has outdated ones.
        process::run(quiet(&apt_get).arg("update"))?;
        let mut install = quiet(&apt_get);
        install.args(["install", "--no-install-recommends"]);
        process::run(install.args(packages))
    })
    .context(advice)
}

fn quiet(apt_get: &Path) -> Command {
    let mut command = Command::new(apt_get);
    // Waits for another installation instead of failing beside it; asks nothing.
    command.args([
        "-y",
        "-o",
        "DPkg::Lock::Timeout=600",
        "-o",
        "Dpkg::Use-Pty=0",
        "-qq",
    ]);
    command.env("DEBIAN_FRONTEND", "noninteractive");
    command
}

fn is_root(path: &OsStr) -> bool {
    // Where nobody says who this is, it is not root.
    let id = process::find("id", path).map_or_else(|| OsString::from("id"), OsString::from);
    process::output(Command::new(id).arg("-u")).is_ok_and(|id| id == "0")
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
    use crate::stand_in::script;

    /// Tries to install on a machine whose tools are these scripts.
    fn tried(scripts: &[(&str, &str)]) -> (Result<(), String>, String) {
        let folder = tempfile::tempdir().unwrap();
        let calls = folder.path().join("calls");
        for (name, body) in scripts {
            let note = format!("echo {name} \"$@\" >> {}\n{body}", calls.display());
            script(&folder.path().join(name), &note);
        }
        let outcome = packages_with(folder.path().as_os_str(), &["npm", "nodejs"], "for tests");
        let calls = std::fs::read_to_string(calls).unwrap_or_default();
        (outcome.map_err(|problem| format!("{problem:#}")), calls)
    }

    const ADVICE: &str = "Install npm, nodejs for tests, then start again; on Debian: \
                          `sudo apt-get install npm nodejs`.";

    #[test]
    fn where_nothing_may_be_installed_one_sentence_says_what_to_do() {
        for scripts in [
            &[("id", "echo 0")][..],
            &[("id", "echo 1000"), ("apt-get", "exit 0")],
            &[("id", "exit 1"), ("apt-get", "exit 0")],
        ] {
            let (outcome, calls) = tried(scripts);
            assert_eq!(outcome, Err(ADVICE.to_owned()));
            assert!(!calls.contains("apt-get"), "{calls}");
        }
    }

    #[test]
    fn root_installs_from_fresh_lists_and_asks_nothing() {
        let (outcome, calls) = tried(&[("id", "echo 0"), ("apt-get", "exit 0")]);
        assert_eq!(outcome, Ok(()));
        let calls: Vec<&str> = calls.lines().skip(1).collect();
        let [update, install] = calls[..] else {
            panic!("two calls: {calls:?}")
        };
        assert!(update.starts_with("apt-get -y") && update.ends_with("-qq update"));
        assert!(install.ends_with("-qq install --no-install-recommends npm nodejs"));
    }

    #[test]
    fn a_failed_installation_says_what_to_do_and_why() {
        let (outcome, _) = tried(&[("id", "echo 0"), ("apt-get", "exit 100")]);
        let problem = outcome.unwrap_err();
        assert!(problem.starts_with(ADVICE), "{problem}");
        assert!(problem.contains("exit status: 100"), "{problem}");
    }

    #[test]
    fn the_advice_is_one_sentence_with_the_command() {
        assert_eq!(
            advice(&["npm"], "for the browser tests"),
            "Install npm for the browser tests, then start again; on Debian: \
             `sudo apt-get install npm`."
        );
    }
}
