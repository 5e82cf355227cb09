//! Running the fuzz targets of `fuzz/` with libFuzzer, each for a bounded time. Not what they
//! check, which is in `tests/src/decoders.rs`.

use std::process::Command;

use anyhow::{Result, bail};

use crate::steps::step;
use crate::{cargo_tool, process, toolchain, workspace};

const VERSION: &str = "0.13.2";
/// The targets, as in `fuzz/fuzz_targets`.
const TARGETS: [&str; 6] = ["push", "envelope", "verify", "register", "draft", "ink"];

/// Which targets, and each for how long.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct FuzzOptions {
    /// One target; all of them when none is named.
    pub(crate) target: Option<String>,
    /// Seconds of each.
    pub(crate) seconds: u32,
}

/// `cargo xtask fuzz`: a target that finds an input that breaks a promise ends it, and keeps the
/// input below `fuzz/artifacts`.
pub(crate) fn run(options: &FuzzOptions) -> Result<()> {
    let wanted = options.target.as_deref();
    let targets: Vec<&str> = TARGETS
        .into_iter()
        .filter(|target| wanted.is_none_or(|wanted| wanted == *target))
        .collect();
    if targets.is_empty() {
        bail!(
            "There is no target of that name; there are {}.",
            TARGETS.join(", ")
        );
    }
    let tool = cargo_tool::ready("cargo-fuzz", VERSION)?;
    step("write good inputs to begin with", || {
        let mut seeds = toolchain::cargo();
        seeds.args([
            "run",
            "--manifest-path",
            "fuzz/Cargo.toml",
            "--bin",
            "seeds",
        ]);
        process::run(&mut seeds)
    })?;
    for target in targets {
        step(&format!("fuzz {target} for {} s", options.seconds), || {
            let mut fuzz = Command::new(&tool);
            fuzz.current_dir(workspace::root());
            // Without a sanitizer the stable compiler does; our own code has no `unsafe`.
            fuzz.args(["run", "--sanitizer", "none", target, "--"]);
            fuzz.arg(format!("-max_total_time={}", options.seconds));
            process::run(fuzz.args(["-rss_limit_mb=2048", "-timeout=10", "-max_len=65536"]))
        })?;
    }
    Ok(())
}
