//! The rescue file: a phone's unsent events and drafts, to be carried to the office by another
//! phone. Its plain text, and what surrounds that once it is sealed with a passphrase; the sealing
//! itself is the browser's.
//!
//! Whoever reads one trusts nothing in it: the events' own signatures say whose they are, and the
//! office judges them when they are pushed.

use core::fmt;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::event::Event;
use crate::hash::{Hash, from_base64url, sha256, to_base64url};
use crate::id::{OrganisationId, PersonId};
use crate::passphrase::{ITERATIONS_MAX, Lock};
use crate::sync::limits::check_event;
use crate::time::UnixMs;

/// What a rescue file of this program calls itself.
pub const FORMAT: &str = "doorstep-rescue/1";
/// What the format's name begins with, whatever its version.
const FAMILY: &str = "doorstep-rescue/";
/// Most bytes of a file's text (64 MiB): some eighty visits with the longest signatures there can
/// be, thousands of usual ones.
pub const FILE_BYTES: usize = 64 << 20;
/// Most bytes of a file's text that photos take (48 MiB): some three hundred usual ones.
pub const PHOTOS_BYTES: usize = 48 << 20;
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
    /// What was still being written: texts of [`crate::draft::VisitDraft`], for the same person's
    /// other phone.
    #[serde(default)]
    pub drafts: Vec<String>,
    /// Records that the phone could not read back, as texts: for somebody to look at.
    #[serde(default)]
    pub unreadable: Vec<String>,
    /// The photos that events and drafts name, by their hashes, as JPEG in base64url; as many as
    /// [`PHOTOS_BYTES`] hold.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub photos: BTreeMap<Hash, String>,
}

/// What a sealed file of this program calls itself.
pub const SEALED_FORMAT: &str = "doorstep-rescue-sealed/1";
/// Fewest characters of a passphrase.
pub const PASSPHRASE_MIN: usize = 8;

/// A rescue file as it is kept and sent about: AES-256-GCM under a key that PBKDF2 (RFC 8018) makes
/// of a passphrase.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sealed {
    /// [`SEALED_FORMAT`].
    pub format: String,
    /// Rounds of PBKDF2, at most [`ITERATIONS_MAX`].
    pub iterations: u32,
    /// Sixteen random bytes, base64url.
    pub salt: String,
    /// The twelve bytes of the initialisation vector, base64url.
    pub iv: String,
    /// The sealed text of a [`Rescue`], its tag at the end, base64url.
    pub text: String,
}

impl Sealed {
    /// The file around what was sealed under `lock`.
    pub fn new(lock: &Lock, sealed: &[u8]) -> Self {
        Self {
            format: SEALED_FORMAT.to_owned(),
            iterations: lock.iterations,
            salt: to_base64url(&lock.salt),
            iv: to_base64url(&lock.iv),
            text: to_base64url(sealed),
        }
    }

    /// Reads a file: what is needed to open it, and what is sealed in it.
    pub fn read(text: &str) -> Result<(Lock, Vec<u8>), Unreadable> {
        check_format(text, SEALED_FORMAT, "doorstep-rescue-sealed/")?;
        let file: Self = serde_json::from_str(text).map_err(|_| Unreadable::Damaged)?;
        let bytes = |text: &str| from_base64url(text).map_err(|_| Unreadable::Damaged);
        let lock = Lock {
            iterations: file.iterations,
            salt: bytes(&file.salt)?
                .try_into()
                .map_err(|_| Unreadable::Damaged)?,
            iv: bytes(&file.iv)?
                .try_into()
                .map_err(|_| Unreadable::Damaged)?,
        };
        if lock.iterations == 0 || lock.iterations > ITERATIONS_MAX {
            return Err(Unreadable::Damaged);
        }
        Ok((lock, bytes(&file.text)?))
    }
}

/// Whether a file calls itself `format`, or by a later number of the same `family`.
fn check_format(text: &str, format: &str, family: &str) -> Result<(), Unreadable> {
    #[derive(Deserialize)]
    struct Named {
        format: String,
    }
    if text.len() > FILE_BYTES * 3 / 2 {
        return Err(Unreadable::TooLarge);
    }
    let named: Named = serde_json::from_str(text).map_err(|_| Unreadable::NotRescue)?;
    match named.format {
        it if it == format => Ok(()),
        it if it.starts_with(family) => Err(Unreadable::LaterFormat),
        _ => Err(Unreadable::NotRescue),
    }
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
    /// Puts a photo in, if there is room; whether there was.
    pub fn add_photo(&mut self, photo: Hash, bytes: &[u8]) -> bool {
        let text = to_base64url(bytes);
        let taken: usize = self.photos.values().map(String::len).sum();
        let has_room = taken + text.len() <= PHOTOS_BYTES;
        if has_room {
            self.photos.insert(photo, text);
        }
        has_room
    }

    /// The photos that are what their names say.
    pub fn sound_photos(&self) -> impl Iterator<Item = (Hash, Vec<u8>)> {
        self.photos.iter().filter_map(|(photo, text)| {
            let bytes = from_base64url(text).ok()?;
            (sha256(&bytes) == *photo).then_some((*photo, bytes))
        })
    }

    /// Reads the plain text of a rescue file for the company `organisation`. Every event in it
    /// opens; whether its signature holds, the office says.
    pub fn read(text: &str, organisation: OrganisationId) -> Result<Self, Unreadable> {
        if text.len() > FILE_BYTES {
            return Err(Unreadable::TooLarge);
        }
        check_format(text, FORMAT, FAMILY)?;
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
