//! `doorstep backup`: a copy of the whole database, keys and all, made while the server runs.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};

use clap::Args;
use doorstep_domain::id::SiteId;
use doorstep_domain::log::Head;
use serde_json::json;
use tempfile::NamedTempFile;

use super::{Answer, CommandError, Outcome, Shared, verify};
use crate::config;
use crate::store::{self, Reader};

#[derive(Debug, Args)]
#[command(
    after_help = "The copy holds people's names and the office's key: keep it as you keep the \
                  database.\n\nExample:\n  doorstep backup /backup/doorstep-2026-11-30.sqlite"
)]
pub(super) struct BackupArguments {
    /// The file to make; it must not be there yet.
    to: PathBuf,
}

pub(super) fn run(
    arguments: &BackupArguments,
    shared: &Shared,
    answer: &mut Answer<'_>,
) -> Result<Outcome, CommandError> {
    let (from, to) = (existing(shared)?, &arguments.to);
    if to.exists() {
        let problem = format!("{} is there already: name a new file", to.display());
        return Err(CommandError::Usage(problem));
    }
    let copy = beside(to)?;
    store::copy(&from, copy.path())?;
    refuse_unsound(copy.path(), "the copy")?;
    let heads = store::inspect(copy.path(), heads)?;
    put_in_place(copy, to)?;
    for (log, head) in &heads {
        let Head { seq, hash } = head;
        answer.line(&format!("{log}: {seq} events, head {hash}"))?;
    }
    answer.line(&format!("sound copy in {}", to.display()))?;
    answer.json(&json!({"file": to, "heads": heads}))?;
    Ok(Outcome::Fine)
}

/// The database, which must be there.
pub(super) fn existing(shared: &Shared) -> Result<PathBuf, CommandError> {
    let path = config::database_path(shared.database.as_deref())?;
    if path.exists() {
        return Ok(path);
    }
    let problem = format!("there is no database {}", path.display());
    Err(CommandError::Usage(problem))
}

/// A new file of this user's own in the folder of `path`, gone again unless it is put in place.
pub(super) fn beside(path: &Path) -> Result<NamedTempFile, CommandError> {
    let made = NamedTempFile::new_in(folder(path));
    made.map_err(CommandError::io(format!("writing {}", path.display())))
}

/// Fails if verify finds anything.
pub(super) fn refuse_unsound(path: &Path, what: &str) -> Result<(), CommandError> {
    let faults = verify::faults(path)?;
    if faults.is_empty() {
        return Ok(());
    }
    Err(CommandError::Failed(format!(
        "{what} is not sound, and was not kept:\n{}",
        faults.join("\n")
    )))
}

/// The ends of all logs, by the site's code.
pub(super) fn heads(reader: Reader<'_>) -> Result<BTreeMap<String, Head>, CommandError> {
    let own = SiteId::from(reader.organisation()?.id);
    let sites = reader.sites()?;
    let mut heads = BTreeMap::new();
    for log in reader.logs()? {
        let site = sites.iter().find(|site| site.id == log);
        let name = match site {
            Some(site) => site.code.clone(),
            None if log == own => "organisation".to_owned(),
            None => log.to_string(),
        };
        heads.extend(reader.head(log)?.map(|head| (name, head)));
    }
    Ok(heads)
}

/// Makes the file durable and gives it its name: it is there whole or not at all.
pub(super) fn put_in_place(file: NamedTempFile, path: &Path) -> Result<(), CommandError> {
    let failed = || CommandError::io(format!("writing {}", path.display()));
    // SQLite has written through a handle of its own.
    let written = File::open(file.path()).map_err(failed())?;
    written.sync_all().map_err(failed())?;
    file.persist_noclobber(path)
        .map_err(|error| failed()(error.error))?;
    sync_folder(path)
}

/// Makes the names in the folder of `path` durable.
pub(super) fn sync_folder(path: &Path) -> Result<(), CommandError> {
    let folder = File::open(folder(path)).and_then(|folder| folder.sync_all());
    folder.map_err(CommandError::io(format!("writing {}", path.display())))
}

fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}
