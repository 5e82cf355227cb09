//! `cargo xtask`: builds, serves and tests Doorstep, installing what is missing on the way.
//!
//! It holds no rule of the product and is never shipped: it only puts other tools to work.

mod cargo_tool;
mod chaos;
mod client;
mod command_line;
mod deny;
mod dist;
mod e2e;
mod fuzz;
mod install;
mod node;
mod process;
mod serve;
mod server;
mod simulation;
#[cfg(test)]
mod stand_in;
mod steps;
mod style;
mod template;
mod test;
mod toolchain;
mod vectors;
mod workspace;

use std::process::ExitCode;

use command_line::{Task, USAGE};

fn main() -> ExitCode {
    let task = match command_line::parse(std::env::args().skip(1)) {
        Ok(task) => task,
        Err(problem) => {
            eprintln!("{problem}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    match run(&task) {
        Ok(code) => code,
        Err(problem) => {
            eprintln!("error: {problem:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: &Task) -> anyhow::Result<ExitCode> {
    match task {
        Task::Help => println!("{USAGE}"),
        Task::Build { profile } => {
            client::build()?;
            let binary = server::build(*profile)?;
            println!("{}", binary.display());
        }
        Task::Serve(options) => serve::serve(options)?,
        Task::Test { quick } => return Ok(test::test(*quick)),
        Task::EndToEnd { filter } => return e2e::run_alone(filter.as_deref()),
        Task::Simulation { options } => return simulation::run_alone(options),
        Task::Chaos { options } => return chaos::run_alone(options),
        Task::ChaosInBrowser { options } => return e2e::run_chaos(options),
        Task::Fuzz(options) => fuzz::run(options)?,
        Task::Deny { checks } => deny::run(checks)?,
        Task::Vectors => return vectors::run_alone(),
        Task::BenchOfClient { options } => e2e::run_bench(options)?,
        Task::Bytes => e2e::run_script("bytes.mjs", &[])?,
        Task::Screenshots { publish: false } => e2e::run_script("screenshots.mjs", &[])?,
        Task::Screenshots { publish: true } => {
            e2e::run_script("screenshots.mjs", &["--publish"])?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
