//! The whole check: format, clippy, Rust tests, simulation, vectors, the build that ships, chaos,
//! end-to-end tests.
//!
//! One failure does not hide the next: every part runs that can, and all are counted.

use std::process::ExitCode;

use anyhow::Result;

use crate::e2e::Tools;
use crate::server::{self, Profile};
use crate::steps::{Tally, step};
use crate::{chaos, client, process, simulation, toolchain, vectors};

/// Runs everything and ends with one line, `N passed, N failed`.
///
/// `quick` is for a warm machine between two changes: the simulation takes fewer seeds, and Rust
/// tests that are ignored and end-to-end cases marked slow are left out. The rest is the same.
pub(crate) fn test(quick: bool) -> ExitCode {
    let mut tally = Tally::default();
    let tools = Tools::ready();
    tally.count(step("check the format", check_format));
    tally.count(step("run clippy", run_clippy));
    tally += step("run the Rust tests", || {
        run_rust_tests(&["--workspace"], &[])
    })
    .unwrap_or_else(failure);
    if !quick {
        tally += step("run the long Rust tests", || {
            run_rust_tests(&["--package", "doorstep-tests"], &["--ignored"])
        })
        .unwrap_or_else(failure);
    }
    tally += step("simulate", || simulation::run_short(quick)).unwrap_or_else(failure);
    if let Ok(tools) = &tools {
        tally += step("check the vectors in WebAssembly", || vectors::run(tools))
            .unwrap_or_else(failure);
    }
    let built = client::build().and_then(|()| server::build(Profile::Release));
    if let Ok(binary) = &built {
        tally += step("kill the server and fail its disk", || {
            chaos::run_short(binary, quick)
        })
        .unwrap_or_else(failure);
    }
    tally += match (tools, built) {
        (Ok(tools), Ok(binary)) => step("run the end-to-end tests", || {
            tools.run(&binary, None, quick)
        })
        .unwrap_or_else(failure),
        (Err(problem), _) | (_, Err(problem)) => {
            failure(problem.context("the end-to-end tests cannot run"))
        }
    };
    println!("{tally}");
    tally.exit_code()
}

/// A part that could not run at all counts as one failure.
#[expect(
    clippy::needless_pass_by_value,
    reason = "it stands where the error is consumed"
)]
fn failure(problem: anyhow::Error) -> Tally {
    eprintln!("    {problem:#}");
    Tally {
        passed: 0,
        failed: 1,
    }
}

fn check_format() -> Result<()> {
    toolchain::ensure_component("fmt", "rustfmt")?;
    process::run(toolchain::cargo().args(["fmt", "--all", "--check"]))
}

fn run_clippy() -> Result<()> {
    toolchain::ensure_component("clippy", "clippy")?;
    process::run(
        toolchain::cargo()
            .args(["clippy", "--workspace", "--all-targets"])
            .args(["--", "--deny", "warnings"]),
    )
}

/// Counts every test; when the run fails without a failed test (it did not compile, or crashed),
/// that is one failure.
fn run_rust_tests(of: &[&str], which: &[&str]) -> Result<Tally> {
    let mut tests = toolchain::cargo();
    tests.args(["test", "--no-fail-fast"]);
    tests.args(of).arg("--").args(which);
    let mut tally = Tally::default();
    let status = process::watch(&mut tests, |line| {
        if let Some(part) = test_result(line) {
            tally += part;
        }
    })?;
    if !status.success() && tally.failed == 0 {
        tally.failed = 1;
    }
    Ok(tally)
}

/// The last line of each test program: `test result: ok. 3 passed; 0 failed; 0 ignored; …`.
fn test_result(line: &str) -> Option<Tally> {
    let (_, counts) = line.strip_prefix("test result: ")?.split_once(". ")?;
    let mut tally = Tally::default();
    for count in counts.split("; ") {
        match count.split_once(' ')? {
            (number, "passed") => tally.passed = number.parse().ok()?,
            (number, "failed") => tally.failed = number.parse().ok()?,
            _ => {}
        }
    }
    Some(tally)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_result_of_a_test_program() {
        let line = "test result: FAILED. 41 passed; 2 failed; 0 ignored; 0 measured; \
                    0 filtered out; finished in 0.31s";
        assert_eq!(
            test_result(line),
            Some(Tally {
                passed: 41,
                failed: 2
            })
        );
        assert_eq!(test_result("test quota::tier ... ok"), None);
    }
}
