//! The program `doorstep`: reads the command line, runs the command, says what went wrong.

use std::io::{Write, stderr, stdout};
use std::process::ExitCode;

use clap::Parser;
use doorstep_server::command::{CommandLine, Outcome, run};
use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    let line = CommandLine::parse();
    let filter = EnvFilter::try_from_env("DOORSTEP_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(stderr)
        // A line that cannot be written, its disk being full, is lost; complaining of it would
        // panic in the middle of a request.
        .log_internal_errors(false)
        .init();
    let mut out = stdout().lock();
    let ended = run(line, &mut out);
    match ended {
        Ok(Outcome::Fine) => ExitCode::SUCCESS,
        Ok(Outcome::FoundWrong) => ExitCode::from(1),
        Err(error) if error.is_broken_pipe() => ExitCode::SUCCESS,
        Err(error) => {
            // Nobody is left to tell if this fails.
            let _ = writeln!(stderr(), "doorstep: {error}");
            ExitCode::from(error.exit_code())
        }
    }
}
