//! The phone in an owner's hands: from the moment their page is shown, only their record can be
//! seen until staff type their code (R3.7). Survives a reload, another tab and a killed browser.
//! Not the question for the code; that is [`crate::components::take_back`].

use doorstep_domain::id::{EventId, SubjectId};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::code::{CodeError, UnlockError};
use super::phone::Phone;
use super::sites::SiteStates;
use crate::browser::store::Handed;
use crate::path::Path;

/// In whose hands the phone is. Reads are tracked.
#[derive(Clone, Copy)]
pub struct Hands(RwSignal<Handed>);

impl Hands {
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
        self.0.with(|handed| handed.subject)
    }

    pub(super) fn set(self, handed: Handed) {
        if self.0.get_untracked() != handed {
            self.0.set(handed);
        }
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
        let before = self.hands.0.get_untracked();
        if before.subject == Some(subject) {
            return;
        }
        let handed = Handed {
            subject: Some(subject),
            ..before
        };
        self.hands.set(handed);
        spawn_local(async move {
            // A failure shows the storage banner.
            self.keep_handed(handed).await.ok();
        });
    }

    /// Takes the phone back with the code.
    pub async fn take_back(self, code: &str) -> Result<(), UnlockError> {
        let opened = self.opened().ok_or(CodeError::NobodyHere)?;
        self.try_code(&opened.store, code).await?;
        Ok(self.keep_handed(Handed::default()).await?)
    }

    /// Takes the phone back with the account's password, for who has forgotten the code: needs the
    /// network.
    pub async fn take_back_by_login(self, password: String) -> Result<(), UnlockError> {
        let session = self.session.get_untracked();
        let login = session.ok_or(CodeError::NobodyHere)?.login.clone();
        self.log_in(login, password)
            .await
            .map_err(UnlockError::Login)?;
        Ok(self.keep_handed(Handed::default()).await?)
    }

    /// Another tab has changed code or hands.
    pub(super) async fn reread_hands(self) {
        let Some(opened) = self.opened() else { return };
        if let Ok(handed) = self.trouble.note(opened.store.handed().await) {
            self.hands.set(handed);
        }
    }

    async fn keep_handed(self, handed: Handed) -> Result<(), CodeError> {
        let opened = self.opened().ok_or(CodeError::NobodyHere)?;
        Ok(self.keep_tries(&opened.store, handed).await?)
    }
}

/// Provides the context: in staff's hands.
pub fn provide_hands() {
    provide_context(Hands(RwSignal::new(Handed::default())));
}

/// In whose hands the phone is.
pub fn use_hands() -> Hands {
    expect_context()
}
