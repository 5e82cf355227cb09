//! The form of an exported log: JSON Lines. The first line says whose log it is and where it ends;
//! then, one event a line, the organisation's log, in which every device's key is enrolled, and
//! the site's. Private notes are left out (R3.7), and the names of accounts; their hashes stay, so
//! that the chains can be checked.

use std::fmt;

use doorstep_domain::account::Site;
use doorstep_domain::event::{Event, PartName};
use doorstep_domain::hash::Hash;
use doorstep_domain::id::OrganisationId;
use doorstep_domain::log::{Head, LoggedEvent, Seq};
use doorstep_domain::time::UnixMs;
use serde::de::DeserializeOwned;
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
    /// The end of the organisation's log.
    pub organisation_head: Head,
    /// The end of the site's log.
    pub head: Head,
}

/// Whose log a line is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Log {
    /// The organisation's own.
    Organisation,
    /// The site's.
    Site,
}

/// Any other line: an event with what the server added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// Whose log it is of.
    pub log: Log,
    /// Place in that log.
    pub seq: Seq,
    /// Server time of acceptance.
    pub received_at: UnixMs,
    /// The chain's hash at this place.
    pub hash: Hash,
    /// The event, without what is not exported.
    pub event: Event,
}

/// Why a line is none of an export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// The field at which reading stopped, or that is written otherwise than this program does.
    pub field: &'static str,
}

/// The fields of a line, as they are written; a part's name stands for the part.
const FIELDS: [&str; 18] = [
    "format",
    "organisation_head",
    "organisation",
    "log",
    "received_at",
    "envelope",
    "parts",
    "event",
    "fact",
    "content",
    "signing",
    "ink",
    "private",
    "site",
    "head",
    "seq",
    "hash",
    "line",
];

impl Row {
    /// An event as it is exported.
    pub fn of(log: Log, row: LoggedEvent, hash: Hash) -> Self {
        let withheld = match log {
            Log::Organisation => PartName::Content,
            Log::Site => PartName::Private,
        };
        Self {
            log,
            seq: row.seq,
            received_at: row.received_at,
            hash,
            event: row.event.withholding(|name| name != withheld),
        }
    }

    /// The event with its place.
    pub fn logged(self) -> LoggedEvent {
        LoggedEvent {
            seq: self.seq,
            received_at: self.received_at,
            event: self.event,
        }
    }
}

/// A line's text, without its end.
pub fn write<T: Serialize>(line: &T) -> String {
    serde_json::to_string(line).expect("lines are made of texts, numbers, lists and objects")
}

/// Reads a line, which must be written as [`write`] does.
pub fn read<T: Serialize + DeserializeOwned>(line: &[u8]) -> Result<T, Unreadable> {
    let read: T = serde_json::from_slice(line).map_err(|error| Unreadable {
        field: field_before(line, error.column()),
    })?;
    let written = write(&read).into_bytes();
    if written == line {
        return Ok(read);
    }
    let same = written
        .iter()
        .zip(line)
        .take_while(|(one, other)| one == other);
    Err(Unreadable {
        field: field_before(line, same.count() + 1),
    })
}

/// The event's id in a line that cannot be read.
pub fn id_in(line: &[u8]) -> Option<String> {
    const BEFORE: &[u8] = br#"\"id\":\""#;
    const ID_BYTES: usize = 36;
    let start = line.windows(BEFORE.len()).position(|it| it == BEFORE)? + BEFORE.len();
    let id = line.get(start..start + ID_BYTES)?;
    String::from_utf8(id.to_owned()).ok()
}

/// The last field that begins before this column, 1 for the first byte. Texts inside have their
/// quotation marks escaped, so a name in plain ones is a field's.
fn field_before(line: &[u8], column: usize) -> &'static str {
    let before = &line[..column.saturating_sub(1).min(line.len())];
    let place = |field: &str| {
        let name = format!("\"{field}\":");
        let mut windows = before.windows(name.len());
        windows.rposition(|it| it == name.as_bytes())
    };
    let begun = FIELDS
        .iter()
        .filter_map(|field| Some((place(field)?, *field)));
    begun.max().map_or("line", |(_, field)| field)
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "it cannot be read at `{}`", self.field)
    }
}

impl std::error::Error for Unreadable {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_cannot_be_read_tells_where_and_of_which_event() {
        let line = br#"{"log":"site","seq":1,"received_at":7,"hash":"ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0","event":{"envelope":"{\"id\":\"0198c5a0-0000-7000-8000-000000000001\"}","parts":{"fact":{"salt":"x","body":"{\"seq\":1}"}}}}"#;
        for (broken, field) in [
            (&b"\"seq\":1,"[..], "seq"),
            (b"\"body\":\"{", "fact"),
            (b"{\"log", "line"),
        ] {
            let place = line.windows(broken.len()).position(|it| it == broken);
            let mut changed = line.to_vec();
            let end = place.unwrap() + broken.len() - 1;
            changed[end] = b'~';
            let error = read::<Row>(&changed[..]).unwrap_err();
            assert_eq!(error.field, field, "{}", String::from_utf8_lossy(&changed));
            let id = id_in(&changed).unwrap();
            assert_eq!(id, "0198c5a0-0000-7000-8000-000000000001");
        }
    }
}
