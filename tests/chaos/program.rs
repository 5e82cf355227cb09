//! The `doorstep` program on a database of its own: its commands, and its server until it is
//! killed. Not what is asked of the server, which is [`crate::phone`]'s.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// What SQLite keeps beside the database and cannot do without: commits not yet checkpointed.
const WAL: &str = "doorstep.sqlite-wal";
const DATABASE: &str = "doorstep.sqlite";

/// The program and the folder of its database.
#[derive(Debug, Clone)]
pub(crate) struct Program {
    binary: PathBuf,
    folder: PathBuf,
}

/// A running server; killed when dropped.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    /// Where it listens, e.g. `http://127.0.0.1:40123`.
    pub(crate) url: String,
}

impl Program {
    /// The program `binary` on a database in `folder`, which must be there.
    pub(crate) fn new(binary: &Path, folder: &Path) -> Self {
        Self {
            binary: binary.into(),
            folder: folder.into(),
        }
    }

    /// The same program on a copy of the database in `folder`, emptied before. The copy is what a
    /// restarted machine finds: without the shared memory of processes that are gone.
    pub(crate) fn copy_to(&self, folder: &Path) -> Result<Self> {
        if folder.exists() {
            std::fs::remove_dir_all(folder)?;
        }
        std::fs::create_dir_all(folder)?;
        std::fs::copy(self.database(), folder.join(DATABASE))?;
        if self.wal().exists() {
            std::fs::copy(self.wal(), folder.join(WAL))?;
        }
        Ok(Self::new(&self.binary, folder))
    }

    /// The database.
    pub(crate) fn database(&self) -> PathBuf {
        self.folder.join(DATABASE)
    }

    /// The log of commits beside it.
    pub(crate) fn wal(&self) -> PathBuf {
        self.folder.join(WAL)
    }

    /// Its folder.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// A command of the program, ready to be run.
    pub(crate) fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(&self.binary);
        self.settle(command.args(words));
        command
    }

    /// Gives a command that will come to run the program its database.
    pub(crate) fn settle(&self, command: &mut Command) {
        command.env("DOORSTEP_DATABASE", self.database());
        command.env("DOORSTEP_LOG", "warn");
        command.stdin(Stdio::null());
    }

    /// The program's file.
    pub(crate) fn binary(&self) -> &Path {
        &self.binary
    }

    /// Runs a command to its end; gives its answer.
    pub(crate) fn run(&self, words: &[&str]) -> Result<String> {
        answer(words, &self.command(words).output()?)
    }

    /// The same with `input` for it to read.
    pub(crate) fn run_with_input(&self, words: &[&str], input: &str) -> Result<String> {
        let mut command = self.command(words);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn()?;
        let mut stdin = child.stdin.take().context("no standard input")?;
        stdin.write_all(input.as_bytes())?;
        drop(stdin);
        answer(words, &child.wait_with_output()?)
    }

    /// `doorstep verify`: an error tells what it found.
    pub(crate) fn verify(&self) -> Result<()> {
        self.run(&["verify"]).map(drop)
    }

    /// Starts the server and waits until it says that it listens.
    pub(crate) fn start(&self) -> Result<Server> {
        let mut child = self.spawn()?;
        let stdout = child.stdout.take().context("no standard output")?;
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line)?;
        let told: Option<Value> = serde_json::from_str(&line).ok();
        let url = told.and_then(|told| Some(told["listening"].as_str()?.to_owned()));
        let Some(url) = url else {
            let _ = child.kill();
            let status = child.wait()?;
            let said = std::fs::read_to_string(self.complaints()).unwrap_or_default();
            bail!("the server does not start ({status}): {line}{said}");
        };
        Ok(Server { child, url })
    }

    /// Starts the server without waiting for it.
    pub(crate) fn spawn(&self) -> Result<Child> {
        let mut command = self.command(&["serve", "--port", "0", "--json"]);
        let complaints = File::options()
            .create(true)
            .append(true)
            .open(self.complaints())?;
        command.stdout(Stdio::piped()).stderr(complaints);
        let failed = || format!("{} cannot be started", self.binary.display());
        command.spawn().with_context(failed)
    }

    /// What the servers on this database have said on standard error.
    fn complaints(&self) -> PathBuf {
        self.folder.join("complaints.txt")
    }
}

impl Server {
    /// The process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Ends it as a dead battery would.
    pub(crate) fn kill(mut self) -> Result<()> {
        kill(&mut self.child)
    }

    /// Waits for something else to have ended it.
    pub(crate) fn wait(mut self) -> Result<()> {
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already; then there is nothing left to do.
        let _ = kill(&mut self.child);
    }
}

/// SIGKILL, and waits until the process is gone.
pub(crate) fn kill(child: &mut Child) -> Result<()> {
    child.kill()?;
    child.wait()?;
    Ok(())
}

fn answer(words: &[&str], output: &Output) -> Result<String> {
    let said = String::from_utf8_lossy(&output.stdout);
    if !output.status.success() {
        let complained = String::from_utf8_lossy(&output.stderr);
        let (words, status) = (words.join(" "), output.status);
        bail!("`doorstep {words}` ended with {status}: {said}{complained}");
    }
    Ok(said.into_owned())
}
