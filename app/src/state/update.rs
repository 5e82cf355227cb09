//! A newer version of the app that has been fetched and waits: offered, never forced.
//! Not the fetching; that is the service worker's.

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::browser::worker;

/// Whether a newer version waits.
#[derive(Clone, Copy)]
pub struct Update(RwSignal<bool>);

impl Update {
    /// Whether one waits; tracked.
    pub fn is_waiting(self) -> bool {
        self.0.get()
    }

    /// Changes to the newer version; the page loads anew.
    pub fn accept() {
        spawn_local(worker::activate());
    }
}

/// Provides the context and watches for newer versions.
pub fn provide_update() {
    let update = Update(RwSignal::new(false));
    provide_context(update);
    spawn_local(worker::on_waiting(move || update.0.set(true)));
}

/// Whether a newer version waits.
pub fn use_update() -> Update {
    expect_context()
}
