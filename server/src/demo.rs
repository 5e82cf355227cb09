//! A site to try everything on: 金海湾花园 with its register, four people, and some visits of
//! the last weeks, made with the same functions and accepted by the same rules as real ones.
//! Filling it again changes nothing. Not for a company's real database.

use doorstep_domain::account::Site;
use doorstep_domain::policy::{Grant, Role};
use doorstep_domain::sync::wire::{ProblemCode, RefusalCode};

use crate::clock;
use crate::directory::{self, DirectoryError};
use crate::register_file::{self, RegisterFile};
use crate::store::{Database, StoreError};

pub(crate) mod history;
mod ink;
mod phone;
mod phrases;
mod story;
mod visits;

/// The site's code.
pub const SITE: &str = "jinhaiwan";
/// Everybody's password.
pub const PASSWORD: &str = "doorstep-demo";
/// The register; made by the tests' generator, which holds it to itself.
const REGISTER: &[u8] = include_bytes!("../data/register-demo.csv");

/// Somebody of the demo.
#[derive(Debug, Clone, Copy)]
pub struct Person {
    /// Log-in name.
    pub login: &'static str,
    /// The name people read.
    pub name: &'static str,
    /// The post; the administrator's is held on all sites.
    pub role: Role,
}

/// The people of the demo.
pub const PEOPLE: [Person; 4] = [
    Person {
        login: "lin",
        name: "林晓雯",
        role: Role::Supervisor,
    },
    Person {
        login: "shen",
        name: "沈国梁",
        role: Role::Director,
    },
    Person {
        login: "zhou",
        name: "周建",
        role: Role::Steward,
    },
    Person {
        login: "admin",
        name: "系统管理员",
        role: Role::Admin,
    },
];

/// Why the demo could not be filled.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// The tables or the office's log refused.
    #[error(transparent)]
    Directory(#[from] DirectoryError),
    /// A demo's visit was refused like any other that breaks a rule.
    #[error("a demo event was refused ({})", .0.as_str())]
    Refused(RefusalCode),
    /// A demo request was refused as a whole.
    #[error("a demo request was refused ({})", .0.as_str())]
    Request(ProblemCode),
    /// The server's clock is not one on which visits can be made.
    #[error("the server's clock is not set")]
    Clock,
}

impl From<StoreError> for DemoError {
    fn from(error: StoreError) -> Self {
        Self::Directory(error.into())
    }
}

/// Adds the site and the people that are missing; gives the site.
pub fn ensure_people(database: &Database, password_hash: &str) -> Result<Site, DemoError> {
    let mut writer = database.writer();
    let site = match writer.reader().site_by_code(SITE)? {
        Some(site) => site,
        None => directory::add_site(&mut writer, SITE, "金海湾花园", "Asia/Shanghai")?,
    };
    for Person { login, name, role } in PEOPLE {
        if writer.reader().account_by_login(login)?.is_some() {
            continue;
        }
        let on = (role != Role::Admin).then_some(site.id);
        // Held since before the demo's visits.
        let grant = Grant {
            role,
            site: on,
            from: clock::now() - history::PAST_MS,
            until: None,
        };
        directory::add_account(&mut writer, login, name, password_hash, &[grant])?;
    }
    Ok(site)
}

/// The register with as many households more as make `count`.
pub fn households(count: usize) -> RegisterFile {
    history::households(count)
}

/// The register as read.
///
/// # Panics
/// Never: the file is part of this program, and a test reads it.
pub fn register() -> RegisterFile {
    register_file::read(REGISTER).expect("the demo's register is a register")
}

/// Records the visits and what was said about them, unless the site has visits already. Gives
/// how many were recorded. Before them come `history` visits of earlier months.
pub fn ensure_visits(database: &Database, site: &Site, history: usize) -> Result<usize, DemoError> {
    visits::ensure(database, site, history)
}
