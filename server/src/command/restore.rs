//! `doorstep restore`: puts a backup in the database's place. What was revoked or erased since the
//! backup was made stays so, where the database it replaces can still be read.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::Args;
use doorstep_domain::id::SiteId;
use doorstep_domain::log::Head;
use doorstep_domain::sync::accept::say_erasures_again;
use doorstep_domain::sync::store::{Intent, SiteTransaction, Store};
use serde::Serialize;

use super::backup::{beside, heads, put_in_place, refuse_unsound, sync_folder};
use super::{Answer, CommandError, Outcome, Shared};
use crate::store::{self, Database, Erasures, Reader, Seized};
use crate::{clock, config, directory};

#[derive(Debug, Args)]
#[command(
    after_help = "Everybody has to log in again; phones then send again what the backup lacks.\n\n\
                  Example:\n  doorstep restore --replace /backup/doorstep-2026-11-30.sqlite"
)]
pub(super) struct RestoreArguments {
    /// The backup.
    from: PathBuf,
    /// Replace the database that is there. Its file is kept under another name.
    #[arg(long)]
    replace: bool,
}

/// What was taken over from the replaced database, and what the backup lacks.
#[derive(Debug, Default, Serialize)]
struct Report {
    /// Where the replaced database is now.
    kept_as: Option<PathBuf>,
    /// Why nothing could be taken over from it, if that is so.
    unreadable: Option<String>,
    /// Devices revoked again.
    devices: u32,
    /// Roles ended again.
    roles: u32,
    /// Passwords taken over.
    passwords: u32,
    /// Logs that the backup has less of.
    lacks: Vec<Lack>,
}

/// A log that the backup has less of.
#[derive(Debug, Serialize)]
struct Lack {
    log: String,
    /// Where the backup ends.
    backup: u64,
    /// Where the replaced database ended.
    replaced: Head,
}

pub(super) fn run(
    arguments: &RestoreArguments,
    shared: &Shared,
    answer: &mut Answer<'_>,
) -> Result<Outcome, CommandError> {
    let path = config::database_path(shared.database.as_deref())?;
    let there = path.metadata().is_ok_and(|file| file.len() > 0);
    if there && !arguments.replace {
        let problem = format!(
            "there is a database {}: give --replace to put the backup in its place",
            path.display()
        );
        return Err(CommandError::Usage(problem));
    }
    let seized = if there { seize(&path)? } else { None };
    let new = beside(&path)?;
    store::copy(&arguments.from, new.path())?;
    let mut report = Report::default();
    {
        let database = Database::open(new.path(), clock::id_stamp())?;
        refuse_unsound(new.path(), "the backup")?;
        anew(&database)?;
        if there {
            match replaced(&path, seized.as_ref()) {
                Ok((_file, old)) => take_over(&database, &old, &mut report)?,
                Err(error) => report.unreadable = Some(error.to_string()),
            }
        }
        database.settle()?;
    }
    refuse_unsound(new.path(), "the restored database")?;
    if there {
        report.kept_as = Some(keep_aside(&path)?);
    } else if path.exists() {
        // An empty file, made by whoever meant to begin here.
        std::fs::remove_file(&path).map_err(CommandError::io("making room"))?;
    }
    put_in_place(new, &path)?;
    drop(seized);
    tell(&report, answer)?;
    answer.json(&report)?;
    Ok(Outcome::Fine)
}

/// The database for this program alone; `None` when it is too broken to be one.
fn seize(path: &Path) -> Result<Option<Seized>, CommandError> {
    match Seized::take(path) {
        Ok(seized) => Ok(Some(seized)),
        Err(error @ store::StoreError::InUse) => Err(error.into()),
        Err(_) => Ok(None),
    }
}

/// The replaced database in a copy of today's form, after the file it is in: what is named last is
/// dropped first, and a database must be closed before its file goes.
fn replaced(
    path: &Path,
    seized: Option<&Seized>,
) -> Result<(tempfile::NamedTempFile, Database), CommandError> {
    let seized = seized.ok_or_else(|| CommandError::Failed("it is no database".to_owned()))?;
    let copy = beside(path)?;
    seized.copy(copy.path())?;
    let database = Database::open(copy.path(), clock::id_stamp())?;
    Ok((copy, database))
}

fn erasures(reader: Reader<'_>) -> Result<Erasures, CommandError> {
    Ok(reader.erasures()?)
}

/// Another epoch, and nobody is logged in.
fn anew(database: &Database) -> Result<(), CommandError> {
    let mut writer = database.writer();
    let own_log = SiteId::from(writer.reader().organisation()?.id);
    let mut transaction = writer.begin(own_log, Intent::Append)?;
    transaction.begin_anew()?;
    transaction.commit()?;
    Ok(())
}

fn take_over(new: &Database, old: &Database, report: &mut Report) -> Result<(), CommandError> {
    let of = |reader: Reader<'_>| Ok::<_, CommandError>(reader.organisation()?.id);
    let organisation = new.read(of)?;
    if old.read(of)? != organisation {
        let problem = "the backup is of another organisation than the database it would replace";
        return Err(CommandError::Failed(problem.to_owned()));
    }
    let (ends, before) = (new.read(heads)?, old.read(heads)?);
    report.lacks = before
        .into_iter()
        .map(|(log, replaced)| Lack {
            backup: ends.get(&log).map_or(0, |head| head.seq),
            log,
            replaced,
        })
        .filter(|lack| lack.backup < lack.replaced.seq)
        .collect();
    take_over_people(new, old, report)?;
    let erasures = old.read(erasures)?;
    let own_log = SiteId::from(organisation);
    let mut writer = new.writer();
    let mut transaction = writer.begin(own_log, Intent::Append)?;
    transaction.take_over(&erasures)?;
    transaction.commit()?;
    for site in writer.reader().sites()? {
        let genesis = Head::genesis(organisation, site.id);
        let mut transaction = writer.begin(site.id, Intent::Append)?;
        say_erasures_again(genesis, clock::now(), &mut transaction)?;
        transaction.drop_drafts_ordered_away()?;
        transaction.commit()?;
    }
    Ok(())
}

/// What was taken from people since stays taken: devices, roles, passwords.
fn take_over_people(
    new: &Database,
    old: &Database,
    report: &mut Report,
) -> Result<(), CommandError> {
    let now = clock::now();
    let (devices, accounts) =
        old.read(|reader| Ok::<_, CommandError>((reader.devices()?, reader.accounts()?)))?;
    for before in accounts {
        let Some(account) = new.writer().reader().account(before.person)? else {
            continue;
        };
        if account.password != before.password {
            let (password, until) = (&before.password, before.one_time_until);
            directory::set_password(&mut new.writer(), account.person, password, until)?;
            report.passwords += 1;
        }
        let held = old.read(|reader| reader.grants(before.person))?;
        let restored = new.read(|reader| reader.grants(before.person))?;
        for grant in restored.iter().filter(|grant| !grant.ended(now)) {
            let same = |other: &&doorstep_domain::policy::Grant| {
                (other.role, other.site) == (grant.role, grant.site)
            };
            if held.iter().filter(same).all(|other| other.ended(now)) {
                let (person, writer) = (account.person, &mut new.writer());
                let ended = directory::end_role(writer, person, grant.role, grant.site)?;
                report.roles += u32::try_from(ended).unwrap_or(u32::MAX);
            }
        }
    }
    for device in devices.iter().filter(|it| it.revoked_at.is_some()) {
        report.devices += u32::from(directory::keep_revoked(&mut new.writer(), device)?);
    }
    Ok(())
}

/// Gives the replaced file another name, with which it is found again.
fn keep_aside(path: &Path) -> Result<PathBuf, CommandError> {
    let mut name: OsString = path.as_os_str().to_owned();
    name.push(format!(".replaced-{}", clock::now()));
    let aside = PathBuf::from(name);
    std::fs::rename(path, &aside).map_err(CommandError::io("keeping the replaced database"))?;
    for end in ["-wal", "-shm"] {
        let mut of = path.as_os_str().to_owned();
        of.push(end);
        let mut kept = aside.as_os_str().to_owned();
        kept.push(end);
        // They are there only of a file that was too broken to be seized.
        let _ = std::fs::rename(of, kept);
    }
    sync_folder(path)?;
    Ok(aside)
}

fn tell(report: &Report, answer: &mut Answer<'_>) -> Result<(), CommandError> {
    if let Some(why) = &report.unreadable {
        answer.line(&format!(
            "the replaced database cannot be read ({why}): what was revoked or erased since the \
             backup is not known here and has to be done again"
        ))?;
    }
    for Lack {
        log,
        backup,
        replaced,
    } in &report.lacks
    {
        answer.line(&format!(
            "{log}: the backup ends at event {backup}, the replaced database at {} ({})",
            replaced.seq, replaced.hash
        ))?;
    }
    let Report {
        devices,
        roles,
        passwords,
        ..
    } = report;
    if report.kept_as.is_some() && report.unreadable.is_none() {
        answer.line(&format!(
            "taken over: {devices} devices revoked, {roles} roles ended, {passwords} passwords, \
             and what was erased"
        ))?;
    }
    if let Some(kept) = &report.kept_as {
        answer.line(&format!("the replaced database is now {}", kept.display()))?;
    }
    answer.line("restored: everybody has to log in again")
}
