//! Photos: their bytes, piece by piece, and which records name them. One that no record names is
//! dropped after a while; one goes with the last content that names it.

use doorstep_domain::event::{Event, Kind, PartName};
use doorstep_domain::hash::Hash;
use doorstep_domain::id::{EventId, PersonId, SiteId};
use doorstep_domain::photo::{Photo, named_in};
use doorstep_domain::time::UnixMs;
use rusqlite::{OptionalExtension, params};

use super::log::read_kind;
use super::{Reader, SqliteTransaction, StoreError, Writer, parse};

/// A photo as far as it has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArrivingPhoto {
    /// How many bytes it has.
    pub size: u32,
    /// How many of them are here.
    pub held: u32,
    /// Who sends it.
    pub person: PersonId,
}

/// What is known of a photo's being named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NamedBy {
    /// A record of this site's log: the event's kind, and who began the record.
    Logged(SiteId, Kind, PersonId),
    /// Only an event that is kept aside on this site.
    Aside(SiteId),
}

/// A photo with all that is kept of it, for holding one against the other.
#[derive(Debug, Clone)]
pub struct CheckedPhoto {
    /// The name it is kept under.
    pub hash: Hash,
    /// How many bytes it is said to have.
    pub size: i64,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Whether it is noted as named by a record: 0 or 1.
    pub named: i64,
    /// Whether the table of names has it.
    pub has_name: bool,
}

impl ArrivingPhoto {
    /// Whether all of it is here.
    pub fn is_whole(&self) -> bool {
        self.held == self.size
    }
}

impl Reader<'_> {
    /// How far a photo has come; `None` when nothing of it is here.
    pub fn arriving_photo(self, hash: &Hash) -> Result<Option<ArrivingPhoto>, StoreError> {
        let mut query = self
            .connection
            .prepare_cached("SELECT size, length(bytes), person FROM photo WHERE hash = ?1")?;
        let mut rows = query.query([hash.0])?;
        let Some(row) = rows.next()? else {
            return Ok(None);
        };
        Ok(Some(ArrivingPhoto {
            size: row.get(0)?,
            held: row.get(1)?,
            person: parse("a person", &row.get::<_, String>(2)?)?,
        }))
    }

    /// A photo of which everything is here.
    pub fn photo(self, hash: &Hash) -> Result<Option<Vec<u8>>, StoreError> {
        let mut query = self
            .connection
            .prepare_cached("SELECT bytes FROM photo WHERE hash = ?1 AND length(bytes) = size")?;
        let bytes = query.query_row([hash.0], |row| row.get(0));
        Ok(bytes.optional()?)
    }

    /// What is here of a photo, all of it or not.
    pub fn begun_photo(self, hash: &Hash) -> Result<Vec<u8>, StoreError> {
        let mut query = self
            .connection
            .prepare_cached("SELECT bytes FROM photo WHERE hash = ?1")?;
        Ok(query.query_row([hash.0], |row| row.get(0))?)
    }

    /// What names a photo.
    pub fn photo_named_by(self, hash: &Hash) -> Result<Vec<NamedBy>, StoreError> {
        // What is kept aside may have the id of an event that is logged and names others.
        let mut query = self.connection.prepare_cached(
            "SELECT photo_name.site, named.kind, named.author
             FROM photo_name LEFT JOIN (
                 SELECT event.site, event.id, event.kind, part.body,
                        (SELECT first.actor FROM event AS first
                         WHERE first.site = event.site AND first.subject = event.subject
                         ORDER BY first.seq LIMIT 1) AS author
                 FROM event JOIN part
                   ON part.site = event.site AND part.seq = event.seq AND part.name = 'content'
             ) AS named
               ON named.site = photo_name.site AND named.id = photo_name.event
              AND instr(named.body, ?2) > 0
             WHERE photo_name.hash = ?1",
        )?;
        let mut rows = query.query((hash.0, hash.to_string()))?;
        let mut named = Vec::new();
        while let Some(row) = rows.next()? {
            let site = parse("a site", &row.get::<_, String>(0)?)?;
            let logged: (Option<String>, Option<String>) = (row.get(1)?, row.get(2)?);
            named.push(match logged {
                (Some(kind), Some(author)) => {
                    NamedBy::Logged(site, read_kind(&kind)?, parse("an actor", &author)?)
                }
                _ => NamedBy::Aside(site),
            });
        }
        Ok(named)
    }

    /// How many photos this person has sent, in whole or in part, that no record names.
    pub fn unnamed_photos(self, person: PersonId) -> Result<usize, StoreError> {
        let mut query = self
            .connection
            .prepare_cached("SELECT count(*) FROM photo WHERE named = 0 AND person = ?1")?;
        let count: i64 = query.query_row([person.to_string()], |row| row.get(0))?;
        Ok(usize::try_from(count).unwrap_or(usize::MAX))
    }

    /// Calls `each` with every photo, one at a time.
    pub fn each_photo<E: From<StoreError>>(
        self,
        mut each: impl FnMut(Result<CheckedPhoto, StoreError>) -> Result<(), E>,
    ) -> Result<(), E> {
        let sql = |error: rusqlite::Error| E::from(StoreError::from(error));
        let mut query = self
            .connection
            .prepare(
                "SELECT hash, size, bytes, named,
                        EXISTS (SELECT 1 FROM photo_name WHERE photo_name.hash = photo.hash)
                 FROM photo ORDER BY hash",
            )
            .map_err(sql)?;
        let mut rows = query.query([]).map_err(sql)?;
        while let Some(row) = rows.next().map_err(sql)? {
            let read = || {
                Ok(CheckedPhoto {
                    hash: Hash(row.get(0)?),
                    size: row.get(1)?,
                    bytes: row.get(2)?,
                    named: row.get(3)?,
                    has_name: row.get(4)?,
                })
            };
            each(read())?;
        }
        Ok(())
    }

    /// All names of photos on a site: the photo, and the id of the event.
    pub fn photo_names(self, site: SiteId) -> Result<Vec<(Hash, String)>, StoreError> {
        let mut query = self.connection.prepare_cached(
            "SELECT hash, event FROM photo_name WHERE site = ?1 ORDER BY event, hash",
        )?;
        let rows = query.query_map([site.to_string()], |row| {
            Ok((Hash(row.get(0)?), row.get(1)?))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The sites on which photos are named, as they are written.
    pub fn photo_sites(self) -> Result<Vec<String>, StoreError> {
        let mut query = self
            .connection
            .prepare_cached("SELECT DISTINCT site FROM photo_name ORDER BY site")?;
        let rows = query.query_map([], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl Writer<'_> {
    /// Keeps the first piece of a photo of `size` bytes, in place of what another began of it, and
    /// drops what was begun before `before` and is named by no record.
    pub fn begin_photo(
        &mut self,
        hash: &Hash,
        size: u32,
        piece: &[u8],
        person: PersonId,
        now: UnixMs,
        before: UnixMs,
    ) -> Result<(), StoreError> {
        let transaction = self.connection.transaction()?;
        transaction.execute(
            "DELETE FROM photo WHERE named = 0 AND begun_at < ?1",
            [before],
        )?;
        transaction.execute(
            "INSERT INTO photo (hash, size, bytes, person, begun_at, named)
             VALUES (?1, ?2, ?3, ?4, ?5, EXISTS (SELECT 1 FROM photo_name WHERE hash = ?1))
             ON CONFLICT (hash) DO UPDATE SET size = excluded.size, bytes = excluded.bytes,
                 person = excluded.person, begun_at = excluded.begun_at",
            params![hash.0, size, piece, person.to_string(), now],
        )?;
        transaction.commit()?;
        Ok(())
    }

    /// Keeps the next piece of a photo.
    pub fn continue_photo(&mut self, hash: &Hash, piece: &[u8]) -> Result<(), StoreError> {
        self.connection.execute(
            "UPDATE photo SET bytes = CAST(bytes || ?2 AS BLOB) WHERE hash = ?1",
            params![hash.0, piece],
        )?;
        Ok(())
    }

    /// Drops what is here of a photo: it is not what its name says.
    pub fn drop_photo(&mut self, hash: &Hash) -> Result<(), StoreError> {
        self.connection
            .execute("DELETE FROM photo WHERE hash = ?1", [hash.0])?;
        Ok(())
    }
}

impl SqliteTransaction<'_> {
    /// Notes the photos that an event names as it came. Those of a content that was `erased` before
    /// are dropped instead, unless another event names them.
    pub(super) fn name_photos(
        &self,
        id: EventId,
        event: &Event,
        erased: &[PartName],
    ) -> Result<(), StoreError> {
        let photos = named_in(event);
        if erased.contains(&PartName::Content) {
            return self.drop_unnamed(photos.iter().map(|photo| photo.hash));
        }
        for Photo { hash, .. } in photos {
            self.transaction.execute(
                "INSERT INTO photo_name (hash, site, event) VALUES (?1, ?2, ?3)
                 ON CONFLICT DO NOTHING",
                (hash.0, self.site().to_string(), id.to_string()),
            )?;
            self.transaction
                .execute("UPDATE photo SET named = 1 WHERE hash = ?1", [hash.0])?;
        }
        Ok(())
    }

    /// The content of this event is erased: so are the photos that no other names.
    pub(super) fn erase_photos(&self, id: EventId) -> Result<(), StoreError> {
        let key = (self.site().to_string(), id.to_string());
        let mut query = self.transaction.prepare_cached(
            "DELETE FROM photo_name WHERE site = ?1 AND event = ?2 RETURNING hash",
        )?;
        let hashes = query.query_map(key, |row| Ok(Hash(row.get(0)?)))?;
        let hashes: Vec<Hash> = hashes.collect::<Result<_, _>>()?;
        self.drop_unnamed(hashes)
    }

    fn drop_unnamed(&self, hashes: impl IntoIterator<Item = Hash>) -> Result<(), StoreError> {
        let mut query = self.transaction.prepare_cached(
            "DELETE FROM photo WHERE hash = ?1
               AND NOT EXISTS (SELECT 1 FROM photo_name WHERE hash = ?1)",
        )?;
        for hash in hashes {
            query.execute([hash.0])?;
        }
        Ok(())
    }
}
