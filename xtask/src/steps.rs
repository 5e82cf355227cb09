//! Telling what is being done, how long it took, and how many checks held; it decides nothing.

use std::fmt;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Result;

/// Does one named step, saying what it is and, when done, how long it took.
pub(crate) fn step<T>(what: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    eprintln!("==> {what}");
    let start = Instant::now();
    let result = work();
    let outcome = if result.is_ok() { "done" } else { "failed" };
    eprintln!("    {outcome}: {what} ({})", Seconds(start.elapsed()));
    result
}

/// A duration as people read it: `4.2 s`, `3 min 07 s`.
struct Seconds(Duration);

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole = self.0.as_secs();
        if whole < 60 {
            write!(f, "{}.{} s", whole, self.0.subsec_millis() / 100)
        } else {
            write!(f, "{} min {:02} s", whole / 60, whole % 60)
        }
    }
}

/// How many checks held and how many did not.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
}

impl Tally {
    /// Counts one check; a failure is told at once and does not stop the rest.
    pub(crate) fn count(&mut self, result: Result<()>) {
        match result {
            Ok(()) => self.passed += 1,
            Err(problem) => {
                eprintln!("    {problem:#}");
                self.failed += 1;
            }
        }
    }

    /// Reads the last line of a program that counts, `NAME: N passed, N failed`.
    pub(crate) fn of_line(line: &str, name: &str) -> Option<Self> {
        let counts = line.strip_prefix(name)?.strip_prefix(": ")?;
        let (passed, failed) = counts.split_once(" passed, ")?;
        Some(Self {
            passed: passed.parse().ok()?,
            failed: failed.strip_suffix(" failed")?.parse().ok()?,
        })
    }

    /// How a program ends that has counted this.
    pub(crate) fn exit_code(self) -> ExitCode {
        if self.failed == 0 {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        }
    }
}

impl std::ops::AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_well() {
        assert_eq!(Seconds(Duration::from_millis(4_250)).to_string(), "4.2 s");
        assert_eq!(Seconds(Duration::from_secs(187)).to_string(), "3 min 07 s");
    }

    #[test]
    fn reads_the_last_line_of_a_program_that_counts() {
        let read = |line| Tally::of_line(line, "e2e");
        let tally = Tally {
            passed: 12,
            failed: 1,
        };
        assert_eq!(read("e2e: 12 passed, 1 failed"), Some(tally));
        assert_eq!(read("ok sign offline (812 ms)"), None);
        assert_eq!(read("chaos: 12 passed, 1 failed"), None);
    }

    #[test]
    fn a_failure_is_counted_and_the_rest_goes_on() {
        let mut tally = Tally::default();
        tally.count(Err(anyhow::anyhow!("unformatted")));
        tally.count(Ok(()));
        tally += Tally {
            passed: 3,
            failed: 0,
        };
        assert_eq!(tally.to_string(), "4 passed, 1 failed");
    }
}
