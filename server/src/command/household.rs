//! `doorstep household export|erase`: all that is held on one household, given to it or taken away
//! (PIPL 45, 47).

use std::path::PathBuf;

use clap::{Args, Subcommand};
use doorstep_domain::erasure::{ErasureReply, Reason};
use doorstep_domain::holdings::{Export, Kept};
use doorstep_domain::id::HouseholdId;
use doorstep_domain::state::SiteState;
use serde_json::json;

use super::backup::{beside, put_in_place};
use super::erase::Order;
use super::{Answer, CommandError, Outcome, site_named};
use crate::erasing::{self, Holding};
use crate::store::{Database, Reader};

#[derive(Debug, Subcommand)]
pub(super) enum HouseholdCommand {
    /// Write all that is held on a household into a file (PIPL 45).
    #[command(
        after_help = "Private notes are left out (R3.7); that there is one is told.\n\nExample:\n  \
                      doorstep household export --site jinhaiwan 3-2-1502 3-2-1502.json"
    )]
    Export(ExportHousehold),
    /// Erase all that can be erased of what is held on a household (PIPL 47).
    #[command(
        after_help = "Example:\n  doorstep household erase --site jinhaiwan 3-2-1502 \
                      --reason no_longer_needed --ordered-by shen"
    )]
    Erase(EraseHousehold),
}

/// Which household.
#[derive(Debug, Args)]
struct Which {
    /// The site's code.
    #[arg(long)]
    site: String,
    /// Its address as the register shows it, such as 3-2-1502, or its id.
    household: String,
}

#[derive(Debug, Args)]
pub(super) struct ExportHousehold {
    #[command(flatten)]
    which: Which,
    /// The file to make; it must not be there yet.
    file: PathBuf,
}

#[derive(Debug, Args)]
pub(super) struct EraseHousehold {
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    order: Order,
}

pub(super) fn run(
    command: &HouseholdCommand,
    database: &Database,
    answer: &mut Answer<'_>,
) -> Result<Outcome, CommandError> {
    match command {
        HouseholdCommand::Export(arguments) => export(arguments, database, answer),
        HouseholdCommand::Erase(arguments) => erase(arguments, database, answer),
    }
}

fn export(
    arguments: &ExportHousehold,
    database: &Database,
    answer: &mut Answer<'_>,
) -> Result<Outcome, CommandError> {
    let file = &arguments.file;
    if file.exists() {
        let problem = format!("{} is there already: name a new file", file.display());
        return Err(CommandError::Usage(problem));
    }
    let export = database.read(|reader| held(reader, &arguments.which))?;
    let text = serde_json::to_string_pretty(&export).expect("exports are JSON");
    // Readable for this user only, as the database is.
    let whole = beside(file)?;
    std::fs::write(whole.path(), text + "\n")
        .map_err(CommandError::io(format!("writing {}", file.display())))?;
    put_in_place(whole, file)?;
    let count = export.entries.len();
    answer.line(&format!("{count} events in {}", file.display()))?;
    answer.json(&json!({"household": export.household, "events": count, "file": file}))?;
    Ok(Outcome::Fine)
}

/// All that is held, at one moment of the database.
fn held(reader: Reader<'_>, which: &Which) -> Result<Export, CommandError> {
    let site = site_named(reader, &which.site)?;
    let holding = Holding::of(reader, site.id)?;
    let household = named(holding.kept(), &which.household)?;
    Ok(holding.export(reader, site, household)?)
}

fn erase(
    arguments: &EraseHousehold,
    database: &Database,
    answer: &mut Answer<'_>,
) -> Result<Outcome, CommandError> {
    let mut writer = database.writer();
    let reader = writer.reader();
    let site = site_named(reader, &arguments.which.site)?;
    let (reason, ordered_by) = arguments.order.read(reader, site.id)?;
    let Some(ordered_by) = ordered_by.filter(|_| reason != Reason::TermEnded) else {
        let problem = "terms end event by event: use doorstep retention";
        return Err(CommandError::Usage(problem.to_owned()));
    };
    let holding = Holding::of(reader, site.id)?;
    let household = named(holding.kept(), &arguments.which.household)?;
    let erased = erasing::erase_household(
        &mut writer,
        site.id,
        &holding,
        household,
        reason,
        ordered_by,
    )?;
    let (ErasureReply { events, drafts, .. }, rule) = (erased, reason.rule());
    answer.line(&format!(
        "erased all but the facts of {events} events, and {drafts} drafts ({rule})"
    ))?;
    answer.json(&json!({
        "household": household,
        "events": events,
        "drafts": drafts,
        "rule": rule,
    }))?;
    Ok(Outcome::Fine)
}

/// The household that is called so: by its address of today, or by its id.
fn named(kept: Kept<'_>, name: &str) -> Result<HouseholdId, CommandError> {
    let state = SiteState::fold(kept.log);
    if let Ok(id) = name.parse::<HouseholdId>() {
        return if kept.events_on(id).is_empty() {
            Err(CommandError::Usage(format!("nothing is held on {id}")))
        } else {
            Ok(id)
        };
    }
    let mut found = state.households.values().filter(|household| {
        let card = household.card.as_ref();
        card.is_some_and(|card| card.label() == name)
    });
    match (found.next(), found.next()) {
        (Some(household), None) => Ok(household.fact.household),
        (Some(one), Some(other)) => Err(CommandError::Usage(format!(
            "`{name}` is more than one household: give the id, {} or {}",
            one.fact.household, other.fact.household
        ))),
        (None, _) => Err(CommandError::Usage(format!(
            "there is no household `{name}` on the register: give its id once its card is erased"
        ))),
    }
}
