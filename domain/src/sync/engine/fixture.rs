//! Events and a server's pages for the engine's own tests. The engine looks at envelopes only,
//! so the parts say nothing and the signatures are none.

use std::collections::BTreeMap;

use crate::event::{
    ENVELOPE_VERSION, Envelope, Event, Kind, Part, PartName, SIGNATURE_BYTES, Salt, part_hash,
};
use crate::hash::{Hash, sha256};
use crate::id::{EventId, OrganisationId, PersonId, SiteId, SubjectId};
use crate::log::{Head, LoggedEvent};
use crate::policy::Role;
use crate::sync::wire::{Ack, Page, Refusal, RefusalCode, Row, SiteReply, Stub, SyncReply};
use crate::time::{SiteTime, UnixMs};

/// Server time of everything.
pub(super) const SERVER_MS: UnixMs = 50_000;

pub(super) fn organisation() -> OrganisationId {
    OrganisationId::mint(1, &[9; 10])
}

pub(super) fn device() -> Hash {
    sha256(b"this phone")
}

pub(super) fn site() -> SiteId {
    SiteId::mint(1, &[8; 10])
}

pub(super) fn scope() -> Hash {
    sha256(b"scope")
}

pub(super) fn genesis() -> Head {
    Head::genesis(organisation(), site())
}

pub(super) fn id(number: u8) -> EventId {
    EventId::mint(1, &[number; 10])
}

/// Event `number` about subject `subject`, made at `number` seconds.
pub(super) fn event(number: u8, subject: u8) -> Event {
    let part = Part {
        salt: Salt([number; 16]),
        body: "{}".into(),
    };
    let envelope = Envelope {
        v: ENVELOPE_VERSION,
        id: id(number),
        subject: SubjectId::mint(1, &[subject; 10]),
        site: site(),
        kind: Kind::VisitRecorded.as_str().into(),
        kv: 1,
        after: Vec::new(),
        actor: PersonId::mint(1, &[7; 10]),
        role: Role::Supervisor,
        device: device(),
        at: SiteTime::at(i64::from(number) * 1_000, 480).unwrap(),
        skew_ms: None,
        skew_age_s: None,
        parts: BTreeMap::from([(PartName::Fact, part_hash(PartName::Fact, &part))]),
        sig: None,
    };
    envelope.into_event(
        &[0; SIGNATURE_BYTES],
        BTreeMap::from([(PartName::Fact, part)]),
    )
}

pub(super) fn hash_of(number: u8) -> Hash {
    event(number, number).open().unwrap().envelope_hash
}

/// The log's row of event `number`, whole.
pub(super) fn row(seq: u64, number: u8) -> Row {
    Row::Event(logged(seq, number))
}

pub(super) fn logged(seq: u64, number: u8) -> LoggedEvent {
    LoggedEvent {
        seq,
        received_at: SERVER_MS,
        event: event(number, number),
    }
}

/// The same as a stub.
pub(super) fn stub(seq: u64, number: u8) -> Row {
    Row::Stub(Stub {
        seq,
        received_at: SERVER_MS,
        envelope_hash: hash_of(number),
    })
}

/// The head after `from` and events `numbers`.
pub(super) fn head_after(from: Head, numbers: &[u8]) -> Head {
    numbers
        .iter()
        .fold(from, |head, number| head.next(&hash_of(*number), SERVER_MS))
}

pub(super) fn ack(seq: u64, number: u8) -> Ack {
    Ack {
        id: id(number),
        site: site(),
        seq,
        received_at: SERVER_MS,
        envelope_hash: hash_of(number),
        hash: sha256(b"not looked at"),
    }
}

pub(super) fn refused(item: usize, number: u8, code: RefusalCode) -> Refusal {
    Refusal::new(item, Some(id(number)), code)
}

pub(super) fn page(rows: Vec<Row>, head: Head, more: bool) -> SiteReply {
    SiteReply::Page(Page {
        scope: scope(),
        rows,
        head,
        more,
    })
}

/// A reply about the one site.
pub(super) fn reply(acks: Vec<Ack>, refused: Vec<Refusal>, answer: SiteReply) -> SyncReply {
    SyncReply {
        epoch: 3,
        now: SERVER_MS,
        acks,
        refused,
        sites: BTreeMap::from([(site(), answer)]),
    }
}
