//! How the app may be put on the home screen from here; changes when the browser offers it, and when
//! it is done.

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::browser::install::{self, Installing};

/// How it may be installed.
#[derive(Clone, Copy)]
pub struct Install(RwSignal<Installing>);

impl Install {
    /// How it may be installed now; tracked.
    pub fn get(self) -> Installing {
        self.0.get()
    }

    /// Asks the browser to; must follow a tap.
    pub fn ask(self) {
        spawn_local(async move {
            install::ask().await;
            self.0.set(install::state());
        });
    }
}

/// Provides the context and watches.
pub fn provide_install() {
    let install = Install(RwSignal::new(install::state()));
    install::on_change(move || install.0.set(install::state()));
    provide_context(install);
}

/// How the app may be installed.
pub fn use_install() -> Install {
    expect_context()
}
