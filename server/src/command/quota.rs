//! `doorstep quota`: the month's arithmetic (R3.3), from two numbers or from a site's log.

use chrono::NaiveDate;
use clap::Args;
use doorstep_domain::quota::required;
use doorstep_domain::state::{Place, Progress, SiteState};
use doorstep_domain::time::Month;
use serde_json::json;

use super::{Answer, CommandError, Outcome, Shared, site_named};
use crate::clock;
use crate::store::StoreError;

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  doorstep quota --households 301 --occupied 260\n  \
                        doorstep quota --site jinhaiwan --month 2026-11"
)]
pub(super) struct QuotaArguments {
    /// All households of a site.
    #[arg(long, requires = "occupied", conflicts_with = "site")]
    households: Option<u64>,
    /// Those of them that are occupied.
    #[arg(long, requires = "households", conflicts_with = "site")]
    occupied: Option<u64>,
    /// A site, counted from its log.
    #[arg(long, value_name = "CODE", required_unless_present = "households")]
    site: Option<String>,
    /// The month, this one by default.
    #[arg(long, requires = "site", value_name = "YYYY-MM", value_parser = month)]
    month: Option<Month>,
}

pub(super) fn run(
    arguments: &QuotaArguments,
    shared: &Shared,
    answer: &mut Answer<'_>,
) -> Result<Outcome, CommandError> {
    if let (Some(households), Some(occupied)) = (arguments.households, arguments.occupied) {
        if occupied > households {
            let problem = "there cannot be more occupied households than households";
            return Err(CommandError::Usage(problem.to_owned()));
        }
        let required = required(households, occupied);
        answer.line(&required.to_string())?;
        answer.json(&json!({"required": required}))?;
        return Ok(Outcome::Fine);
    }
    let code = arguments.site.as_deref().unwrap_or_default();
    let progress = shared.open()?.read(|reader| {
        let site = site_named(reader, code)?;
        let today = clock::zone(&site.zone)
            .and_then(|zone| clock::at_site(clock::now(), zone))
            .ok_or_else(|| CommandError::Failed(format!("time zone {} unknown", site.zone)))?;
        let mut state = SiteState::default();
        reader.each_row(site.id, |_, row| {
            let row = row?.logged;
            state.apply(
                &row.event,
                Place::Received {
                    seq: row.seq,
                    at: row.received_at,
                },
            );
            Ok::<_, StoreError>(())
        })?;
        let month = arguments.month.unwrap_or(today.month());
        Ok::<_, CommandError>(state.progress(month, today.date(), None))
    })?;
    tell(&progress, answer)?;
    Ok(Outcome::Fine)
}

fn tell(progress: &Progress, answer: &mut Answer<'_>) -> Result<(), CommandError> {
    let Progress {
        month,
        households,
        occupied,
        required,
        visited,
        ..
    } = progress;
    answer.line(&format!(
        "{month}: {visited} of {required} households visited \
         ({households} households, {occupied} occupied)"
    ))?;
    answer.json(&json!({
        "month": month.to_string(),
        "households": households,
        "occupied": occupied,
        "required": required,
        "visited": visited,
    }))
}

fn month(text: &str) -> Result<Month, String> {
    let date = NaiveDate::parse_from_str(&format!("{text}-01"), "%Y-%m-%d");
    date.map(Month::of)
        .map_err(|_| "write it as 2026-11".to_owned())
}
