//! What a database is drawn with once: the organisation, the office's identity and keys, the
//! epoch. Not settings, which are the command line's.

use doorstep_domain::id::{OrganisationId, PersonId};
use doorstep_domain::sync::wire::Epoch;
use rusqlite::{Connection, OptionalExtension, TransactionBehavior};

use super::{Reader, StoreError, parse};
use crate::escrow::EscrowKey;
use crate::random;
use crate::signature::SigningKey;

/// Who this database belongs to.
#[derive(Debug)]
pub struct Organisation {
    /// The property company, in every genesis hash.
    pub id: OrganisationId,
    /// The actor of what the command line and the server's own jobs write.
    pub office: PersonId,
    /// The key that signs it.
    pub key: SigningKey,
    /// Drawn with the database.
    pub epoch: Epoch,
}

const ESCROW_KEY: &str = "escrow_key";

/// Draws the organisation's identity if the database has none yet, all of it at once.
pub(super) fn ensure(connection: &mut Connection, now: u64) -> Result<(), StoreError> {
    // The escrow key is younger than some databases.
    if find(connection, ESCROW_KEY)?.is_some() {
        return Ok(());
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Another program may have been first while this one waited for the lock.
    if find(&transaction, ESCROW_KEY)?.is_none() {
        insert(&transaction, ESCROW_KEY, &EscrowKey::draw())?;
    }
    if find(&transaction, "organisation")?.is_none() {
        let organisation = OrganisationId::mint(now, &random::bytes());
        let office = PersonId::mint(now, &random::bytes());
        let epoch = Epoch::from_be_bytes(random::bytes());
        insert(
            &transaction,
            "organisation",
            organisation.to_string().as_bytes(),
        )?;
        insert(&transaction, "office", office.to_string().as_bytes())?;
        insert(&transaction, "office_key", &SigningKey::draw())?;
        insert(&transaction, "epoch", &epoch.to_be_bytes())?;
    }
    transaction.commit()?;
    Ok(())
}

impl Reader<'_> {
    /// Who this database belongs to.
    pub fn organisation(self) -> Result<Organisation, StoreError> {
        let value = |key: &str| {
            find(self.connection, key)?.ok_or_else(|| corrupt(&format!("no meta value `{key}`")))
        };
        let text = |key: &str| {
            String::from_utf8(value(key)?).map_err(|_| corrupt(&format!("a meta value `{key}`")))
        };
        let epoch = value("epoch")?
            .try_into()
            .map_err(|_| corrupt("an epoch"))?;
        Ok(Organisation {
            id: parse("an organisation", &text("organisation")?)?,
            office: parse("a person", &text("office")?)?,
            key: SigningKey::read(&value("office_key")?).ok_or_else(|| corrupt("an office key"))?,
            epoch: Epoch::from_be_bytes(epoch),
        })
    }

    /// The key that opens phones' data keys.
    pub fn escrow_key(self) -> Result<EscrowKey, StoreError> {
        let stored = find(self.connection, ESCROW_KEY)?;
        let key = stored.as_deref().and_then(EscrowKey::read);
        key.ok_or_else(|| corrupt("an escrow key"))
    }
}

fn corrupt(what: &str) -> StoreError {
    StoreError::Corrupt {
        what: what.to_owned(),
    }
}

fn find(connection: &Connection, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
    let mut query = connection.prepare_cached("SELECT value FROM meta WHERE key = ?1")?;
    Ok(query.query_row([key], |row| row.get(0)).optional()?)
}

fn insert(connection: &Connection, key: &str, value: &[u8]) -> Result<(), StoreError> {
    connection.execute(
        "INSERT INTO meta (key, value) VALUES (?1, ?2)",
        (key, value),
    )?;
    Ok(())
}
