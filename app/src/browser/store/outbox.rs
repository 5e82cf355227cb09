//! The outbox in the person's database, and the two transactions everything depends on: finishing
//! (event in, draft out) and applying what a reply came to. Not the decisions; the engine makes
//! them.

use doorstep_domain::erasure::{erase_refused, erases};
use doorstep_domain::event::Event;
use doorstep_domain::hash::{Hash, to_base64url};
use doorstep_domain::id::{EventId, SubjectId};
use doorstep_domain::log::{Head, LoggedEvent};
use doorstep_domain::sync::engine::{
    Batch, Change, ItemState, OutboxChange, SavedItem, SiteChange, returns_own,
};
use wasm_bindgen::JsValue;

use super::connection::{Mode, Work};
use super::drafts::{self, DraftConflict};
use super::person::{CLOCK, DRAFTS, HEADS, LOG, ONLY, ORDER, OUTBOX, PersonStore, SESSION};
use super::{StoreError, log, rows, unfinished};
use crate::browser::{object, property};

/// Another tab has stored something since this one looked: load again and decide anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stale;

/// What applying a reply came to, beside what the batch says.
#[derive(Debug, Default)]
pub struct Applied {
    /// The rows that went back to the outbox (see [`Change::Reset`]).
    pub returned: Vec<LoggedEvent>,
    /// Drafts that were dropped, because what is in them was erased.
    pub dropped: Vec<SubjectId>,
    /// Something was erased of items that the office has refused or keeps aside.
    pub erased: bool,
}

/// What finishing came to.
pub type Finished = Result<(), DraftConflict>;

/// The outbox as read.
pub(super) struct ReadOutbox {
    pub(super) items: Vec<SavedItem>,
    pub(super) unreadable: Vec<String>,
}

impl PersonStore {
    /// Puts a finished event into the outbox and takes the draft it was made from away, in one
    /// transaction: either both or neither. `draft` is its subject and the revision finished.
    pub async fn finish(
        &self,
        id: EventId,
        event: &Event,
        draft: Option<(SubjectId, u64)>,
    ) -> Result<Finished, StoreError> {
        self.run(&[OUTBOX, ORDER, DRAFTS], Mode::Write, async |work| {
            if let Some((subject, revision)) = draft {
                if let Err(conflict) = drafts::check(work, subject, Some(revision)).await? {
                    return Ok(Err(conflict));
                }
                work.delete(DRAFTS, rows::key(&subject))?;
            }
            let order = next_order(work).await?;
            put(work, id, order, event, &ItemState::Waiting)?;
            Ok(Ok(()))
        })
        .await
    }

    /// Puts an event that another phone finished into the outbox; `false` when it is there already.
    pub async fn carry(&self, id: EventId, event: &Event) -> Result<bool, StoreError> {
        self.run(&[OUTBOX, ORDER], Mode::Write, async |work| {
            if work.get(OUTBOX, &rows::key(&id)).await?.is_some() {
                return Ok(false);
            }
            let order = next_order(work).await?;
            put(work, id, order, event, &ItemState::Waiting)?;
            Ok(true)
        })
        .await
    }

    /// Applies what a reply came to, in one transaction; `device` is this phone's. What its rows
    /// erase goes from the copies of logs, from refused items and from drafts. `Err(Stale)` when
    /// another tab was faster: nothing was changed.
    pub async fn apply(
        &self,
        batch: &Batch,
        device: Hash,
    ) -> Result<Result<Applied, Stale>, StoreError> {
        self.run(
            &[OUTBOX, ORDER, DRAFTS, LOG, HEADS, CLOCK, SESSION],
            Mode::Write,
            async |work| {
                for (site, change) in &batch.sites {
                    let stored = log::stored_copy(work, *site).await?.map(|copy| copy.head);
                    if !follows(stored, change) {
                        return Ok(Err(Stale));
                    }
                }
                for change in &batch.outbox {
                    change_item(work, change).await?;
                }
                let mut applied = Applied::default();
                let skew_ms = batch.contact.map_or(0, |contact| contact.skew_ms);
                for (site, change) in &batch.sites {
                    match &change.change {
                        Change::Append(new) => {
                            log::append(work, *site, new).await?;
                            let dropped = drafts::drop_erased(work, new, skew_ms).await?;
                            applied.dropped.extend(dropped);
                            unfinished::drop_erased(work, new)?;
                            applied.erased |= erase(work, new).await?;
                        }
                        Change::Reset(reset) => {
                            let dropped = log::drop_rows(work, *site).await?;
                            if returns_own(*reset) {
                                let own = dropped.into_iter().filter(|row| is_from(row, device));
                                applied.returned.extend(own);
                            }
                        }
                    }
                    log::put_copy(work, *site, &change.to)?;
                }
                put_back(work, &applied.returned).await?;
                if let Some(contact) = &batch.contact {
                    work.put_at(CLOCK, ONLY, &rows::to_json(contact))?;
                }
                Ok(Ok(applied))
            },
        )
        .await
    }

    /// The outbox in its order, and the texts of records that cannot be read back.
    pub async fn outbox(&self) -> Result<(Vec<SavedItem>, Vec<String>), StoreError> {
        self.run(&[OUTBOX], Mode::Read, async |work| {
            let read = read_all(work).await?;
            Ok((read.items, read.unreadable))
        })
        .await
    }

    /// Marks items, all or none.
    pub async fn mark(&self, changes: &[OutboxChange]) -> Result<(), StoreError> {
        self.run(&[OUTBOX], Mode::Write, async |work| {
            for change in changes {
                change_item(work, change).await?;
            }
            Ok(())
        })
        .await
    }

    /// Makes a refused item wait again.
    pub async fn retry(&self, id: EventId) -> Result<(), StoreError> {
        self.mark(&[OutboxChange::Mark(id, ItemState::Waiting)])
            .await
    }
}

/// Whether the change begins where the stored copy ends. A copy not stored yet begins at row 0.
fn follows(stored: Option<Head>, change: &SiteChange) -> bool {
    stored.map_or(change.from.seq == 0, |stored| stored == change.from)
}

fn is_from(row: &LoggedEvent, device: Hash) -> bool {
    row.event
        .open()
        .is_ok_and(|opened| opened.envelope.device == device)
}

async fn change_item(work: &Work, change: &OutboxChange) -> Result<(), StoreError> {
    match change {
        OutboxChange::Remove(id) => work.delete(OUTBOX, rows::key(id)),
        OutboxChange::Mark(id, state) => {
            // Gone already when another tab was faster: then there is nothing to mark.
            let Some(record) = work.get(OUTBOX, &rows::key(id)).await? else {
                return Ok(());
            };
            let before: Option<ItemState> = rows::json(&record, "state");
            if before.is_some_and(|before| !before.gives_way_to(state)) {
                return Ok(());
            }
            let fields = ["id", "order", "body"].map(|name| (name, property(&record, name)));
            let [id, order, body] = &fields;
            let marked = object(&[
                (id.0, &id.1),
                (order.0, &order.1),
                (body.0, &body.1),
                ("state", &rows::to_json(state)),
            ]);
            work.put(OUTBOX, &marked)
        }
    }
}

fn put(
    work: &Work,
    id: EventId,
    order: i64,
    event: &Event,
    state: &ItemState,
) -> Result<(), StoreError> {
    let record = object(&[
        ("id", &rows::key(&id)),
        ("order", &rows::number(order)),
        ("state", &rows::to_json(state)),
        ("body", &work.seal(&place(id), &rows::json_bytes(event))?),
    ]);
    work.put(OUTBOX, &record)
}

/// Takes what `new` erase out of items that the office has refused or keeps aside; whether that
/// changed any.
async fn erase(work: &Work, new: &[LoggedEvent]) -> Result<bool, StoreError> {
    if !new.iter().any(|row| erases(&row.event)) {
        return Ok(false);
    }
    let mut erased = false;
    for record in work.get_all(OUTBOX, None).await? {
        let Ok(mut kept) = item(work, &record)? else {
            continue;
        };
        let is_settled = matches!(
            kept.state,
            ItemState::Refused { .. } | ItemState::Deposited { .. }
        );
        if is_settled && erase_refused(new, &mut kept.event) {
            let order = rows::integer(&record, "order");
            put(work, kept.id, order, &kept.event, &kept.state)?;
            erased = true;
        }
    }
    Ok(erased)
}

/// The next place at the end of the outbox.
async fn next_order(work: &Work) -> Result<i64, StoreError> {
    counter(work, "last", 1).await
}

/// Puts rows of a dropped copy before everything else, in the log's order, as received.
async fn put_back(work: &Work, returned: &[LoggedEvent]) -> Result<(), StoreError> {
    for row in returned.iter().rev() {
        let Ok(opened) = row.event.open() else {
            continue;
        };
        let order = counter(work, "first", -1).await?;
        let state = ItemState::Received { seq: row.seq };
        put(work, opened.envelope.id, order, &row.event, &state)?;
    }
    Ok(())
}

async fn counter(work: &Work, name: &str, step: i64) -> Result<i64, StoreError> {
    let kept = work.get(ORDER, &JsValue::from_str(name)).await?;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a counter stays far below 2^53"
    )]
    let next = kept.and_then(|value| value.as_f64()).unwrap_or_default() as i64 + step;
    work.put_at(ORDER, name, &rows::number(next))?;
    Ok(next)
}

/// Reads the outbox in its order, within a transaction on [`OUTBOX`]. What cannot be read is handed
/// on as text, never dropped.
pub(super) async fn read_all(work: &Work) -> Result<ReadOutbox, StoreError> {
    let mut read = ReadOutbox {
        items: Vec::new(),
        unreadable: Vec::new(),
    };
    let mut ordered = work.get_all(OUTBOX, None).await?;
    ordered.sort_by_key(|record| rows::integer(record, "order"));
    for record in ordered {
        match item(work, &record)? {
            Ok(item) => read.items.push(item),
            Err(text) => read.unreadable.push(text),
        }
    }
    Ok(read)
}

/// An item, or its text: opened where it opens, else as it is kept (base64url).
fn item(work: &Work, record: &JsValue) -> Result<Result<SavedItem, String>, StoreError> {
    let kept = || to_base64url(&rows::bytes(record, "body"));
    let Ok(id) = rows::text(record, "id").parse() else {
        return Ok(Err(kept()));
    };
    let Some(body) = work.open(&place(id), record)? else {
        return Ok(Err(kept()));
    };
    let Ok(event) = serde_json::from_slice(&body) else {
        return Ok(Err(String::from_utf8_lossy(&body).into_owned()));
    };
    Ok(Ok(SavedItem {
        id,
        event,
        state: rows::json(record, "state").unwrap_or(ItemState::Waiting),
    }))
}

/// The bodies of all items as texts, within a transaction on [`OUTBOX`]; `None` when one of them does
/// not open.
pub(super) async fn bodies(work: &Work) -> Result<Option<Vec<String>>, StoreError> {
    let mut bodies = Vec::new();
    for record in work.get_all(OUTBOX, None).await? {
        let place = rows::place(OUTBOX, &rows::text(&record, "id"));
        let Some(body) = work.open(&place, &record)? else {
            return Ok(None);
        };
        bodies.push(String::from_utf8_lossy(&body).into_owned());
    }
    Ok(Some(bodies))
}

fn place(id: EventId) -> String {
    rows::place(OUTBOX, &id)
}

/// Whether the office has not received the item.
pub(super) fn is_unsent(record: &JsValue) -> bool {
    !matches!(
        rows::json(record, "state"),
        Some(ItemState::Received { .. })
    )
}

#[cfg(test)]
mod tests {
    use doorstep_domain::sync::engine::SiteCopy;

    use super::*;

    #[test]
    fn a_batch_follows_only_the_copy_it_was_made_for() {
        let head = |seq| Head {
            seq,
            hash: doorstep_domain::hash::sha256(&seq.to_le_bytes()),
        };
        let change = |seq| SiteChange {
            from: head(seq),
            to: SiteCopy {
                head: head(seq + 1),
                scope: None,
            },
            change: Change::Append(Vec::new()),
        };
        assert!(follows(None, &change(0)));
        assert!(!follows(None, &change(1)));
        assert!(follows(Some(head(1)), &change(1)));
        assert!(!follows(Some(head(2)), &change(1)));
    }
}
