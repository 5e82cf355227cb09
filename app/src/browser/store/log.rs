//! Copies of sites' logs in the person's database. Not the chain; the engine has checked it
//! before anything is stored.

use std::collections::BTreeMap;

use doorstep_domain::event::Event;
use doorstep_domain::id::{EventId, SiteId};
use doorstep_domain::log::LoggedEvent;
use doorstep_domain::sync::engine::SiteCopy;
use wasm_bindgen::JsValue;

use super::connection::{Mode, Work};
use super::person::{BY_ID, HEADS, LOG, LogCopy, OUTBOX, PersonStore};
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

    /// An event by id, from the log or else the outbox.
    pub async fn event(&self, id: EventId) -> Result<Option<Event>, StoreError> {
        self.run(&[LOG, OUTBOX], Mode::Read, async |work| {
            let key = rows::key(&id);
            if let Some(record) = work.get_by(LOG, BY_ID, &key).await? {
                return Ok(rows::json(&record, "body").map(|row: LoggedEvent| row.event));
            }
            let record = work.get(OUTBOX, &key).await?;
            Ok(record.and_then(|record| rows::json(&record, "body")))
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

/// Adds rows to the copy of `site`.
pub(super) fn append(work: &Work, site: SiteId, new: &[LoggedEvent]) -> Result<(), StoreError> {
    for row in new {
        let opened = row.event.open().ok();
        // A row that cannot be opened (a later program's) is kept all the same.
        let (id, subject) = opened.map_or_else(Default::default, |opened| {
            (
                opened.envelope.id.to_string(),
                opened.envelope.subject.to_string(),
            )
        });
        let record = object(&[
            ("site", &rows::key(&site)),
            ("seq", &rows::number(row.seq.cast_signed())),
            ("id", &JsValue::from_str(&id)),
            ("subject", &JsValue::from_str(&subject)),
            ("body", &rows::to_json(row)),
        ]);
        work.put(LOG, &record)?;
    }
    Ok(())
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
