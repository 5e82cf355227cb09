//! The server: the accept core over any store, which can die at any commit, be copied and be
//! restored, and into which bugs can be planted. Not HTTP.

use std::collections::BTreeMap;
use std::fmt::Debug;

use doorstep_domain::erasure::Erasure;
use doorstep_domain::event::{Absence, Event, Kind, PartName, PartState, envelope_hash};
use doorstep_domain::hash::Hash;
use doorstep_domain::id::{EventId, SiteId, SubjectId};
use doorstep_domain::log::{Head, Seq};
use doorstep_domain::quarantine::{Decided, Held, Verdict};
use doorstep_domain::sync::accept::{Context, Failure, accept, deposit};
use doorstep_domain::sync::memory::MemoryStore;
use doorstep_domain::sync::store::{
    Found, Intent, NewRow, Quarantined, SiteTransaction, Store, StoredRow, SubjectSummary,
};
use doorstep_domain::sync::wire::{DepositReply, Problem, SyncReply, SyncRequest};

use crate::planted::Bug;

/// A store that a simulated server can run on.
pub trait OfficeStore: Store<Error: Debug> + Sized {
    /// A copy as a backup would be.
    #[must_use]
    fn copy(&mut self) -> Self;

    /// How many events are kept aside.
    fn kept_aside(&mut self) -> u64;

    /// Whether an event is kept aside, byte for byte.
    fn keeps_aside(&mut self, site: SiteId, event: &Event) -> bool {
        let Ok(mut reading) = self.begin(site, Intent::Read) else {
            return false;
        };
        let held = reading.held(&envelope_hash(&event.envelope));
        matches!(held, Ok(Some(held)) if is_rest_of(&held.event, event))
    }

    /// The open events of a site that are kept aside, oldest first.
    fn open_aside(&mut self, site: SiteId) -> Vec<Held>;

    /// What is kept aside under this hash, open or not.
    fn held(&mut self, site: SiteId, envelope_hash: &Hash) -> Option<Held> {
        let mut reading = self.begin(site, Intent::Read).ok()?;
        reading.held(envelope_hash).ok()?
    }

    /// Where an event is logged, and who brought it there.
    fn find(&mut self, site: SiteId, id: EventId) -> Option<Found> {
        let mut reading = self.begin(site, Intent::Read).ok()?;
        reading.find(id).ok()?
    }

    /// Takes over what was erased in the database that this one, a backup, is put in the place of.
    fn take_over(&mut self, replaced: &mut Self);

    /// The end of a site's log; `None` when it is empty.
    fn head(&mut self, site: SiteId) -> Option<Head> {
        let mut reading = self.begin(site, Intent::Read).ok()?;
        reading.head().ok()?
    }

    /// At most `limit` rows of a site's log after `seq`.
    fn rows(&mut self, site: SiteId, after: Seq, limit: u32) -> Vec<StoredRow> {
        let Ok(mut reading) = self.begin(site, Intent::Read) else {
            return Vec::new();
        };
        reading.rows_after(after, limit).unwrap_or_default()
    }
}

impl OfficeStore for MemoryStore {
    fn copy(&mut self) -> Self {
        self.clone()
    }

    fn kept_aside(&mut self) -> u64 {
        self.quarantine().len() as u64
    }

    fn open_aside(&mut self, site: SiteId) -> Vec<Held> {
        let held = self.quarantine().iter();
        let mut held: Vec<Held> = held
            .filter(|held| held.site == site && held.decided.is_none())
            .cloned()
            .collect();
        held.retain(|held| {
            let found = self.find(site, held.id);
            found.is_none_or(|found| found.envelope_hash != held.envelope_hash)
        });
        held
    }

    fn take_over(&mut self, replaced: &mut Self) {
        self.take_over_erasures(replaced);
    }
}

/// Whether `kept` is `event` byte for byte, but for what has been erased of it since.
pub(crate) fn is_rest_of(kept: &Event, event: &Event) -> bool {
    let erased = |state: &PartState| matches!(state, PartState::Absent { absent } if *absent == Absence::Erased);
    let parts = kept.parts.iter().zip(&event.parts);
    kept.envelope == event.envelope
        && kept.parts.len() == event.parts.len()
        && parts.into_iter().all(|((name, here), (other, there))| {
            name == other && (here == there || erased(here) || erased(there))
        })
}

/// When the server dies while it answers a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Death {
    /// Before the commit after this many, which is lost.
    BeforeCommit(u32),
    /// After it, before anybody is told.
    AfterCommit(u32),
}

/// What came of a request at the server.
pub(crate) enum Answer {
    Reply(SyncReply),
    Problem(Problem),
    Died,
}

/// A store that dies when told to.
struct Mortal<'a, S> {
    store: &'a mut S,
    death: Option<Death>,
    bug: Option<Bug>,
    /// The cursors that [`Bug::HashAgrees`] agrees with.
    cursors: &'a BTreeMap<SiteId, Head>,
    commits: u32,
}

/// A transaction of it.
struct MortalTransaction<T> {
    inner: T,
    dies_before: bool,
    dies_after: bool,
    bug: Option<Bug>,
    /// What [`Bug::CommitDropsLast`] has not appended yet.
    appended: u32,
    head: Option<Head>,
    /// A decision was appended.
    decides: bool,
    cursor: Option<Head>,
}

/// The store is gone, or failed on its own.
#[derive(Debug)]
enum StoreError<E> {
    Died,
    Own(E),
}

impl<E> From<E> for StoreError<E> {
    fn from(error: E) -> Self {
        Self::Own(error)
    }
}

/// Answers a hand-in without a log-in; `None` when the server dies over it.
pub(crate) fn hand_in<S: OfficeStore>(
    context: &Context<'_>,
    events: &[Event],
    store: &mut S,
    death: Option<Death>,
    bug: Option<Bug>,
) -> Result<Option<DepositReply>, String> {
    let mut mortal = Mortal {
        store,
        death,
        bug,
        cursors: &BTreeMap::new(),
        commits: 0,
    };
    match deposit(context, events, &mut mortal) {
        Ok(reply) => Ok(Some(reply)),
        Err(StoreError::Died) => Ok(None),
        Err(StoreError::Own(error)) => Err(format!("a hand-in misused the store: {error:?}")),
    }
}

/// Answers a request, or dies over it.
pub(crate) fn answer<S: OfficeStore>(
    context: &Context<'_>,
    request: &SyncRequest,
    store: &mut S,
    death: Option<Death>,
    bug: Option<Bug>,
) -> Result<Answer, String> {
    let mut mortal = Mortal {
        store,
        death,
        bug,
        cursors: &request.cursors,
        commits: 0,
    };
    match accept(context, request, &mut mortal) {
        Ok(reply) => Ok(Answer::Reply(reply)),
        Err(Failure::Refused(problem)) => Ok(Answer::Problem(problem)),
        Err(Failure::Store(StoreError::Died)) => Ok(Answer::Died),
        Err(Failure::Store(StoreError::Own(error))) => {
            Err(format!("the accept core misused its store: {error:?}"))
        }
    }
}

impl<S: Store> Store for Mortal<'_, S> {
    type Error = StoreError<S::Error>;
    type Transaction<'t>
        = MortalTransaction<S::Transaction<'t>>
    where
        Self: 't;

    fn begin(
        &mut self,
        site: SiteId,
        intent: Intent,
    ) -> Result<Self::Transaction<'_>, Self::Error> {
        let here = |death: fn(u32) -> Death| self.death == Some(death(self.commits));
        let (dies_before, dies_after) = (here(Death::BeforeCommit), here(Death::AfterCommit));
        self.commits += 1;
        Ok(MortalTransaction {
            inner: self.store.begin(site, intent)?,
            dies_before,
            dies_after,
            bug: self.bug,
            appended: 0,
            head: None,
            decides: false,
            cursor: self.cursors.get(&site).copied(),
        })
    }
}

impl<T: SiteTransaction> SiteTransaction for MortalTransaction<T> {
    type Error = StoreError<T::Error>;

    fn head(&mut self) -> Result<Option<Head>, Self::Error> {
        let head = self.inner.head()?;
        match (self.bug, head) {
            (Some(Bug::HeadLags), Some(head)) if head.seq > 1 && self.appended == 0 => {
                let seq = head.seq - 1;
                let hash = self.inner.hash_at(seq)?;
                Ok(hash.map(|hash| Head { seq, hash }))
            }
            // What was not appended is said to be there.
            (Some(Bug::CommitDropsLast | Bug::AdoptedNotLogged), _) => Ok(self.head.or(head)),
            _ => Ok(head),
        }
    }

    fn hash_at(&mut self, seq: Seq) -> Result<Option<Hash>, Self::Error> {
        let cursor = self.cursor.filter(|cursor| cursor.seq == seq);
        match (self.bug, cursor) {
            (Some(Bug::HashAgrees), Some(cursor)) => Ok(Some(cursor.hash)),
            _ => Ok(self.inner.hash_at(seq)?),
        }
    }

    fn find(&mut self, id: EventId) -> Result<Option<Found>, Self::Error> {
        let found = self.inner.find(id)?;
        Ok(match self.bug {
            Some(Bug::FindForgets) => None,
            Some(Bug::FindNamesOtherPlace) => found.map(|found| Found {
                seq: found.seq + 1,
                ..found
            }),
            _ => found,
        })
    }

    fn subject(&mut self, subject: SubjectId) -> Result<Option<SubjectSummary>, Self::Error> {
        Ok(self.inner.subject(subject)?)
    }

    fn append(&mut self, row: &NewRow<'_>) -> Result<(), Self::Error> {
        self.appended += 1;
        let decides = self.decides;
        self.decides = row.kind == Kind::QuarantineDecided;
        match self.bug {
            Some(Bug::CommitDropsLast) if self.appended > 1 => {
                self.head = Some(row.head);
                Ok(())
            }
            Some(Bug::AdoptedNotLogged) if decides => {
                self.head = Some(row.head);
                Ok(())
            }
            Some(Bug::CarrierNotRecorded) => Ok(self.inner.append(&NewRow {
                carrier: None,
                ..*row
            })?),
            Some(Bug::StoreRewrites) => {
                let mut event = row.opened.event.clone();
                event.envelope.push(' ');
                let opened = doorstep_domain::event::Opened {
                    envelope: row.opened.envelope.clone(),
                    envelope_hash: row.opened.envelope_hash,
                    event: &event,
                };
                Ok(self.inner.append(&NewRow {
                    opened: &opened,
                    ..*row
                })?)
            }
            _ => Ok(self.inner.append(row)?),
        }
    }

    fn erase(&mut self, erasure: &Erasure, by: EventId) -> Result<(), Self::Error> {
        let other = |parts: &[PartName]| -> Vec<PartName> {
            let all = [PartName::Content, PartName::Private];
            all.into_iter()
                .filter(|name| !parts.contains(name))
                .collect()
        };
        match self.bug {
            Some(Bug::EraseForgets) => Ok(()),
            Some(Bug::EraseTakesOther) if erasure.parts.len() == 1 => {
                let parts = other(&erasure.parts);
                let erasure = Erasure {
                    parts,
                    ..erasure.clone()
                };
                Ok(self.inner.erase(&erasure, by)?)
            }
            _ => Ok(self.inner.erase(erasure, by)?),
        }
    }

    fn erased(&mut self, id: EventId) -> Result<Vec<PartName>, Self::Error> {
        Ok(self.inner.erased(id)?)
    }

    fn kept_parts(&mut self, id: EventId) -> Result<Vec<PartName>, Self::Error> {
        Ok(self.inner.kept_parts(id)?)
    }

    fn unsaid_erasures(&mut self) -> Result<Vec<Event>, Self::Error> {
        Ok(self.inner.unsaid_erasures()?)
    }

    fn rows_after(&mut self, seq: Seq, limit: u32) -> Result<Vec<StoredRow>, Self::Error> {
        let mut rows = self.inner.rows_after(seq, limit)?;
        match self.bug {
            Some(Bug::PageSkipsRow) if rows.len() > 1 => {
                rows.remove(0);
            }
            Some(Bug::PageIsEmpty) if rows.len() > 1 => rows.clear(),
            _ => {}
        }
        Ok(rows)
    }

    fn quarantine(&mut self, held: &Quarantined<'_>, most: u32) -> Result<bool, Self::Error> {
        if self.bug == Some(Bug::QuarantineForgets) {
            return Ok(true);
        }
        Ok(self.inner.quarantine(held, most)?)
    }

    fn held(&mut self, envelope_hash: &Hash) -> Result<Option<Held>, Self::Error> {
        Ok(self.inner.held(envelope_hash)?)
    }

    fn decide(&mut self, envelope_hash: &Hash, decided: &Decided) -> Result<(), Self::Error> {
        let decided = match self.bug {
            Some(Bug::DecidedForgotten) => return Ok(()),
            Some(Bug::VerdictTurned) => Decided {
                verdict: match decided.verdict {
                    Verdict::Adopt => Verdict::Reject,
                    Verdict::Reject => Verdict::Adopt,
                },
                ..*decided
            },
            _ => *decided,
        };
        Ok(self.inner.decide(envelope_hash, &decided)?)
    }

    fn commit(self) -> Result<(), Self::Error> {
        match self.bug {
            Some(Bug::CommitForgets) => return Ok(()),
            Some(Bug::AckBeforeCommit) if self.dies_before => return Ok(()),
            _ => {}
        }
        if self.dies_before {
            return Err(StoreError::Died);
        }
        self.inner.commit()?;
        if self.dies_after {
            Err(StoreError::Died)
        } else {
            Ok(())
        }
    }
}
