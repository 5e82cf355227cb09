//! The phone in an owner's hands: from the moment their page is shown, only their record can be
//! seen until staff type their code (R3.7). Survives a reload, another tab and a killed browser.
//! Not the question for the code; that is [`crate::components::take_back`].

use doorstep_domain::id::{EventId, SubjectId};
use doorstep_domain::passphrase::Lock;
use doorstep_domain::unlock_code::{self, BadCode};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::entrance::login::LoginError;
use super::phone::Phone;
use super::sites::SiteStates;
use crate::browser::broadcast::News;
use crate::browser::crypto::{self, NoCrypto};
use crate::browser::store::{Handed, KeptCode, StoreError};
use crate::browser::{clock, random};
use crate::path::Path;

/// In whose hands the phone is. Reads are tracked.
#[derive(Clone, Copy)]
pub struct Hands(RwSignal<State>);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct State {
    /// A code was chosen.
    has_code: bool,
    handed: Handed,
}

/// Why a code was not set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CodeError {
    /// It cannot be one.
    Bad(BadCode),
    /// Nobody is logged in any more.
    NobodyHere,
    /// The browser has no WebCrypto here.
    NoCrypto,
    /// It could not be kept.
    Store(StoreError),
}

/// Why the phone was not taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TakeBackError {
    /// The code is another one.
    Wrong,
    /// After so many wrong ones no code is taken for so many seconds.
    Wait(i64),
    /// The code could not be checked.
    Code(CodeError),
    /// The password was not taken.
    Login(LoginError),
}

impl From<NoCrypto> for CodeError {
    fn from(_: NoCrypto) -> Self {
        Self::NoCrypto
    }
}

impl From<StoreError> for CodeError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl<E: Into<CodeError>> From<E> for TakeBackError {
    fn from(error: E) -> Self {
        Self::Code(error.into())
    }
}

impl Hands {
    /// Whether a code was chosen.
    pub fn has_code(self) -> bool {
        self.0.with(|state| state.has_code)
    }

    /// Whether an owner has the phone.
    pub fn is_handed(self) -> bool {
        self.subject().is_some()
    }

    /// Whether `path` (`None` for an address that is no screen) may be seen now.
    pub fn allow(self, sites: SiteStates, path: Option<Path>) -> bool {
        let Some(subject) = self.subject() else {
            return true;
        };
        match path {
            Some(Path::Owner(shown)) => shown == subject,
            Some(Path::Sealed(event)) => finishes(sites, subject).contains(&event),
            _ => false,
        }
    }

    /// The only screen there is while an owner has the phone: their page, or their sealed record.
    pub fn only(self, sites: SiteStates) -> Option<Path> {
        let subject = self.subject()?;
        let finish = finishes(sites, subject).last().copied();
        Some(finish.map_or(Path::Owner(subject), Path::Sealed))
    }

    fn subject(self) -> Option<SubjectId> {
        self.0.with(|state| state.handed.subject)
    }

    pub(super) fn set(self, has_code: bool, handed: Handed) {
        let state = State { has_code, handed };
        if self.0.get_untracked() != state {
            self.0.set(state);
        }
    }

    fn set_handed(self, handed: Handed) {
        self.set(self.0.get_untracked().has_code, handed);
    }
}

/// The events by which the draft `draft` was finished: of a correction the one that has its id.
fn finishes(sites: SiteStates, draft: SubjectId) -> Vec<EventId> {
    sites.with(|state| {
        let Some(record) = state.became(draft).and_then(|it| state.visits.get(&it)) else {
            return Vec::new();
        };
        let ids = record.finishes.iter().map(|finish| finish.id);
        ids.filter(|id| record.subject == draft || EventId::from(draft) == *id)
            .collect()
    })
}

impl Phone {
    /// The owner of record `subject` has the phone from now on. It is so at once; keeping it for
    /// the browser's next start follows.
    pub fn hand_to_owner(self, subject: SubjectId) {
        let before = self.hands.0.get_untracked().handed;
        if before.subject == Some(subject) {
            return;
        }
        let handed = Handed {
            subject: Some(subject),
            ..before
        };
        self.hands.set_handed(handed);
        spawn_local(async move {
            // A failure shows the storage banner.
            self.keep_handed(handed).await.ok();
        });
    }

    /// Chooses another code.
    pub async fn choose_code(self, code: &str) -> Result<(), CodeError> {
        unlock_code::check(code).map_err(CodeError::Bad)?;
        let opened = self.opened().ok_or(CodeError::NobodyHere)?;
        let lock = Lock::new(random::bytes(), random::bytes());
        let sealed = crypto::seal(code, &lock, &[]).await?;
        let kept = opened.store.save_code(&KeptCode { lock, sealed }).await;
        self.trouble.note(kept)?;
        let handed = self.hands.0.get_untracked().handed;
        self.hands.set(true, handed);
        self.tell(News::Hands);
        Ok(())
    }

    /// Takes the phone back with the code. A wrong one is counted before anything is said of it.
    pub async fn take_back(self, code: &str) -> Result<(), TakeBackError> {
        // What cannot be a code is a slip of the thumb, and is not counted.
        unlock_code::check(code).map_err(CodeError::Bad)?;
        let opened = self.opened().ok_or(CodeError::NobodyHere)?;
        // Read anew: another tab may have counted too.
        let (kept, handed) = self.trouble.note(opened.store.handed().await)?;
        let wait_ms = handed.tries.wait_ms(clock::now_ms());
        if wait_ms > 0 {
            return Err(TakeBackError::Wait((wait_ms + 999) / 1_000));
        }
        let right = match &kept {
            Some(kept) => crypto::unseal(code, &kept.lock, &kept.sealed)
                .await?
                .is_some(),
            None => false,
        };
        if right {
            self.keep_handed(Handed::default()).await?;
            return Ok(());
        }
        let tries = handed.tries.after_wrong(clock::now_ms());
        self.keep_handed(Handed { tries, ..handed }).await?;
        Err(TakeBackError::Wrong)
    }

    /// Takes the phone back with the account's password, for who has forgotten the code: needs the
    /// network.
    pub async fn take_back_by_login(self, password: String) -> Result<(), TakeBackError> {
        let session = self.session.get_untracked();
        let login = session.ok_or(CodeError::NobodyHere)?.login.clone();
        self.log_in(login, password)
            .await
            .map_err(TakeBackError::Login)?;
        Ok(self.keep_handed(Handed::default()).await?)
    }

    /// Another tab has changed code or hands.
    pub(super) async fn reread_hands(self) {
        let Some(opened) = self.opened() else { return };
        if let Ok((code, handed)) = self.trouble.note(opened.store.handed().await) {
            self.hands.set(code.is_some(), handed);
        }
    }

    async fn keep_handed(self, handed: Handed) -> Result<(), CodeError> {
        let opened = self.opened().ok_or(CodeError::NobodyHere)?;
        self.trouble.note(opened.store.save_handed(&handed).await)?;
        self.hands.set_handed(handed);
        self.tell(News::Hands);
        Ok(())
    }
}

/// Provides the context: in staff's hands, no code yet.
pub fn provide_hands() {
    provide_context(Hands(RwSignal::new(State::default())));
}

/// In whose hands the phone is.
pub fn use_hands() -> Hands {
    expect_context()
}
