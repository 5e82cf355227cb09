//! Drafts in the person's database: sealed bytes with a revision, so that two tabs can never
//! overwrite each other unseen. Not what a draft says.

use doorstep_domain::erasure::{erases, reaches_draft};
use doorstep_domain::id::SubjectId;
use doorstep_domain::log::LoggedEvent;
use doorstep_domain::time::UnixMs;
use wasm_bindgen::JsValue;

use super::connection::{Mode, Work};
use super::person::{CLOCK, DRAFTS, ERASED, PersonStore};
use super::{StoreError, rows};
use crate::browser::object;

/// A draft as kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptDraft {
    /// The record it will become.
    pub subject: SubjectId,
    /// 1 for the first time it was kept, one more each time.
    pub revision: u64,
    /// When it was last kept, phone time.
    pub saved_at: UnixMs,
    /// The draft, opaque.
    pub body: Vec<u8>,
}

/// The draft is not as the writer believed: another tab was there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DraftConflict {
    /// It has been kept at this revision since.
    Changed(u64),
    /// It was finished, discarded or erased.
    Gone,
}

impl PersonStore {
    /// Keeps a draft, durably. `expected` is the revision the writer has seen, `None` for a new
    /// draft. Returns the draft as kept.
    pub async fn save_draft(
        &self,
        subject: SubjectId,
        expected: Option<u64>,
        saved_at: UnixMs,
        body: &[u8],
    ) -> Result<Result<KeptDraft, DraftConflict>, StoreError> {
        self.run(&[DRAFTS], Mode::Write, async |work| {
            if let Err(conflict) = check(work, subject, expected).await? {
                return Ok(Err(conflict));
            }
            let revision = expected.unwrap_or(0) + 1;
            let kept = KeptDraft {
                subject,
                revision,
                saved_at,
                body: body.to_vec(),
            };
            put(work, &kept)?;
            Ok(Ok(kept))
        })
        .await
    }

    /// All drafts as kept now.
    pub async fn drafts(&self) -> Result<Vec<KeptDraft>, StoreError> {
        self.run(&[DRAFTS], Mode::Read, async |work| read_all(work).await)
            .await
    }

    /// A draft as kept now.
    pub async fn draft(&self, subject: SubjectId) -> Result<Option<KeptDraft>, StoreError> {
        self.run(&[DRAFTS], Mode::Read, async |work| {
            read(work, subject).await
        })
        .await
    }

    /// The person has been told of the drafts that were erased.
    pub async fn forget_erased(&self) -> Result<(), StoreError> {
        self.run(&[CLOCK], Mode::Write, async |work| {
            work.put_at(CLOCK, ERASED, &rows::number(0))
        })
        .await
    }

    /// Takes a draft away and returns it, so that it can be put back ([`Self::save_draft`] with
    /// no expected revision).
    pub async fn discard_draft(&self, subject: SubjectId) -> Result<Option<KeptDraft>, StoreError> {
        self.run(&[DRAFTS], Mode::Write, async |work| {
            let kept = read(work, subject).await?;
            work.delete(DRAFTS, rows::key(&subject))?;
            Ok(kept)
        })
        .await
    }
}

/// Drops the drafts that `new` reach, and counts them with those dropped before that the person
/// has not been told of; `skew_ms` is this phone's clock minus the server's. Returns their subjects.
pub(super) async fn drop_erased(
    work: &Work,
    new: &[LoggedEvent],
    skew_ms: i64,
) -> Result<Vec<SubjectId>, StoreError> {
    if !new.iter().any(|row| erases(&row.event)) {
        return Ok(Vec::new());
    }
    let mut reached = read_all(work).await?;
    reached.retain(|draft| reaches_draft(new, draft.subject, &draft.body, skew_ms));
    let dropped: Vec<SubjectId> = reached.iter().map(|draft| draft.subject).collect();
    for subject in &dropped {
        work.delete(DRAFTS, rows::key(subject))?;
    }
    if !dropped.is_empty() {
        let before = work.get(CLOCK, &JsValue::from_str(ERASED)).await?;
        let untold = count_erased(before.as_ref()) + dropped.len() as u64;
        work.put_at(CLOCK, ERASED, &rows::number(untold.cast_signed()))?;
    }
    Ok(dropped)
}

/// How many erased drafts the person has not been told of.
pub(super) fn count_erased(record: Option<&JsValue>) -> u64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a count of drafts stays far below 2^53"
    )]
    let count = record.and_then(JsValue::as_f64).unwrap_or_default() as u64;
    count
}

/// Whether the draft is at the expected revision.
pub(super) async fn check(
    work: &Work,
    subject: SubjectId,
    expected: Option<u64>,
) -> Result<Result<(), DraftConflict>, StoreError> {
    let stored = read(work, subject).await?.map(|kept| kept.revision);
    Ok(match stored {
        _ if stored == expected => Ok(()),
        Some(revision) => Err(DraftConflict::Changed(revision)),
        None => Err(DraftConflict::Gone),
    })
}

async fn read(work: &Work, subject: SubjectId) -> Result<Option<KeptDraft>, StoreError> {
    match work.get(DRAFTS, &rows::key(&subject)).await? {
        Some(record) => from_record(work, &record),
        None => Ok(None),
    }
}

/// Reads all within a transaction on [`DRAFTS`].
pub(super) async fn read_all(work: &Work) -> Result<Vec<KeptDraft>, StoreError> {
    let mut drafts = Vec::new();
    for record in work.get_all(DRAFTS, None).await? {
        drafts.extend(from_record(work, &record)?);
    }
    Ok(drafts)
}

/// Reads a record; `None` when its subject is not an id. A body that does not open is an empty one:
/// its row is shown, and says that it cannot be read.
fn from_record(work: &Work, record: &JsValue) -> Result<Option<KeptDraft>, StoreError> {
    let Ok(subject) = rows::text(record, "subject").parse() else {
        return Ok(None);
    };
    let body = work.open(&place(subject), record)?;
    Ok(Some(KeptDraft {
        subject,
        revision: rows::integer(record, "revision")
            .try_into()
            .unwrap_or_default(),
        saved_at: rows::integer(record, "saved_at"),
        body: body.unwrap_or_default(),
    }))
}

/// Keeps a draft as it is within a transaction on [`DRAFTS`].
fn put(work: &Work, kept: &KeptDraft) -> Result<(), StoreError> {
    let record = object(&[
        ("subject", &rows::key(&kept.subject)),
        ("revision", &rows::number(kept.revision.cast_signed())),
        ("saved_at", &rows::number(kept.saved_at)),
        ("body", &work.seal(&place(kept.subject), &kept.body)?),
    ]);
    work.put(DRAFTS, &record)
}

fn place(subject: SubjectId) -> String {
    rows::place(DRAFTS, &subject)
}
