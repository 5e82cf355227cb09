//! Keeps one open draft while it is written: paced, one save at a time, one writer among tabs.
//! Not what it says; a snapshot is asked for when it is to be kept.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use doorstep_domain::id::SubjectId;
use doorstep_domain::time::UnixMs;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::DraftError;
use super::pacing::Pacing;
use crate::browser::broadcast::News;
use crate::browser::locks::{self, Lock};
use crate::browser::store::{DraftConflict, KeptDraft, PersonStore, StoreError};
use crate::browser::timer::{self, Timer};
use crate::browser::{clock, lifecycle};
use crate::state::phone::Phone;

/// What can be said about the keeping of a draft, in words beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Keeping {
    /// Being opened.
    Opening,
    /// All of it is kept on this phone since this time.
    Kept(UnixMs),
    /// Something typed is about to be kept.
    Pending(UnixMs),
    /// It could not be kept; the next change tries again, and so does [`DraftWriter::flush`].
    Failed(StoreError),
    /// Another tab is writing it: read-only here until [`DraftWriter::take_over`].
    Elsewhere,
    /// It was finished or discarded in another tab, or erased.
    Gone,
}

/// Keeps one open draft. Clones are the same writer; with the last one dropped other tabs may
/// write. A page calls [`DraftWriter::flush`] when it is left.
#[derive(Clone)]
pub struct DraftWriter(Rc<Inner>);

struct Inner {
    phone: Phone,
    store: Rc<PersonStore>,
    subject: SubjectId,
    snapshot: Box<dyn Fn() -> Option<Vec<u8>>>,
    /// Taken while an earlier one was being kept.
    next: RefCell<Option<Vec<u8>>>,
    /// Counted, as it is made in a task, where nothing else would let go of it.
    keeping: ArcRwSignal<Keeping>,
    revision: Cell<Option<u64>>,
    pacing: Cell<Pacing>,
    saving: Cell<bool>,
    timer: RefCell<Option<Timer>>,
    lock: RefCell<Option<Lock>>,
}

thread_local! {
    /// The writers open in this tab, for keeping everything when the page is hidden.
    static OPEN: RefCell<Vec<Weak<Inner>>> = const { RefCell::new(Vec::new()) };
    static LISTENING: Cell<bool> = const { Cell::new(false) };
}

impl DraftWriter {
    pub(super) fn new(
        phone: Phone,
        store: Rc<PersonStore>,
        subject: SubjectId,
        snapshot: impl Fn() -> Option<Vec<u8>> + 'static,
    ) -> Self {
        let inner = Rc::new(Inner {
            phone,
            store,
            subject,
            snapshot: Box::new(snapshot),
            next: RefCell::new(None),
            keeping: ArcRwSignal::new(Keeping::Opening),
            revision: Cell::new(None),
            pacing: Cell::new(Pacing::default()),
            saving: Cell::new(false),
            timer: RefCell::new(None),
            lock: RefCell::new(None),
        });
        keep_when_hidden(&inner);
        Self(inner)
    }

    /// Takes the lock, if it is free, and reads the draft.
    pub(super) async fn begin(&self) -> Result<Vec<u8>, DraftError> {
        let lock = locks::try_lock(&self.0.lock_name(), self.0.on_lost()).await;
        let draft = self.0.read().await?;
        self.0.took(lock, draft.saved_at);
        Ok(draft.body)
    }

    /// What can be said about the keeping; tracked.
    pub fn keeping(&self) -> Keeping {
        self.0.keeping.get()
    }

    /// Whether this tab may write.
    pub fn is_writing(&self) -> bool {
        !matches!(
            self.keeping(),
            Keeping::Opening | Keeping::Elsewhere | Keeping::Gone
        )
    }

    /// Something was changed: keeps it soon.
    pub fn touch(&self) {
        if let Some(wait_ms) = self.0.touched() {
            let writer = self.clone();
            *self.0.timer.borrow_mut() = Some(timer::after(wait_ms, move || writer.0.start()));
        }
    }

    /// Keeps at once what waits to be kept: at the end of a stroke, on leaving a field or a page.
    pub fn flush(&self) {
        self.0.start();
    }

    /// Waits until everything is kept and returns the revision kept, for
    /// [`crate::state::queue::NewEvent::draft`]; `None` when this tab is not the writer or
    /// keeping failed.
    pub async fn settle(&self) -> Option<u64> {
        self.0.start();
        while self.0.saving.get() {
            timer::wait(2).await;
        }
        let kept = matches!(self.0.keeping.get_untracked(), Keeping::Kept(_));
        self.0.revision.get().filter(|_| kept)
    }

    /// Takes writing over from another tab, which becomes read-only. Returns the body as that tab
    /// left it.
    pub async fn take_over(&self) -> Result<Vec<u8>, DraftError> {
        let lock = locks::take_over(&self.0.lock_name(), self.0.on_lost()).await;
        let draft = self.0.read().await?;
        self.0.took(lock, draft.saved_at);
        Ok(draft.body)
    }
}

impl Inner {
    fn lock_name(&self) -> String {
        format!("doorstep-draft-{}", self.subject)
    }

    fn on_lost(self: &Rc<Self>) -> impl FnOnce() + 'static {
        let writer = Rc::downgrade(self);
        move || {
            if let Some(writer) = writer.upgrade() {
                writer.lock.borrow_mut().take();
                writer.keeping.set(Keeping::Elsewhere);
            }
        }
    }

    async fn read(&self) -> Result<KeptDraft, DraftError> {
        let draft = self
            .phone
            .trouble
            .note(self.store.draft(self.subject).await);
        let Some(draft) = draft.map_err(DraftError::Store)? else {
            self.keeping.set(Keeping::Gone);
            return Err(DraftError::Conflict(DraftConflict::Gone));
        };
        self.revision.set(Some(draft.revision));
        Ok(draft)
    }

    fn took(&self, lock: Option<Lock>, saved_at: UnixMs) {
        let writing = lock.is_some();
        *self.lock.borrow_mut() = lock;
        self.keeping.set(if writing {
            Keeping::Kept(saved_at)
        } else {
            Keeping::Elsewhere
        });
    }

    /// Notes a change; in how many milliseconds to keep it, `None` when this tab is not the
    /// writer.
    fn touched(&self) -> Option<u32> {
        let last = match self.keeping.get_untracked() {
            Keeping::Kept(at) | Keeping::Pending(at) => at,
            Keeping::Failed(_) => clock::now_ms(),
            Keeping::Opening | Keeping::Elsewhere | Keeping::Gone => return None,
        };
        let mut pacing = self.pacing.get();
        let wait_ms = pacing.touched(clock::elapsed_ms());
        self.pacing.set(pacing);
        if !matches!(
            self.keeping.get_untracked(),
            Keeping::Pending(_) | Keeping::Failed(_)
        ) {
            self.keeping.set(Keeping::Pending(last));
        }
        Some(wait_ms)
    }

    /// Takes a snapshot of what is pending and keeps it, after the one being kept if there is one.
    fn start(self: &Rc<Self>) {
        self.timer.borrow_mut().take();
        if !self.take_dirty() || self.lock.borrow().is_none() {
            return;
        }
        let Some(body) = (self.snapshot)() else {
            return;
        };
        *self.next.borrow_mut() = Some(body);
        if !self.saving.replace(true) {
            spawn_local(Rc::clone(self).save());
        }
    }

    async fn save(self: Rc<Self>) {
        loop {
            let Some(body) = self.next.borrow_mut().take() else {
                break;
            };
            let now = clock::now_ms();
            let kept = self
                .store
                .save_draft(self.subject, self.revision.get(), now, &body)
                .await;
            match self.phone.trouble.note(kept) {
                Ok(Ok(draft)) => self.kept(draft),
                Ok(Err(DraftConflict::Gone)) => self.keeping.set(Keeping::Gone),
                Ok(Err(DraftConflict::Changed(_))) => self.keeping.set(Keeping::Elsewhere),
                Err(error) => {
                    self.keeping.set(Keeping::Failed(error));
                    self.mark_dirty();
                    break;
                }
            }
        }
        self.saving.set(false);
    }

    fn kept(&self, draft: KeptDraft) {
        self.revision.set(Some(draft.revision));
        let at = draft.saved_at;
        self.phone.drafts.remember(draft);
        self.phone.tell(News::Drafts);
        let more = self.next.borrow().is_some() || self.pacing.get().is_dirty();
        self.keeping.set(if more {
            Keeping::Pending(at)
        } else {
            Keeping::Kept(at)
        });
    }

    fn take_dirty(&self) -> bool {
        let mut pacing = self.pacing.get();
        let dirty = pacing.take();
        self.pacing.set(pacing);
        dirty
    }

    fn mark_dirty(&self) {
        let mut pacing = self.pacing.get();
        pacing.touched(clock::elapsed_ms());
        self.pacing.set(pacing);
    }
}

/// Keeps what is pending in every open writer when the page is hidden: a phone may give no other
/// chance.
fn keep_when_hidden(inner: &Rc<Inner>) {
    OPEN.with_borrow_mut(|open| {
        open.retain(|writer| writer.strong_count() > 0);
        open.push(Rc::downgrade(inner));
    });
    if !LISTENING.replace(true) {
        lifecycle::on_hidden(|| {
            let open = OPEN.with_borrow(Clone::clone);
            open.iter()
                .filter_map(Weak::upgrade)
                .for_each(|writer| writer.start());
        });
    }
}
