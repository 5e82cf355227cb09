//! Newtype ids: UUIDv7 (RFC 9562) built from a time and random bytes that are handed in.
//! Not a source of time or randomness: the phone and the server bring their own.

use core::fmt;
use core::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::time::UnixMs;

/// Ten random bytes, the entropy of one UUIDv7.
pub type Entropy = [u8; 10];

/// The text was not a UUID in its hyphenated lower-case form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAnId;

impl fmt::Display for NotAnId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not an id: expected a UUID such as 01939f5c-…")
    }
}

impl core::error::Error for NotAnId {}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// Mints an id at `unix_ms` (milliseconds since 1970 UTC) from random bytes.
            pub fn mint(unix_ms: u64, entropy: &Entropy) -> Self {
                Self(uuid::Builder::from_unix_timestamp_millis(unix_ms, entropy).into_uuid())
            }

            /// When it was minted, by the clock of whoever did: milliseconds since 1970 UTC, the
            /// first six bytes (RFC 9562 §5.7). Of an id that is no UUIDv7 it says nothing.
            pub fn minted_at(&self) -> UnixMs {
                let [a, b, c, d, e, f, ..] = *self.0.as_bytes();
                i64::from_be_bytes([0, 0, a, b, c, d, e, f])
            }

            /// The sixteen bytes, for hashing.
            pub fn as_bytes(&self) -> &[u8; 16] {
                self.0.as_bytes()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.as_hyphenated().fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;
            fn from_str(text: &str) -> Result<Self, NotAnId> {
                let id = Uuid::parse_str(text).map_err(|_| NotAnId)?;
                // One spelling only: the text is hashed and compared elsewhere.
                if id.as_hyphenated().to_string() == text { Ok(Self(id)) } else { Err(NotAnId) }
            }
        }
    )*};
}

ids! {
    /// One event of a log, minted when the thing is finished: the idempotency key of sync (D1).
    EventId;
    /// The record an event is about, minted when the thing was begun.
    SubjectId;
    /// A residential community (小区), the shard of everything (D6). The human code is an alias.
    SiteId;
    /// A dwelling (building-unit-room) of a site's register.
    HouseholdId;
    /// A person with an account.
    PersonId;
    /// The property company; its own log holds accounts, roles and devices.
    OrganisationId;
}

impl From<OrganisationId> for SiteId {
    /// The organisation's log is a shard like any site's, under the organisation's own id.
    fn from(id: OrganisationId) -> Self {
        Self(id.0)
    }
}

impl From<HouseholdId> for SubjectId {
    /// A household is the subject of its register events.
    fn from(id: HouseholdId) -> Self {
        Self(id.0)
    }
}

impl From<SubjectId> for HouseholdId {
    /// The household a register event is about.
    fn from(id: SubjectId) -> Self {
        Self(id.0)
    }
}

impl From<EventId> for SubjectId {
    /// An event kept aside is the subject of the decisions on it.
    fn from(id: EventId) -> Self {
        Self(id.0)
    }
}

impl From<SubjectId> for EventId {
    /// The event that the draft of a correction becomes ([`crate::correction`]).
    fn from(id: SubjectId) -> Self {
        Self(id.0)
    }
}

impl From<SiteId> for SubjectId {
    /// A site is the subject of its opening and of the statements of its log's head.
    fn from(id: SiteId) -> Self {
        Self(id.0)
    }
}

impl From<PersonId> for SubjectId {
    /// A person is the subject of the account and role events about them.
    fn from(id: PersonId) -> Self {
        Self(id.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minted_ids_are_version_7_and_sort_by_time() {
        let early = EventId::mint(1_000, &[0xff; 10]);
        let late = EventId::mint(1_001, &[0; 10]);
        assert_eq!(early.0.get_version_num(), 7);
        assert!(early < late);
    }

    #[test]
    fn only_the_hyphenated_lower_case_spelling_is_read() {
        let id = EventId::mint(1_000, &[7; 10]);
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!(
            id.to_string().to_uppercase().parse::<EventId>(),
            Err(NotAnId)
        );
        assert_eq!(
            id.0.as_simple().to_string().parse::<EventId>(),
            Err(NotAnId)
        );
    }
}
