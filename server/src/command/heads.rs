//! `doorstep heads`: what the office stated of where each site's log stands.

use clap::Args;
use doorstep_domain::heads::{self as domain, HeadStated};

use super::{Answer, CommandError, Outcome};
use crate::store::Database;
use crate::{clock, heads};

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  doorstep heads\n  doorstep heads --state\n\n\
                        The running server states them once a day by itself. Keep them where \
                        nobody who can write the database can: `doorstep verify --head`, or \
                        `--heads` with a file of `GET /api/v1/heads`, holds the log against them."
)]
pub(super) struct HeadsArguments {
    /// State first what is due: of each site whose log has grown, once on the site's day.
    #[arg(long)]
    state: bool,
}

pub(super) fn run(
    arguments: &HeadsArguments,
    database: &Database,
    answer: &mut Answer<'_>,
) -> Result<Outcome, CommandError> {
    if arguments.state {
        for (code, stated) in heads::state(&mut database.writer(), clock::now())? {
            answer.line(&format!("stated now: {}", words(&code, &stated)))?;
        }
    }
    let stated = database.read(|reader| {
        let sites = reader.sites()?;
        let statements = heads::latest(reader, &sites)?;
        let stated = statements.iter().filter_map(|it| domain::read(&it.event));
        let code = |stated: &HeadStated| {
            let mut sites = sites.iter();
            let site = sites.find(|site| site.id == stated.site);
            site.map(|site| site.code.clone()).unwrap_or_default()
        };
        let stated = stated.map(|stated| (code(&stated), stated));
        Ok::<_, CommandError>(stated.collect::<Vec<_>>())
    })?;
    for (code, stated) in &stated {
        answer.line(&words(code, stated))?;
    }
    let stated: Vec<_> = stated
        .iter()
        .map(|(code, stated)| serde_json::json!({"log": code, "stated": stated}))
        .collect();
    answer.json(&serde_json::json!({"heads": stated}))?;
    Ok(Outcome::Fine)
}

/// As `doorstep verify --head` takes it, with the day.
fn words(code: &str, stated: &HeadStated) -> String {
    let HeadStated { day, head, .. } = stated;
    format!("{day} {code}:{}:{}", head.seq, head.hash)
}
