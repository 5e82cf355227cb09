//! A database of its own and the program to run on it; both gone when dropped.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use rusqlite::types::ValueRef;
use serde_json::Value;
use tempfile::TempDir;

/// A company with its own database.
pub(crate) struct Company {
    folder: TempDir,
}

/// What a run of the program came to.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Company {
    /// With an empty database.
    pub(crate) fn empty() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// With the site `jinhaiwan`.
    pub(crate) fn with_site() -> Self {
        let company = Self::empty();
        company
            .run(&["site", "add", "--code", "jinhaiwan", "--name", "金海湾花园"])
            .ok();
        company
    }

    /// With the site and its people: `lin` supervisor, `shen` director, `zhou` steward.
    pub(crate) fn with_people() -> Self {
        let company = Self::with_site();
        for (login, name, role) in [
            ("lin", "林晓雯", "supervisor@jinhaiwan"),
            ("shen", "沈国梁", "director@jinhaiwan"),
            ("zhou", "周建", "steward@jinhaiwan"),
        ] {
            let add = [
                "user",
                "add",
                login,
                "--name",
                name,
                "--role",
                role,
                "--password-stdin",
            ];
            company.run_with_input(&add, crate::phone::PASSWORD).ok();
        }
        company
    }

    /// Adds an account with everybody's password and this role.
    pub(crate) fn add_user(&self, login: &str, role: &str) {
        let add = ["user", "add", login, "--name", login, "--role", role];
        let add = [&add[..], &["--password-stdin"]].concat();
        self.run_with_input(&add, crate::phone::PASSWORD).ok();
    }

    /// All rows of all tables but the log of refusals, to see what a request changes.
    pub(crate) fn dump(&self) -> BTreeSet<String> {
        let connection = rusqlite::Connection::open(self.database()).unwrap();
        let tables = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name != 'refusal'";
        let mut query = connection.prepare(tables).unwrap();
        let tables = query.query_map([], |row| row.get(0)).unwrap();
        let mut rows = BTreeSet::new();
        for table in tables.map(Result::<String, _>::unwrap) {
            let mut query = connection
                .prepare(&format!("SELECT * FROM {table}"))
                .unwrap();
            let columns = query.column_count();
            let mut found = query.query([]).unwrap();
            while let Some(row) = found.next().unwrap() {
                let values = (0..columns).map(|column| match row.get_ref(column).unwrap() {
                    ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned(),
                    value => format!("{value:?}"),
                });
                rows.insert(format!(
                    "{table}: {}",
                    values.collect::<Vec<_>>().join(", ")
                ));
            }
        }
        rows
    }

    /// Nothing has changed since.
    #[track_caller]
    pub(crate) fn unchanged_since(&self, before: &BTreeSet<String>, what: &str) {
        let now = self.dump();
        let changed: Vec<_> = before.symmetric_difference(&now).collect();
        assert!(changed.is_empty(), "{what}: {changed:#?}");
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.folder.path().join("doorstep.sqlite")
    }

    /// A file in the company's folder.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file into the company's folder.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.file(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    /// A company of its own with a copy of this one's database, as it is now.
    pub(crate) fn copy(&self) -> Self {
        self.tamper("PRAGMA wal_checkpoint(TRUNCATE)");
        let copy = Self::empty();
        std::fs::copy(self.database(), copy.database()).unwrap();
        copy
    }

    /// Runs the program on the database.
    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        self.run_with_input(arguments, "")
    }

    /// The same with this on standard input.
    pub(crate) fn run_with_input(&self, arguments: &[&str], input: &str) -> Run {
        let mut command = program();
        command
            .env("DOORSTEP_DATABASE", self.database())
            .args(arguments);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // A program that ends without reading its input breaks the pipe; that is no failure.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        child.wait_with_output().unwrap().into()
    }

    /// Imports a register and gives its JSON answer.
    pub(crate) fn import(&self, file: &Path) -> Run {
        let file = file.to_str().unwrap();
        self.run(&[
            "import",
            "households",
            file,
            "--site",
            "jinhaiwan",
            "--json",
        ])
    }

    /// Asks the database itself, for what no command tells.
    pub(crate) fn count(&self, query: &str) -> i64 {
        let connection = rusqlite::Connection::open(self.database()).unwrap();
        connection.query_row(query, [], |row| row.get(0)).unwrap()
    }

    /// The same of a text.
    pub(crate) fn text(&self, query: &str) -> String {
        let connection = rusqlite::Connection::open(self.database()).unwrap();
        connection.query_row(query, [], |row| row.get(0)).unwrap()
    }

    /// Changes the database behind the program's back.
    pub(crate) fn tamper(&self, statements: &str) {
        let connection = rusqlite::Connection::open(self.database()).unwrap();
        connection.execute_batch(statements).unwrap();
    }
}

/// The program under test, with nothing of the tester's own settings.
pub(crate) fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_doorstep"));
    command
        .env_remove("DOORSTEP_DATABASE")
        .env("DOORSTEP_LOG", "warn");
    command
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Run {
    /// It went well.
    #[track_caller]
    pub(crate) fn ok(self) -> Self {
        assert_eq!(self.code, 0, "{self:?}");
        self
    }

    /// The answer of a run with `--json`.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}
