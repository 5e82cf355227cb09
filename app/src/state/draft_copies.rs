//! The office's copies of the person's drafts: kept up to date while there is a network, and taken
//! over from another phone, so that a lost phone is not a lost visit (D2). What is to be done about
//! each is the domain's ([`draft_copy::compare`]).
//! Not keeping drafts on this phone; that is [`super::drafts`].

use std::collections::{BTreeMap, BTreeSet};

use doorstep_domain::draft::VisitDraft;
use doorstep_domain::draft_copy::{
    self, CopyStep, DraftCopy, DraftEntry, DraftPut, Drafts, HereDraft,
};
use doorstep_domain::hash::sha256;
use doorstep_domain::id::SubjectId;
use doorstep_domain::time::UnixMs;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::account::{self, AskError};
use super::drafts::DraftError;
use super::phone::Phone;
use super::photos;
use crate::browser::http::{self, Condition};
use crate::browser::lifecycle;
use crate::browser::store::KeptDraft;
use crate::browser::timer::{self, Timer};

/// Milliseconds from a change to its copy, at least; much is typed meanwhile.
const REST_MS: u32 = 10_000;

/// One saving of a draft: its revision and time, as a draft thrown away and put back begins its
/// revisions anew.
type Saving = (u64, UnixMs);

/// A draft that another phone of the person's wrote last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftElsewhere {
    /// The copy, without what is in it.
    pub entry: DraftEntry,
    /// What it says; `None` when another version of the app wrote it.
    pub draft: Option<VisitDraft>,
}

/// What is known of the copies. Reads are tracked.
#[derive(Clone, Copy)]
pub struct DraftCopies {
    known: RwSignal<Known>,
    work: StoredValue<Work, LocalStorage>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Known {
    /// Drafts that are not on this phone.
    elsewhere: Vec<DraftElsewhere>,
    /// Another phone's copies of drafts that are.
    taken: BTreeMap<SubjectId, DraftEntry>,
    /// Which saving of each draft this page has copied.
    copied: BTreeMap<SubjectId, Saving>,
}

#[derive(Debug, Default)]
struct Work {
    /// When changes are copied.
    timer: Option<Timer>,
    /// A comparison is under way.
    is_busy: bool,
}

impl DraftCopies {
    /// Drafts that were begun or gone on with on another phone and are not on this one.
    pub fn elsewhere(self) -> Vec<DraftElsewhere> {
        self.known.with(|known| known.elsewhere.clone())
    }

    /// The copy that another phone saved of a draft that is here too.
    pub fn taken(self, subject: SubjectId) -> Option<DraftEntry> {
        self.known.with(|known| known.taken.get(&subject).cloned())
    }

    /// Whether the office has a copy of this very saving.
    pub fn is_copied(self, draft: &KeptDraft) -> bool {
        let copied = self
            .known
            .with(|known| known.copied.get(&draft.subject).copied());
        copied == Some((draft.revision, draft.saved_at))
    }

    /// Whether a draft is to be copied, or one that was is gone.
    fn are_behind(self, drafts: &[KeptDraft]) -> bool {
        let is_gone = |copied: &SubjectId| drafts.iter().all(|draft| draft.subject != *copied);
        let some_gone = self.known.with(|known| known.copied.keys().any(is_gone));
        some_gone || drafts.iter().any(|draft| !self.is_copied(draft))
    }

    fn note_copied(self, draft: &KeptDraft) {
        let saving = (draft.revision, draft.saved_at);
        self.known.update(|known| {
            known.copied.insert(draft.subject, saving);
        });
    }

    /// Whether nobody compares yet; from now on somebody does.
    fn take_turn(self) -> bool {
        self.work
            .try_update_value(|work| !std::mem::replace(&mut work.is_busy, true))
            .unwrap_or(false)
    }

    fn end_turn(self) {
        self.work.update_value(|work| work.is_busy = false);
    }
}

impl Phone {
    /// Copies drafts from now on: soon after a change, when there is a network again, and when the
    /// page comes or goes.
    pub(super) fn watch_drafts(self) {
        lifecycle::on_online(move || self.copy_drafts());
        lifecycle::on_visible(move || self.copy_drafts());
        lifecycle::on_hidden(move || self.copy_drafts());
        Effect::new(move || {
            // Asked again with each contact: there is a network now.
            self.status.with(|view| view.last_contact);
            let drafts = self.drafts.all();
            let is_due = self.copies.are_behind(&drafts);
            // What changes meanwhile goes along.
            self.copies.work.update_value(|work| {
                if is_due && work.timer.is_none() {
                    work.timer = Some(timer::after(REST_MS, move || {
                        self.copies.work.update_value(|work| work.timer = None);
                        self.copy_drafts();
                    }));
                }
            });
        });
    }

    /// Brings the copies up to date now. Without a network, or without a log-in, everything stays
    /// as it is; whoever reads the drafts sees that they are on this phone only.
    pub(super) fn copy_drafts(self) {
        if !self.copies.take_turn() {
            return;
        }
        spawn_local(async move {
            // Nothing to tell: sending, beside it, says what keeps the phone from the office.
            self.compare_drafts().await.unwrap_or_default();
            self.copies.end_turn();
        });
    }

    /// Forgets the copies, when the person leaves.
    pub(super) fn forget_copies(self) {
        self.copies.known.set(Known::default());
        self.copies.work.update_value(|work| work.timer = None);
    }

    async fn compare_drafts(self) -> Result<(), AskError> {
        let opened = self.opened().ok_or(AskError::LoggedOut)?;
        let person = opened.store.person();
        let told: Drafts = account::read(http::get("/api/v1/drafts").await)?;
        let kept = untrack(|| self.drafts.all());
        let here: Vec<HereDraft> = kept
            .iter()
            .map(|draft| HereDraft {
                subject: draft.subject,
                is_copied: untrack(|| self.copies.is_copied(draft)),
            })
            .collect();
        let unsent = self.status.get_untracked().unsent;
        // The draft of a correction has the id of its event.
        let drafts = unsent
            .iter()
            .flat_map(|item| [item.subject, item.id.into()]);
        let finished: BTreeSet<SubjectId> = drafts.collect();
        let device = sha256(&opened.key.spki);
        let found = draft_copy::compare(&device, &here, &finished, &told.drafts);
        let taken = found.taken.into_iter().map(|it| (it.subject, it)).collect();
        let elsewhere = self.read_elsewhere(found.elsewhere).await?;
        let old = self.copies.known.get_untracked();
        let is_here = |subject: &SubjectId| here.iter().any(|draft| draft.subject == *subject);
        let mut copied = old.copied.clone();
        copied.retain(|subject, _| is_here(subject));
        let new = Known {
            elsewhere,
            taken,
            copied,
        };
        if new != old {
            self.copies.known.set(new);
        }
        for step in found.steps {
            // Another person's log-in in between: these drafts are not theirs.
            let still = self.opened().map(|opened| opened.store.person());
            if still != Some(person) {
                break;
            }
            match step {
                CopyStep::Save { subject, over } => {
                    if let Some(draft) = kept.iter().find(|draft| draft.subject == subject) {
                        self.save_copy(draft, over).await?;
                    }
                }
                CopyStep::Drop { subject, revision } => {
                    let answer = http::delete(&address(subject), revision).await;
                    settled(account::done_or_offline(answer))?;
                }
            }
        }
        Ok(())
    }

    /// Reads what is not known yet of drafts on other phones.
    async fn read_elsewhere(
        self,
        entries: Vec<DraftEntry>,
    ) -> Result<Vec<DraftElsewhere>, AskError> {
        let known = self.copies.known.get_untracked().elsewhere;
        let mut elsewhere = Vec::new();
        for entry in entries {
            if let Some(known) = known.iter().find(|it| it.entry == entry) {
                elsewhere.push(known.clone());
                continue;
            }
            match account::read::<DraftCopy>(http::get(&address(entry.subject)).await) {
                Ok(copy) => elsewhere.push(DraftElsewhere {
                    draft: VisitDraft::from_bytes(copy.body.as_bytes()),
                    entry: copy.entry,
                }),
                // Gone in between.
                Err(AskError::NotThere) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(elsewhere)
    }

    /// Saves a copy. What the office does not take is not asked again before the draft changes.
    async fn save_copy(self, draft: &KeptDraft, over: Option<i64>) -> Result<(), AskError> {
        let Some(put) = put_of(draft) else {
            return Ok(());
        };
        let condition = over.map_or(Condition::New, Condition::Was);
        let answer = http::put(&address(draft.subject), condition, &put).await;
        settled(account::done_or_offline(answer))?;
        // The words first; a photo that is not sent now goes before the record at the latest.
        if let (Some(opened), Some(read)) = (self.opened(), VisitDraft::from_bytes(&draft.body)) {
            for photo in read.photos() {
                if photos::send(&opened.store, photo).await.is_err() {
                    break;
                }
            }
        }
        self.copies.note_copied(draft);
        Ok(())
    }

    /// Goes on here with a draft of another phone's. First it is kept here, then the copy becomes
    /// this phone's; interrupted in between, both phones have it and say so.
    pub async fn take_draft_here(self, subject: SubjectId) -> Result<(), AskError> {
        let copy: DraftCopy = account::read(http::get(&address(subject)).await)?;
        match self.begin_draft(subject, copy.body.as_bytes()).await {
            Ok(()) => {}
            // Another tab has just done so.
            Err(DraftError::Conflict(_)) => return Ok(()),
            Err(DraftError::NobodyHere) => return Err(AskError::LoggedOut),
            Err(DraftError::Store(error)) => return Err(AskError::Store(error)),
        }
        let claimed = self.claim(subject, copy.entry.revision).await;
        if matches!(claimed, Err(AskError::Changed | AskError::AlreadyRecorded)) {
            // Written on or finished elsewhere at this very moment: what is here is the older.
            self.discard_draft(subject).await.ok();
            return claimed;
        }
        let is_other = |it: &DraftElsewhere| it.entry.subject != subject;
        self.copies
            .known
            .update(|known| known.elsewhere.retain(is_other));
        claimed
    }

    /// Goes on here with a draft that another phone has written since: its copy is this phone's
    /// draft from now on, and the other phone will say so.
    pub async fn keep_draft_here(self, subject: SubjectId) -> Result<(), AskError> {
        let taken = untrack(|| self.copies.taken(subject));
        match taken {
            Some(entry) => self.claim(subject, entry.revision).await,
            None => Ok(()),
        }
    }

    async fn claim(self, subject: SubjectId, revision: i64) -> Result<(), AskError> {
        let kept = untrack(|| self.drafts.all());
        let draft = kept.into_iter().find(|draft| draft.subject == subject);
        let Some((draft, put)) = draft.and_then(|draft| put_of(&draft).map(|put| (draft, put)))
        else {
            return Ok(());
        };
        let answer = http::put(&address(subject), Condition::Was(revision), &put).await;
        let claimed = account::done_or_offline(answer);
        if matches!(claimed, Err(AskError::Changed | AskError::AlreadyRecorded)) {
            // What there is now is shown with the next comparison, which is at once.
            self.copy_drafts();
        }
        claimed?;
        self.copies.note_copied(&draft);
        self.copies.known.update(|known| {
            known.taken.remove(&subject);
        });
        Ok(())
    }
}

/// What was refused for good is settled: the copy was changed, or the visit recorded, or there are
/// too many.
fn settled(answer: Result<(), AskError>) -> Result<(), AskError> {
    match answer {
        Err(
            AskError::Offline | AskError::NotAnAnswer | AskError::LoggedOut | AskError::TooMany(_),
        ) => answer,
        _ => Ok(()),
    }
}

fn address(subject: SubjectId) -> String {
    format!("/api/v1/drafts/{subject}")
}

/// `None` for a draft of another version, whose site is not known.
fn put_of(draft: &KeptDraft) -> Option<DraftPut> {
    let read = VisitDraft::from_bytes(&draft.body)?;
    Some(DraftPut {
        site: read.site,
        body: String::from_utf8(draft.body.clone()).ok()?,
    })
}

/// Provides what is known: nothing yet.
pub fn provide_draft_copies() {
    provide_context(DraftCopies {
        known: RwSignal::new(Known::default()),
        work: StoredValue::new_local(Work::default()),
    });
}

/// What is known of the copies.
pub fn use_draft_copies() -> DraftCopies {
    expect_context()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_may_be_asked_again_is() {
        for error in [AskError::Offline, AskError::LoggedOut, AskError::TooMany(3)] {
            assert_eq!(settled(Err(error.clone())), Err(error));
        }
        for error in [
            AskError::Changed,
            AskError::AlreadyRecorded,
            AskError::Server,
        ] {
            assert_eq!(settled(Err(error)), Ok(()));
        }
    }

    #[test]
    fn another_versions_draft_stays_on_its_phone() {
        let draft = KeptDraft {
            subject: SubjectId::mint(1, &[1; 10]),
            revision: 1,
            saved_at: 1,
            body: b"{\"v\": 9}".to_vec(),
        };
        assert_eq!(put_of(&draft), None);
    }
}
