//! `doorstep retention`: what has been kept for its term is erased (PIPL 19).

use chrono::NaiveDate;
use clap::Args;
use doorstep_domain::erasure::Reason;
use serde_json::json;

use super::{Answer, CommandError, Outcome, site_named};
use crate::clock;
use crate::erasing::{self, Holding};
use crate::store::Database;

#[derive(Debug, Args)]
#[command(
    after_help = "Facts stay, so that what was counted stays counted.\n\nExample:\n  \
                  doorstep retention --site jinhaiwan --before 2023-12-01 --dry-run"
)]
pub(super) struct RetentionArguments {
    /// The site's code.
    #[arg(long)]
    site: String,
    /// The first day that is still kept, on the site's calendar.
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    before: NaiveDate,
    /// Only say what would be erased.
    #[arg(long)]
    dry_run: bool,
}

pub(super) fn run(
    arguments: &RetentionArguments,
    database: &Database,
    answer: &mut Answer<'_>,
) -> Result<Outcome, CommandError> {
    let before = arguments.before;
    let mut writer = database.writer();
    let reader = writer.reader();
    let site = site_named(reader, &arguments.site)?;
    let today = clock::zone(&site.zone)
        .and_then(|zone| clock::at_site(clock::now(), zone))
        .ok_or_else(|| CommandError::Failed(format!("time zone {} unknown", site.zone)))?
        .date();
    if before > today {
        let problem = format!("{before} is not past: today is {today}");
        return Err(CommandError::Usage(problem));
    }
    let holding = Holding::of(reader, site.id)?;
    let targets = holding.targets(&holding.kept().older_than(before));
    if !arguments.dry_run && !targets.is_empty() {
        let reason = Reason::TermEnded;
        erasing::erase(&mut writer, site.id, None, &targets, reason, None)?;
    }
    for target in &targets {
        let parts: Vec<&str> = target.parts.iter().map(|part| part.as_str()).collect();
        answer.line(&format!("{}\t{}", target.event, parts.join(", ")))?;
    }
    let (events, rule) = (targets.len(), Reason::TermEnded.rule());
    let verb = if arguments.dry_run {
        "would be"
    } else {
        "were"
    };
    answer.line(&format!(
        "parts of {events} events from before {before} {verb} erased ({rule})"
    ))?;
    answer.json(&json!({
        "before": before,
        "erased": !arguments.dry_run,
        "events": targets.iter().map(|target| target.event).collect::<Vec<_>>(),
        "rule": rule,
    }))?;
    Ok(Outcome::Fine)
}

fn day(text: &str) -> Result<NaiveDate, String> {
    let date = NaiveDate::parse_from_str(text, "%Y-%m-%d");
    date.map_err(|_| format!("`{text}` is no date: write it as 2023-12-01"))
}
