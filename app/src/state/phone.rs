//! Everything a task needs of this phone in one `Copy` handle: the contexts, the opened records
//! and the sending. Take it with [`use_phone`] where a component is built; it stays usable after
//! an `.await`, where contexts cannot be looked up any more.

use std::rc::Rc;

use doorstep_domain::account::Session;
use doorstep_domain::sync::engine::Contact;
use leptos::prelude::*;

use super::draft_copies::{DraftCopies, use_draft_copies};
use super::drafts::{Drafts, use_drafts};
use super::entrance::{Entrance, use_entrance};
use super::handed::{Hands, use_hands};
use super::locking::{LeaseLeft, use_lease};
use super::session::{SessionState, use_session};
use super::sites::{SiteStates, use_sites};
use super::sync_status::{SyncStatus, use_sync_status};
use super::trouble::{StorageTrouble, use_trouble};
use super::unfinished::{Unfinished, use_unfinished};
use crate::browser::broadcast::{Broadcast, News};
use crate::browser::store::vault::KeptCode;
use crate::browser::store::{DeviceKey, PersonStore};
use crate::sync::Driver;

/// The handle. Actions are in the files of their subjects: [`super::entrance`] (start, log in,
/// log out), [`super::queue`] (finish an event), [`super::drafts`], [`super::draft_copies`].
#[derive(Clone, Copy)]
pub struct Phone {
    /// Who works here.
    pub session: SessionState,
    /// What the logs say.
    pub sites: SiteStates,
    /// What is being written.
    pub drafts: Drafts,
    /// The office's copies of it.
    pub copies: DraftCopies,
    /// How sending goes.
    pub status: SyncStatus,
    /// In whose hands it is.
    pub hands: Hands,
    /// Whether records can be kept.
    pub trouble: StorageTrouble,
    /// How far opening the app has come.
    pub(super) entrance: Entrance,
    held: StoredValue<Held, LocalStorage>,
}

/// What is no signal: nothing is drawn of it.
struct Held {
    opened: Option<Opened>,
    waiting: Option<Waiting>,
    broadcast: Broadcast,
    unfinished: Unfinished,
    lease: LeaseLeft,
    logged_in: bool,
}

/// The records of the person who works here.
#[derive(Clone)]
pub(crate) struct Opened {
    /// Their database.
    pub(crate) store: Rc<PersonStore>,
    /// Their key on this phone.
    pub(crate) key: DeviceKey,
    /// What sends and receives for them.
    pub(crate) driver: Rc<Driver>,
}

/// Somebody who is logged in, and whose records are to be unlocked.
#[derive(Clone)]
pub(super) struct Waiting {
    /// Their database.
    pub(super) store: Rc<PersonStore>,
    /// The session as last confirmed.
    pub(super) session: Session,
    /// Their key on this phone.
    pub(super) key: DeviceKey,
    /// The code as kept when this page looked; `None` when there is none.
    pub(super) code: Option<KeptCode>,
    /// Whether a passkey unlocks them.
    pub(super) has_passkey: bool,
}

impl Phone {
    /// The opened records; `None` when nobody works here.
    pub(crate) fn opened(self) -> Option<Opened> {
        self.held.with_value(|held| held.opened.clone())
    }

    pub(super) fn set_opened(self, opened: Option<Opened>) {
        self.held.update_value(|held| held.opened = opened);
    }

    /// Whose records are to be unlocked.
    pub(super) fn waiting(self) -> Option<Waiting> {
        self.held.with_value(|held| held.waiting.clone())
    }

    pub(super) fn set_waiting(self, waiting: Option<Waiting>) {
        self.held.update_value(|held| held.waiting = waiting);
    }

    /// What was begun on records and is not signed.
    pub(super) fn unfinished(self) -> Unfinished {
        self.held.with_value(|held| held.unfinished)
    }

    /// Notes that somebody has just logged in.
    pub(super) fn note_log_in(self) {
        self.held.update_value(|held| held.logged_in = true);
    }

    /// Whether somebody has just logged in; told once.
    pub fn take_log_in(self) -> bool {
        let told = |held: &mut Held| std::mem::take(&mut held.logged_in);
        self.held.try_update_value(told).unwrap_or_default()
    }

    /// How long the copies of logs are kept.
    pub(super) fn lease(self) -> LeaseLeft {
        self.held.with_value(|held| held.lease)
    }

    /// Tells the other tabs.
    pub(crate) fn tell(self, news: News) {
        self.held.with_value(|held| held.broadcast.tell(news));
    }

    /// The last contact with the server, for the clock's skew.
    pub(super) fn contact(self) -> Option<Contact> {
        self.opened().and_then(|opened| opened.driver.contact())
    }
}

/// Gathers the contexts, joins the other tabs and opens the records.
pub fn provide_phone() {
    let phone = Phone {
        session: use_session(),
        sites: use_sites(),
        drafts: use_drafts(),
        copies: use_draft_copies(),
        status: use_sync_status(),
        hands: use_hands(),
        trouble: use_trouble(),
        entrance: use_entrance(),
        held: StoredValue::new_local(Held {
            opened: None,
            waiting: None,
            broadcast: Broadcast::none(),
            unfinished: use_unfinished(),
            lease: use_lease(),
            logged_in: false,
        }),
    };
    let broadcast = Broadcast::join(move |news| phone.heard(news));
    phone.held.update_value(|held| held.broadcast = broadcast);
    provide_context(phone);
    phone.listen();
    phone.watch_drafts();
    phone.watch_unfinished();
    phone.watch_lock();
    phone.start();
}

/// Everything a task needs of this phone.
pub fn use_phone() -> Phone {
    expect_context()
}
