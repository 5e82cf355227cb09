//! What the office confirms of a sealed record to whoever holds its seal: that it has the record,
//! since when, and that nothing of it was changed. Never what the record says, whom it names or
//! where they live.

use crate::erasure::erasures;
use crate::event::{Absence, PartState};
use crate::hash::Hash;
use crate::id::SiteId;
use crate::log::{Head, LoggedEvent};
use crate::state::{SiteState, VisitRecord};
use crate::time::UnixMs;
use crate::verify::{Evidence, Fault, Walk};

/// What is confirmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// Server time at which the office received it.
    pub received_at: UnixMs,
    /// All that is kept of it is what was signed and what was chained on its arrival.
    pub unchanged: bool,
    /// What became of it since.
    pub since: Vec<Since>,
}

/// What may become of a sealed record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Since {
    /// It was voided by an addition.
    Voided,
    /// A later revision stands in its place.
    Corrected,
    /// A part of it was erased for privacy.
    Erased,
}

/// A sealed record as a log keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Whose log it is in.
    pub site: SiteId,
    /// The log's head before it.
    pub before: Head,
    /// The event.
    pub logged: LoggedEvent,
    /// The chain's hash kept at its place.
    pub hash: Hash,
    /// Every event of its subject, itself among them, in the log's order.
    pub subject: Vec<LoggedEvent>,
}

impl Receipt {
    /// Of the record with this seal, as `kept`.
    pub fn of(seal: &Hash, kept: &Kept, evidence: &dyn Evidence) -> Self {
        let mut walk = Walk::new(kept.before, kept.site, evidence);
        walk.row(&kept.logged, Some(&kept.hash));
        let findings = walk.finish();
        let envelope = kept.logged.event.read_envelope().ok();
        let unchanged = envelope.as_ref().is_some_and(|it| {
            let found = crate::seal::seal(&it.parts);
            let erasures = erasures(&kept.subject);
            let said = |name| {
                let mut about = erasures.iter().filter(|erasure| erasure.event == it.id);
                about.any(|erasure| erasure.parts.contains(&name))
            };
            // What an event of the log erases is no change; the one row tells of none.
            found.as_ref() == Some(seal)
                && findings
                    .iter()
                    .all(|it| matches!(it.fault, Fault::Missing(name) if said(name)))
        });
        let state = SiteState::fold(&kept.subject);
        let record = envelope
            .as_ref()
            .and_then(|it| state.visits.get(&it.subject));
        let id = envelope.as_ref().map(|it| it.id);
        let erased = PartState::Absent {
            absent: Absence::Erased,
        };
        let corrected = record
            .zip(id)
            .is_some_and(|(record, id)| record.is_corrected(id));
        let since = [
            (Since::Voided, record.is_some_and(VisitRecord::is_voided)),
            (Since::Corrected, corrected),
            (
                Since::Erased,
                kept.logged.event.parts.values().any(|it| *it == erased),
            ),
        ];
        let since = since
            .into_iter()
            .filter_map(|(what, is)| is.then_some(what));
        Self {
            received_at: kept.logged.received_at,
            unchanged,
            since: since.collect(),
        }
    }
}
