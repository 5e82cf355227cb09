//! The form of an exported log: JSON Lines, the first one what is needed to verify the others.
//! Private notes are left out (R3.7); their hashes stay, so that the chain can be checked.

use doorstep_domain::account::Site;
use doorstep_domain::event::PartName;
use doorstep_domain::id::OrganisationId;
use doorstep_domain::log::{Head, LoggedEvent};
use serde::{Deserialize, Serialize};

/// The form's name and version.
pub const FORMAT: &str = "doorstep-export/1";

/// The first line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// [`FORMAT`].
    pub format: String,
    /// Whose log it is.
    pub organisation: OrganisationId,
    /// Which site's.
    pub site: Site,
    /// The end of the log that follows, one event a line.
    pub head: Head,
    /// The organisation's own log, in which every device's key is enrolled; names left out.
    pub organisation_log: Vec<LoggedEvent>,
    /// Its end.
    pub organisation_head: Head,
}

/// A site's event as exported.
pub fn of_site(row: LoggedEvent) -> LoggedEvent {
    withholding(row, PartName::Private)
}

/// An event of the organisation's as exported: without the names of accounts.
pub fn of_organisation(row: LoggedEvent) -> LoggedEvent {
    withholding(row, PartName::Content)
}

fn withholding(row: LoggedEvent, withheld: PartName) -> LoggedEvent {
    LoggedEvent {
        event: row.event.withholding(|name| name != withheld),
        ..row
    }
}
