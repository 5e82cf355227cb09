//! A small company for tests: its sites in one time zone, its people, and a stand-in for the
//! devices' keys. Not cryptography: whoever knows a device's id can sign for it here.

use std::collections::{BTreeMap, BTreeSet};

use doorstep_domain::event::SIGNATURE_BYTES;
use doorstep_domain::hash::{Hash, sha256, tagged};
use doorstep_domain::id::{OrganisationId, PersonId, SiteId};
use doorstep_domain::policy::{Grant, Role};
use doorstep_domain::sync::accept::{Origin, Signatures, Sites};
use doorstep_domain::time::{SiteTime, UnixMs};

/// All sites' offset, in minutes east of UTC.
pub const OFFSET_MINUTES: i32 = 8 * 60;
/// Tests begin at 2026-11-23 10:00 on the sites' clocks.
pub const EPOCH_MS: UnixMs = 1_795_572_000_000;

/// The company.
#[derive(Debug, Clone)]
pub struct Company {
    /// Its id.
    pub organisation: OrganisationId,
    /// Its sites.
    pub sites: Vec<SiteId>,
    /// Devices whose keys were revoked.
    pub revoked: BTreeSet<Hash>,
    /// What people hold, for whoever brings their events.
    pub grants: BTreeMap<PersonId, Vec<Grant>>,
}

/// A person with a device of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Author {
    /// Who.
    pub person: PersonId,
    /// On which device.
    pub device: Hash,
}

impl Company {
    /// A company with `sites` sites.
    pub fn with_sites(sites: u8) -> Self {
        let site = |n| SiteId::mint(1, &[0x50 + n; 10]);
        Self {
            organisation: OrganisationId::mint(1, &[0x0f; 10]),
            sites: (0..sites).map(site).collect(),
            revoked: BTreeSet::new(),
            grants: BTreeMap::new(),
        }
    }
}

impl Author {
    /// The `n`th person of the company.
    pub fn number(n: u8) -> Self {
        Self {
            person: PersonId::mint(1, &[0xa0_u8.wrapping_add(n); 10]),
            device: sha256(&[n]),
        }
    }

    /// The signature of this person's device.
    pub fn sign(&self, message: &[u8]) -> [u8; SIGNATURE_BYTES] {
        stub_sign(&self.device, message)
    }
}

impl Signatures for Company {
    fn verify(&self, device: &Hash, message: &[u8], signature: &[u8]) -> bool {
        !self.revoked.contains(device) && stub_verify(device, message, signature)
    }

    fn origin(&self, author: PersonId, device: &Hash, message: &[u8], signature: &[u8]) -> Origin {
        let mut all = (0..=u8::MAX - 0xa0).map(Author::number);
        let enrolled = all.any(|it| it.person == author && it.device == *device);
        if !enrolled || stub_sign(device, message) != *signature {
            Origin::Unproven
        } else if self.revoked.contains(device) {
            Origin::Revoked
        } else {
            Origin::Enrolled
        }
    }

    fn grants_of(&self, person: PersonId) -> Vec<Grant> {
        self.grants.get(&person).cloned().unwrap_or_default()
    }
}

impl Sites for Company {
    fn exists(&self, site: SiteId) -> bool {
        self.sites.contains(&site)
    }

    fn offset_fits(&self, _: SiteId, time: SiteTime) -> bool {
        time.offset_minutes() == OFFSET_MINUTES
    }
}

/// A grant of `role` on `site` that always holds.
pub fn grant(role: Role, site: SiteId) -> Grant {
    Grant {
        role,
        site: Some(site),
        from: 0,
        until: None,
    }
}

/// Whether a signature is [`stub_sign`]'s.
pub(crate) fn stub_verify(device: &Hash, message: &[u8], signature: &[u8]) -> bool {
    stub_sign(device, message) == *signature
}

/// A stand-in for a signature.
pub(crate) fn stub_sign(device: &Hash, message: &[u8]) -> [u8; SIGNATURE_BYTES] {
    let half = tagged("test/signature", &[&device.0, message]);
    let mut signature = [0; SIGNATURE_BYTES];
    signature[..32].copy_from_slice(&half.0);
    signature[32..].copy_from_slice(&half.0);
    signature
}
