//! The rescue file: a phone's unsent events, to be carried to the office by another phone. The
//! plain text of it; how it is sealed with a passphrase is the app's.
//!
//! Whoever reads one trusts nothing in it: the events' own signatures say whose they are, and the
//! office judges them when they are pushed.

use core::fmt;

use serde::{Deserialize, Serialize};

use crate::event::Event;
use crate::hash::Hash;
use crate::id::{OrganisationId, PersonId};
use crate::sync::limits::check_event;
use crate::time::UnixMs;

/// What a rescue file of this program calls itself.
pub const FORMAT: &str = "doorstep-rescue/1";
/// What the format's name begins with, whatever its version.
const FAMILY: &str = "doorstep-rescue/";
/// Most bytes of a file's text (64 MiB): some eighty visits with the longest signatures there can
/// be, thousands of usual ones.
pub const FILE_BYTES: usize = 64 << 20;
/// Most events in a file.
pub const EVENTS_MAX: usize = 5_000;

/// A rescue file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rescue {
    /// [`FORMAT`].
    pub format: String,
    /// The company whose logs the events are for.
    pub organisation: OrganisationId,
    /// Whose phone it was.
    pub person: PersonId,
    /// The phone's device: SHA-256 of its public key.
    pub device: Hash,
    /// Device time at which the file was written.
    pub made_at: UnixMs,
    /// The outbox, in order, refused items among them.
    pub events: Vec<Event>,
}

/// Why a file cannot be read as a rescue file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unreadable {
    /// It is longer than [`FILE_BYTES`].
    TooLarge,
    /// It is no rescue file at all.
    NotRescue,
    /// A later program wrote it: update first.
    LaterFormat,
    /// It is one, but damaged: not of the shape its format says.
    Damaged,
    /// It names more events than [`EVENTS_MAX`].
    TooMany,
    /// The event in this place (from 0) is damaged: too large, unreadable, or a part of it is not
    /// what was signed.
    Event(usize),
    /// It is another company's.
    OtherCompany,
}

impl Unreadable {
    /// The name of the sentence about it.
    pub fn code(self) -> &'static str {
        match self {
            Self::TooLarge => "too_large",
            Self::NotRescue => "not_rescue",
            Self::LaterFormat => "later_format",
            Self::Damaged => "damaged",
            Self::TooMany => "too_many",
            Self::Event(_) => "event_damaged",
            Self::OtherCompany => "other_company",
        }
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl core::error::Error for Unreadable {}

impl Rescue {
    /// Reads the plain text of a rescue file for the company `organisation`. Every event in it
    /// opens; whether its signature holds, the office says.
    pub fn read(text: &str, organisation: OrganisationId) -> Result<Self, Unreadable> {
        #[derive(Deserialize)]
        struct Named {
            format: String,
        }
        if text.len() > FILE_BYTES {
            return Err(Unreadable::TooLarge);
        }
        let named: Named = serde_json::from_str(text).map_err(|_| Unreadable::NotRescue)?;
        if named.format != FORMAT {
            return Err(if named.format.starts_with(FAMILY) {
                Unreadable::LaterFormat
            } else {
                Unreadable::NotRescue
            });
        }
        let rescue: Self = serde_json::from_str(text).map_err(|_| Unreadable::Damaged)?;
        if rescue.organisation != organisation {
            return Err(Unreadable::OtherCompany);
        }
        if rescue.events.len() > EVENTS_MAX {
            return Err(Unreadable::TooMany);
        }
        let sound = |event: &Event| check_event(event).is_ok() && event.open().is_ok();
        match rescue.events.iter().position(|event| !sound(event)) {
            Some(place) => Err(Unreadable::Event(place)),
            None => Ok(rescue),
        }
    }
}
