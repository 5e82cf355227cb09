//! Saving what is unsent as a sealed file: the way out when it cannot be sent, and the condition
//! for logging out with unsent records. Another phone takes it in ([`super::rescue`]). Not a backup
//! of what the office has.

use std::collections::{BTreeMap, BTreeSet};

use doorstep_domain::hash::sha256;
use doorstep_domain::id::{EventId, SubjectId};
use doorstep_domain::passphrase::Lock;
use doorstep_domain::rescue::{FORMAT, PASSPHRASE_MIN, Rescue, Sealed};
use doorstep_domain::sync::engine::{ItemState, SavedItem};
use doorstep_domain::time::SiteTime;
use leptos::prelude::*;

use super::phone::Phone;
use crate::browser::crypto::{self, NoCrypto};
use crate::browser::store::{KeptDraft, StoreError};
use crate::browser::{clock, download, random};

/// What was exported since the app was opened.
#[derive(Clone, Copy)]
pub struct Exported {
    events: RwSignal<BTreeSet<EventId>>,
    unreadable: RwSignal<BTreeSet<String>>,
    drafts: RwSignal<BTreeSet<(SubjectId, u64)>>,
}

/// Why nothing was saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExportError {
    /// The passphrase has fewer than [`PASSPHRASE_MIN`] characters.
    Short,
    /// Nobody is logged in any more.
    NobodyHere,
    /// The browser does not encrypt here.
    NoCrypto,
    /// The records could not be read.
    Store(StoreError),
}

impl From<NoCrypto> for ExportError {
    fn from(_: NoCrypto) -> Self {
        Self::NoCrypto
    }
}

impl From<StoreError> for ExportError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Exported {
    /// Whether everything unsent on this phone, drafts included, is in a file saved since the
    /// app was opened. Tracked. Nothing unsent counts as exported.
    pub fn covers(self, phone: Phone) -> bool {
        let events = self.events.get();
        let unreadable = self.unreadable.get();
        let drafts = self.drafts.get();
        let are_events_covered = phone.status.with(|view| {
            view.unsent.iter().all(|it| events.contains(&it.id))
                && view.unreadable.iter().all(|it| unreadable.contains(it))
        });
        are_events_covered
            && phone
                .drafts
                .all()
                .iter()
                .all(|it| drafts.contains(&(it.subject, it.revision)))
    }

    fn note(self, items: &[SavedItem], unreadable: Vec<String>, drafts: &[KeptDraft]) {
        self.events
            .update(|known| known.extend(items.iter().map(|item| item.id)));
        // An event that does not open is told apart by its text.
        let damaged = items.iter().filter(|item| item.event.open().is_err());
        let damaged = damaged.map(|item| item.event.envelope.clone());
        self.unreadable
            .update(|known| known.extend(unreadable.into_iter().chain(damaged)));
        self.drafts
            .update(|known| known.extend(drafts.iter().map(|it| (it.subject, it.revision))));
    }
}

impl Phone {
    /// Saves everything unsent, drafts included, as one file sealed with `passphrase`, through the
    /// browser's download. Returns how many photos it has no room for.
    pub async fn export_unsent(
        self,
        exported: Exported,
        passphrase: &str,
    ) -> Result<u64, ExportError> {
        if passphrase.chars().count() < PASSPHRASE_MIN {
            return Err(ExportError::Short);
        }
        let session = self.session.get_untracked();
        let (opened, session) = self.opened().zip(session).ok_or(ExportError::NobodyHere)?;
        let (mut items, unreadable) = self.trouble.note(opened.store.outbox().await)?;
        items.retain(|item| !matches!(item.state, ItemState::Received { .. }));
        let drafts = self.trouble.note(opened.store.drafts().await)?;
        // What does not open would make the whole file unreadable.
        let (sound, damaged): (Vec<_>, Vec<_>) =
            items.iter().partition(|item| item.event.open().is_ok());
        let texts = damaged
            .iter()
            .filter_map(|it| serde_json::to_string(&it.event).ok());
        let told = unreadable.iter().cloned().chain(texts).collect();
        let now = clock::site_time(&untrack(|| self.session.zone()));
        let mut rescue = Rescue {
            format: FORMAT.to_owned(),
            organisation: session.organisation,
            person: session.person,
            device: sha256(&opened.key.spki),
            made_at: now.unix_ms(),
            events: sound.iter().map(|item| item.event.clone()).collect(),
            drafts: drafts
                .iter()
                .map(|it| String::from_utf8_lossy(&it.body).into_owned())
                .collect(),
            unreadable: told,
            photos: BTreeMap::new(),
        };
        let mut left_out = 0;
        for (photo, bytes) in self.trouble.note(opened.store.named_photos().await)? {
            left_out += u64::from(!rescue.add_photo(photo, &bytes));
        }
        let lock = Lock::new(random::bytes(), random::bytes());
        let plain = serde_json::to_vec(&rescue).expect("the domain's types have string keys only");
        let sealed = crypto::seal(passphrase, &lock, &plain).await?;
        let file = serde_json::to_string(&Sealed::new(&lock, &sealed))
            .expect("the domain's types have string keys only");
        let name = file_name(&session.login, now);
        download::save_text(&name, "application/json", &file);
        exported.note(&items, unreadable, &drafts);
        Ok(left_out)
    }
}

/// e.g. `doorstep-rescue-lin-2026-11-23.json`; the date is the site's.
fn file_name(login: &str, now: SiteTime) -> String {
    let plain: String = login.chars().filter(|c| c.is_alphanumeric()).collect();
    let time = now.to_string();
    let date = time.split('T').next().unwrap_or_default();
    ["doorstep-rescue-", &plain, "-", date, ".json"].concat()
}

/// Provides the context: nothing exported yet.
pub fn provide_exported() {
    provide_context(Exported {
        events: RwSignal::new(BTreeSet::new()),
        unreadable: RwSignal::new(BTreeSet::new()),
        drafts: RwSignal::new(BTreeSet::new()),
    });
}

/// What was exported since the app was opened.
pub fn use_exported() -> Exported {
    expect_context()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_name_carries_login_and_date() {
        let now = "2026-11-23T23:30:00.000+08:00".parse().unwrap();
        assert_eq!(file_name("lin", now), "doorstep-rescue-lin-2026-11-23.json");
        assert_eq!(file_name("../x", now), "doorstep-rescue-x-2026-11-23.json");
    }
}
