//! Sessions: who is logged in on which device, until when. Only hashes of tokens are kept.

use doorstep_domain::account::Contact;
use doorstep_domain::hash::Hash;
use doorstep_domain::id::PersonId;
use doorstep_domain::time::UnixMs;
use rusqlite::params;

use super::device::contact;
use super::{Reader, SqliteTransaction, StoreError, Writer, parse};

/// A session to open.
#[derive(Debug, Clone, Copy)]
pub struct NewSession {
    /// Hash of the token in the phone's cookie.
    pub token_hash: Hash,
    /// Who logged in.
    pub person: PersonId,
    /// On which device.
    pub device: Hash,
    /// When.
    pub now: UnixMs,
    /// When it ends unless it is extended.
    pub expires_at: UnixMs,
}

/// A session that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenSession {
    /// Hash of its token.
    pub token_hash: Hash,
    /// Who is logged in.
    pub person: PersonId,
    /// Log-in name.
    pub login: String,
    /// The name people read.
    pub name: String,
    /// The device it is bound to.
    pub device: Hash,
    /// When it was opened.
    pub opened_at: UnixMs,
    /// When it was last extended.
    pub extended_at: UnixMs,
    /// The password has to be changed before anything else.
    pub password_due: bool,
    /// What the device told last.
    pub contact: Option<Contact>,
}

impl Reader<'_> {
    /// The session with this token's hash, if it holds at `now` and its device is not revoked.
    pub fn session(
        self,
        token_hash: &Hash,
        now: UnixMs,
    ) -> Result<Option<OpenSession>, StoreError> {
        let mut query = self.connection.prepare_cached(
            "SELECT person.id, person.login, person.name, session.device, session.opened_at,
                    session.extended_at, person.one_time_until, device.contact_at, device.build,
                    device.unsent
             FROM session
             JOIN person ON person.id = session.person
             JOIN device ON device.id = session.device AND device.person = session.person
             WHERE session.token_hash = ?1 AND session.expires_at > ?2
               AND device.revoked_at IS NULL",
        )?;
        let mut rows = query.query((token_hash.0, now))?;
        let Some(row) = rows.next()? else {
            return Ok(None);
        };
        Ok(Some(OpenSession {
            token_hash: *token_hash,
            person: parse("a person", &row.get::<_, String>(0)?)?,
            login: row.get(1)?,
            name: row.get(2)?,
            device: Hash(row.get(3)?),
            opened_at: row.get(4)?,
            extended_at: row.get(5)?,
            password_due: row.get::<_, Option<UnixMs>>(6)?.is_some(),
            contact: contact(row, 7)?,
        }))
    }
}

impl SqliteTransaction<'_> {
    /// Opens a session; the device's earlier ones and all that have ended go.
    pub fn open_session(&mut self, session: &NewSession) -> Result<(), StoreError> {
        self.transaction.execute(
            "DELETE FROM session WHERE device = ?1 OR expires_at <= ?2",
            (session.device.0, session.now),
        )?;
        self.transaction.execute(
            "INSERT INTO session (token_hash, person, device, opened_at, extended_at, expires_at)
             VALUES (?1, ?2, ?3, ?4, ?4, ?5)",
            params![
                session.token_hash.0,
                session.person.to_string(),
                session.device.0,
                session.now,
                session.expires_at
            ],
        )?;
        Ok(())
    }
}

impl Writer<'_> {
    /// Lets a session hold until `expires_at`.
    pub fn extend_session(
        &mut self,
        token_hash: &Hash,
        now: UnixMs,
        expires_at: UnixMs,
    ) -> Result<(), StoreError> {
        self.connection.execute(
            "UPDATE session SET extended_at = ?2, expires_at = ?3 WHERE token_hash = ?1",
            (token_hash.0, now, expires_at),
        )?;
        Ok(())
    }

    /// Ends a session.
    pub fn close_session(&mut self, token_hash: &Hash) -> Result<(), StoreError> {
        self.connection
            .execute("DELETE FROM session WHERE token_hash = ?1", [token_hash.0])?;
        Ok(())
    }
}
