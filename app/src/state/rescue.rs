//! Taking in what another phone saved as a sealed file: its events are carried to the office by
//! this one, its drafts go on here when they are the same person's. Not the saving; that is
//! [`super::export`].

use doorstep_domain::draft::VisitDraft;
use doorstep_domain::rescue::{Rescue, Sealed, Unreadable};

use super::phone::Phone;
use crate::browser::broadcast::News;
use crate::browser::clock;
use crate::browser::crypto::{self, NoCrypto};
use crate::browser::store::StoreError;

/// Why nothing was taken in, or not all of it: what was stays, and the file can be taken in again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RescueError {
    /// Nobody is logged in any more.
    NobodyHere,
    /// The file cannot be read.
    File(Unreadable),
    /// The passphrase is another one, or the file was changed.
    WrongPassphrase,
    /// The browser does not decrypt here.
    NoCrypto,
    /// It could not be kept.
    Store(StoreError),
}

/// What was taken in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TakenIn {
    /// Events that wait here now to be sent.
    pub events: u64,
    /// Events that this phone had, or knew to be logged.
    pub known: u64,
    /// Drafts to go on with.
    pub drafts: u64,
    /// Drafts of somebody else's, or that cannot be read here.
    pub drafts_left: u64,
}

impl From<Unreadable> for RescueError {
    fn from(why: Unreadable) -> Self {
        Self::File(why)
    }
}

impl From<NoCrypto> for RescueError {
    fn from(_: NoCrypto) -> Self {
        Self::NoCrypto
    }
}

impl From<StoreError> for RescueError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Phone {
    /// Opens a file with its passphrase and takes in what is new. Taken in twice, it is there once.
    pub async fn take_in(self, file: &str, passphrase: &str) -> Result<TakenIn, RescueError> {
        let session = self.session.get_untracked();
        let (opened, session) = self.opened().zip(session).ok_or(RescueError::NobodyHere)?;
        let (lock, sealed) = Sealed::read(file)?;
        let plain = crypto::unseal(passphrase, &lock, &sealed).await?;
        let plain = plain.ok_or(RescueError::WrongPassphrase)?;
        let text = String::from_utf8(plain).map_err(|_| Unreadable::Damaged)?;
        let rescue = Rescue::read(&text, session.organisation)?;
        let mut taken = TakenIn::default();
        // Before what names them: nothing is sent without.
        for (photo, bytes) in rescue.sound_photos() {
            let kept = opened.store.keep_photo(&photo, clock::now_ms(), &bytes);
            self.trouble.note(kept.await)?;
        }
        for event in rescue.events {
            let Ok(envelope) = event.read_envelope() else {
                continue;
            };
            let logged = self.sites.knows(envelope.site, envelope.id);
            let carried = !logged
                && self
                    .trouble
                    .note(opened.store.carry(envelope.id, &event).await)?;
            if carried {
                taken.events += 1;
                self.sites.apply_own(envelope.site, &event);
                opened.driver.queued(event);
            } else {
                taken.known += 1;
            }
        }
        for text in rescue.drafts {
            let draft = VisitDraft::from_bytes(text.as_bytes());
            match draft.filter(|_| rescue.person == session.person) {
                Some(draft) => {
                    let kept = opened
                        .store
                        .save_draft(draft.subject, None, clock::now_ms(), text.as_bytes())
                        .await;
                    match self.trouble.note(kept)? {
                        Ok(kept) => {
                            self.drafts.remember(kept);
                            taken.drafts += 1;
                        }
                        // It is here already, in whatever state.
                        Err(_) => taken.drafts_left += 1,
                    }
                }
                None => taken.drafts_left += 1,
            }
        }
        self.tell(News::Records);
        self.tell(News::Drafts);
        Ok(taken)
    }
}
