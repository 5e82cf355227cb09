//! `doorstep refusals`.

use clap::Args;

use super::{Answer, CommandError, Outcome};
use crate::clock;
use crate::refusals::Refused;
use crate::store::{Account, Database};

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  doorstep refusals --last 20 --json")]
pub(super) struct RefusalsArguments {
    /// How many, the latest first.
    #[arg(long, default_value_t = 100)]
    last: u32,
}

pub(super) fn run(
    arguments: &RefusalsArguments,
    database: &Database,
    answer: &mut Answer<'_>,
) -> Result<Outcome, CommandError> {
    let (refusals, accounts) = database.read(|reader| {
        let refusals = reader.refusals(arguments.last)?;
        Ok::<_, CommandError>((refusals, reader.accounts()?))
    })?;
    for refused in &refusals {
        answer.line(&line(refused, &accounts))?;
    }
    answer.json(&refusals)?;
    Ok(Outcome::Fine)
}

fn line(refused: &Refused, accounts: &[Account]) -> String {
    let at = clock::at_site(refused.at, chrono_tz::UTC);
    let at = at.map_or_else(|| refused.at.to_string(), |at| at.to_string());
    let person = accounts.iter().find(|it| Some(it.person) == refused.person);
    let login = person.map_or("?", |account| account.login.as_str());
    let device = refused
        .device
        .map_or_else(|| "?".to_owned(), |it| it.to_string());
    let params = serde_json::to_string(&refused.params).expect("parameters are JSON");
    let Refused {
        network,
        address,
        code,
        ..
    } = refused;
    format!("{at}\t{login}\t{device}\t{network}\t{address}\t{code}\t{params}")
}
