//! `doorstep demo`.

use clap::Args;
use serde_json::json;

use super::import::import;
use super::{Answer, CommandError, Outcome};
use crate::demo::history::{HOUSEHOLDS_MAX, VISITS_MAX};
use crate::demo::{self, DemoError, PASSWORD, PEOPLE};
use crate::password;
use crate::store::Database;

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  doorstep demo --database demo.sqlite && \
                        doorstep serve --database demo.sqlite")]
pub(super) struct DemoArguments {
    /// Households that the register grows to; its own are some 1,200
    #[arg(long, value_name = "COUNT", default_value_t = 0, value_parser = up_to(HOUSEHOLDS_MAX))]
    households: u64,
    /// Visits of earlier months, beside the demo's own
    #[arg(long, value_name = "COUNT", default_value_t = 0, value_parser = up_to(VISITS_MAX))]
    visits: u64,
}

fn up_to(most: usize) -> clap::builder::RangedU64ValueParser {
    clap::value_parser!(u64).range(..=most as u64)
}

pub(super) fn run(
    arguments: &DemoArguments,
    database: &Database,
    answer: &mut Answer<'_>,
) -> Result<Outcome, CommandError> {
    let others = database.read(|reader| {
        let accounts = reader.accounts()?.into_iter().map(|account| account.login);
        let strange = |login: &String| PEOPLE.iter().all(|person| person.login != login);
        Ok::<_, CommandError>(accounts.filter(strange).count())
    })?;
    if others > 0 {
        let problem = "this database has accounts of its own: the demo's password is known to \
                       everybody; give the demo another one with --database PATH";
        return Err(CommandError::Usage(problem.to_owned()));
    }
    // Everybody knows it; the rules for passwords are for those that nobody knows.
    let hash = password::hash(PASSWORD);
    let site = demo::ensure_people(database, &hash)?;
    let count = |asked: u64| usize::try_from(asked).unwrap_or(usize::MAX);
    let register = demo::households(count(arguments.households));
    import(&mut database.writer(), site.id, &register)?;
    demo::ensure_visits(database, &site, count(arguments.visits))?;
    answer.line(&format!("Demo site {} ({})", site.name, site.code))?;
    for person in PEOPLE {
        let role = person.role.as_str();
        answer.line(&format!(
            "  log in as {:<6} {PASSWORD}  ({}, {role})",
            person.login, person.name
        ))?;
    }
    let logins: Vec<&str> = PEOPLE.iter().map(|person| person.login).collect();
    answer.json(&json!({"site": site, "logins": logins, "password": PASSWORD}))?;
    Ok(Outcome::Fine)
}

impl From<DemoError> for CommandError {
    fn from(error: DemoError) -> Self {
        match error {
            DemoError::Directory(error) => error.into(),
            error => Self::Failed(error.to_string()),
        }
    }
}
