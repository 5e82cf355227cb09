//! What was just done and can be taken back, for a while. Not how; whoever offers it knows.

use std::sync::Arc;

use doorstep_domain::language::Language;
use leptos::prelude::*;

use crate::browser::timer::{self, Timer};

/// How long it is offered, in milliseconds.
const OFFERED_MS: u32 = 20_000;

/// What can be taken back.
#[derive(Clone, Copy)]
pub struct Undo {
    offer: RwSignal<Option<Offer>>,
    timer: StoredValue<Option<Timer>, LocalStorage>,
}

/// One thing that was done.
#[derive(Clone)]
pub struct Offer {
    /// What was done, in the app's language.
    pub words: fn(Language) -> &'static str,
    /// Takes it back. No screen owns it: the one it was offered on is gone by then.
    back: Arc<dyn Fn() + Send + Sync>,
}

impl Undo {
    /// What can be taken back now; tracked.
    pub fn get(self) -> Option<Offer> {
        self.offer.get()
    }

    /// Offers to take back what was done with `back`, in place of anything before.
    pub fn offer(
        self,
        words: fn(Language) -> &'static str,
        back: impl Fn() + Send + Sync + 'static,
    ) {
        let back = Arc::new(back);
        self.offer.set(Some(Offer { words, back }));
        let timer = timer::after(OFFERED_MS, move || self.end());
        self.timer.set_value(Some(timer));
    }

    /// Takes it back.
    pub fn take_back(self) {
        let offer = self.offer.get_untracked();
        self.end();
        if let Some(offer) = offer {
            (offer.back)();
        }
    }

    fn end(self) {
        self.offer.set(None);
        self.timer.set_value(None);
    }
}

/// Provides the context: nothing to take back.
pub fn provide_undo() {
    provide_context(Undo {
        offer: RwSignal::new(None),
        timer: StoredValue::new_local(None),
    });
}

/// What can be taken back.
pub fn use_undo() -> Undo {
    expect_context()
}
