//! Why there is no register to show: no site, no post that sees it, not arrived yet, or empty.
//! Not a search without a match; that is the households' page's.

use doorstep_domain::language::Language;
use doorstep_domain::policy::reads_log;
use leptos::prelude::*;

use crate::i18n::{self, t, use_lang};
use crate::state::session::use_session;
use crate::state::sites::use_sites;
use crate::state::sync_status::{SyncView, use_sync_status};

/// Why there is no register.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gap {
    /// The person works on no site.
    NoSite,
    /// Their post on it does not see households and visits.
    NotForPost,
    /// It is being fetched.
    Arriving,
    /// It has not been fetched yet.
    NotHere,
    /// It has no households.
    Empty,
}

impl Gap {
    /// Why nothing of the register is here, as sending and receiving go.
    fn of_nothing(sync: &SyncView) -> Self {
        match (sync.sending, sync.last_contact) {
            (true, _) => Self::Arriving,
            (false, Some(_)) if sync.trouble.is_none() => Self::Empty,
            (false, _) => Self::NotHere,
        }
    }

    fn words(self, lang: Language) -> &'static str {
        match self {
            Self::NoSite => t::gap_no_site(lang),
            Self::NotForPost => t::gap_post(lang),
            Self::Arriving => t::gap_arriving(lang),
            Self::NotHere => t::gap_not_here(lang),
            Self::Empty => t::gap_empty(lang),
        }
    }
}

/// Why there is no register now; `None` when there is one.
pub fn use_gap() -> Memo<Option<Gap>> {
    let session = use_session();
    let sites = use_sites();
    let status = use_sync_status();
    Memo::new(move |_| {
        if session.site().is_none() {
            return Some(Gap::NoSite);
        }
        if !reads_log(&session.roles()) {
            return Some(Gap::NotForPost);
        }
        let is_empty = sites.with(|state| state.listed().next().is_none());
        is_empty.then(|| status.with(Gap::of_nothing))
    })
}

/// Says why, and what keeps it from arriving.
#[component]
pub fn GapNotice(
    /// Why there is no register.
    gap: Gap,
) -> impl IntoView {
    let lang = use_lang();
    let status = use_sync_status();
    let trouble = move || {
        let trouble = status.with(|view| view.trouble)?;
        (gap == Gap::NotHere).then(|| i18n::trouble(lang.get(), trouble))
    };
    view! {
        <div class="card" role="status">
            <p>{move || gap.words(lang.get())}</p>
            <p class="caption">{trouble}</p>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use doorstep_domain::sync::engine::Trouble;

    use super::*;

    #[test]
    fn an_empty_register_is_told_from_one_not_yet_here() {
        let mut sync = SyncView::default();
        assert_eq!(Gap::of_nothing(&sync), Gap::NotHere);
        sync.sending = true;
        assert_eq!(Gap::of_nothing(&sync), Gap::Arriving);
        sync.sending = false;
        sync.last_contact = Some(5);
        assert_eq!(Gap::of_nothing(&sync), Gap::Empty);
        sync.trouble = Some(Trouble::Offline);
        assert_eq!(Gap::of_nothing(&sync), Gap::NotHere);
    }
}
