//! Walks a site's log and names what is wrong: chain, envelopes, parts, signatures, bodies.
//! Not storage: rows and keys are handed in, from a database or from an exported file.

use crate::event::{Malformed, PartName};
use crate::hash::Hash;
use crate::id::EventId;
use crate::log::{Head, LoggedEvent, Seq};
use crate::time::SiteTime;
use crate::validity::{self, Invalid};

/// What is wrong with a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The row is not where the one before leaves off: rows are missing, doubled or reordered.
    Order {
        /// The place the row should have.
        expected: Seq,
    },
    /// The stored row hash is not what event, place, time and the row before give.
    RowHash,
    /// The envelope cannot be read, is not canonical or is a later program's.
    Envelope,
    /// The envelope belongs to another site's log.
    Site,
    /// The parts are not those the envelope names.
    PartList,
    /// A part is not what was signed.
    Part(PartName),
    /// No such device is enrolled.
    UnknownDevice,
    /// The signature is not the device's over this envelope.
    Signature,
    /// The event says something no phone would record.
    Invalid(Invalid),
    /// The log ends before the head it is held against.
    Truncated {
        /// The head's place.
        head: Seq,
    },
    /// The log's end is not the head it is held against.
    OtherHead,
}

/// A fault and where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Finding {
    /// Place of the row; the last place for faults of the whole log.
    pub seq: Seq,
    /// The event, where its envelope can be read.
    pub event: Option<EventId>,
    /// What is wrong.
    pub fault: Fault,
}

/// What the walk asks about the outside.
pub trait Evidence {
    /// Whether `signature` is `device`'s over `message`; `None` when no such device is enrolled.
    fn signed(&self, device: &Hash, message: &[u8], signature: &[u8]) -> Option<bool>;

    /// Whether a time carries the offset the site had at that instant.
    fn offset_fits(&self, time: SiteTime) -> bool;
}

/// A walk along one log, fed row by row.
pub struct Walk<'a> {
    head: Head,
    site: crate::id::SiteId,
    evidence: &'a dyn Evidence,
    findings: Vec<Finding>,
}

impl<'a> Walk<'a> {
    /// Starts at the genesis of `site`'s log.
    pub fn new(genesis: Head, site: crate::id::SiteId, evidence: &'a dyn Evidence) -> Self {
        Self {
            head: genesis,
            site,
            evidence,
            findings: Vec::new(),
        }
    }

    /// Looks at the next row; `stored_hash` is the row hash kept beside it, where one is.
    pub fn row(&mut self, row: &LoggedEvent, stored_hash: Option<&Hash>) {
        let id = row.event.read_envelope().ok().map(|envelope| envelope.id);
        let mut find = |fault| {
            self.findings.push(Finding {
                seq: row.seq,
                event: id,
                fault,
            });
        };
        let expected = self.head.seq + 1;
        if row.seq != expected {
            find(Fault::Order { expected });
        }
        let envelope_hash = crate::event::envelope_hash(&row.event.envelope);
        let before = Head {
            seq: row.seq.saturating_sub(1),
            ..self.head
        };
        self.head = before.next(&envelope_hash, row.received_at);
        if stored_hash.is_some_and(|stored| *stored != self.head.hash) {
            find(Fault::RowHash);
        }
        // One fault is named once: the walk goes on from what is stored.
        if let Some(stored) = stored_hash {
            self.head.hash = *stored;
        }
        let (opened, broken) = match row.event.open_broken() {
            Ok(read) => read,
            Err(Malformed::PartList) => return find(Fault::PartList),
            Err(_) => return find(Fault::Envelope),
        };
        if let Some(part) = broken {
            find(Fault::Part(part));
        }
        if opened.envelope.site != self.site {
            find(Fault::Site);
        }
        let signed = opened.signature().map(|(signature, input)| {
            self.evidence
                .signed(&opened.envelope.device, &input, &signature)
        });
        match signed {
            Some(Some(true)) => {}
            Some(None) => find(Fault::UnknownDevice),
            Some(Some(false)) | None => find(Fault::Signature),
        }
        // What was withheld or erased cannot be judged; the chain and the hashes were.
        let mut names = opened.envelope.parts.keys();
        let whole = broken.is_none() && names.all(|name| opened.event.part(*name).is_some());
        if whole
            && let Err(invalid) = validity::check(&opened, &|time| self.evidence.offset_fits(time))
        {
            find(Fault::Invalid(invalid));
        }
    }

    /// Ends the walk, holding its end against `head` where one is known from elsewhere.
    pub fn finish(mut self, head: Option<&Head>) -> Vec<Finding> {
        let fault = match head {
            Some(head) if self.head.seq < head.seq => Some(Fault::Truncated { head: head.seq }),
            Some(head) if *head != self.head => Some(Fault::OtherHead),
            _ => None,
        };
        let seq = self.head.seq;
        self.findings.extend(fault.map(|fault| Finding {
            seq,
            event: None,
            fault,
        }));
        self.findings
    }
}
