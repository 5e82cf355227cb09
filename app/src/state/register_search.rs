//! What is looked for in the register: kept while somebody looks at a household and comes back.
//! Not the finding; that is the households' page's.

use doorstep_domain::id::{PersonId, SiteId};
use leptos::prelude::*;

use super::session::{SessionState, use_session};

/// Rows shown at first, and added by "show more": what a weak phone draws at once.
pub const STEP: usize = 60;

/// Which households are looked among.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Among {
    /// All.
    #[default]
    All,
    /// Occupied ones not visited this month.
    NotThisMonth,
    /// Occupied ones without contact for months, or ever.
    LongUnvisited,
}

impl Among {
    /// All, in the order offered.
    pub const ALL: [Self; 3] = [Self::All, Self::NotThisMonth, Self::LongUnvisited];
}

/// The search. Reads are tracked.
#[derive(Clone, Copy)]
pub struct RegisterSearch {
    typed: RwSignal<String>,
    among: RwSignal<Among>,
    limit: RwSignal<usize>,
    whose: StoredValue<Option<(PersonId, SiteId)>>,
    session: SessionState,
}

impl RegisterSearch {
    /// The search text as typed.
    pub fn typed(self) -> Signal<String> {
        self.typed.into()
    }

    /// Which households are looked among.
    pub fn among(self) -> Among {
        self.among.get()
    }

    /// How many rows are drawn at most.
    pub fn limit(self) -> usize {
        self.limit.get()
    }

    /// Looks for `text`, from the first rows.
    pub fn look_for(self, text: String) {
        self.typed.set(text);
        self.limit.set(STEP);
    }

    /// Looks among other households, from the first rows.
    pub fn look_among(self, among: Among) {
        self.among.set(among);
        self.limit.set(STEP);
    }

    /// Draws more rows.
    pub fn show_more(self) {
        self.limit.update(|limit| *limit += STEP);
    }

    /// Begins anew.
    pub fn clear(self) {
        self.look_for(String::new());
        self.look_among(Among::All);
    }

    /// Begins anew for another person or site: what was typed may be a household's name.
    pub fn resume(self) {
        let now = untrack(|| Some((self.session.person()?, self.session.site()?.id)));
        if self.whose.get_value() != now {
            self.whose.set_value(now);
            self.clear();
        }
    }
}

/// Provides the search: for everything.
pub fn provide_register_search() {
    provide_context(RegisterSearch {
        typed: RwSignal::new(String::new()),
        among: RwSignal::new(Among::All),
        limit: RwSignal::new(STEP),
        whose: StoredValue::new(None),
        session: use_session(),
    });
}

/// What is looked for in the register.
pub fn use_register_search() -> RegisterSearch {
    expect_context()
}
