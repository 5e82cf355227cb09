//! `doorstep verify`: walks logs, of the database or of an exported file, and names what is
//! wrong. It writes nothing.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use doorstep_domain::account::Site;
use doorstep_domain::event::{Absence, Event, PartName, PartState};
use doorstep_domain::hash::Hash;
use doorstep_domain::id::{OrganisationId, SiteId};
use doorstep_domain::log::{Head, LoggedEvent};
use doorstep_domain::seal::{covers, seal};
use doorstep_domain::verify::{Evidence, Fault, Finding, Walk};
use serde::Serialize;
use serde_json::json;

use self::erased::Erased;
use self::heads::{KnownHead, KnownHeads};
use self::told::Told;
use super::{Answer, CommandError, Outcome, Shared};
use crate::export_file::{self, FORMAT, Header, Log, Row};
use crate::keyring::KeyRing;
use crate::store::{self, CheckedRow, Reader, StoreError};
use crate::{clock, config};

mod erased;
mod heads;
mod photos;
mod told;

/// The organisation's own log is named so.
const ORGANISATION: &str = "organisation";
/// What every export begins with.
const BEGINNING: &[u8] = br#"{"format":"doorstep-export/"#;

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  doorstep verify\n  doorstep verify jinhaiwan.jsonl\n  \
                        doorstep verify --head \
                        jinhaiwan:812:ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0\n  \
                        doorstep verify --heads heads.json\n\n\
                        Exit code 1: something is wrong, and it was named."
)]
pub(super) struct VerifyArguments {
    /// An export to check; the database by default.
    file: Option<PathBuf>,
    /// A head of a log that was kept elsewhere: the log must still lead there. SITE is a code or
    /// an id, or `organisation` for the organisation's own log.
    #[arg(long = "head", value_name = "SITE:SEQ:HASH")]
    heads: Vec<KnownHead>,
    /// What `GET /api/v1/heads` gave, kept elsewhere: the office must have signed it, and the logs
    /// must still lead to every head in it.
    #[arg(long = "heads", value_name = "FILE")]
    statements: Vec<PathBuf>,
}

#[derive(Debug, Serialize)]
struct Checked {
    /// The site's code; `organisation` for the organisation's own log, `tables` for what stands
    /// beside the logs, `file` for an export as a whole.
    log: String,
    events: u64,
    /// Records an owner's page was confirmed for.
    sealed: u64,
    /// The hash of the last event.
    head: Option<String>,
    findings: Vec<Found>,
}

#[derive(Debug, Serialize)]
struct Found {
    /// Place in the log; none for faults of the whole log.
    seq: Option<u64>,
    /// The event, where it can be read.
    event: Option<String>,
    /// What was changed: see [`Fault::place`]; a column of the event's row; a table, with its
    /// column where it is known; a field of an export's first line.
    part: String,
    /// What is wrong, in words.
    fault: String,
}

impl Found {
    /// Something wrong that is no event's: what was changed, and how.
    fn beside((part, fault): (String, String)) -> Self {
        Self {
            seq: None,
            event: None,
            part,
            fault,
        }
    }
}

pub(super) fn run(
    arguments: &VerifyArguments,
    shared: &Shared,
    answer: &mut Answer<'_>,
) -> Result<Outcome, CommandError> {
    let mut known = KnownHeads::new(arguments.heads.clone());
    for file in &arguments.statements {
        known.keep(file)?;
    }
    let checked = if let Some(file) = &arguments.file {
        check_file(file, &known)?
    } else {
        let path = config::database_path(shared.database.as_deref())?;
        if !path.exists() {
            let problem = format!("there is no database {}", path.display());
            return Err(CommandError::Usage(problem));
        }
        match store::inspect(&path, |reader| check_database(reader, &known)) {
            Err(CommandError::Store(StoreError::Corrupt { what })) => {
                let fault = format!("there is {what} that Doorstep did not write");
                vec![beside("tables", vec![("database".to_owned(), fault)])]
            }
            checked => checked?,
        }
    };
    let sound = checked.iter().all(|log| log.findings.is_empty());
    for log in &checked {
        tell(log, answer)?;
    }
    answer.json(&json!({"sound": sound, "logs": checked}))?;
    Ok(if sound {
        Outcome::Fine
    } else {
        Outcome::FoundWrong
    })
}

/// What is wrong with the database at `path`, in words; nothing when it is sound.
pub(super) fn faults(path: &Path) -> Result<Vec<String>, CommandError> {
    let known = KnownHeads::default();
    let checked = store::inspect(path, |reader| check_database(reader, &known))?;
    let faults = checked.iter().flat_map(|log| {
        let findings = log.findings.iter();
        findings.map(|found| format!("{}: {}", log.log, found.fault))
    });
    Ok(faults.collect())
}

fn tell(log: &Checked, answer: &mut Answer<'_>) -> Result<(), CommandError> {
    let Checked {
        log: name,
        events,
        sealed,
        head,
        findings,
    } = log;
    for Found {
        seq, event, fault, ..
    } in findings
    {
        let place = seq.map_or(String::new(), |seq| format!(", event {seq}"));
        let id = event
            .as_ref()
            .map_or(String::new(), |id| format!(" ({id})"));
        answer.line(&format!("{name}{place}{id}: {fault}"))?;
    }
    let verdict = if findings.is_empty() {
        "sound"
    } else {
        "NOT SOUND"
    };
    let Some(head) = head else {
        return answer.line(&format!("{name}: {verdict}"));
    };
    answer.line(&format!(
        "{name}: {verdict}, {events} events, {sealed} sealed, head {head}"
    ))
}

/// A log on its way to being checked.
struct Checking<'a> {
    walk: Walk<'a>,
    checked: Checked,
}

impl<'a> Checking<'a> {
    fn new(
        name: &str,
        genesis: Head,
        log: SiteId,
        evidence: &'a dyn Evidence,
        known: &KnownHeads,
    ) -> Self {
        let checked = Checked {
            log: name.to_owned(),
            events: 0,
            sealed: 0,
            head: None,
            findings: Vec::new(),
        };
        Self {
            walk: Walk::new(genesis, log, evidence).against(known.of(name, log)),
            checked,
        }
    }

    fn row(&mut self, row: &LoggedEvent, hash: &Hash) {
        self.checked.events += 1;
        self.checked.head = Some(hash.to_string());
        if let Ok(envelope) = row.event.read_envelope() {
            self.checked.sealed += u64::from(seal(&envelope.parts).is_some());
        }
        self.walk.row(row, Some(hash));
    }

    /// Something wrong that no walk finds.
    fn wrong(&mut self, seq: Option<u64>, event: Option<String>, part: &str, fault: String) {
        self.checked.findings.push(Found {
            seq,
            event,
            part: part.to_owned(),
            fault,
        });
    }

    /// What is wrong with a row of the database beside what the walk finds.
    fn stored(&mut self, row: &CheckedRow) {
        let envelope = row.logged.event.read_envelope().ok();
        let event = envelope.map(|envelope| envelope.id.to_string());
        let columns = row.disagreeing.iter();
        let columns =
            columns.map(|it| (*it, format!("the column `{it}` is not what the event says")));
        // Nothing is withheld from the office itself: what is not here was lost or taken.
        let parts = withheld(&row.logged.event).map(PartName::as_str);
        let parts = parts.map(|it| (it, format!("the part `{it}` is missing")));
        for (part, fault) in columns.chain(parts) {
            self.wrong(Some(row.logged.seq), event.clone(), part, fault);
        }
    }

    fn finish(mut self) -> Checked {
        self.checked
            .findings
            .extend(self.walk.finish().into_iter().map(words));
        // Faults of the whole log come last.
        self.checked
            .findings
            .sort_by_key(|found| found.seq.unwrap_or(u64::MAX));
        self.checked
    }
}

fn check_database(reader: Reader<'_>, known: &KnownHeads) -> Result<Vec<Checked>, CommandError> {
    let organisation = reader.organisation()?.id;
    let own_log = SiteId::from(organisation);
    let mut keys = KeyRing::default();
    let mut told = Told::default();
    reader.each_row(own_log, |_, row| {
        if let Ok(row) = row {
            keys.take(&row.logged);
            told.take(&row.logged);
        }
        Ok::<_, CommandError>(())
    })?;
    let known = &known.and_stated(told.stated());
    // A table that cannot be read is named with the tables; the logs are checked all the same.
    let sites = reader.sites().unwrap_or_default();
    let mut all = Vec::new();
    let mut logs = reader.logs()?;
    // Erasures that wait to be said again may be all there is of a site.
    let lists = reader.erasing_sites()?;
    let waiting = sites.iter().map(|site| site.id).filter(|site| {
        let listed = lists.iter().any(|it| *it == site.to_string());
        listed && !logs.contains(site)
    });
    let waiting: Vec<SiteId> = waiting.collect();
    logs.extend(waiting);
    for log in logs {
        all.push(check_log(reader, log, organisation, &sites, &keys, known)?);
    }
    let names: Vec<&str> = all.iter().map(|log| log.log.as_str()).collect();
    let gone = known.missing(&names, &sites);
    let mut tables = check_tables(reader, &keys, &told)?;
    let unsigned = known.unsigned(&keys);
    let beside = gone.into_iter().chain(unsigned).map(Found::beside);
    tables.findings.extend(beside);
    all.push(tables);
    Ok(all)
}

/// What stands beside the logs: the database's own structure, and the tables that act.
fn check_tables(reader: Reader<'_>, keys: &KeyRing, told: &Told) -> Result<Checked, CommandError> {
    let organisation = reader.organisation()?;
    let own_log = SiteId::from(organisation.id);
    let mut wrong: Vec<(String, String)> = reader
        .integrity()?
        .into_iter()
        .map(|(table, fault)| (table.unwrap_or_else(|| "database".to_owned()), fault))
        .collect();
    wrong.extend(
        erased::strange_sites(reader)?
            .into_iter()
            .map(|fault| ("erasure".to_owned(), fault)),
    );
    wrong.extend(photos::faults(reader)?);
    let mut meta = |key: &str, fault: &str| wrong.push((format!("meta.{key}"), fault.to_owned()));
    if reader.head(own_log)?.is_none() {
        meta("organisation", "the organisation has no log");
    }
    match told.owner(&organisation.key.public().device()) {
        Some(owner) if owner != organisation.office => {
            meta("office", "the office's key was enrolled to another person");
        }
        Some(_) if keys.holds(organisation.key.public()) => {}
        _ => meta(
            "office_key",
            "the office's key was never enrolled in the log",
        ),
    }
    if reader.escrow_key().is_err() {
        meta("escrow_key", "the halves of the key are not of one key");
    }
    wrong.extend(told.differences(reader));
    let mut checked = beside("tables", wrong);
    checked
        .findings
        .extend(reader.strays(own_log)?.into_iter().map(|id| Found {
            seq: None,
            event: Some(id),
            part: "event.site".to_owned(),
            fault: "the event is in the log of no known site".to_owned(),
        }));
    Ok(checked)
}

fn check_log(
    reader: Reader<'_>,
    log: SiteId,
    organisation: OrganisationId,
    sites: &[Site],
    keys: &KeyRing,
    known: &KnownHeads,
) -> Result<Checked, CommandError> {
    let site = sites.iter().find(|site| site.id == log);
    let own = log == SiteId::from(organisation);
    let name = match site {
        Some(site) => site.code.clone(),
        None if own => ORGANISATION.to_owned(),
        None => log.to_string(),
    };
    let evidence = keys.evidence(site.and_then(|site| clock::zone(&site.zone)));
    let genesis = Head::genesis(organisation, log);
    let mut checking = Checking::new(&name, genesis, log, &evidence, known);
    if site.is_none() && !own {
        let fault = "there is a log of this site, but no such site".to_owned();
        checking.wrong(None, None, "event.site", fault);
    }
    let mut erased = Erased::default();
    let mut named = photos::Named::default();
    reader.each_row(log, |seq, row| {
        match row {
            Ok(row) => {
                erased.take(&row.logged.event);
                named.take(&row.logged.event);
                checking.row(&row.logged, &row.hash);
                checking.stored(&row);
            }
            Err(error) => {
                let part = match &error {
                    StoreError::Column { column } => column,
                    _ => "parts",
                };
                checking.wrong(Some(seq), None, part, error.to_string());
            }
        }
        Ok::<_, CommandError>(())
    })?;
    let differences = erased.differences(reader, log, &evidence)?;
    for (table, fault) in differences
        .into_iter()
        .chain(named.differences(reader, log)?)
    {
        checking.wrong(None, None, table, fault);
    }
    let mut checked = checking.finish();
    // Where the event cannot be read, the row still tells its id.
    for found in checked.findings.iter_mut().filter(|it| it.event.is_none()) {
        let id = found.seq.map(|seq| reader.id_at(log, seq)).transpose();
        found.event = id.ok().flatten().flatten();
    }
    Ok(checked)
}

/// What stands beside the logs: what was changed, and what is wrong.
fn beside(name: &str, findings: Vec<(String, String)>) -> Checked {
    Checked {
        log: name.to_owned(),
        events: 0,
        sealed: 0,
        head: None,
        findings: findings.into_iter().map(Found::beside).collect(),
    }
}

fn withheld(event: &Event) -> impl Iterator<Item = PartName> {
    let withheld = PartState::Absent {
        absent: Absence::Withheld,
    };
    let parts = event.parts.iter();
    parts.filter_map(move |(name, state)| (*state == withheld).then_some(*name))
}

fn check_file(file: &Path, known: &KnownHeads) -> Result<Vec<Checked>, CommandError> {
    let reading = CommandError::io(format!("reading {}", file.display()));
    let bytes = fs::read(file).map_err(reading)?;
    let mut lines = bytes.split(|byte| *byte == b'\n').collect::<Vec<_>>();
    // What follows the last line's end.
    lines.pop_if(|line| line.is_empty());
    let Some((first, lines)) = lines
        .split_first()
        .filter(|(it, _)| it.starts_with(BEGINNING))
    else {
        return Err(CommandError::Failed(format!(
            "{} is no Doorstep export ({FORMAT})",
            file.display()
        )));
    };
    let header = match read_header(first) {
        Ok(header) => header,
        Err(fault) => return Ok(vec![beside("file", vec![fault])]),
    };
    let rows: Vec<_> = lines
        .iter()
        .map(|line| export_file::read::<Row>(line))
        .collect();
    let mut keys = KeyRing::default();
    let mut told = Told::default();
    let mut begins = None;
    for row in rows
        .iter()
        .flatten()
        .filter(|row| row.log == Log::Organisation)
    {
        let logged = row.clone().logged();
        begins = begins.or_else(|| Some(logged.event.read_envelope().ok()?.site));
        keys.take(&logged);
        told.take(&logged);
    }

    let asked = known;
    let known = &asked.and_stated(told.stated());
    let (site, organisation) = (&header.site, header.organisation);
    let own_log = SiteId::from(organisation);
    let of_own = keys.evidence(None);
    let of_site = keys.evidence(clock::zone(&site.zone));
    let genesis = |log| Head::genesis(organisation, log);
    let mut own = Checking::new(ORGANISATION, genesis(own_log), own_log, &of_own, known);
    own.walk = own.walk.against([header.organisation_head]);
    let mut its = Checking::new(&site.code, genesis(site.id), site.id, &of_site, known);
    its.walk = its.walk.against([header.head]);
    if begins.is_some_and(|begins| begins != own_log) {
        let fault = "the log of another organisation follows".to_owned();
        own.wrong(None, None, "organisation", fault);
    }
    if !told.opened(site) {
        let fault = "no event opens the site as it is named here".to_owned();
        own.wrong(None, None, "site", fault);
    }
    for (part, fault) in known.unsigned(&keys) {
        own.wrong(None, None, &part, fault);
    }
    let mut next: Option<Log> = None;
    for ((line, row), number) in lines.iter().zip(rows).zip(2_u64..) {
        match row {
            Ok(row) => {
                let log = row.log;
                let checking = if log == Log::Organisation {
                    &mut own
                } else {
                    &mut its
                };
                let hash = row.hash;
                checking.row(&row.logged(), &hash);
                next = Some(log);
            }
            Err(error) => {
                // It is of the log that the line before it is of, or the next one's first.
                let of_organisation =
                    next != Some(Log::Site) && own.checked.events < header.organisation_head.seq;
                let checking = if of_organisation { &mut own } else { &mut its };
                let fault = format!("line {number} of the file is no event: {error}");
                let seq = checking.walk.expected();
                checking.wrong(Some(seq), export_file::id_in(line), error.field, fault);
            }
        }
    }
    if !asked.is_empty()
        && asked
            .of(ORGANISATION, own_log)
            .chain(asked.of(&site.code, site.id))
            .next()
            .is_none()
    {
        let problem = format!(
            "none of the heads is of `{}` or `{ORGANISATION}`",
            site.code
        );
        return Err(CommandError::Usage(problem));
    }
    Ok(vec![own.finish(), its.finish()])
}

/// An export's first line, or which field of it is wrong, and how.
fn read_header(line: &[u8]) -> Result<Header, (String, String)> {
    match export_file::read::<Header>(line) {
        Ok(header) if header.format == FORMAT => Ok(header),
        Ok(_) => {
            let fault = format!("it is not of the form that this program reads ({FORMAT})");
            Err(("format".to_owned(), fault))
        }
        Err(error) => {
            let fault = format!("the first line is not as it was written: {error}");
            Err((error.field.to_owned(), fault))
        }
    }
}

fn words(finding: Finding) -> Found {
    let fault = match finding.fault {
        Fault::Order { expected } => format!("event {expected} should stand here"),
        Fault::ReceivedAt => "the time of acceptance is not the one that was chained".into(),
        Fault::Hash => "the hash kept is not the chain's at this place".into(),
        Fault::RowHash => "the chain's hash is not that of the event, its place and time".into(),
        Fault::Envelope => "the envelope cannot be read".into(),
        Fault::Site => "the event belongs to another log".into(),
        Fault::PartList => "its parts are not those that were signed for".into(),
        Fault::Part(name) => {
            let seal = if covers(name) { "broken seal: " } else { "" };
            format!("{seal}the part `{}` is not what was signed", name.as_str())
        }
        Fault::Missing(name) => format!(
            "the part `{}` is missing, and no event erases it",
            name.as_str()
        ),
        Fault::NotErased(name) => {
            format!("the part `{}` was erased and is there again", name.as_str())
        }
        Fault::UnknownDevice => "it was signed by a device that was never enrolled".into(),
        Fault::Signature => "the signature is not the device's over this event".into(),
        Fault::Invalid(invalid) => format!("no phone would record this ({invalid})"),
        Fault::Truncated { head } => format!("the log ends before event {head}"),
        Fault::OtherHead => "up to here the log is not the one that the head names".into(),
    };
    let whole_log = matches!(finding.fault, Fault::Truncated { .. });
    Found {
        seq: (!whole_log).then_some(finding.seq),
        event: finding.event.map(|id| id.to_string()),
        part: finding.fault.place().to_owned(),
        fault,
    }
}
