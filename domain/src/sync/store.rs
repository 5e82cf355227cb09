//! What the server's accept core needs of a database (D4, D6): one transaction per site.
//! Not a database: `memory` is one for tests and simulation, the server has `SQLite`.
//!
//! The contract is held by one conformance suite that every implementation runs.

use crate::erasure::Erasure;
use crate::event::{Event, Kind, Opened, PartName};
use crate::hash::Hash;
use crate::id::{EventId, PersonId, SiteId, SubjectId};
use crate::log::{Head, LoggedEvent, Seq};
use crate::quarantine::{Carrier, Decided, Held, Why};
use crate::sync::wire::Params;
use crate::time::UnixMs;

/// Where the logs of sites are kept.
pub trait Store {
    /// What can go wrong in the database itself (disk full, connection lost).
    type Error;
    /// A transaction on one site's log.
    type Transaction<'a>: SiteTransaction<Error = Self::Error>
    where
        Self: 'a;

    /// Begins a transaction on the log of `site`, which need not exist yet. With
    /// [`Intent::Append`] it locks the site's head first: from here to the end nobody else
    /// appends to this site. With [`Intent::Read`] it sees one moment of the log.
    fn begin(&mut self, site: SiteId, intent: Intent)
    -> Result<Self::Transaction<'_>, Self::Error>;
}

/// What a transaction is begun for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Intent {
    /// Only to read; it is dropped without commit.
    Read,
    /// To append.
    Append,
}

/// A transaction on one site's log. It reads its own writes. Dropped without
/// [`commit`](Self::commit), it leaves nothing behind.
pub trait SiteTransaction {
    /// See [`Store::Error`].
    type Error;

    /// The end of the log; `None` when it is empty.
    fn head(&mut self) -> Result<Option<Head>, Self::Error>;

    /// The chain's hash at `seq`; `None` when the log has no such row, as it never has a row 0.
    fn hash_at(&mut self, seq: Seq) -> Result<Option<Hash>, Self::Error>;

    /// Where the event with this id is logged on this site.
    fn find(&mut self, id: EventId) -> Result<Option<Found>, Self::Error>;

    /// What is logged about a subject on this site; `None` when nothing is.
    fn subject(&mut self, subject: SubjectId) -> Result<Option<SubjectSummary>, Self::Error>;

    /// Appends the row that follows the head. An id already logged on this site is an error of
    /// the database (a unique key), never a second row. Parts that the site's erasure list names
    /// of this event are not kept: they are stored as erased.
    fn append(&mut self, row: &NewRow<'_>) -> Result<(), Self::Error>;

    /// At most `limit` rows after `seq`, ascending, without a gap.
    fn rows_after(&mut self, seq: Seq, limit: u32) -> Result<Vec<StoredRow>, Self::Error>;

    /// Erases parts of an event, salts and all, wherever it is kept: in the log, aside, and in
    /// copies of drafts of its record. Puts them on the site's erasure list; `by` is the event that
    /// says so. The bytes are gone once the transaction is committed.
    fn erase(&mut self, erasure: &Erasure, by: EventId) -> Result<(), Self::Error>;

    /// The parts that the site's erasure list names of an event, whether it is logged or not:
    /// a log restored from a backup may lack it, and a phone send it again.
    fn erased(&mut self, id: EventId) -> Result<Vec<PartName>, Self::Error>;

    /// The parts, sorted, that events kept aside under this id on this site have or had; none when
    /// none is kept.
    fn kept_parts(&mut self, id: EventId) -> Result<Vec<PartName>, Self::Error>;

    /// Events that erase parts of an event that is here and are not logged themselves: they were in
    /// a log that a backup has replaced. Oldest first. Here is what is logged, and for an erasure
    /// of what was kept aside, whose subject is the event's own id, also what is kept aside. Orders
    /// to erase what is held on a household ([`crate::erasure::Order`]) are always among them.
    fn unsaid_erasures(&mut self) -> Result<Vec<Event>, Self::Error>;

    /// Keeps an event aside for people to decide on, without what the erasure list names of it, unless `per_device` others that its carrier's
    /// device brought are open: neither decided nor logged since. The same event of a site is kept
    /// once however often it comes and whoever brings it. Returns whether it is kept, now or from
    /// before.
    fn quarantine(&mut self, event: &Quarantined<'_>, per_device: u32)
    -> Result<bool, Self::Error>;

    /// The event of this site kept aside under its envelope's hash, decided or not.
    fn held(&mut self, envelope_hash: &Hash) -> Result<Option<Held>, Self::Error>;

    /// Keeps what became of an event kept aside; what is kept of it stays. Nothing happens when there is
    /// none, or when it was decided before.
    fn decide(&mut self, envelope_hash: &Hash, decided: &Decided) -> Result<(), Self::Error>;

    /// Makes all of it durable at once. After an error nobody knows whether it happened; the
    /// caller acknowledges nothing.
    fn commit(self) -> Result<(), Self::Error>;
}

/// A logged event's place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Its place in the log.
    pub seq: Seq,
    /// Server time of acceptance.
    pub received_at: UnixMs,
    /// Hash of its envelope's text.
    pub envelope_hash: Hash,
    /// The chain's hash at `seq`.
    pub hash: Hash,
    /// What it is about.
    pub subject: SubjectId,
    /// Who brought it, if not its author on the device that signed it.
    pub carrier: Option<Carrier>,
}

/// What is logged about a subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubjectSummary {
    /// How many events.
    pub count: u32,
    /// The first event's kind.
    pub first_kind: Kind,
    /// The first event's actor, the record's author.
    pub author: PersonId,
}

/// A row to append.
#[derive(Debug, Clone, Copy)]
pub struct NewRow<'a> {
    /// The head that this row makes: its `seq` and the chain's hash there.
    pub head: Head,
    /// Server time of acceptance.
    pub received_at: UnixMs,
    /// The kind, as read from the envelope.
    pub kind: Kind,
    /// The event: texts to store as they are, and the envelope for the columns.
    pub opened: &'a Opened<'a>,
    /// Who brought it, if not its author on the device that signed it.
    pub carrier: Option<Carrier>,
}

/// A row as read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRow {
    /// The event with its place.
    pub logged: LoggedEvent,
    /// Hash of its envelope's text.
    pub envelope_hash: Hash,
    /// Its kind.
    pub kind: Kind,
    /// The actor of the first event about the same subject, for [`crate::policy::sees`].
    pub author: PersonId,
}

/// An event to keep aside.
#[derive(Debug, Clone, Copy)]
pub struct Quarantined<'a> {
    /// The event, with all its parts.
    pub opened: &'a Opened<'a>,
    /// Who brought it.
    pub carrier: Carrier,
    /// When it came.
    pub received_at: UnixMs,
    /// Why it was not logged.
    pub why: Why,
    /// What a sentence about that needs.
    pub params: &'a Params,
}
