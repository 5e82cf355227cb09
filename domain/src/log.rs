//! The append-only log of a site and its hash chain (D1).
//! Not storage: `sync::store` says what a store must do, the server and the phone have one each.

use serde::{Deserialize, Serialize};

use crate::event::Event;
use crate::hash::{Hash, tagged};
use crate::id::{OrganisationId, SiteId};
use crate::time::UnixMs;

/// Place of an event in its site's log: 1 for the first, no holes.
pub type Seq = u64;

/// The end of a log: how many events it holds and the hash of the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// Number of events; 0 for an empty log.
    pub seq: Seq,
    /// Hash of the last event's row, or the genesis hash of an empty log.
    pub hash: Hash,
}

impl Head {
    /// The head of an empty log, bound to its organisation and site.
    pub fn genesis(organisation: OrganisationId, site: SiteId) -> Self {
        let hash = tagged(
            "doorstep/genesis/1",
            &[organisation.as_bytes(), site.as_bytes()],
        );
        Self { seq: 0, hash }
    }

    /// The head after one more event, received at `received_at`.
    #[must_use]
    pub fn next(self, envelope_hash: &Hash, received_at: UnixMs) -> Self {
        let seq = self.seq + 1;
        let fields: [&[u8]; 4] = [
            &self.hash.0,
            &envelope_hash.0,
            &seq.to_be_bytes(),
            &received_at.to_be_bytes(),
        ];
        Self {
            seq,
            hash: tagged("doorstep/log/1", &fields),
        }
    }
}

/// An event with what the server added when it accepted it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LoggedEvent {
    /// Place in the site's log.
    pub seq: Seq,
    /// Server time of acceptance.
    pub received_at: UnixMs,
    /// The event as the device made it.
    pub event: Event,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::sha256;

    #[test]
    fn the_chain_binds_organisation_site_order_event_and_time() {
        let organisation = OrganisationId::mint(1, &[1; 10]);
        let site = SiteId::mint(1, &[2; 10]);
        let genesis = Head::genesis(organisation, site);
        let (one, two) = (sha256(b"one"), sha256(b"two"));
        let head = genesis.next(&one, 5).next(&two, 6);
        assert_eq!(head.seq, 2);
        let others = [
            genesis.next(&two, 5).next(&one, 6),
            genesis.next(&one, 5).next(&two, 7),
            Head::genesis(organisation, SiteId::mint(1, &[3; 10]))
                .next(&one, 5)
                .next(&two, 6),
            Head::genesis(OrganisationId::mint(1, &[4; 10]), site)
                .next(&one, 5)
                .next(&two, 6),
        ];
        assert!(others.iter().all(|other| other.hash != head.hash));
    }
}
