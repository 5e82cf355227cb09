//! Copies of sites' logs in the person's database. Not the chain; the engine has checked it
//! before anything is stored.

use std::collections::BTreeMap;

use doorstep_domain::erasure::{self, erasures};
use doorstep_domain::id::SiteId;
use doorstep_domain::log::LoggedEvent;
use doorstep_domain::sync::engine::SiteCopy;
use wasm_bindgen::JsValue;

use super::connection::{Mode, Work};
use super::person::{HEADS, LOG, LogCopy, PersonStore};
use super::{StoreError, rows};
use crate::browser::object;

impl PersonStore {
    /// Drops copies of logs, to be fetched anew.
    pub(super) async fn drop_copies(&self, sites: &[SiteId]) -> Result<(), StoreError> {
        self.run(&[LOG, HEADS], Mode::Write, async |work| {
            for site in sites {
                work.delete(LOG, rows::site_range(site)?)?;
                work.delete(HEADS, rows::key(site))?;
            }
            Ok(())
        })
        .await
    }
}

/// The rows of each site, in the log's order (they come in key order).
pub(super) fn read_all(records: Vec<JsValue>) -> BTreeMap<SiteId, LogCopy> {
    let mut logs: BTreeMap<SiteId, LogCopy> = BTreeMap::new();
    for record in records {
        let Ok(site) = rows::text(&record, "site").parse() else {
            continue;
        };
        let copy = logs.entry(site).or_default();
        match rows::json(&record, "body") {
            Some(row) => copy.rows.push(row),
            None => copy.damaged += 1,
        }
    }
    logs
}

/// Where the copy of a site ends.
pub(super) fn read_copy(record: &JsValue) -> Option<(SiteId, SiteCopy)> {
    Some((
        rows::text(record, "site").parse().ok()?,
        rows::json(record, "body")?,
    ))
}

/// Where the stored copy of `site` ends; `None` when there is none.
pub(super) async fn stored_copy(work: &Work, site: SiteId) -> Result<Option<SiteCopy>, StoreError> {
    let record = work.get(HEADS, &rows::key(&site)).await?;
    Ok(record.as_ref().and_then(read_copy).map(|(_, copy)| copy))
}

/// Notes where the copy of `site` ends.
pub(super) fn put_copy(work: &Work, site: SiteId, copy: &SiteCopy) -> Result<(), StoreError> {
    let record = object(&[("site", &rows::key(&site)), ("body", &rows::to_json(copy))]);
    work.put(HEADS, &record)
}

/// Adds rows to the copy of `site`, and takes out of the whole copy what they erase.
pub(super) async fn append(
    work: &Work,
    site: SiteId,
    new: &[LoggedEvent],
) -> Result<(), StoreError> {
    new.iter().try_for_each(|row| put(work, site, row))?;
    let erasures = erasures(new);
    if erasures.is_empty() {
        return Ok(());
    }
    let kept = work.get_all(LOG, Some(rows::site_range(&site)?.into()));
    let kept: Vec<LoggedEvent> = kept
        .await?
        .iter()
        .filter_map(|record| rows::json(record, "body"))
        .collect();
    for mut row in kept {
        if erasure::erase(&erasures, &mut row.event) {
            put(work, site, &row)?;
        }
    }
    Ok(())
}

fn put(work: &Work, site: SiteId, row: &LoggedEvent) -> Result<(), StoreError> {
    let record = object(&[
        ("site", &rows::key(&site)),
        ("seq", &rows::number(row.seq.cast_signed())),
        ("body", &rows::to_json(row)),
    ]);
    work.put(LOG, &record)
}

/// Takes all rows of `site` away and returns them.
pub(super) async fn drop_rows(work: &Work, site: SiteId) -> Result<Vec<LoggedEvent>, StoreError> {
    let range = rows::site_range(&site)?;
    let records = work.get_all(LOG, Some(range.into())).await?;
    work.delete(LOG, rows::site_range(&site)?)?;
    Ok(records
        .iter()
        .filter_map(|record| rows::json(record, "body"))
        .collect())
}
