//! What screens are told about sending, from the engine's status and the stored outbox.
//! Not the words.

use std::rc::Rc;

use doorstep_domain::sync::engine::{Activity, ItemState, SavedItem, Status};
use leptos::task::spawn_local;

use super::Driver;
use crate::state::sync_status::{SyncView, Unsent};

impl Driver {
    /// Shows the engine's status with the outbox as stored.
    pub(super) fn show(self: &Rc<Self>) {
        spawn_local(Rc::clone(self).show_outbox());
    }

    /// Shows the engine's status; the outbox is as it was.
    pub(super) fn show_soon(&self) {
        let status = self.engine.borrow().status();
        self.phone.session.set_ended(status.login_needed);
        let shown = self.phone.status.get_untracked();
        self.phone
            .status
            .set(view(&status, shown.unsent, shown.unreadable));
    }

    async fn show_outbox(self: Rc<Self>) {
        let generation = self.generation.get();
        let Ok((items, unreadable)) = self.phone.trouble.note(self.store.outbox().await) else {
            return;
        };
        if generation == self.generation.get() {
            self.show_read(&items, unreadable);
        }
    }

    /// Shows the engine's status with this outbox.
    pub(super) fn show_read(&self, items: &[SavedItem], mut unreadable: Vec<String>) {
        let status = self.engine.borrow().status();
        self.phone.session.set_ended(status.login_needed);
        let damaged = items.iter().filter(|item| item.event.open().is_err());
        unreadable.extend(damaged.map(|item| item.event.envelope.clone()));
        let unsent = items.iter().filter_map(unsent).collect();
        self.phone.status.set(view(&status, unsent, unreadable));
    }
}

fn view(status: &Status, unsent: Vec<Unsent>, unreadable: Vec<String>) -> SyncView {
    SyncView {
        unsent,
        deposited: status.deposited as u64,
        sending: status.activity != Activity::Idle,
        behind: status.behind,
        last_contact: status.contact.map(|contact| contact.at),
        trouble: status.trouble,
        unreadable,
    }
}

/// An item the office has not received; `None` for one it has.
fn unsent(item: &SavedItem) -> Option<Unsent> {
    let refusal = match &item.state {
        ItemState::Waiting => None,
        ItemState::Refused { code, params } => Some((*code, params.clone())),
        ItemState::Received { .. } | ItemState::Deposited { .. } => return None,
    };
    let opened = item.event.open().ok()?;
    Some(Unsent {
        id: item.id,
        subject: opened.envelope.subject,
        site: opened.envelope.site,
        kind: opened.envelope.kind,
        at: opened.envelope.at,
        refusal,
    })
}
