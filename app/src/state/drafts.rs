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
pub struct Drafts {
    kept: RwSignal<BTreeMap<SubjectId, KeptDraft>>,
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
        self.kept.with(|kept| kept.values().cloned().collect())
    }

    pub(super) fn set(self, drafts: Vec<KeptDraft>) {
        self.kept.set(
            drafts
                .into_iter()
                .map(|draft| (draft.subject, draft))
                .collect(),
        );
    }

    pub(super) fn remember(self, draft: KeptDraft) {
        self.kept.update(|kept| {
            kept.insert(draft.subject, draft);
        });
    }

    pub(super) fn forget(self, subject: SubjectId) {
        self.kept.update(|kept| {
            kept.remove(&subject);
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
    provide_context(Drafts {
        kept: RwSignal::new(BTreeMap::new()),
    });
}

/// The drafts of the person who works here.
pub fn use_drafts() -> Drafts {
    expect_context()
}
