//! Walks a site's log and names what is wrong, event by event and part by part: chain, envelopes,
//! parts, signatures, bodies. Not storage: rows and keys are handed in, from a database or from an
//! exported file.

use std::collections::BTreeMap;

use crate::erasure::Erasure;
use crate::event::{Absence, Event, Opened, PartName, PartState, envelope_hash, part_hash};
use crate::hash::Hash;
use crate::id::{EventId, SiteId};
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
    /// The time of acceptance is not the one that was chained: the rows go on from the hash that
    /// is kept.
    ReceivedAt,
    /// The hash kept is not the chain's: the rows go on from another one.
    Hash,
    /// The time of acceptance or the hash kept is not what was chained; nothing that follows
    /// tells which.
    RowHash,
    /// The envelope cannot be read, is not canonical or is a later program's.
    Envelope,
    /// The envelope belongs to another site's log.
    Site,
    /// The parts are not those the envelope names.
    PartList,
    /// A part, or its salt, is not what was signed.
    Part(PartName),
    /// A part is erased, and no event of the log says so.
    Missing(PartName),
    /// An event says that this part is erased, and it is there.
    NotErased(PartName),
    /// No such device is enrolled.
    UnknownDevice,
    /// The signature is not the device's over this envelope: one of the two was changed.
    Signature,
    /// The event says something no phone would record.
    Invalid(Invalid),
    /// The log ends before a head it is held against.
    Truncated {
        /// The head's place.
        head: Seq,
    },
    /// At its place the log is not the one a head from elsewhere names: it was written anew.
    OtherHead,
}

impl Fault {
    /// What was changed, as programs are told: a part's name, `envelope`, `signature`, `parts`
    /// (which there are), what the server added (`seq`, `received_at`, `hash`, or `row` for one of
    /// the latter two), or `log` for the log as a whole.
    pub fn place(&self) -> &'static str {
        match self {
            Self::Order { .. } => "seq",
            Self::ReceivedAt => "received_at",
            Self::Hash => "hash",
            Self::RowHash => "row",
            Self::Envelope | Self::Site | Self::UnknownDevice => "envelope",
            Self::Signature => "signature",
            Self::Part(name)
            | Self::Missing(name)
            | Self::NotErased(name)
            | Self::Invalid(Invalid::Body(name)) => name.as_str(),
            Self::PartList | Self::Invalid(_) => "parts",
            Self::Truncated { .. } | Self::OtherHead => "log",
        }
    }
}

/// A fault and where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Finding {
    /// Place of the row; the last place for a log that was cut off.
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
    site: SiteId,
    evidence: &'a dyn Evidence,
    findings: Vec<Finding>,
    /// Heads known from elsewhere that the walk has not come to, the next one last.
    ahead: Vec<Head>,
    doubt: Option<Doubt>,
    /// Erased parts that no event has been seen to erase yet.
    erased: BTreeMap<(EventId, PartName), Seq>,
    /// Parts that are here, of events that may still be said to be erased: places only.
    places: BTreeMap<EventId, (Seq, Vec<PartName>)>,
    /// Parts of events not seen yet that are said to be erased: the events were kept aside then, or
    /// came back to a restored log later.
    beforehand: BTreeMap<EventId, Vec<PartName>>,
}

/// A row whose hash does not fit, until what follows tells why.
struct Doubt {
    /// Its finding.
    finding: usize,
    /// The head as the row gives it; the walk goes on from the one that is kept.
    computed: Head,
}

impl<'a> Walk<'a> {
    /// Starts at the genesis of `site`'s log.
    pub fn new(genesis: Head, site: SiteId, evidence: &'a dyn Evidence) -> Self {
        Self {
            head: genesis,
            site,
            evidence,
            findings: Vec::new(),
            ahead: Vec::new(),
            doubt: None,
            erased: BTreeMap::new(),
            places: BTreeMap::new(),
            beforehand: BTreeMap::new(),
        }
    }

    /// The same held against heads that are known from elsewhere.
    #[must_use]
    pub fn against(mut self, heads: impl IntoIterator<Item = Head>) -> Self {
        self.ahead.extend(heads);
        self.ahead.sort_by_key(|head| std::cmp::Reverse(head.seq));
        self
    }

    /// The place that the next row should have.
    pub fn expected(&self) -> Seq {
        self.head.seq + 1
    }

    /// Looks at the next row; `stored_hash` is the row hash kept beside it, where one is.
    pub fn row(&mut self, row: &LoggedEvent, stored_hash: Option<&Hash>) {
        let envelope = row.event.read_envelope().ok();
        let id = envelope.as_ref().map(|envelope| envelope.id);
        let mut faults = Vec::new();
        let expected = self.expected();
        if row.seq != expected {
            faults.push(Fault::Order { expected });
        }
        let opened = envelope.map(|envelope| Opened {
            envelope,
            envelope_hash: envelope_hash(&row.event.envelope),
            event: &row.event,
        });
        match &opened {
            Some(opened) => faults.extend(self.envelope_faults(opened)),
            None => faults.push(Fault::Envelope),
        }
        // A row out of place or an envelope that was changed has another hash by that.
        let explained = !faults.is_empty();
        if let Some(computed) = self.chain(row, stored_hash)
            && !explained
        {
            let finding = self.findings.len();
            self.doubt = Some(Doubt { finding, computed });
            self.find(row.seq, id, Fault::RowHash);
        }
        if let Some(opened) = &opened {
            faults.extend(self.part_faults(opened));
            self.erasing(row.seq, opened.envelope.id, &row.event);
        }
        for fault in faults {
            self.find(row.seq, id, fault);
        }
        self.meet_heads(id);
    }

    /// Goes on to this row; gives the head as it should be where another hash is kept.
    fn chain(&mut self, row: &LoggedEvent, stored: Option<&Hash>) -> Option<Head> {
        let envelope_hash = envelope_hash(&row.event.envelope);
        let from = |head: Head| {
            let before = Head {
                seq: row.seq.saturating_sub(1),
                ..head
            };
            before.next(&envelope_hash, row.received_at)
        };
        let computed = from(self.head);
        let doubt = self.doubt.take();
        // One fault is named once: the walk goes on from what is stored.
        self.head = Head {
            hash: stored.copied().unwrap_or(computed.hash),
            ..computed
        };
        if self.head == computed {
            self.settle(doubt, Fault::ReceivedAt);
            return None;
        }
        if let Some(doubt) = doubt
            && self.head == from(doubt.computed)
        {
            self.settle(Some(doubt), Fault::Hash);
            return None;
        }
        Some(computed)
    }

    /// What follows has told what is wrong with the row in doubt.
    fn settle(&mut self, doubt: Option<Doubt>, fault: Fault) {
        if let Some(finding) = doubt.and_then(|doubt| self.findings.get_mut(doubt.finding)) {
            finding.fault = fault;
        }
    }

    fn envelope_faults(&self, opened: &Opened<'_>) -> Vec<Fault> {
        let mut faults = Vec::new();
        if opened.envelope.site != self.site {
            faults.push(Fault::Site);
        }
        let signed = opened.signature().map(|(signature, input)| {
            self.evidence
                .signed(&opened.envelope.device, &input, &signature)
        });
        match signed {
            Some(Some(true)) => {}
            Some(None) => faults.push(Fault::UnknownDevice),
            Some(Some(false)) | None => faults.push(Fault::Signature),
        }
        faults
    }

    fn part_faults(&self, opened: &Opened<'_>) -> Vec<Fault> {
        let named = &opened.envelope.parts;
        if !named.keys().eq(opened.event.parts.keys()) {
            return vec![Fault::PartList];
        }
        let broken = named.iter().filter(|(name, hash)| {
            let part = opened.event.part(**name);
            part.is_some_and(|part| part_hash(**name, part) != **hash)
        });
        let mut faults: Vec<Fault> = broken.map(|(name, _)| Fault::Part(*name)).collect();
        // What was withheld or erased cannot be judged; the chain and the hashes were.
        let whole = named.keys().all(|name| opened.event.part(*name).is_some());
        if faults.is_empty()
            && whole
            && let Err(invalid) = validity::check(opened, &|time| self.evidence.offset_fits(time))
        {
            faults.push(Fault::Invalid(invalid));
        }
        faults
    }

    /// Holds the log, as far as it was walked, against the heads known from elsewhere.
    fn meet_heads(&mut self, event: Option<EventId>) {
        let here = self.head;
        let mut other = false;
        while let Some(head) = self.ahead.pop_if(|head| head.seq <= here.seq) {
            if head == here {
                let doubt = self.doubt.take();
                self.settle(doubt, Fault::ReceivedAt);
            } else if self.doubt.as_ref().is_some_and(|it| it.computed == head) {
                let doubt = self.doubt.take();
                self.settle(doubt, Fault::Hash);
            } else {
                other = true;
            }
        }
        if other {
            self.find(here.seq, event, Fault::OtherHead);
        }
    }

    fn find(&mut self, seq: Seq, event: Option<EventId>, fault: Fault) {
        self.findings.push(Finding { seq, event, fault });
    }

    /// Takes in which parts of an event are erased, and which it erases of one before.
    fn erasing(&mut self, seq: Seq, id: EventId, event: &Event) {
        let erased = PartState::Absent {
            absent: Absence::Erased,
        };
        let said = self.beforehand.remove(&id).unwrap_or_default();
        let gone = event.parts.iter().filter(|(_, state)| **state == erased);
        let gone = gone.filter(|(name, _)| !said.contains(name));
        self.erased.extend(gone.map(|(name, _)| ((id, *name), seq)));
        let here = event.parts.keys().copied();
        let here = here.filter(|name| event.part(*name).is_some() && *name != PartName::Fact);
        let here: Vec<PartName> = here.collect();
        for name in here.iter().filter(|name| said.contains(name)) {
            self.find(seq, Some(id), Fault::NotErased(*name));
        }
        self.places.insert(id, (seq, here));
        let Some(erasure) = Erasure::by(event) else {
            return;
        };
        if !self.places.contains_key(&erasure.event) {
            let said = self.beforehand.entry(erasure.event).or_default();
            said.extend(&erasure.parts);
        }
        for name in &erasure.parts {
            self.erased.remove(&(erasure.event, *name));
            if let Some((seq, here)) = self.places.get(&erasure.event)
                && here.contains(name)
            {
                let seq = *seq;
                self.find(seq, Some(erasure.event), Fault::NotErased(*name));
            }
        }
    }

    /// Ends the walk.
    pub fn finish(mut self) -> Vec<Finding> {
        for ((id, name), seq) in std::mem::take(&mut self.erased) {
            self.find(seq, Some(id), Fault::Missing(name));
        }
        let seq = self.head.seq;
        let heads = std::mem::take(&mut self.ahead);
        if let Some(head) = heads.iter().map(|head| head.seq).max() {
            self.find(seq, None, Fault::Truncated { head });
        }
        self.findings
    }
}
