//! Opening the app and leaving it: whose records are opened at start, after a log-in, and what
//! happens to them at a log-out. Works without a network wherever it can.
//! Not the log-in request; that is [`login`]. Not what unlocks them; that is [`unlocking`].

use std::collections::BTreeMap;
use std::rc::Rc;

use doorstep_domain::account::Session;
use doorstep_domain::id::{PersonId, SiteId};
use doorstep_domain::lease::{Lease, lease};
use doorstep_domain::log::LoggedEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::phone::{Opened, Phone, Waiting};
use crate::browser::broadcast::News;
use crate::browser::cipher::{Cipher, DataKey};
use crate::browser::store::device::{Device, DeviceStore};
use crate::browser::store::{self, Handed, Loaded, PersonStore, StoreError};
use crate::browser::{clock, document, http, lifecycle, timer, worker};
use crate::path::Path;
use crate::sync::Driver;

pub mod login;
mod revoked;
mod unlocking;

/// Milliseconds until a screen that was just opened has been drawn.
const DRAWN_MS: i32 = 30;

/// How far opening has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// The records are being opened.
    Opening,
    /// They cannot be opened.
    Failed(StoreError),
    /// Nobody is logged in; these people's records are on this phone.
    Out(Vec<LeftBehind>),
    /// Somebody's records are here, sealed.
    Locked(Locked),
    /// The office has locked this phone out: what was unsent is handed in, so many records, and
    /// nothing is here any more.
    Revoked(u64),
    /// Somebody is.
    In,
}

/// Records that are sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Locked {
    /// Whose: the name people read.
    pub name: String,
    /// What opens them.
    pub way: Way,
    /// A passkey of this phone opens them too.
    pub has_passkey: bool,
    /// The office has locked this phone out; what is unsent is handed in once it is unlocked.
    pub is_revoked: bool,
}

/// What opens sealed records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// A code, which is still to be chosen.
    Choose,
    /// The code; or the log-in password, with the office's help.
    Code,
    /// The log-in password only: the lease is over, and the code was taken away.
    Password,
}

/// How much of somebody's records is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Extent {
    /// What they are writing, and what is unsent.
    Own,
    /// The copies of logs too.
    Whole,
}

/// Somebody whose records stay on this phone until they log in again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftBehind {
    /// The name people read.
    pub name: String,
    /// How many of their events the office has not received.
    pub unsent: u64,
}

/// How far opening the app has come.
#[derive(Clone, Copy)]
pub struct Entrance(RwSignal<(Stage, Extent)>);

impl Entrance {
    /// The stage; tracked.
    pub fn get(self) -> Stage {
        self.0.with(|(stage, _)| stage.clone())
    }

    /// Whether the copies of logs are open too; tracked. At the door the form comes first.
    pub fn is_whole(self) -> bool {
        self.0.with(|(_, extent)| *extent == Extent::Whole)
    }

    /// Waits until they are: what is signed names what came before it.
    pub(super) async fn whole(self) {
        while untrack(|| !self.is_whole()) {
            timer::wait(5).await;
        }
    }

    /// Shows nothing of what is open any more.
    pub(super) fn close(self) {
        self.set(Stage::Opening, Extent::Whole);
    }

    fn set(self, stage: Stage, extent: Extent) {
        self.0.set((stage, extent));
    }
}

/// Provides the context.
pub fn provide_entrance() {
    provide_context(Entrance(RwSignal::new((Stage::Opening, Extent::Whole))));
}

/// How far opening the app has come.
pub fn use_entrance() -> Entrance {
    expect_context()
}

impl Phone {
    /// Opens the records of whoever worked here last; also how a failed opening is tried again.
    pub fn start(self) {
        self.entrance.set(Stage::Opening, Extent::Whole);
        spawn_local(async move {
            if let Err(error) = self.open_last().await {
                self.entrance.set(Stage::Failed(error), Extent::Whole);
            }
        });
    }

    /// Listens to the network and the page coming to the foreground, for as long as it lives.
    pub(super) fn listen(self) {
        lifecycle::on_online(move || self.with_driver(Driver::online));
        lifecycle::on_visible(move || self.with_driver(Driver::visible));
    }

    fn with_driver(self, act: fn(&Rc<Driver>)) {
        if let Some(opened) = self.opened() {
            act(&opened.driver);
        }
    }

    /// Another tab has told something.
    pub(super) fn heard(self, news: News) {
        match (news, self.opened()) {
            // Whose records are open decides everything: begin from the start.
            (News::Person, _) => document::reload(),
            (News::Locked, Some(_)) => self.lock_this_page(),
            (News::Records, Some(opened)) => spawn_local(opened.driver.reload()),
            (News::Hands, Some(_)) => spawn_local(self.reread_hands()),
            (News::Drafts, Some(opened)) => spawn_local(async move {
                if let Ok(drafts) = self.trouble.note(opened.store.drafts().await) {
                    self.drafts.set(drafts);
                }
            }),
            (_, None) => {}
        }
    }

    async fn open_last(self) -> Result<(), StoreError> {
        let device = DeviceStore::new().read().await?;
        if device.logout_pending {
            spawn_local(tell_server_of_logout());
        }
        if let Some(person) = device.current
            && self.open_person(person, None).await?
        {
            return Ok(());
        }
        self.show_nobody(&device).await
    }

    /// Opens a person's records, or shows how they are opened; `false` when their log-in here was
    /// never completed. With a `password` that was just taken, the office opens them.
    async fn open_person(
        self,
        person: PersonId,
        password: Option<String>,
    ) -> Result<bool, StoreError> {
        let store = Rc::new(PersonStore::new(person));
        let threshold = store.threshold().await?;
        let (Some(session), Some(key)) = (threshold.session, threshold.key) else {
            return Ok(false);
        };
        let mut waiting = Waiting {
            store,
            session,
            key,
            code: threshold.code,
            has_passkey: threshold.has_passkey,
        };
        let now = clock::now_ms();
        let contact = threshold.contact.map(|contact| contact.at);
        let contact = contact.unwrap_or(waiting.session.now);
        // With a log-in the office has just answered.
        if password.is_none() && lease(contact, threshold.latest, now) == Lease::Over {
            if threshold.escrow.is_some() {
                waiting.store.leave_to_office().await?;
                waiting.code = None;
            } else {
                waiting.store.drop_all_copies().await?;
            }
        }
        let way = match (&waiting.code, &threshold.escrow) {
            (Some(_), _) => Way::Code,
            (None, Some(_)) => Way::Password,
            (None, None) => Way::Choose,
        };
        if way == Way::Code
            && let Some(key) = worker::held_key(person).await
        {
            waiting.store.unlock(Cipher::new(DataKey(key)));
            self.enter(waiting).await?;
            return Ok(true);
        }
        if let (Some(password), Some(escrow)) = (password, threshold.escrow)
            && let Ok(key) = unlocking::release(password, escrow).await
        {
            waiting.store.unlock(Cipher::new(key));
            if way == Way::Code {
                self.enter(waiting).await?;
            } else {
                self.show_locked(waiting, Way::Choose);
            }
            return Ok(true);
        }
        self.show_locked(waiting, way);
        Ok(true)
    }

    /// Shows that somebody's records are here and what opens them.
    fn show_locked(self, waiting: Waiting, way: Way) {
        let name = waiting.session.name.clone();
        let has_passkey = waiting.has_passkey && way == Way::Code;
        self.session.set(None);
        self.set_waiting(Some(waiting));
        let locked = Locked {
            name,
            way,
            has_passkey,
            is_revoked: false,
        };
        self.entrance.set(Stage::Locked(locked), Extent::Whole);
        spawn_local(self.heed_revocation_locked());
    }

    /// Opens the records, which are unlocked.
    pub(super) async fn enter(self, waiting: Waiting) -> Result<(), StoreError> {
        let Waiting {
            store,
            session,
            key,
            ..
        } = waiting;
        let own = if is_at_the_door() {
            let own = store.load_own().await?;
            // An owner who has the phone may see one screen only, and which one the logs tell.
            Some(own).filter(|own| own.handed.subject.is_none())
        } else {
            None
        };
        let extent = own.as_ref().map_or(Extent::Whole, |_| Extent::Own);
        let first = match own {
            Some(own) => own,
            None => store.load().await?,
        };
        let organisation = session.organisation;
        let driver = Driver::new(self, Rc::clone(&store), &key, organisation, &first);
        self.set_waiting(None);
        self.set_opened(Some(Opened {
            store: Rc::clone(&store),
            key,
            driver: Rc::clone(&driver),
        }));
        self.hands.set(first.handed);
        self.session.set(Some(session));
        self.show_loaded(&first);
        self.unfinished().set(first.unfinished.clone());
        self.entrance.set(Stage::In, extent);
        if extent == Extent::Whole {
            driver.begin(&first);
        } else {
            driver.show_own(&first);
            // The form is drawn, and takes what is typed, before the rest is read.
            timer::wait(DRAWN_MS).await;
            let whole = match store.load().await {
                Ok(whole) => whole,
                Err(error) => {
                    self.entrance
                        .set(Stage::Failed(error.clone()), Extent::Whole);
                    return Err(error);
                }
            };
            let is_open = self
                .opened()
                .is_some_and(|it| Rc::ptr_eq(&it.store, &store));
            if !is_open {
                // The person has left meanwhile.
                return Ok(());
            }
            driver.begin_whole(&whole);
            self.entrance.set(Stage::In, Extent::Whole);
        }
        spawn_local(self.refresh_session());
        spawn_local(self.seal_to_office());
        self.copy_drafts();
        spawn_local(self.tidy_photos());
        Ok(())
    }

    /// Shows what was loaded.
    pub(crate) fn show_loaded(self, loaded: &Loaded) {
        let logs: BTreeMap<SiteId, &[LoggedEvent]> = loaded
            .logs
            .iter()
            .map(|(site, copy)| (*site, copy.rows.as_slice()))
            .collect();
        self.sites.set(&logs, &loaded.outbox);
        self.drafts.set(loaded.drafts.clone());
        self.drafts.set_erased(loaded.drafts_erased);
    }

    async fn show_nobody(self, device: &Device) -> Result<(), StoreError> {
        let mut left = Vec::new();
        for known in &device.people {
            let store = PersonStore::new(known.person);
            let unsent = store.count_unsent().await?;
            store.close();
            left.push(LeftBehind {
                name: known.name.clone(),
                unsent,
            });
        }
        self.session.set(None);
        self.hands.set(Handed::default());
        self.entrance.set(Stage::Out(left), Extent::Whole);
        Ok(())
    }

    /// Asks the server who is logged in and what they may do now; without a network everything
    /// stays as it was confirmed last.
    async fn refresh_session(self) {
        let Ok(answer) = http::get("/api/v1/session").await else {
            return;
        };
        let Some(opened) = self.opened() else { return };
        let session = answer.read::<Session>().filter(|_| answer.is_ok());
        match session {
            Some(session) if session.person == opened.store.person() => {
                let kept = opened.store.save_session(&session, None).await;
                if self.trouble.note(kept).is_ok() {
                    self.session.set(Some(session));
                    opened.driver.watch_sites();
                }
            }
            // Logged out by the office, or another person's session by now.
            Some(_) => self.session.set_ended(true),
            None if answer.status == 401 => self.session.set_ended(true),
            None => {}
        }
    }

    /// Leaves the phone to somebody else. The records stay, and are sent when the person logs in
    /// here again.
    pub async fn hand_over(self) -> Result<(), StoreError> {
        self.keep_unfinished();
        self.stop();
        worker::forget_key();
        self.step_aside().await
    }

    /// Logs out and deletes the person's records from this phone. The caller has made sure that
    /// nothing is unsent, or that it was exported.
    pub async fn log_out(self) -> Result<(), StoreError> {
        let Some(opened) = self.opened() else {
            return Ok(());
        };
        let person = opened.store.person();
        self.stop();
        worker::forget_key();
        let told = tell_server_of_logout_now().await;
        // First nobody's, then gone: a crash in between leaves records that a log-in opens.
        let devices = DeviceStore::new();
        let left = devices.change(move |device| {
            device.leave();
            device.logout_pending = !told;
        });
        self.trouble.note(left.await)?;
        self.tell(News::Person);
        opened.store.close();
        self.trouble.note(store::delete_person(person).await)?;
        let device = self
            .trouble
            .note(devices.change(|device| device.forget(person)).await)?;
        self.show_nobody(&device).await
    }

    /// Leaves sealed records to whoever knows how to open them, and lets somebody else log in.
    pub async fn step_aside(self) -> Result<(), StoreError> {
        let told = tell_server_of_logout_now().await;
        let device = DeviceStore::new()
            .change(move |device| {
                device.leave();
                device.logout_pending = !told;
            })
            .await;
        let device = self.trouble.note(device)?;
        self.set_waiting(None);
        self.tell(News::Person);
        self.show_nobody(&device).await
    }

    fn stop(self) {
        if let Some(opened) = self.opened() {
            opened.driver.stop();
        }
        self.set_opened(None);
        self.set_waiting(None);
        self.forget_copies();
        self.unfinished().set(Vec::new());
        self.session.set_ended(false);
    }
}

/// Whether the address is that of a visit being written: it needs nothing but its draft.
fn is_at_the_door() -> bool {
    let path = Path::parse(&document::pathname());
    matches!(path, Some(Path::Listening(_) | Path::Owner(_)))
}

/// Ends the session on the server, and remembers when that is done.
async fn tell_server_of_logout() {
    if tell_server_of_logout_now().await {
        // If this cannot be noted, the server is told once more: harmless.
        DeviceStore::new()
            .change(|device| device.logout_pending = false)
            .await
            .ok();
    }
}

/// Whether the server has ended the session.
async fn tell_server_of_logout_now() -> bool {
    http::post("/api/v1/logout", &serde_json::Map::new())
        .await
        .is_ok_and(|answer| answer.is_ok())
}
