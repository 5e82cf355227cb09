//! What is not yet received by the office, and how sending goes: the words every screen can show.
//! Not the sending; that is [`crate::sync`].

use doorstep_domain::id::{EventId, SiteId, SubjectId};
use doorstep_domain::sync::engine::Trouble;
use doorstep_domain::sync::wire::{Params, RefusalCode};
use doorstep_domain::time::{SiteTime, UnixMs};
use leptos::prelude::*;

/// An event that the office has not received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsent {
    /// The event.
    pub id: EventId,
    /// The record it is about.
    pub subject: SubjectId,
    /// The site it belongs to.
    pub site: SiteId,
    /// Name of its kind.
    pub kind: String,
    /// When it was finished, device time in the site's zone.
    pub at: SiteTime,
    /// Why the office did not take it, if it was offered and refused.
    pub refusal: Option<(RefusalCode, Params)>,
}

/// Everything about sending, at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SyncView {
    /// What the office has not received, oldest first.
    pub unsent: Vec<Unsent>,
    /// How many were handed in without a log-in and wait for a director.
    pub deposited: u64,
    /// A request is under way.
    pub sending: bool,
    /// The office has records that have not arrived yet, so that figures are not whole.
    pub behind: bool,
    /// Server contact: when an answer last came, phone time.
    pub last_contact: Option<UnixMs>,
    /// What kept the last attempt from succeeding; none after a success. Being offline is the
    /// normal state at the door, no error.
    pub trouble: Option<Trouble>,
    /// Records of the outbox that cannot be read back, as texts; kept, and exported with the rest.
    pub unreadable: Vec<String>,
}

/// What the pill says, in order of urgency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// So many were refused and need a look.
    Refused(u64),
    /// So many are being sent.
    Sending(u64),
    /// So many are only on this phone.
    OnlyHere(u64),
    /// Nothing to send; records of the office are on their way.
    Fetching,
    /// All received; contact at this phone time.
    AllReceived(UnixMs),
    /// Nothing to send, and the office could not be reached.
    Offline,
    /// Nothing to send, never in contact yet.
    NoContact,
}

impl SyncView {
    /// How many the office has not received.
    pub fn count(&self) -> u64 {
        (self.unsent.len() + self.unreadable.len()) as u64
    }

    /// How many of them were refused.
    pub fn refused(&self) -> u64 {
        (self.unsent.iter().filter(|it| it.refusal.is_some()).count() + self.unreadable.len())
            as u64
    }

    /// The age of the oldest unsent item at `now`, in whole hours; `None` when all is sent.
    /// Stuck is as bad as lost, so age is shown.
    pub fn oldest_hours(&self, now: UnixMs) -> Option<u64> {
        let oldest = self.unsent.iter().map(|it| it.at.unix_ms()).min()?;
        Some(u64::try_from((now - oldest) / 3_600_000).unwrap_or(0))
    }

    /// What to say first.
    pub fn standing(&self) -> Standing {
        let (unsent, refused) = (self.count(), self.refused());
        match (self.last_contact, self.trouble) {
            _ if refused > 0 => Standing::Refused(refused),
            _ if unsent > 0 && self.sending => Standing::Sending(unsent),
            _ if unsent > 0 => Standing::OnlyHere(unsent),
            (_, Some(_)) => Standing::Offline,
            _ if self.behind => Standing::Fetching,
            (Some(at), None) => Standing::AllReceived(at),
            (None, None) => Standing::NoContact,
        }
    }
}

/// How sending goes. Reads are tracked.
#[derive(Clone, Copy)]
pub struct SyncStatus(RwSignal<SyncView>);

impl SyncStatus {
    /// Everything at this moment, not tracked.
    pub fn get_untracked(self) -> SyncView {
        self.0.get_untracked()
    }

    /// Reads a part of it without copying the rest.
    pub fn with<T>(self, read: impl FnOnce(&SyncView) -> T) -> T {
        self.0.with(read)
    }

    /// Sets what is shown; unchanged views disturb nobody.
    pub(crate) fn set(self, view: SyncView) {
        if self.0.with_untracked(|old| *old != view) {
            self.0.set(view);
        }
    }
}

/// Provides the status: nothing known yet.
pub fn provide_sync_status() {
    provide_context(SyncStatus(RwSignal::new(SyncView::default())));
}

/// How sending goes.
pub fn use_sync_status() -> SyncStatus {
    expect_context()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unsent(hour: i64, refusal: Option<(RefusalCode, Params)>) -> Unsent {
        Unsent {
            id: EventId::mint(1, &[1; 10]),
            subject: SubjectId::mint(1, &[2; 10]),
            site: SiteId::mint(1, &[3; 10]),
            kind: "visit.recorded".into(),
            at: SiteTime::at(hour * 3_600_000, 480).unwrap(),
            refusal,
        }
    }

    #[test]
    fn the_most_urgent_is_said_first() {
        let refused = Some((RefusalCode::NotAuthorised, Params::new()));
        let mut view = SyncView::default();
        assert_eq!(view.standing(), Standing::NoContact);
        view.last_contact = Some(5);
        assert_eq!(view.standing(), Standing::AllReceived(5));
        view.behind = true;
        assert_eq!(view.standing(), Standing::Fetching);
        view.trouble = Some(Trouble::Offline);
        assert_eq!(view.standing(), Standing::Offline);
        view.unsent = vec![unsent(1, None), unsent(2, None)];
        assert_eq!(view.standing(), Standing::OnlyHere(2));
        view.sending = true;
        assert_eq!(view.standing(), Standing::Sending(2));
        view.unsent[1].refusal = refused;
        assert_eq!(view.standing(), Standing::Refused(1));
    }

    #[test]
    fn the_oldest_tells_the_age() {
        let mut view = SyncView::default();
        assert_eq!(view.oldest_hours(0), None);
        view.unsent = vec![unsent(5, None), unsent(3, None)];
        assert_eq!(view.oldest_hours(6 * 3_600_000 - 1), Some(2));
        assert_eq!(
            view.oldest_hours(0),
            Some(0),
            "a clock set back is no negative age"
        );
    }
}
