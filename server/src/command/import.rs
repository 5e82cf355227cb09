//! `doorstep import households FILE --site CODE` (R3.1).

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use doorstep_domain::event::{AFTER_MAX, Kind, PartName};
use doorstep_domain::id::{EventId, HouseholdId, SiteId};
use doorstep_domain::register::{Entry, Plan, Register, RowProblem, plan};
use doorstep_domain::state::SiteState;
use doorstep_domain::sync::store::{Intent, SiteTransaction, Store};
use serde::Serialize;

use super::{Answer, CommandError, Outcome, site_named};
use crate::office::{Office, Statement};
use crate::register_file::{self, RegisterFile};
use crate::store::{Database, Reader, StoreError, Writer};
use crate::{clock, random};

#[derive(Debug, Args)]
pub(super) struct ImportArguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// A register of households: CSV in UTF-8 or GB18030, separated by `,`, `;` or tabs, with
    /// Chinese or English headings. A repeat updates, never doubles; lines that cannot be taken
    /// are named and the others imported.
    #[command(
        after_help = "Example:\n  doorstep import households register.csv --site jinhaiwan\n\n\
                            Headings: building 楼栋, unit 单元, room 房号, contact 联系人, phone \
                            电话, relation 关系, residence 常住/暂住, use 住家/企业, occupied \
                            是否入住; contact 2 联系人2 … for further people.\n\
                            Exit code 1: at least one line was refused."
    )]
    Households {
        /// The file.
        file: PathBuf,
        /// The site's code.
        #[arg(long)]
        site: String,
    },
}

/// What an import did.
#[derive(Debug, Default, Serialize)]
pub(super) struct Done {
    /// Households new on the register.
    imported: usize,
    /// Households changed.
    updated: usize,
    /// Households the file says nothing new about.
    unchanged: u64,
    /// Lines not taken, in the file's order.
    refused: Vec<RefusedLine>,
}

#[derive(Debug, Serialize)]
struct RefusedLine {
    line: u64,
    reason: String,
}

pub(super) fn run(
    arguments: &ImportArguments,
    database: &Database,
    answer: &mut Answer<'_>,
) -> Result<Outcome, CommandError> {
    let What::Households { file, site } = &arguments.what;
    let site = database.read(|reader| site_named(reader, site))?;
    let shown = file.display();
    let bytes = std::fs::read(file).map_err(CommandError::io(format!("reading {shown}")))?;
    let read = register_file::read(&bytes)
        .map_err(|problem| CommandError::Failed(format!("{shown}: {problem}")))?;
    let done = import(&mut database.writer(), site.id, &read)?;
    tell(&read, &done, answer)?;
    answer.json(&done)?;
    Ok(if done.refused.is_empty() {
        Outcome::Fine
    } else {
        Outcome::FoundWrong
    })
}

/// Plans and logs all changes in one transaction; without a change nothing is written.
pub(super) fn import(
    writer: &mut Writer<'_>,
    site: SiteId,
    file: &RegisterFile,
) -> Result<Done, CommandError> {
    let office = Office::now(writer.reader())?;
    let mut transaction = writer.begin(site, Intent::Append)?;
    let (register, heads) = register(transaction.reader(), site)?;
    let plan = plan(&file.rows, &register);
    let statements: Vec<Statement> = changes(&plan, &heads).collect();
    if !statements.is_empty() {
        office.log(site, statements, &mut transaction)?;
        transaction.commit()?;
    }
    Ok(Done {
        imported: plan.added.len(),
        updated: plan.updated.len(),
        unchanged: plan.unchanged,
        refused: refused(file, &plan),
    })
}

type Heads = BTreeMap<HouseholdId, Vec<EventId>>;

/// The register as the site's log tells it. Households taken off are in it, so that an import
/// puts the same one back; a listed one at the same address goes before them.
fn register(reader: Reader<'_>, site: SiteId) -> Result<(Register, Heads), StoreError> {
    let mut state = SiteState::default();
    reader.each_row(site, |_, row| {
        let row = row?.logged;
        let place = doorstep_domain::state::Place::Received {
            seq: row.seq,
            at: row.received_at,
        };
        state.apply(&row.event, place);
        Ok::<_, StoreError>(())
    })?;
    let mut households: Vec<_> = state.households.values().collect();
    households.sort_by_key(|household| household.fact.listed);
    let cards = households.iter().filter_map(|household| {
        let card = household.card.clone()?;
        Some((card.key(), (household.fact, card)))
    });
    let heads = households
        .iter()
        .map(|it| (it.fact.household, it.heads.clone()));
    Ok((cards.collect(), heads.collect()))
}

fn changes<'a>(plan: &'a Plan, heads: &'a Heads) -> impl Iterator<Item = Statement> + 'a {
    let added = plan.added.iter().map(|entry| {
        let household = HouseholdId::mint(clock::id_stamp(), &random::bytes());
        changed(household, entry)
    });
    let updated = plan.updated.iter().map(|(household, entry)| {
        let seen = heads.get(household).map_or(&[][..], Vec::as_slice);
        let latest = &seen[seen.len().saturating_sub(AFTER_MAX)..];
        changed(*household, entry).after(latest.to_vec())
    });
    added.chain(updated)
}

fn changed(household: HouseholdId, entry: &Entry) -> Statement {
    Statement::new(household, Kind::HouseholdChanged)
        .with(PartName::Fact, &entry.fact(household))
        .with(PartName::Content, &entry.card)
}

fn refused(file: &RegisterFile, plan: &Plan) -> Vec<RefusedLine> {
    let unread = file
        .unread
        .iter()
        .map(|(line, problem)| (*line, problem.to_string()));
    let planned = plan
        .refused
        .iter()
        .map(|(line, problem)| (*line, reason(*problem)));
    let mut refused: Vec<RefusedLine> = unread
        .chain(planned)
        .map(|(line, reason)| RefusedLine { line, reason })
        .collect();
    refused.sort_by_key(|refused| refused.line);
    refused
}

fn reason(problem: RowProblem) -> String {
    match problem {
        RowProblem::NoRoom => "there is no room".to_owned(),
        RowProblem::Contradicts { line } => format!(
            "it contradicts line {line} about the same household (use, residence or occupied)"
        ),
        RowProblem::TooLong => "a name, phone or address has more than 60 characters".to_owned(),
        RowProblem::TooManyContacts => "the household would have more than 12 contacts".to_owned(),
    }
}

fn tell(file: &RegisterFile, done: &Done, answer: &mut Answer<'_>) -> Result<(), CommandError> {
    answer.line(&format!("read as {}", file.encoding))?;
    if !file.ignored.is_empty() {
        answer.line(&format!("columns not used: {}", file.ignored.join(", ")))?;
    }
    if file.continued > 0 {
        let lines = file.continued;
        answer.line(&format!(
            "{lines} lines without an address name people of the line above"
        ))?;
    }
    for RefusedLine { line, reason } in &done.refused {
        answer.line(&format!("line {line} refused: {reason}"))?;
    }
    let Done {
        imported,
        updated,
        unchanged,
        refused,
    } = done;
    let refused = refused.len();
    answer.line(&format!(
        "{imported} imported, {updated} updated, {unchanged} unchanged, {refused} lines refused"
    ))
}
