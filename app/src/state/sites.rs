//! What the logs say, folded: the state of each site, this phone's unsent events included, and
//! kept in step as events are queued and rows arrive. Not the fold; that is the domain's.

use std::collections::BTreeMap;

use doorstep_domain::event::Event;
use doorstep_domain::id::{EventId, SiteId, SubjectId};
use doorstep_domain::log::LoggedEvent;
use doorstep_domain::state::{Place, SiteState};
use doorstep_domain::sync::engine::SavedItem;
use leptos::prelude::*;

use super::session::use_session;

/// The states of all sites the phone has a copy of. Reads are tracked.
#[derive(Clone, Copy)]
pub struct SiteStates {
    states: RwSignal<BTreeMap<SiteId, SiteState>>,
    site: Signal<Option<SiteId>>,
}

impl SiteStates {
    /// Reads the state of the site being worked on; an empty one before its log has arrived.
    /// Put it in a [`Memo`] where the reading is not trivial: every event of the site runs it.
    pub fn with<T>(self, read: impl FnOnce(&SiteState) -> T) -> T {
        let site = self.site.get();
        self.states
            .with(|states| match site.and_then(|site| states.get(&site)) {
                Some(state) => read(state),
                None => read(&SiteState::default()),
            })
    }

    /// As [`Self::with`], not tracked: for handlers and tasks.
    pub fn with_untracked<T>(self, read: impl FnOnce(&SiteState) -> T) -> T {
        untrack(|| self.with(read))
    }

    /// The events of `subject` on `site` that nothing came after yet: what a new event comes
    /// after. Not tracked.
    pub(super) fn heads(self, site: SiteId, subject: SubjectId) -> Vec<EventId> {
        self.states.with_untracked(|states| {
            let Some(state) = states.get(&site) else {
                return Vec::new();
            };
            let visit = state.visits.get(&subject).map(|record| &record.heads);
            let household = || state.households.get(&subject.into()).map(|it| &it.heads);
            let plan = || state.plans.get(&subject).map(|plan| &plan.heads);
            let phrase = || state.phrases.get(&subject).map(|phrase| &phrase.heads);
            visit
                .or_else(household)
                .or_else(plan)
                .or_else(phrase)
                .cloned()
                .unwrap_or_default()
        })
    }

    /// Whether an event of `site` is known here, logged or waiting. Not tracked.
    pub(super) fn knows(self, site: SiteId, id: EventId) -> bool {
        self.states
            .with_untracked(|states| states.get(&site).is_some_and(|state| state.knows(id)))
    }

    /// Folds everything anew.
    pub(crate) fn set(self, logs: &BTreeMap<SiteId, &[LoggedEvent]>, outbox: &[SavedItem]) {
        let mut states: BTreeMap<SiteId, SiteState> = logs
            .iter()
            .map(|(site, rows)| (*site, SiteState::fold(*rows)))
            .collect();
        for item in outbox {
            if let Some(site) = site_of(&item.event) {
                // Also one that is acknowledged: what the office is said to have must be in the
                // phone's own copy of the log.
                states
                    .entry(site)
                    .or_default()
                    .apply(&item.event, Place::OnPhone);
            }
        }
        self.states.set(states);
    }

    /// Takes a just finished event in.
    pub(crate) fn apply_own(self, site: SiteId, event: &Event) {
        self.states
            .update(|states| states.entry(site).or_default().apply(event, Place::OnPhone));
    }

    /// Takes rows in that follow what is known of `site`.
    pub(crate) fn apply_rows(self, site: SiteId, rows: &[LoggedEvent]) {
        self.states.update(|states| {
            let state = states.entry(site).or_default();
            for row in rows {
                let place = Place::Received {
                    seq: row.seq,
                    at: row.received_at,
                };
                state.apply(&row.event, place);
            }
        });
    }
}

fn site_of(event: &Event) -> Option<SiteId> {
    Some(event.open().ok()?.envelope.site)
}

/// Provides the states: none yet.
pub fn provide_sites() {
    let session = use_session();
    let site = Memo::new(move |_| session.site().map(|site| site.id));
    provide_context(SiteStates {
        states: RwSignal::new(BTreeMap::new()),
        site: site.into(),
    });
}

/// The states of all sites.
pub fn use_sites() -> SiteStates {
    expect_context()
}
