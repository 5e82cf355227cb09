//! Running other programs: to the end, for their output, line by line, or within a time limit.
//!
//! It knows no program in particular.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// Runs to the end, showing all output; anything but success is an error.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| cannot_start(command))?;
    if status.success() {
        Ok(())
    } else {
        bail!("`{}` ended with {status}", shown(command))
    }
}

/// Runs to the end and gives what it wrote to standard output, trimmed.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| cannot_start(command))?;
    if !output.status.success() {
        let why = String::from_utf8_lossy(&output.stderr);
        bail!(
            "`{}` ended with {}: {}",
            shown(command),
            output.status,
            why.trim()
        );
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Runs to the end, showing all output and handing each line of standard output on.
pub(crate) fn watch(command: &mut Command, mut see: impl FnMut(&str)) -> Result<ExitStatus> {
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| cannot_start(command))?;
    let stdout = child
        .stdout
        .take()
        .expect("standard output was asked to be piped");
    for line in BufReader::new(stdout).split(b'\n') {
        let line = line?;
        let line = String::from_utf8_lossy(&line);
        println!("{line}");
        see(&line);
    }
    Ok(child.wait()?)
}

/// Runs to the end, but no longer than `limit`: then it is ended, which is an error too.
pub(crate) fn run_within(command: &mut Command, limit: Duration) -> Result<()> {
    let mut child = command.spawn().with_context(|| cannot_start(command))?;
    let start = Instant::now();
    loop {
        match child.try_wait()? {
            Some(status) if status.success() => return Ok(()),
            Some(status) => bail!("`{}` ended with {status}", shown(command)),
            None if start.elapsed() > limit => {
                child.kill()?;
                child.wait()?;
                bail!(
                    "`{}` took longer than {} s",
                    shown(command),
                    limit.as_secs()
                );
            }
            None => std::thread::sleep(Duration::from_millis(50)),
        }
    }
}

/// The first executable called `name` in the folders of `path` (as in `$PATH`).
pub(crate) fn find(name: &str, path: &std::ffi::OsStr) -> Option<PathBuf> {
    std::env::split_paths(path)
        .map(|folder| folder.join(name))
        .find(|file| is_executable(file))
}

/// The first executable called `name` in `$PATH`.
pub(crate) fn find_here(name: &str) -> Option<PathBuf> {
    find(name, &std::env::var_os("PATH").unwrap_or_default())
}

fn is_executable(file: &std::path::Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    file.metadata()
        .is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}

fn cannot_start(command: &Command) -> String {
    format!(
        "`{}` cannot be started",
        command.get_program().to_string_lossy()
    )
}

/// The command as one would type it.
fn shown(command: &Command) -> String {
    let mut words = vec![command.get_program().to_string_lossy()];
    words.extend(command.get_args().map(std::ffi::OsStr::to_string_lossy));
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_hangs_is_ended_at_the_limit() {
        let problem = run_within(Command::new("sleep").arg("30"), Duration::from_millis(100))
            .expect_err("sleep outlasts the limit");
        assert_eq!(problem.to_string(), "`sleep 30` took longer than 0 s");
    }

    #[test]
    fn lines_are_handed_on() {
        let mut seen = Vec::new();
        let status = watch(Command::new("printf").arg("a\nb\n"), |line| {
            seen.push(line.to_owned());
        })
        .expect("printf is on every machine");
        assert!(status.success());
        assert_eq!(seen, ["a", "b"]);
    }
}
