//! Saving what is unsent as a file: the way out when it cannot be sent, and the condition for
//! logging out with unsent records. Not a backup of what the office has.

use std::collections::BTreeSet;

use doorstep_domain::event::Event;
use doorstep_domain::hash::to_base64url;
use doorstep_domain::id::{EventId, SubjectId};
use doorstep_domain::sync::engine::{ItemState, SavedItem};
use doorstep_domain::time::SiteTime;
use leptos::prelude::*;
use serde::Serialize;

use super::phone::Phone;
use crate::browser::store::{KeptDraft, StoreError};
use crate::browser::{clock, download};
use crate::sync::BUILD;

/// The file's format, raised when its shape changes.
const FORMAT: &str = "doorstep-unsent/1";

/// What was exported since the app was opened.
#[derive(Clone, Copy)]
pub struct Exported {
    events: RwSignal<BTreeSet<EventId>>,
    unreadable: RwSignal<BTreeSet<String>>,
    drafts: RwSignal<BTreeSet<(SubjectId, u64)>>,
}

/// The file.
#[derive(Serialize)]
struct UnsentFile<'a> {
    format: &'static str,
    build: &'static str,
    exported_at: SiteTime,
    login: &'a str,
    person: String,
    /// Whole events, as they would have been sent.
    events: Vec<&'a Event>,
    /// Records that could not be read back, as texts.
    unreadable: &'a [String],
    drafts: Vec<DraftCopy>,
}

/// A draft's bytes, base64url.
#[derive(Serialize)]
struct DraftCopy {
    subject: SubjectId,
    body: String,
}

impl Exported {
    /// Whether everything unsent on this phone, drafts included, is in a file saved since the
    /// app was opened. Tracked. Nothing unsent counts as exported.
    pub fn covers(self, phone: Phone) -> bool {
        let events = self.events.get();
        let unreadable = self.unreadable.get();
        let drafts = self.drafts.get();
        let are_events_covered = phone.status.with(|view| {
            view.unsent.iter().all(|it| events.contains(&it.id))
                && view.unreadable.iter().all(|it| unreadable.contains(it))
        });
        are_events_covered
            && phone
                .drafts
                .all()
                .iter()
                .all(|it| drafts.contains(&(it.subject, it.revision)))
    }

    fn note(self, items: &[SavedItem], unreadable: Vec<String>, drafts: &[KeptDraft]) {
        self.events
            .update(|known| known.extend(items.iter().map(|item| item.id)));
        // An event that does not open is told apart by its text.
        let damaged = items.iter().filter(|item| item.event.open().is_err());
        let damaged = damaged.map(|item| item.event.envelope.clone());
        self.unreadable
            .update(|known| known.extend(unreadable.into_iter().chain(damaged)));
        self.drafts
            .update(|known| known.extend(drafts.iter().map(|it| (it.subject, it.revision))));
    }
}

impl Phone {
    /// Saves everything unsent, drafts included, as one JSON file through the browser's download.
    pub async fn export_unsent(self, exported: Exported) -> Result<(), StoreError> {
        let (Some(opened), Some(session)) = (self.opened(), self.session.get_untracked()) else {
            return Ok(());
        };
        let (mut items, unreadable) = self.trouble.note(opened.store.outbox().await)?;
        items.retain(|item| !matches!(item.state, ItemState::Received { .. }));
        let drafts = self.trouble.note(opened.store.drafts().await)?;
        let zone = untrack(|| self.session.zone());
        let now = clock::site_time(&zone);
        let file = UnsentFile {
            format: FORMAT,
            build: BUILD,
            exported_at: now,
            login: &session.login,
            person: session.person.to_string(),
            events: items.iter().map(|item| &item.event).collect(),
            unreadable: &unreadable,
            drafts: drafts
                .iter()
                .map(|it| DraftCopy {
                    subject: it.subject,
                    body: to_base64url(&it.body),
                })
                .collect(),
        };
        let text = serde_json::to_string(&file).expect("the domain's types have string keys only");
        let name = file_name(&session.login, now);
        download::save_text(&name, "application/json", &text);
        exported.note(&items, unreadable, &drafts);
        Ok(())
    }
}

/// e.g. `doorstep-unsent-lin-2026-11-23.json`; the date is the site's.
fn file_name(login: &str, now: SiteTime) -> String {
    let plain: String = login.chars().filter(|c| c.is_alphanumeric()).collect();
    let time = now.to_string();
    let date = time.split('T').next().unwrap_or_default();
    ["doorstep-unsent-", &plain, "-", date, ".json"].concat()
}

/// Provides the context: nothing exported yet.
pub fn provide_exported() {
    provide_context(Exported {
        events: RwSignal::new(BTreeSet::new()),
        unreadable: RwSignal::new(BTreeSet::new()),
        drafts: RwSignal::new(BTreeSet::new()),
    });
}

/// What was exported since the app was opened.
pub fn use_exported() -> Exported {
    expect_context()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_name_carries_login_and_date() {
        let now = "2026-11-23T23:30:00.000+08:00".parse().unwrap();
        assert_eq!(file_name("lin", now), "doorstep-unsent-lin-2026-11-23.json");
        assert_eq!(file_name("../x", now), "doorstep-unsent-x-2026-11-23.json");
    }
}
