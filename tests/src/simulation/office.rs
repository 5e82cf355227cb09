//! The server: the accept core over a memory store that can die at any commit, be copied and be
//! restored. Not HTTP.

use doorstep_domain::id::SiteId;
use doorstep_domain::sync::accept::{Context, Failure, accept};
use doorstep_domain::sync::memory::{MemoryError, MemoryStore, MemoryTransaction};
use doorstep_domain::sync::store::{
    Found, Intent, NewRow, Quarantined, SiteTransaction, Store, StoredRow, SubjectSummary,
};
use doorstep_domain::sync::wire::{Problem, SyncReply, SyncRequest};

/// When the server dies while it answers a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Death {
    /// Before the commit after this many, which is lost.
    BeforeCommit(u32),
    /// After it, before anybody is told.
    AfterCommit(u32),
}

/// What came of a request at the server.
pub(super) enum Answer {
    Reply(SyncReply),
    Problem(Problem),
    Died,
}

/// A store that dies when told to.
pub(super) struct Mortal<'a> {
    store: &'a mut MemoryStore,
    death: Option<Death>,
    commits: u32,
}

/// A transaction of it.
pub(super) struct MortalTransaction<'a> {
    inner: MemoryTransaction<'a>,
    dies_before: bool,
    dies_after: bool,
}

/// The store is gone, or refused a write that nothing should ask of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum StoreError {
    Died,
    Memory(MemoryError),
}

impl From<MemoryError> for StoreError {
    fn from(error: MemoryError) -> Self {
        Self::Memory(error)
    }
}

/// Answers a request, or dies over it.
pub(super) fn answer(
    context: &Context<'_>,
    request: &SyncRequest,
    store: &mut MemoryStore,
    death: Option<Death>,
) -> Result<Answer, String> {
    let mut mortal = Mortal {
        store,
        death,
        commits: 0,
    };
    match accept(context, request, &mut mortal) {
        Ok(reply) => Ok(Answer::Reply(reply)),
        Err(Failure::Refused(problem)) => Ok(Answer::Problem(problem)),
        Err(Failure::Store(StoreError::Died)) => Ok(Answer::Died),
        Err(Failure::Store(StoreError::Memory(error))) => {
            Err(format!("the accept core misused its store: {error}"))
        }
    }
}

impl Store for Mortal<'_> {
    type Error = StoreError;
    type Transaction<'t>
        = MortalTransaction<'t>
    where
        Self: 't;

    fn begin(&mut self, site: SiteId, intent: Intent) -> Result<MortalTransaction<'_>, StoreError> {
        let here = |death: fn(u32) -> Death| self.death == Some(death(self.commits));
        let (dies_before, dies_after) = (here(Death::BeforeCommit), here(Death::AfterCommit));
        self.commits += 1;
        Ok(MortalTransaction {
            inner: self.store.begin(site, intent)?,
            dies_before,
            dies_after,
        })
    }
}

impl SiteTransaction for MortalTransaction<'_> {
    type Error = StoreError;

    fn head(&mut self) -> Result<Option<doorstep_domain::log::Head>, StoreError> {
        Ok(self.inner.head()?)
    }

    fn hash_at(&mut self, seq: u64) -> Result<Option<doorstep_domain::hash::Hash>, StoreError> {
        Ok(self.inner.hash_at(seq)?)
    }

    fn find(&mut self, id: doorstep_domain::id::EventId) -> Result<Option<Found>, StoreError> {
        Ok(self.inner.find(id)?)
    }

    fn subject(
        &mut self,
        subject: doorstep_domain::id::SubjectId,
    ) -> Result<Option<SubjectSummary>, StoreError> {
        Ok(self.inner.subject(subject)?)
    }

    fn append(&mut self, row: &NewRow<'_>) -> Result<(), StoreError> {
        Ok(self.inner.append(row)?)
    }

    fn rows_after(&mut self, seq: u64, limit: u32) -> Result<Vec<StoredRow>, StoreError> {
        Ok(self.inner.rows_after(seq, limit)?)
    }

    fn quarantine(&mut self, held: &Quarantined<'_>, most: u32) -> Result<bool, StoreError> {
        Ok(self.inner.quarantine(held, most)?)
    }

    fn held(
        &mut self,
        envelope_hash: &doorstep_domain::hash::Hash,
    ) -> Result<Option<doorstep_domain::quarantine::Held>, StoreError> {
        Ok(self.inner.held(envelope_hash)?)
    }

    fn decide(
        &mut self,
        envelope_hash: &doorstep_domain::hash::Hash,
        decided: &doorstep_domain::quarantine::Decided,
    ) -> Result<(), StoreError> {
        Ok(self.inner.decide(envelope_hash, decided)?)
    }

    fn commit(self) -> Result<(), StoreError> {
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
