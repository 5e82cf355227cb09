//! A visit being written, opened once for both its screens (listening and the owner's page), so
//! that going from one to the other neither closes it nor lets another tab in between.
//! Not what the screens show.

use doorstep_domain::draft::{OwnerPage, VisitDraft, Visitor};
use doorstep_domain::event::PartName;
use doorstep_domain::id::{EventId, SubjectId};
use doorstep_domain::language::Language;
use doorstep_domain::policy::Action;
use doorstep_domain::time::SiteTime;
use doorstep_domain::visit::ContentProblem;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::components::{A, Outlet};
use leptos_router::hooks::use_params_map;

use crate::browser::store::DraftConflict;
use crate::browser::{clock, format};
use crate::components::banners::{Banner, Weight};
use crate::components::page_head::SlimHead;
use crate::i18n::{self, t, use_lang};
use crate::path::Path;
use crate::state::account::AskError;
use crate::state::drafts::{DraftError, DraftWriter, Keeping};
use crate::state::now::use_now;
use crate::state::phone::{Phone, use_phone};
use crate::state::queue::{NewEvent, QueueError};
use crate::state::session::use_session;

/// The draft and its keeping, for the screens under this one.
#[derive(Clone, Copy)]
pub struct Writing {
    draft: RwSignal<Option<VisitDraft>>,
    writer: StoredValue<Option<DraftWriter>, LocalStorage>,
    /// The visit's event is being made: nothing may be changed any more.
    finishing: RwSignal<bool>,
    phone: Phone,
}

/// Why the draft cannot be written here.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Closed {
    /// It was finished, discarded or erased.
    Gone,
    /// Another version wrote it.
    Unreadable,
    /// It could not be read; the storage banner says why.
    Failed,
}

impl Writing {
    /// Reads the draft; tracked.
    ///
    /// # Panics
    /// Outside the screens of [`Draft`], which are drawn only once the draft is open.
    pub fn read<T>(self, read: impl FnOnce(&VisitDraft) -> T) -> T {
        self.draft
            .with(|draft| read(draft.as_ref().expect("the draft is open")))
    }

    /// As [`Self::read`], not tracked: for handlers and tasks.
    pub fn read_untracked<T>(self, read: impl FnOnce(&VisitDraft) -> T) -> T {
        untrack(|| self.read(read))
    }

    /// Changes what was heard; kept soon. A page the owner has seen is taken back.
    pub fn edit(self, change: impl FnOnce(&mut VisitDraft)) {
        self.update(|draft| {
            draft.reopen();
            change(draft);
        });
        self.with_writer(DraftWriter::touch);
    }

    /// Changes staff's own note (R3.7): the owner's page does not show it, so it stays.
    pub fn note_privately(self, change: impl FnOnce(&mut VisitDraft)) {
        self.update(change);
        self.with_writer(DraftWriter::touch);
    }

    /// As [`Self::edit`], kept at once: for what is chosen in one tap.
    pub fn choose(self, change: impl FnOnce(&mut VisitDraft)) {
        self.edit(change);
        self.flush();
    }

    /// Shows the owner their page; kept at once.
    pub fn show_owner(self, language: Language, now: SiteTime) {
        self.update(|draft| draft.show_owner(language, now));
        self.with_writer(DraftWriter::touch);
        self.flush();
    }

    /// Whether the draft is still open here: its screens may be left while something takes a while.
    pub fn is_open(self) -> bool {
        let open = self.draft.try_with_untracked(Option::is_some);
        open.unwrap_or(false)
    }

    /// Reads the owner's page; tracked. `None` while none is shown.
    pub fn page<T>(self, read: impl FnOnce(&OwnerPage) -> T) -> Option<T> {
        self.read(|draft| draft.owner_page.as_ref().map(read))
    }

    /// Changes the owner's page itself (ink, language, who signs), if one is shown; kept at once.
    pub fn on_page(self, change: impl FnOnce(&mut OwnerPage)) {
        self.update(|draft| {
            if let Some(page) = &mut draft.owner_page {
                change(page);
            }
        });
        self.with_writer(DraftWriter::touch);
        self.flush();
    }

    /// A field was left: what was typed is kept at once.
    pub fn flush(self) {
        self.with_writer(DraftWriter::flush);
    }

    /// What can be said about the keeping; tracked.
    pub fn keeping(self) -> Keeping {
        self.writer
            .with_value(Clone::clone)
            .map_or(Keeping::Opening, |writer| writer.keeping())
    }

    /// Whether this tab writes; tracked.
    pub fn is_writing(self) -> bool {
        let writer = self.writer.with_value(Clone::clone);
        writer.is_some_and(|writer| writer.is_writing()) && !self.finishing.get()
    }

    /// Who visits, as the record will name them; tracked. `None` when the person no longer holds
    /// a post that visits.
    pub fn visitor(self) -> Option<Visitor> {
        self.phone.session.visitor()
    }

    /// The first thing that keeps the visit from being shown to the owner; tracked.
    pub fn problem(self) -> Option<ContentProblem> {
        let visitor = self.visitor()?;
        let now = clock::site_time(&self.phone.session.zone());
        self.read(|draft| draft.check(&visitor, now)).err()
    }

    /// Makes the visit's event of `bodies` and ends the draft with it. Meanwhile this tab does
    /// not write: what is sealed is what was there when it was asked for.
    pub async fn finish(self, bodies: Vec<(PartName, String)>) -> Result<EventId, QueueError> {
        self.finishing.set(true);
        let finished = self.make_event(bodies).await;
        if finished.is_err() {
            self.finishing.try_set(false);
        }
        finished
    }

    async fn make_event(self, bodies: Vec<(PartName, String)>) -> Result<EventId, QueueError> {
        let (kind, draft, subject, site) =
            self.read_untracked(|draft| (draft.kind(), draft.subject, draft.record(), draft.site));
        let role = untrack(|| self.phone.session.role_for(Action::RecordVisit));
        let role = role.ok_or(QueueError::NobodyHere)?;
        let writer = self.writer.with_value(Clone::clone);
        let writer = writer.ok_or(QueueError::NobodyHere)?;
        let kept = writer.settle().await;
        let revision = kept.ok_or_else(|| match untrack(|| writer.keeping()) {
            Keeping::Failed(error) => QueueError::Store(error),
            _ => QueueError::Draft(DraftConflict::Gone),
        })?;
        let new = NewEvent {
            kind,
            subject,
            site,
            role,
            bodies,
            draft: Some((draft, revision)),
        };
        self.phone.queue_event(new).await
    }

    /// Throws the draft away. Returns it, so that it can be put back; `None` when it was gone.
    pub async fn discard(self) -> Result<Option<Vec<u8>>, DraftError> {
        let subject = self.read_untracked(|draft| draft.subject);
        let writer = self.writer.with_value(Clone::clone);
        if let Some(writer) = writer {
            // What was typed last is put back too.
            writer.settle().await;
        }
        self.phone.discard_draft(subject).await
    }

    fn update(self, change: impl FnOnce(&mut VisitDraft)) {
        self.draft.update(|draft| {
            if let Some(draft) = draft {
                change(draft);
            }
        });
    }

    fn with_writer(self, act: impl FnOnce(&DraftWriter)) {
        self.writer.with_value(|writer| {
            if let Some(writer) = writer {
                act(writer);
            }
        });
    }

    /// Reads the draft and takes its lock.
    async fn open(self, subject: SubjectId) -> Result<(), Closed> {
        let draft = self.draft;
        let snapshot = move || {
            let bytes = |draft: &Option<VisitDraft>| draft.as_ref().map(VisitDraft::to_bytes);
            draft.try_with_untracked(bytes).flatten()
        };
        let opened = self.phone.open_draft(subject, snapshot).await;
        let (body, writer) = opened.map_err(|error| match error {
            DraftError::Conflict(_) => Closed::Gone,
            DraftError::NobodyHere | DraftError::Store(_) => Closed::Failed,
        })?;
        let read = VisitDraft::from_bytes(&body).ok_or(Closed::Unreadable)?;
        // A draft of another site of the same person: work goes on there.
        self.phone.session.choose_site(read.site);
        self.draft.try_set(Some(read));
        self.writer.try_set_value(Some(writer));
        Ok(())
    }

    /// Takes writing over from another tab.
    async fn take_over(self) {
        let Some(writer) = self.writer.with_value(Clone::clone) else {
            return;
        };
        // A failure shows the storage banner; a draft that is gone shows itself as gone.
        if let Ok(body) = writer.take_over().await
            && let Some(read) = VisitDraft::from_bytes(&body)
        {
            self.draft.try_set(Some(read));
        }
    }
}

/// The draft being written.
pub fn use_writing() -> Writing {
    expect_context()
}

/// Opens the draft the address names and draws its screen.
#[component]
pub fn Draft() -> impl IntoView {
    let params = use_params_map();
    let subject = Memo::new(move |_| {
        let subject = params.read().get("subject")?;
        subject.parse::<SubjectId>().ok()
    });
    move || match subject.get() {
        Some(subject) => view! { <OpenDraft subject /> }.into_any(),
        None => view! { <ClosedDraft closed=Closed::Gone /> }.into_any(),
    }
}

/// One draft, from opening to closing.
#[component]
fn OpenDraft(
    /// Which.
    subject: SubjectId,
) -> impl IntoView {
    let writing = Writing {
        draft: RwSignal::new(None),
        writer: StoredValue::new_local(None),
        finishing: RwSignal::new(false),
        phone: use_phone(),
    };
    provide_context(writing);
    let closed = RwSignal::new(None);
    let is_open = RwSignal::new(false);
    spawn_local(async move {
        match writing.open(subject).await {
            Ok(()) => {
                is_open.try_set(true);
            }
            Err(why) => {
                closed.try_set(Some(why));
            }
        }
    });
    on_cleanup(move || writing.flush());
    move || match closed.get() {
        Some(closed) => view! { <ClosedDraft closed subject /> }.into_any(),
        None if is_open.get() => view! { <Open /> }.into_any(),
        // A moment: the phone reads its own storage.
        None => ().into_any(),
    }
}

/// The screen, unless the draft went away under it.
#[component]
fn Open() -> impl IntoView {
    let writing = use_writing();
    let gone = Memo::new(move |_| writing.keeping() == Keeping::Gone);
    move || {
        if gone.get() {
            view! { <ClosedDraft closed=Closed::Gone /> }.into_any()
        } else {
            view! { <Outlet /> }.into_any()
        }
    }
}

/// Says why there is nothing to write here, and leads on: to the record if there is one by now.
#[component]
fn ClosedDraft(
    /// Why.
    closed: Closed,
    /// The record it may have become.
    #[prop(optional)]
    subject: Option<SubjectId>,
) -> impl IntoView {
    let lang = use_lang();
    let phone = use_phone();
    let text = move || match closed {
        Closed::Gone => t::draft_gone(lang.get()),
        Closed::Unreadable => i18n::content_problem(lang.get(), ContentProblem::Shape),
        Closed::Failed => t::draft_failed(lang.get()),
    };
    let record = move || {
        let became = |draft| phone.sites.with(|state| state.became(draft));
        subject.and_then(became).map(|subject| {
            view! {
                <A href=Path::Visit(subject).to_string() attr:class="button primary">
                    {lang.words(t::draft_record)}
                </A>
            }
        })
    };
    view! {
        <SlimHead
            title=lang.text(t::listening_title)
            back=Path::Today
        />
        <main class="page">
            <div class="card">
                <p>{text}</p>
            </div>
            <div class="button-row">
                {record} <A href=Path::Today.to_string() attr:class="button line">
                    {lang.words(t::not_found_back)}
                </A>
            </div>
        </main>
    }
}

/// Another tab writes this draft: read-only here until it is taken over.
#[component]
pub fn ElsewhereBanner() -> impl IntoView {
    let lang = use_lang();
    let writing = use_writing();
    let elsewhere = Memo::new(move |_| writing.keeping() == Keeping::Elsewhere);
    let take_over = move |_| spawn_local(writing.take_over());
    view! {
        <Show when=move || elsewhere.get()>
            <Banner weight=Weight::Amber text=lang.text(t::draft_elsewhere)>
                <button class="button line small" on:click=take_over>
                    {lang.words(t::draft_take_over)}
                </button>
            </Banner>
        </Show>
    }
}

/// Another phone of the person's wrote this draft since, or finished it: said, so that it is not
/// finished twice unawares.
#[component]
pub fn OtherPhoneBanner() -> impl IntoView {
    let lang = use_lang();
    let session = use_session();
    let phone = use_phone();
    let now = use_now();
    let subject = use_writing().read_untracked(|draft| draft.subject);
    let recorded = Memo::new(move |_| phone.sites.with(|state| state.became(subject)));
    let taken = Memo::new(move |_| phone.copies.taken(subject).map(|it| it.saved_at));
    let problem = RwSignal::new(None::<AskError>);
    let text = move || {
        let lang = lang.get();
        let zone = session.zone();
        let taken = taken.get().unwrap_or_default();
        let time = format::near_time(lang, &zone, now.today(), taken);
        match problem.get() {
            Some(error) => i18n::ask_error(lang, &error),
            None => t::copies_taken(lang, &time),
        }
    };
    let keep = move |_| {
        spawn_local(async move {
            problem.try_set(phone.keep_draft_here(subject).await.err());
        });
    };
    view! {
        {move || {
            recorded
                .get()
                .map(|record| {
                    view! {
                        <Banner weight=Weight::Amber text=lang.text(t::copies_recorded)>
                            <A href=Path::Visit(record).to_string() attr:class="button line small">
                                {lang.words(t::draft_record)}
                            </A>
                        </Banner>
                    }
                })
        }}
        <Show when=move || taken.get().is_some() && recorded.get().is_none()>
            <Banner weight=Weight::Amber text=Signal::derive(text)>
                <button class="button line small" on:click=keep>
                    {lang.words(t::copies_keep)}
                </button>
            </Banner>
        </Show>
    }
}
