//! What is being written on this phone (D2): the list of drafts, and opening one to write.
//! Not what a draft says: bodies are opaque bytes here (a page keeps JSON of its draft in them).

use std::collections::BTreeMap;
use std::rc::Rc;

use doorstep_domain::id::SubjectId;
use leptos::prelude::*;

use super::phone::Phone;
use crate::browser::broadcast::News;
use crate::browser::clock;
use crate::browser::store::{DraftConflict, KeptDraft, StoreError};

mod pacing;
mod writer;

pub use writer::{DraftWriter, Keeping};

/// The drafts of the person who works here. Reads are tracked.
#[derive(Clone, Copy)]
pub struct Drafts(RwSignal<Known>);

#[derive(Debug, Default)]
struct Known {
    kept: BTreeMap<SubjectId, KeptDraft>,
    /// How many were erased since the person was told last.
    erased: u64,
}

/// Why a draft could not be begun, opened or put back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DraftError {
    /// Nobody is logged in any more.
    NobodyHere,
    /// There is no such draft (any more), or there is one already.
    Conflict(DraftConflict),
    /// It could not be kept or read.
    Store(StoreError),
}

impl Drafts {
    /// All drafts, in the order they were begun.
    pub fn all(self) -> Vec<KeptDraft> {
        self.0.with(|known| known.kept.values().cloned().collect())
    }

    /// How many were erased (PIPL 47) since the person was told last.
    pub fn erased(self) -> u64 {
        self.0.with(|known| known.erased)
    }

    pub(super) fn set_erased(self, count: u64) {
        self.0.update(|known| known.erased = count);
    }

    pub(super) fn set(self, drafts: Vec<KeptDraft>) {
        let drafts = drafts.into_iter().map(|draft| (draft.subject, draft));
        self.0.update(|known| known.kept = drafts.collect());
    }

    pub(super) fn remember(self, draft: KeptDraft) {
        self.0.update(|known| {
            known.kept.insert(draft.subject, draft);
        });
    }

    pub(super) fn forget(self, subject: SubjectId) {
        self.0.update(|known| {
            known.kept.remove(&subject);
        });
    }
}

impl Phone {
    /// Keeps a new draft; also how a discarded one is put back.
    pub async fn begin_draft(self, subject: SubjectId, body: &[u8]) -> Result<(), DraftError> {
        let opened = self.opened().ok_or(DraftError::NobodyHere)?;
        let kept = opened
            .store
            .save_draft(subject, None, clock::now_ms(), body)
            .await;
        let kept = self.trouble.note(kept).map_err(DraftError::Store)?;
        self.drafts.remember(kept.map_err(DraftError::Conflict)?);
        self.tell(News::Drafts);
        Ok(())
    }

    /// Opens a draft for writing: its body as kept, and the writer that keeps what follows.
    /// `snapshot` is asked for the body whenever it is to be kept, so that a keystroke costs
    /// nothing but [`DraftWriter::touch`]; `None` once the page is gone (read signals with
    /// `try_with_untracked`). When another tab is writing it, the writer says so
    /// ([`Keeping::Elsewhere`]) and keeps nothing until [`DraftWriter::take_over`].
    pub async fn open_draft(
        self,
        subject: SubjectId,
        snapshot: impl Fn() -> Option<Vec<u8>> + 'static,
    ) -> Result<(Vec<u8>, DraftWriter), DraftError> {
        let opened = self.opened().ok_or(DraftError::NobodyHere)?;
        let writer = DraftWriter::new(self, Rc::clone(&opened.store), subject, snapshot);
        let body = writer.begin().await?;
        Ok((body, writer))
    }

    /// Drafts that were erased with what the office holds on their household are gone.
    pub(crate) fn drop_erased(self, dropped: &[SubjectId]) {
        if dropped.is_empty() {
            return;
        }
        for subject in dropped {
            self.drafts.forget(*subject);
        }
        let count = dropped.len() as u64;
        self.drafts.0.update(|known| known.erased += count);
        self.tell(News::Drafts);
    }

    /// The person has been told of the erased drafts.
    pub async fn note_erased(self) {
        if let Some(opened) = self.opened()
            && self
                .trouble
                .note(opened.store.forget_erased().await)
                .is_ok()
        {
            self.drafts.set_erased(0);
        }
    }

    /// Takes a draft away. Returns its body, so that "undo" can put it back with
    /// [`Self::begin_draft`]; `None` when it was gone already. Drop its writer first.
    pub async fn discard_draft(self, subject: SubjectId) -> Result<Option<Vec<u8>>, DraftError> {
        let opened = self.opened().ok_or(DraftError::NobodyHere)?;
        let discarded = self.trouble.note(opened.store.discard_draft(subject).await);
        let discarded = discarded.map_err(DraftError::Store)?;
        self.drafts.forget(subject);
        self.tell(News::Drafts);
        Ok(discarded.map(|draft| draft.body))
    }
}

/// Provides the drafts: none loaded yet.
pub fn provide_drafts() {
    provide_context(Drafts(RwSignal::new(Known::default())));
}

/// The drafts of the person who works here.
pub fn use_drafts() -> Drafts {
    expect_context()
}
