//! A company whose phones are logged in, made once; each run of chaos begins on a copy of it.

use std::path::Path;

use anyhow::Result;

use crate::phone::{PASSWORD, Phone};
use crate::program::Program;

const SITE: &str = "jinhaiwan";
/// Who works there. Each log-in is a phone: one person may have two.
const PEOPLE: [(&str, &str); 3] = [
    ("lin", "supervisor@jinhaiwan"),
    ("shen", "director@jinhaiwan"),
    ("zhou", "steward@jinhaiwan"),
];
const PHONES: [&str; 4] = ["lin", "lin", "zhou", "shen"];

/// The company as it is before anything is pushed.
pub(crate) struct Company {
    /// The program on its database; copy it, do not push to it.
    pub(crate) untouched: Program,
    /// Phones that push.
    pub(crate) phones: Vec<Phone>,
    /// A director's phone that only reads: it sees every part.
    pub(crate) reader: Phone,
}

impl Company {
    /// Founds it in `folder`.
    pub(crate) fn found(binary: &Path, folder: &Path) -> Result<Self> {
        std::fs::create_dir_all(folder)?;
        let program = Program::new(binary, folder);
        program.run(&["site", "add", "--code", SITE, "--name", "Test Gardens"])?;
        for (login, role) in PEOPLE {
            let words = ["user", "add", login, "--name", login, "--role", role];
            let words = [&words[..], &["--password-stdin"]].concat();
            program.run_with_input(&words, PASSWORD)?;
        }
        let server = program.start()?;
        let phones = PHONES.map(|login| Phone::log_in(&server.url, login));
        let phones = phones.into_iter().collect::<Result<_>>()?;
        let reader = Phone::log_in(&server.url, "shen")?;
        server.kill()?;
        Ok(Self {
            untouched: program,
            phones,
            reader,
        })
    }
}
