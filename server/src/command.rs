//! The command line: `doorstep serve|import|user|site|device|refusals|quota|verify|export|erase|
//! household|retention|backup|restore|demo`.
//! One file per command, each with its own words; here is what they share.

use std::io::{self, Write};

use clap::{Args, Parser, Subcommand};
use serde::Serialize;

use crate::clock;
use crate::config::{self, LocationError};
use crate::directory::DirectoryError;
use crate::office::{self, OfficeFailure};
use crate::store::{Database, StoreError};

mod backup;
mod demo;
mod device;
mod erase;
mod export;
mod heads;
mod household;
mod import;
mod quota;
mod refusals;
mod restore;
mod retention;
mod role;
mod serve;
mod site;
mod user;
mod verify;

/// Doorstep: visits to households, with or without a network.
#[derive(Debug, Parser)]
#[command(
    name = "doorstep",
    version,
    arg_required_else_help = true,
    after_help = "Example:\n  doorstep demo && doorstep serve\n\n\
                  Exit code: 0 fine, 1 something is wrong, 2 the command line is wrong."
)]
pub struct CommandLine {
    #[command(flatten)]
    shared: Shared,
    #[command(subcommand)]
    command: Command,
}

/// What every command takes.
#[derive(Debug, Args)]
struct Shared {
    /// The database: the path of an SQLite file, or `sqlite://PATH`. By default a file in the
    /// user's data folder, made on first use.
    #[arg(long, global = true, value_name = "URL", env = "DOORSTEP_DATABASE")]
    database: Option<String>,
    /// Answer in JSON, for programs.
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Answer the phones, until told to end.
    Serve(serve::ServeArguments),
    /// Read a register of households from a file.
    Import(import::ImportArguments),
    /// Accounts and their roles.
    #[command(subcommand)]
    User(user::UserCommand),
    /// Sites.
    #[command(subcommand)]
    Site(site::SiteCommand),
    /// The phones and computers that sign.
    #[command(subcommand)]
    Device(device::DeviceCommand),
    /// What was lately refused to whom, and why.
    Refusals(refusals::RefusalsArguments),
    /// How many households must be visited in a month.
    Quota(quota::QuotaArguments),
    /// Check logs: chain, seals, signatures.
    Verify(verify::VerifyArguments),
    /// What the office stated of where each log stands.
    Heads(heads::HeadsArguments),
    /// Write a site's log into a file that anybody can verify.
    Export(export::ExportArguments),
    /// Erase parts of a record; the log stays whole.
    Erase(erase::EraseArguments),
    /// Give or take away all that is held on a household.
    #[command(subcommand)]
    Household(household::HouseholdCommand),
    /// Erase what has been kept for its term.
    Retention(retention::RetentionArguments),
    /// Copy the database into a file while the server runs.
    Backup(backup::BackupArguments),
    /// Put a backup in the database's place.
    Restore(restore::RestoreArguments),
    /// Fill the database with a demo site, its people and some visits.
    Demo(demo::DemoArguments),
}

/// How a command ended that did what it was asked to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing is wrong: exit code 0.
    Fine,
    /// It found something wrong, and has said what: exit code 1.
    FoundWrong,
}

/// Why a command did not do what it was asked to.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// The command line must be changed: exit code 2.
    #[error("{0}")]
    Usage(String),
    /// Something else must be changed: exit code 1.
    #[error("{0}")]
    Failed(String),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The log refused.
    #[error(transparent)]
    Office(#[from] OfficeFailure),
    /// Standard output or a file failed.
    #[error("{what}: {error}")]
    Io {
        /// What was done to what.
        what: String,
        /// Why not.
        error: io::Error,
    },
}

impl CommandError {
    /// The program's exit code.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Usage(_) => 2,
            _ => 1,
        }
    }

    /// Whether nobody listens any more, as after `| head`: no reason to complain.
    pub fn is_broken_pipe(&self) -> bool {
        matches!(self, Self::Io { error, .. } if error.kind() == io::ErrorKind::BrokenPipe)
    }

    fn io(what: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let what = what.into();
        move |error| Self::Io { what, error }
    }
}

impl From<LocationError> for CommandError {
    fn from(error: LocationError) -> Self {
        match error {
            LocationError::OtherEngine(_) => Self::Usage(error.to_string()),
            _ => Self::Failed(error.to_string()),
        }
    }
}

impl From<DirectoryError> for CommandError {
    fn from(error: DirectoryError) -> Self {
        match error {
            DirectoryError::Office(OfficeFailure::Store(StoreError::Taken(name))) => {
                Self::Usage(format!("`{name}` exists already"))
            }
            DirectoryError::Office(error) => Self::Office(error),
            error => Self::Usage(error.to_string()),
        }
    }
}

/// Runs a command; what it has to say goes to `out`.
pub fn run(line: CommandLine, out: &mut dyn Write) -> Result<Outcome, CommandError> {
    let mut answer = Answer {
        out,
        json: line.shared.json,
    };
    let shared = line.shared;
    match line.command {
        Command::Quota(arguments) => quota::run(&arguments, &shared, &mut answer),
        Command::Verify(arguments) => verify::run(&arguments, &shared, &mut answer),
        Command::Serve(arguments) => serve::run(arguments, shared.open()?, &mut answer),
        Command::Import(arguments) => import::run(&arguments, &shared.open()?, &mut answer),
        Command::User(command) => user::run(&command, &shared.open()?, &mut answer),
        Command::Site(command) => site::run(&command, &shared.open()?, &mut answer),
        Command::Device(command) => device::run(&command, &shared.open()?, &mut answer),
        Command::Refusals(arguments) => refusals::run(&arguments, &shared.open()?, &mut answer),
        Command::Heads(arguments) => heads::run(&arguments, &shared.open()?, &mut answer),
        Command::Export(arguments) => export::run(&arguments, &shared.open()?, &mut answer),
        Command::Erase(arguments) => erase::run(&arguments, &shared.open()?, &mut answer),
        Command::Household(command) => household::run(&command, &shared.open()?, &mut answer),
        Command::Retention(arguments) => retention::run(&arguments, &shared.open()?, &mut answer),
        Command::Backup(arguments) => backup::run(&arguments, &shared, &mut answer),
        Command::Restore(arguments) => restore::run(&arguments, &shared, &mut answer),
        Command::Demo(arguments) => demo::run(&arguments, &shared.open()?, &mut answer),
    }
}

impl Shared {
    /// Opens the database, making it on first use.
    fn open(&self) -> Result<Database, CommandError> {
        let path = config::database_path(self.database.as_deref())?;
        config::ensure_file(&path, self.database.is_none())?;
        let database = Database::open(&path, clock::id_stamp())?;
        office::introduce(&mut database.writer())?;
        Ok(database)
    }
}

/// Where a command's answer goes, and in which form.
struct Answer<'a> {
    out: &'a mut dyn Write,
    json: bool,
}

impl Answer<'_> {
    /// A line for people; nothing when programs read.
    fn line(&mut self, text: &str) -> Result<(), CommandError> {
        if self.json {
            return Ok(());
        }
        writeln!(self.out, "{text}").map_err(CommandError::io("writing the answer"))
    }

    /// The answer for programs; nothing when people read.
    fn json(&mut self, value: &impl Serialize) -> Result<(), CommandError> {
        if !self.json {
            return Ok(());
        }
        let text = serde_json::to_string(value).expect("answers are JSON");
        writeln!(self.out, "{text}").map_err(CommandError::io("writing the answer"))
    }
}

/// The site with this code, or a sentence that names those there are.
fn site_named(
    reader: crate::store::Reader<'_>,
    code: &str,
) -> Result<doorstep_domain::account::Site, CommandError> {
    if let Some(site) = reader.site_by_code(code)? {
        return Ok(site);
    }
    let known: Vec<String> = reader.sites()?.into_iter().map(|site| site.code).collect();
    let known = if known.is_empty() {
        "there is none yet: add one with `doorstep site add`".to_owned()
    } else {
        format!("there are: {}", known.join(", "))
    };
    Err(CommandError::Usage(format!(
        "there is no site `{code}`; {known}"
    )))
}
