//! `doorstep export --site CODE [FILE]`.

use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use doorstep_domain::account::Site;
use doorstep_domain::id::SiteId;
use doorstep_domain::log::Head;
use serde::Serialize;
use serde_json::json;

use super::{Answer, CommandError, Outcome, site_named};
use crate::export_file::{self, FORMAT, Header, Log, Row};
use crate::store::{Database, Reader};

#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  doorstep export --site jinhaiwan jinhaiwan.jsonl && \
                        doorstep verify jinhaiwan.jsonl"
)]
pub(super) struct ExportArguments {
    /// The site's code.
    #[arg(long)]
    site: String,
    /// The file to write; standard output by default.
    file: Option<PathBuf>,
}

pub(super) fn run(
    arguments: &ExportArguments,
    database: &Database,
    answer: &mut Answer<'_>,
) -> Result<Outcome, CommandError> {
    let Some(file) = &arguments.file else {
        if answer.json {
            let problem = "the export itself goes to standard output: name a FILE to use --json";
            return Err(CommandError::Usage(problem.to_owned()));
        }
        write(
            database,
            &arguments.site,
            &mut BufWriter::new(&mut *answer.out),
        )?;
        return Ok(Outcome::Fine);
    };
    let header = write_file(database, &arguments.site, file)?;
    let (events, head) = (header.head.seq, header.head.hash);
    answer.line(&format!(
        "{events} events of {} in {}",
        header.site.code,
        file.display()
    ))?;
    answer.line(&format!("head {head}"))?;
    answer.json(&json!({
        "site": header.site.code,
        "events": events,
        "head": head,
        "file": file,
    }))?;
    Ok(Outcome::Fine)
}

/// Writes beside the file and puts it in place when it is whole.
fn write_file(database: &Database, code: &str, file: &Path) -> Result<Header, CommandError> {
    let failed = || CommandError::io(format!("writing {}", file.display()));
    let folder = match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    // Readable for this user only, as the database is.
    let mut whole = tempfile::NamedTempFile::new_in(folder).map_err(failed())?;
    let header = {
        let mut out = BufWriter::new(&mut whole);
        let header = write(database, code, &mut out)?;
        out.flush().map_err(failed())?;
        header
    };
    whole.as_file().sync_all().map_err(failed())?;
    whole.persist(file).map_err(|error| failed()(error.error))?;
    Ok(header)
}

/// All of one moment of the database.
fn write(database: &Database, code: &str, out: &mut dyn Write) -> Result<Header, CommandError> {
    database.read(|reader| {
        let header = header(reader, site_named(reader, code)?)?;
        line(out, &header)?;
        let own_log = SiteId::from(header.organisation);
        for (log, site) in [(Log::Organisation, own_log), (Log::Site, header.site.id)] {
            reader.each_row(site, |_, row| {
                let row = row?;
                line(out, &Row::of(log, row.logged, row.hash))
            })?;
        }
        out.flush()
            .map_err(CommandError::io("writing the export"))?;
        Ok(header)
    })
}

fn header(reader: Reader<'_>, site: Site) -> Result<Header, CommandError> {
    let organisation = reader.organisation()?.id;
    let head = |log: SiteId| {
        let head = reader.head(log)?;
        Ok::<_, CommandError>(head.unwrap_or_else(|| Head::genesis(organisation, log)))
    };
    Ok(Header {
        format: FORMAT.to_owned(),
        organisation,
        organisation_head: head(organisation.into())?,
        head: head(site.id)?,
        site,
    })
}

fn line(out: &mut dyn Write, value: &impl Serialize) -> Result<(), CommandError> {
    let text = export_file::write(value);
    writeln!(out, "{text}").map_err(CommandError::io("writing the export"))
}
