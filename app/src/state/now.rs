//! The time of day as screens show it: moves on by the half minute, and when the phone is taken
//! up again, so that a month's end or an age on a screen left open is not yesterday's.
//! Not for what is recorded; that is read from [`crate::browser::clock`] at that moment.

use chrono::NaiveDate;
use doorstep_domain::time::{Month, UnixMs};
use leptos::prelude::*;

use super::session::use_session;
use crate::browser::{clock, lifecycle, timer};

/// Milliseconds between two looks at the clock.
const STEP_MS: u32 = 30_000;

/// The time of day. Reads are tracked.
#[derive(Clone, Copy)]
pub struct Now {
    unix_ms: RwSignal<UnixMs>,
    today: Memo<NaiveDate>,
}

impl Now {
    /// Milliseconds since 1970 UTC by the phone's clock.
    pub fn unix_ms(self) -> UnixMs {
        self.unix_ms.get()
    }

    /// Whole minutes from `then` to now; 0 when the clock was set back in between.
    pub fn minutes_since(self, then: UnixMs) -> u64 {
        u64::try_from((self.unix_ms() - then) / 60_000).unwrap_or(0)
    }

    /// The date on the site being worked on. Disturbs its readers at midnight only.
    pub fn today(self) -> NaiveDate {
        self.today.get()
    }

    /// The month of [`Self::today`].
    pub fn month(self) -> Month {
        Month::of(self.today())
    }
}

/// Provides the time and keeps it moving.
pub fn provide_now() {
    let unix_ms = RwSignal::new(clock::now_ms());
    let look = move || unix_ms.set(clock::now_ms());
    lifecycle::on_visible(look);
    timer::every(STEP_MS, look);
    let session = use_session();
    let today = Memo::new(move |_| clock::in_zone(&session.zone(), unix_ms.get()).date());
    provide_context(Now { unix_ms, today });
}

/// The time of day.
pub fn use_now() -> Now {
    expect_context()
}
