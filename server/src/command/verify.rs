//! `doorstep verify`: walks logs, of the database or of an exported file, and names what is
//! wrong. It writes nothing.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use clap::Args;
use doorstep_domain::event::{Event, PartName, PartState};
use doorstep_domain::id::SiteId;
use doorstep_domain::log::{Head, LoggedEvent};
use doorstep_domain::seal::seal;
use doorstep_domain::verify::{Evidence, Fault, Finding, Walk};
use serde::Serialize;
use serde_json::json;

use self::told::Told;
use super::{Answer, CommandError, Outcome, Shared};
use crate::export_file::{FORMAT, Header};
use crate::keyring::KeyRing;
use crate::store::{self, CheckedRow, Reader, StoreError};
use crate::{clock, config};

mod told;

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  doorstep verify\n  doorstep verify jinhaiwan.jsonl\n\n\
                        Exit code 1: something is wrong, and it was named."
)]
pub(super) struct VerifyArguments {
    /// An export to check; the database by default.
    file: Option<PathBuf>,
}

/// What was found in one log.
#[derive(Debug, Serialize)]
struct Checked {
    /// The site's code; `organisation` for the organisation's own log.
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
    /// What is wrong, in words.
    fault: String,
}

pub(super) fn run(
    arguments: &VerifyArguments,
    shared: &Shared,
    answer: &mut Answer<'_>,
) -> Result<Outcome, CommandError> {
    let checked = if let Some(file) = &arguments.file {
        check_file(file)?
    } else {
        let path = config::database_path(shared.database.as_deref())?;
        if !path.exists() {
            let problem = format!("there is no database {}", path.display());
            return Err(CommandError::Usage(problem));
        }
        match store::inspect(&path, check_database) {
            Err(CommandError::Store(StoreError::Corrupt { what })) => vec![tables(vec![format!(
                "there is {what} that Doorstep did not write"
            )])],
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

fn tell(log: &Checked, answer: &mut Answer<'_>) -> Result<(), CommandError> {
    let Checked {
        log: name,
        events,
        sealed,
        head,
        findings,
    } = log;
    for Found { seq, event, fault } in findings {
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
    fn new(name: &str, genesis: Head, log: SiteId, evidence: &'a dyn Evidence) -> Self {
        let checked = Checked {
            log: name.to_owned(),
            events: 0,
            sealed: 0,
            head: None,
            findings: Vec::new(),
        };
        Self {
            walk: Walk::new(genesis, log, evidence),
            checked,
        }
    }

    fn row(&mut self, row: &LoggedEvent, stored: Option<&Head>) {
        self.checked.events += 1;
        if let Ok(envelope) = row.event.read_envelope() {
            self.checked.sealed += u64::from(seal(&envelope.parts).is_some());
        }
        self.walk.row(row, stored.map(|head| &head.hash));
    }

    /// Something wrong with the log as a whole, or with a row that cannot be read.
    fn wrong(&mut self, seq: Option<u64>, fault: String) {
        self.checked.findings.push(Found {
            seq,
            event: None,
            fault,
        });
    }

    /// What is wrong with a row of the database beside what the walk finds.
    fn stored(&mut self, row: &CheckedRow) {
        let columns = row.disagreeing.iter();
        let columns = columns.map(|it| format!("the column `{it}` is not what the event says"));
        // Nothing erases parts yet: what is not here was lost or taken.
        let parts = absent(&row.logged.event).map(PartName::as_str);
        let parts = parts.map(|it| format!("the part `{it}` is missing"));
        let envelope = row.logged.event.read_envelope().ok();
        let found = columns.chain(parts).map(|fault| Found {
            seq: Some(row.logged.seq),
            event: envelope.as_ref().map(|envelope| envelope.id.to_string()),
            fault,
        });
        self.checked.findings.extend(found);
    }

    fn finish(mut self, head: Option<&Head>) -> Checked {
        self.checked.head = head.map(|head| head.hash.to_string());
        self.checked
            .findings
            .extend(self.walk.finish(head).into_iter().map(words));
        // Faults of the whole log come last.
        self.checked
            .findings
            .sort_by_key(|found| found.seq.unwrap_or(u64::MAX));
        self.checked
    }
}

fn check_database(reader: Reader<'_>) -> Result<Vec<Checked>, CommandError> {
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
    let sites = reader.sites()?;
    let mut all = Vec::new();
    for log in reader.logs()? {
        let site = sites.iter().find(|site| site.id == log);
        let name = match site {
            Some(site) => site.code.clone(),
            None if log == own_log => "organisation".to_owned(),
            None => log.to_string(),
        };
        let evidence = keys.evidence(site.and_then(|site| clock::zone(&site.zone)));
        let mut checking = Checking::new(&name, Head::genesis(organisation, log), log, &evidence);
        if site.is_none() && log != own_log {
            checking.wrong(
                None,
                "there is a log of this site, but no such site".to_owned(),
            );
        }
        reader.each_row(log, |seq, row| {
            match row {
                Ok(row) => {
                    let head = Head {
                        seq,
                        hash: row.hash,
                    };
                    checking.row(&row.logged, Some(&head));
                    checking.stored(&row);
                }
                Err(error) => checking.wrong(Some(seq), error.to_string()),
            }
            Ok::<_, CommandError>(())
        })?;
        all.push(checking.finish(reader.head(log)?.as_ref()));
    }
    all.push(check_tables(reader, &keys, &told)?);
    Ok(all)
}

/// What stands beside the logs: the database's own structure, and the keys that may sign.
fn check_tables(reader: Reader<'_>, keys: &KeyRing, told: &Told) -> Result<Checked, CommandError> {
    let mut findings: Vec<String> = reader.integrity()?;
    findings.extend(told.differences(reader)?);
    if !keys.holds(reader.organisation()?.key.public()) {
        findings.push("the office's key was never enrolled in the log".to_owned());
    }
    Ok(tables(findings))
}

fn tables(findings: Vec<String>) -> Checked {
    let found = |fault| Found {
        seq: None,
        event: None,
        fault,
    };
    Checked {
        log: "tables".to_owned(),
        events: 0,
        sealed: 0,
        head: None,
        findings: findings.into_iter().map(found).collect(),
    }
}

fn absent(event: &Event) -> impl Iterator<Item = PartName> {
    let absent = |(name, state): (&PartName, &PartState)| {
        matches!(state, PartState::Absent { .. }).then_some(*name)
    };
    event.parts.iter().filter_map(absent)
}

fn check_file(file: &Path) -> Result<Vec<Checked>, CommandError> {
    let reading = || CommandError::io(format!("reading {}", file.display()));
    let mut lines = BufReader::new(File::open(file).map_err(reading())?).lines();
    let first = lines
        .next()
        .transpose()
        .map_err(reading())?
        .unwrap_or_default();
    let header: Header = serde_json::from_str(&first)
        .ok()
        .filter(|header: &Header| header.format == FORMAT)
        .ok_or_else(|| {
            CommandError::Failed(format!(
                "{} is no Doorstep export ({FORMAT})",
                file.display()
            ))
        })?;
    let mut keys = KeyRing::default();
    header
        .organisation_log
        .iter()
        .for_each(|row| keys.take(row));
    let organisation = header.organisation;

    let evidence = keys.evidence(None);
    let own_log = SiteId::from(organisation);
    let genesis = Head::genesis(organisation, own_log);
    let mut own = Checking::new("organisation", genesis, own_log, &evidence);
    let mut told = Told::default();
    for row in &header.organisation_log {
        own.row(row, None);
        told.take(row);
    }
    if !told.opened(&header.site) {
        own.wrong(
            None,
            "no event opens the site as it is named here".to_owned(),
        );
    }
    let own = own.finish(Some(&header.organisation_head));

    let site = &header.site;
    let evidence = keys.evidence(clock::zone(&site.zone));
    let genesis = Head::genesis(organisation, site.id);
    let mut checking = Checking::new(&site.code, genesis, site.id, &evidence);
    for (line, number) in lines.zip(2_u64..) {
        match serde_json::from_str::<LoggedEvent>(&line.map_err(reading())?) {
            Ok(row) => checking.row(&row, None),
            Err(_) => checking.wrong(None, format!("line {number} of the file is no event")),
        }
    }
    Ok(vec![own, checking.finish(Some(&header.head))])
}

fn words(finding: Finding) -> Found {
    let fault = match finding.fault {
        Fault::Order { expected } => format!("event {expected} should stand here"),
        Fault::RowHash => "the chain's hash is not that of the event, its place and time".into(),
        Fault::Envelope => "the envelope cannot be read".into(),
        Fault::Site => "the event belongs to another log".into(),
        Fault::PartList => "its parts are not those that were signed for".into(),
        Fault::Part(name) => {
            let sealed = matches!(name, PartName::Content | PartName::Signing | PartName::Ink);
            let seal = if sealed { "broken seal: " } else { "" };
            format!("{seal}the part `{}` is not what was signed", name.as_str())
        }
        Fault::UnknownDevice => "it was signed by a device that was never enrolled".into(),
        Fault::Signature => "the signature is not the device's over this event".into(),
        Fault::Invalid(invalid) => format!("no phone would record this ({invalid})"),
        Fault::Truncated { head } => format!("the log ends before event {head}"),
        Fault::OtherHead => "the log's end is not the head that was named".into(),
    };
    let whole_log = matches!(finding.fault, Fault::Truncated { .. } | Fault::OtherHead);
    Found {
        seq: (!whole_log).then_some(finding.seq),
        event: finding.event.map(|id| id.to_string()),
        fault,
    }
}
