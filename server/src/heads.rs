//! Stating where each site's log stands ([`doorstep_domain::heads`]): once per site's day, by the
//! running server or by `doorstep heads --state`.

use std::time::Duration;

use doorstep_domain::account::Site;
use doorstep_domain::event::{Kind, PartName};
use doorstep_domain::heads::{self, HeadStated, Stated};
use doorstep_domain::id::SiteId;
use doorstep_domain::sync::store::{Intent, SiteTransaction, Store};
use doorstep_domain::time::UnixMs;

use crate::app::Shared;
use crate::clock;
use crate::error::ApiError;
use crate::office::{Office, OfficeFailure, Statement};
use crate::store::{Reader, StoreError, Writer};

/// How often the running server looks whether a head is due; the first time so long after its
/// start.
const EVERY: Duration = Duration::from_mins(10);

/// States the heads that are due at `now`, all or none; gives them with their sites' codes.
pub fn state(
    writer: &mut Writer<'_>,
    now: UnixMs,
) -> Result<Vec<(String, HeadStated)>, OfficeFailure> {
    let office = Office {
        now,
        ..Office::now(writer.reader())?
    };
    // Most of the time nothing is, and then nothing is locked.
    if due(writer.reader(), &office)?.is_empty() {
        return Ok(Vec::new());
    }
    let mut transaction = writer.begin(office.own_log(), Intent::Append)?;
    // Another program may have stated them while this one waited for the lock.
    let due = due(transaction.reader(), &office)?;
    let statements = due.iter().map(|(_, stated)| {
        Statement::new(stated.site, Kind::HeadsStated).with(PartName::Fact, stated)
    });
    office.log(office.own_log(), statements.collect(), &mut transaction)?;
    transaction.commit()?;
    Ok(due)
}

/// What is to be stated, by the sites' codes.
fn due(reader: Reader<'_>, office: &Office) -> Result<Vec<(String, HeadStated)>, StoreError> {
    let mut due = Vec::new();
    for Site { id, code, .. } in reader.sites()? {
        let today = office.zones.zone(id);
        let today = today.and_then(|zone| clock::at_site(office.now, zone));
        // Where the zone is not known to this program, it has no days.
        let (Some(today), Some(head)) = (today, reader.head(id)?) else {
            continue;
        };
        let last = last(reader, office.own_log(), id)?;
        let last = last.and_then(|stated| heads::read(&stated.event));
        let day = today.date();
        if heads::is_due(last.as_ref(), day, head) {
            due.push((
                code,
                HeadStated {
                    day,
                    site: id,
                    head,
                },
            ));
        }
    }
    Ok(due)
}

/// The latest statement on a site.
fn last(reader: Reader<'_>, own_log: SiteId, site: SiteId) -> Result<Option<Stated>, StoreError> {
    reader.last_of(own_log, site.into(), Kind::HeadsStated)
}

/// The latest statement on each of these sites, where there is one.
pub fn latest(reader: Reader<'_>, sites: &[Site]) -> Result<Vec<Stated>, StoreError> {
    let own_log = reader.organisation()?.id.into();
    let mut statements = Vec::new();
    for site in sites {
        statements.extend(last(reader, own_log, site.id)?);
    }
    Ok(statements)
}

/// States what is due for as long as the server runs. A server that was down catches up: what is
/// due is told by the log, not by when this ran last.
pub(crate) async fn keep_stating(app: Shared) {
    let mut ticks = tokio::time::interval(EVERY);
    // The first tick is at once.
    ticks.tick().await;
    loop {
        ticks.tick().await;
        let stated = app.blocking(|app| {
            let stated = state(&mut app.database.writer(), clock::now());
            Ok(stated.map_err(crate::directory::DirectoryError::from)?)
        });
        match stated.await {
            Ok(stated) => tracing::debug!(count = stated.len(), "stated heads"),
            Err(error) => warn(&error),
        }
    }
}

/// The next tick tries again; whoever runs the server should know.
fn warn(error: &ApiError) {
    tracing::warn!(?error, "the heads of the logs were not stated");
}
