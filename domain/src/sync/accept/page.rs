//! The rows that follow a phone's cursor, as much of each as its user may hold; or why the
//! phone's copy has to go. Reads only.

use std::collections::BTreeSet;

use crate::hash::Hash;
use crate::id::PersonId;
use crate::log::Head;
use crate::policy::{Role, reads_log, sees};
use crate::sync::limits::{PAGE_BYTES, PAGE_ROWS};
use crate::sync::store::{SiteTransaction, StoredRow};
use crate::sync::wire::{Page, Reset, Row, SiteReply, Stub, scope_digest};

/// Rows asked of the database at a time, so that large ones stop the reading early.
const READ_ROWS: u32 = 50;

/// Who reads.
pub(super) struct Reader {
    /// The person.
    pub(super) person: PersonId,
    /// Their roles on the site now, sorted, each once.
    pub(super) roles: Vec<Role>,
}

/// Where the phone stands.
#[derive(Clone, Copy)]
pub(super) struct From {
    /// The head of the site's empty log.
    pub(super) genesis: Head,
    /// The end of the phone's copy.
    pub(super) cursor: Head,
    /// The scope the copy was taken under.
    pub(super) scope: Option<Hash>,
}

/// How much more one reply may carry, over all its sites.
pub(super) struct Budget {
    rows: u32,
    bytes: usize,
}

impl Budget {
    /// What the phone asked for, within what the server gives.
    pub(super) fn of(limit: u32) -> Self {
        Self {
            rows: limit.clamp(1, PAGE_ROWS),
            bytes: PAGE_BYTES,
        }
    }

    fn is_spent(&self) -> bool {
        self.rows == 0 || self.bytes == 0
    }

    fn spend(&mut self, bytes: usize) {
        self.rows -= 1;
        self.bytes = self.bytes.saturating_sub(bytes);
    }
}

/// The answer for one site. Rows of `acked` events, which the phone has and may keep whole, travel
/// as stubs.
pub(super) fn page<T: SiteTransaction>(
    transaction: &mut T,
    reader: &Reader,
    from: From,
    acked: &BTreeSet<Hash>,
    budget: &mut Budget,
) -> Result<SiteReply, T::Error> {
    let cursor = from.cursor;
    let witnessed = match cursor.seq {
        0 => Some(from.genesis.hash),
        seq => transaction.hash_at(seq)?,
    };
    let reads = reads_log(&reader.roles);
    // Before access: whoever may not read any more is to drop their copy only when all of it is
    // here. It tells them nothing but whether a hash that they name is on the log.
    if witnessed != Some(cursor.hash) && (reads || cursor.seq > 0) {
        return Ok(SiteReply::Reset(Reset::Diverged));
    }
    if !reads {
        return Ok(SiteReply::Reset(Reset::NoAccess));
    }
    let scope = scope_digest(&reader.roles);
    if cursor.seq > 0 && from.scope != Some(scope) {
        return Ok(SiteReply::Reset(Reset::Scope));
    }
    let mut rows = Vec::new();
    let mut last = cursor.seq;
    'reading: while !budget.is_spent() {
        let stored = transaction.rows_after(last, READ_ROWS.min(budget.rows))?;
        if stored.is_empty() {
            break;
        }
        for row in stored {
            last = row.logged.seq;
            let (row, bytes) = shown(reader, row, acked);
            budget.spend(bytes);
            rows.push(row);
            if budget.is_spent() {
                break 'reading;
            }
        }
    }
    let end = transaction.head()?.unwrap_or(from.genesis);
    let hash = transaction.hash_at(last)?;
    let head = hash.map_or(from.genesis, |hash| Head { seq: last, hash });
    Ok(SiteReply::Page(Page {
        scope,
        rows,
        head,
        more: end.seq > last,
    }))
}

/// The row as the reader may have it, and about how many bytes it travels in.
fn shown(reader: &Reader, row: StoredRow, acked: &BTreeSet<Hash>) -> (Row, usize) {
    // What was erased the phone has to hear: it may still hold all of it.
    let whole = row.logged.event.erased().next().is_none();
    if whole && acked.contains(&row.envelope_hash) {
        let stub = Stub {
            seq: row.logged.seq,
            received_at: row.logged.received_at,
            envelope_hash: row.envelope_hash,
        };
        return (Row::Stub(stub), 0);
    }
    let mut logged = row.logged;
    logged.event = logged
        .event
        .withholding(|part| sees(&reader.roles, reader.person, row.kind, row.author, part));
    let parts = logged.event.parts.keys();
    let bytes = parts
        .filter_map(|name| logged.event.part(*name))
        .map(|part| part.body.len())
        .sum::<usize>()
        + logged.event.envelope.len();
    (Row::Event(logged), bytes)
}
