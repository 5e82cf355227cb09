//! The erasure list held against the events that erase: those of the log, and those of a log that
//! a backup has replaced, which wait to be said again.

use std::collections::{BTreeMap, BTreeSet};

use doorstep_domain::erasure::{Erasure, Order};
use doorstep_domain::event::Event;
use doorstep_domain::id::SiteId;
use doorstep_domain::verify::Evidence;

use crate::store::{Reader, StoreError};

/// The table of what is erased.
const LIST: &str = "erasure";
/// The table of the events that wait to be said again.
const WAITING: &str = "erasing";

/// What the events of one log erase.
#[derive(Debug, Default)]
pub(super) struct Erased {
    /// The events that say so, by event and part.
    said: BTreeMap<(String, &'static str), BTreeSet<String>>,
}

impl Erased {
    /// Takes in the next event of the log.
    pub(super) fn take(&mut self, event: &Event) {
        let (Some(erasure), Ok(envelope)) = (Erasure::by(event), event.read_envelope()) else {
            return;
        };
        for part in &erasure.parts {
            let key = (erasure.event.to_string(), part.as_str());
            let said = self.said.entry(key).or_default();
            said.insert(envelope.id.to_string());
        }
    }

    /// Where the tables say something else: the table, and what is wrong in words.
    pub(super) fn differences(
        mut self,
        reader: Reader<'_>,
        log: SiteId,
        evidence: &dyn Evidence,
    ) -> Result<Vec<(&'static str, String)>, StoreError> {
        let mut found = Vec::new();
        for (id, target, text) in reader.unsaid(log)? {
            if let Some(event) = unsaid(&id, &target, &text, log, evidence) {
                self.take(&event);
            } else {
                let fault = format!("the erasure {id}, to be said again, is not what was signed");
                found.push((WAITING, fault));
            }
        }
        let mut listed = BTreeSet::new();
        for (event, part, by) in reader.erasure_list(log)? {
            let said = self
                .said
                .iter()
                .find(|((of, name), _)| *of == event && *name == part);
            match said {
                Some((key, by_whom)) if by_whom.contains(&by) => {
                    listed.insert(key.clone());
                }
                _ => {
                    let fault = format!(
                        "the erasure list names `{part}` of {event} by {by}, and no event says so"
                    );
                    found.push((LIST, fault));
                }
            }
        }
        let gone = self.said.keys().filter(|key| !listed.contains(*key));
        found.extend(gone.map(|(event, part)| {
            let fault = format!("`{part}` of {event} was erased and is not on the erasure list");
            (LIST, fault)
        }));
        Ok(found)
    }
}

/// Erasure lists of no site there is.
pub(super) fn strange_sites(reader: Reader<'_>) -> Result<Vec<String>, StoreError> {
    // Sites that cannot be read are named with their table.
    let sites = reader.sites().unwrap_or_default();
    let known = |id: &String| sites.iter().any(|site| site.id.to_string() == *id);
    let lists = reader.erasing_sites()?;
    let strange = lists.iter().filter(|id| !known(id));
    Ok(strange
        .map(|id| format!("there is an erasure list of the site {id}, but no such site"))
        .collect())
}

/// The event, if it is as it was signed and what is noted beside it is its own.
fn unsaid(
    id: &str,
    target: &str,
    text: &str,
    log: SiteId,
    evidence: &dyn Evidence,
) -> Option<Event> {
    let event: Event = serde_json::from_str(text).ok()?;
    let opened = event.open().ok()?;
    let (signature, input) = opened.signature()?;
    let envelope = &opened.envelope;
    let signed = evidence.signed(&envelope.device, &input, &signature) == Some(true);
    let of = match Erasure::by(&event) {
        Some(erasure) => erasure.event,
        None => Order::by(&event).map(|_| envelope.id)?,
    };
    let noted = envelope.id.to_string() == id && of.to_string() == target;
    (signed && noted && envelope.site == log).then_some(event)
}
