//! What a phone does that the office has locked out: it hands in what is unsent, and forgets
//! everything. Asked for whenever the office no longer takes its log-in.

use doorstep_domain::account::Standing;
use doorstep_domain::hash::sha256;
use doorstep_domain::sync::engine::ItemState;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::{Extent, Stage};
use crate::browser::broadcast::News;
use crate::browser::store::device::DeviceStore;
use crate::browser::store::{self, DeviceKey, PersonStore, StoreError};
use crate::browser::{http, worker};
use crate::state::account;
use crate::state::phone::Phone;

impl Phone {
    /// Asks, whenever the log-in has ended, whether the phone was locked out.
    pub(in crate::state) fn watch_revocation(self) {
        Effect::new(move || {
            if self.session.has_ended() {
                spawn_local(self.heed_revocation());
            }
        });
    }

    /// Hands in what is unsent and forgets everything, if the office has locked this phone out. As
    /// long as something cannot be handed in, it stays; the copies of logs go at once.
    async fn heed_revocation(self) {
        let Some(opened) = self.opened() else { return };
        if !is_revoked(&opened.key).await {
            return;
        }
        self.keep_unfinished();
        let handed_in = self.deposit().await;
        let left = opened.store.outbox().await.is_ok_and(|(items, unread)| {
            let waits = |state: &ItemState| matches!(state, ItemState::Waiting);
            items.iter().any(|item| waits(&item.state)) || !unread.is_empty()
        });
        if let (Ok(records), false) = (handed_in, left) {
            self.stop();
            // A failure is tried again at the next start.
            self.forget_person(&opened.store, records).await.ok();
        }
    }

    /// The same while the records are locked: what is unsent waits for the code.
    pub(super) async fn heed_revocation_locked(self) {
        let Some(waiting) = self.waiting() else {
            return;
        };
        if !is_revoked(&waiting.key).await {
            return;
        }
        let store = &waiting.store;
        let forgotten = match store.is_empty().await {
            Ok(true) => self.forget_person(store, 0).await,
            Ok(false) => store.drop_all_copies().await,
            Err(error) => Err(error),
        };
        if forgotten.is_ok()
            && let Stage::Locked(locked) = untrack(|| self.entrance.get())
        {
            let locked = super::Locked {
                is_revoked: true,
                ..locked
            };
            self.entrance.set(Stage::Locked(locked), Extent::Whole);
        }
    }

    async fn forget_person(self, store: &PersonStore, records: u64) -> Result<(), StoreError> {
        let person = store.person();
        worker::forget_key();
        store.close();
        store::delete_person(person).await?;
        DeviceStore::new()
            .change(|device| {
                device.forget(person);
                // The office has ended the log-in itself.
                device.logout_pending = false;
            })
            .await?;
        self.set_waiting(None);
        self.session.set(None);
        self.hands.set(store::Handed::default());
        self.tell(News::Person);
        self.entrance.set(Stage::Revoked(records), Extent::Whole);
        Ok(())
    }
}

async fn is_revoked(key: &DeviceKey) -> bool {
    let device = sha256(&key.spki);
    let address = ["/api/v1/devices/", &device.to_string(), "/standing"].concat();
    let standing: Result<Standing, _> = account::read(http::get(&address).await);
    standing.is_ok_and(|standing| standing.revoked)
}
