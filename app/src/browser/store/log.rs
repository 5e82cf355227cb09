//! Copies of sites' logs in the person's database, in sealed pages: thousands of rows are read with
//! few records. Not the chain; the engine has checked it before anything is stored.

use std::collections::BTreeMap;

use doorstep_domain::erasure::{self, erasures};
use doorstep_domain::id::SiteId;
use doorstep_domain::log::LoggedEvent;
use doorstep_domain::sync::engine::SiteCopy;
use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};

use super::connection::{Mode, Work};
use super::person::{HEADS, LOG, LogCopy, PersonStore};
use super::{StoreError, rows};
use crate::browser::cipher::Cipher;
use crate::browser::crypto::NoCrypto;
use crate::browser::{object, property};

/// Most rows of a page: with the ink of every row some hundred kilobytes, sealed anew for a row more.
const PAGE_ROWS: u64 = 64;

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

/// The pages of all sites as read, to be opened with [`open_all`].
pub(super) struct Pages(Vec<JsValue>);

/// Reads the pages within a transaction on [`LOG`]; they come in the log's order.
pub(super) async fn read_all(work: &Work) -> Result<Pages, StoreError> {
    Ok(Pages(work.get_all(LOG, None).await?))
}

/// The rows of each site, in the log's order.
pub(super) async fn open_all(
    cipher: &Cipher,
    pages: Pages,
) -> Result<BTreeMap<SiteId, LogCopy>, StoreError> {
    let sealed = pages.0.iter().map(|page| {
        let body = property(page, "body").unchecked_into();
        (place_of(page), body)
    });
    // Without WebCrypto nobody has logged in.
    let opened = cipher.open_all(sealed.collect()).await;
    let opened = opened.map_err(|NoCrypto| StoreError::Unavailable)?;
    let mut logs: BTreeMap<SiteId, LogCopy> = BTreeMap::new();
    for (page, body) in pages.0.iter().zip(opened) {
        let Ok(site) = rows::text(page, "site").parse() else {
            continue;
        };
        let copy = logs.entry(site).or_default();
        match body.as_deref().and_then(read_rows) {
            Some(rows) => copy.rows.extend(rows),
            None => copy.damaged += 1,
        }
    }
    Ok(logs)
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
    for rows in new.chunk_by(|one, next| first_of_page(one.seq) == first_of_page(next.seq)) {
        let first = first_of_page(rows[0].seq);
        // The page's earlier rows, where it is begun already.
        let mut body = if rows[0].seq == first {
            Vec::new()
        } else {
            let begun = work.get(LOG, &page_key(site, first)).await?;
            let begun = begun
                .as_ref()
                .map(|page| work.open(&place(site, first), page));
            // What does not open stays damaged: the copy is dropped when it is loaded next.
            begun.transpose()?.flatten().unwrap_or_default()
        };
        body.extend(lines(rows));
        put(work, site, first, &body)?;
    }
    let erasures = erasures(new);
    if erasures.is_empty() {
        return Ok(());
    }
    for page in site_pages(work, site).await? {
        let Some(mut rows) = open(work, &page)? else {
            continue;
        };
        let mut erased = false;
        for row in &mut rows {
            erased |= erasure::erase(&erasures, &mut row.event);
        }
        if erased {
            put(work, site, rows[0].seq, &lines(&rows))?;
        }
    }
    Ok(())
}

/// Takes all rows of `site` away and returns them.
pub(super) async fn drop_rows(work: &Work, site: SiteId) -> Result<Vec<LoggedEvent>, StoreError> {
    let pages = site_pages(work, site).await?;
    work.delete(LOG, rows::site_range(&site)?)?;
    let mut dropped = Vec::new();
    for page in &pages {
        dropped.extend(open(work, page)?.into_iter().flatten());
    }
    Ok(dropped)
}

/// Puts rows that earlier versions kept one by one into pages, within a transaction on [`LOG`].
pub(super) async fn seal_plain(work: &Work) -> Result<(), StoreError> {
    let mut copies: BTreeMap<SiteId, Vec<LoggedEvent>> = BTreeMap::new();
    for record in work.get_all(LOG, None).await? {
        let (site, row) = (
            rows::text(&record, "site").parse(),
            rows::json(&record, "body"),
        );
        if let (Ok(site), Some(row)) = (site, row) {
            copies.entry(site).or_default().push(row);
        }
    }
    for (site, rows) in copies {
        work.delete(LOG, rows::site_range(&site)?)?;
        append(work, site, &rows).await?;
    }
    Ok(())
}

async fn site_pages(work: &Work, site: SiteId) -> Result<Vec<JsValue>, StoreError> {
    let range = rows::site_range(&site)?;
    work.get_all(LOG, Some(range.into())).await
}

fn open(work: &Work, page: &JsValue) -> Result<Option<Vec<LoggedEvent>>, StoreError> {
    let body = work.open(&place_of(page), page)?;
    Ok(body.as_deref().and_then(read_rows))
}

fn put(work: &Work, site: SiteId, first: u64, body: &[u8]) -> Result<(), StoreError> {
    let record = object(&[
        ("site", &rows::key(&site)),
        ("seq", &rows::number(first.cast_signed())),
        ("body", &work.seal(&place(site, first), body)?),
    ]);
    work.put(LOG, &record)
}

/// The rows of a page; `None` when one does not read.
fn read_rows(body: &[u8]) -> Option<Vec<LoggedEvent>> {
    let lines = body
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty());
    lines
        .map(|line| serde_json::from_slice(line).ok())
        .collect()
}

/// Rows as a page's body: a line of JSON each, so that a page grows without being read.
fn lines(rows: &[LoggedEvent]) -> Vec<u8> {
    let mut body = Vec::new();
    for row in rows {
        body.extend(rows::json_bytes(row));
        body.push(b'\n');
    }
    body
}

/// The place in the log of the first row of the page that row `seq` is on.
fn first_of_page(seq: u64) -> u64 {
    seq - (seq.max(1) - 1) % PAGE_ROWS
}

fn page_key(site: SiteId, first: u64) -> JsValue {
    Array::of2(&rows::key(&site), &rows::number(first.cast_signed())).into()
}

fn place(site: SiteId, first: u64) -> String {
    rows::place(LOG, &format_args!("{site}/{first}"))
}

fn place_of(page: &JsValue) -> String {
    let (site, first) = (rows::text(page, "site"), rows::integer(page, "seq"));
    rows::place(LOG, &format_args!("{site}/{first}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_begins_every_so_many_rows_from_the_first() {
        for (seq, first) in [
            (1, 1),
            (2, 1),
            (64, 1),
            (65, 65),
            (128, 65),
            (129, 129),
            (0, 0),
        ] {
            assert_eq!(first_of_page(seq), first, "{seq}");
        }
    }
}
