//! The time of day as screens show it: moves on by the half minute, and when the phone is taken
//! up again, so that a month's end or an age on a screen left open is not yesterday's.
//! Not for what is recorded; that is read from [`crate::browser::clock`] at that moment.

use doorstep_domain::time::{SiteTime, UnixMs};
use leptos::prelude::*;

use super::session::{SessionState, use_session};
use crate::browser::{clock, lifecycle, timer};

/// Milliseconds between two looks at the clock.
const STEP_MS: u32 = 30_000;

/// The time of day. Reads are tracked.
#[derive(Clone, Copy)]
pub struct Now {
    unix_ms: RwSignal<UnixMs>,
    session: SessionState,
}

impl Now {
    /// Milliseconds since 1970 UTC by the phone's clock.
    pub fn unix_ms(self) -> UnixMs {
        self.unix_ms.get()
    }

    /// The same on the clock of the site being worked on.
    pub fn on_site(self) -> SiteTime {
        clock::in_zone(&self.session.zone(), self.unix_ms())
    }
}

/// Provides the time and keeps it moving.
pub fn provide_now() {
    let unix_ms = RwSignal::new(clock::now_ms());
    let look = move || unix_ms.set(clock::now_ms());
    lifecycle::on_visible(look);
    timer::every(STEP_MS, look);
    let session = use_session();
    provide_context(Now { unix_ms, session });
}

/// The time of day.
pub fn use_now() -> Now {
    expect_context()
}
