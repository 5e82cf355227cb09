//! When the phone locks itself: left alone, put away, or told to; and how. The data key goes with the
//! page that held it: the app is loaded anew.

use std::cell::Cell;
use std::rc::Rc;

use doorstep_domain::id::PersonId;
use doorstep_domain::lease::{Lease, lease, locks};
use doorstep_domain::time::UnixMs;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::phone::Phone;
use crate::browser::broadcast::News;
use crate::browser::{clock, document, lifecycle, timer, worker};

/// Milliseconds between two looks at how long nobody has touched the phone.
const LOOK_MS: u32 = 15_000;
/// Milliseconds that what is being written has to be kept before the page goes.
const KEPT_MS: i32 = 300;

/// How long the phone still keeps the copies of logs.
#[derive(Clone, Copy)]
pub struct LeaseLeft(RwSignal<Lease>);

impl LeaseLeft {
    /// How the lease stands; tracked.
    pub fn get(self) -> Lease {
        self.0.get()
    }

    fn set(self, lease: Lease) {
        if self.0.get_untracked() != lease {
            self.0.set(lease);
        }
    }
}

/// Provides the context: there is time.
pub fn provide_lease() {
    provide_context(LeaseLeft(RwSignal::new(Lease::Runs)));
}

/// How long the phone still keeps the copies of logs.
pub fn use_lease() -> LeaseLeft {
    expect_context()
}

/// When the phone was touched last and when it was put away; `None` while it is looked at.
#[derive(Default)]
struct Watch {
    touched: Cell<UnixMs>,
    hidden: Cell<Option<UnixMs>>,
}

impl Phone {
    /// Watches whether the phone is left alone, and hands the data key on to the next page.
    pub(super) fn watch_lock(self) {
        let watch = Rc::new(Watch::default());
        watch.touched.set(clock::now_ms());
        let touched = Rc::clone(&watch);
        lifecycle::on_touch(move || touched.touched.set(clock::now_ms()));
        let hidden = Rc::clone(&watch);
        lifecycle::on_hidden(move || {
            hidden.hidden.set(Some(clock::now_ms()));
            self.note_time();
        });
        let seen = Rc::clone(&watch);
        lifecycle::on_visible(move || {
            self.look(&seen);
            seen.hidden.set(None);
        });
        timer::every(LOOK_MS, move || self.look(&watch));
        lifecycle::on_leaving(move || {
            if let Some((person, key)) = self.data_key() {
                worker::hold_key(person, &key);
            }
        });
        worker::on_asked(move |asked| {
            let (_, key) = self.data_key().filter(|(person, _)| *person == asked)?;
            Some(key)
        });
        self.watch_revocation();
    }

    /// Locks the phone, in all its pages.
    pub fn lock(self) {
        self.tell(News::Locked);
        self.lock_this_page();
    }

    /// Locks this page: nothing of it is shown any more, and the data key is gone with it.
    pub(super) fn lock_this_page(self) {
        if self.opened().is_none() {
            return;
        }
        self.entrance.close();
        worker::forget_key();
        self.keep_unfinished();
        spawn_local(async move {
            timer::wait(KEPT_MS).await;
            // No longer handed on to the next page.
            self.set_opened(None);
            document::reload();
        });
    }

    fn look(self, watch: &Watch) {
        let Some(opened) = self.opened() else { return };
        let now = clock::now_ms();
        let is_handed = untrack(|| self.hands.is_handed());
        let contact = opened.driver.contact();
        let stands = contact.map(|contact| lease(contact.at, now, now));
        self.lease().set(stands.unwrap_or(Lease::Runs));
        // Opened anew, it is without what the lease was for.
        let is_over = stands == Some(Lease::Over) && !is_handed;
        if is_over || locks(is_handed, watch.touched.get(), watch.hidden.get(), now) {
            self.lock_this_page();
        }
    }

    fn note_time(self) {
        let Some(opened) = self.opened() else { return };
        spawn_local(async move {
            // A failure shows the storage banner.
            self.trouble
                .note(opened.store.note_time(clock::now_ms()).await)
                .ok();
        });
    }

    fn data_key(self) -> Option<(PersonId, Vec<u8>)> {
        let opened = self.opened()?;
        let cipher = opened.store.cipher().ok()?;
        Some((opened.store.person(), cipher.key().0.to_vec()))
    }
}
