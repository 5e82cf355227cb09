//! What the office itself writes into the logs, signed by its own key: register imports, and
//! every change of accounts, roles and devices. Not the tables beside the log: those are
//! changed by [`crate::directory`] in the same transaction.

use std::collections::BTreeMap;

use doorstep_domain::account::DeviceKey;
use doorstep_domain::event::{
    ENVELOPE_VERSION, Envelope, Event, Kind, Part, PartName, Salt, canonical, part_hash,
    signing_input,
};
use doorstep_domain::hash::{Hash, to_base64url};
use doorstep_domain::id::{EventId, SiteId, SubjectId};
use doorstep_domain::policy::Role;
use doorstep_domain::sync::accept::{self, OfficeError, Signatures, append_by_office_in};
use doorstep_domain::sync::store::{Intent, SiteTransaction, Store};
use doorstep_domain::sync::wire::Refusal;
use doorstep_domain::time::{SiteTime, UnixMs};
use doorstep_domain::validity::BODY_VERSION;
use serde::Serialize;

use crate::store::{Organisation, Reader, SqliteTransaction, StoreError, Writer};
use crate::zones::Zones;
use crate::{clock, random};

/// The office at one moment: its identity, and the sites there are.
#[derive(Debug)]
pub struct Office {
    /// Who this database belongs to.
    pub organisation: Organisation,
    /// The sites.
    pub zones: Zones,
    /// Server time of everything written here.
    pub now: UnixMs,
}

/// Something the office has to say, before it is signed.
#[derive(Debug)]
pub struct Statement {
    /// The record it is about.
    pub subject: SubjectId,
    /// What happened.
    pub kind: Kind,
    /// Heads of the subject that it follows.
    pub after: Vec<EventId>,
    parts: BTreeMap<PartName, String>,
}

/// Why the office's events were not logged; none of them was.
#[derive(Debug, thiserror::Error)]
pub enum OfficeFailure {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The domain refused one.
    #[error("the log refused event {} ({})", .0.item, .0.code.as_str())]
    Refused(Refusal),
}

impl From<OfficeError<StoreError>> for OfficeFailure {
    fn from(error: OfficeError<StoreError>) -> Self {
        match error {
            OfficeError::Refused(refusal) => Self::Refused(refusal),
            OfficeError::Store(error) => Self::Store(error),
        }
    }
}

impl Statement {
    /// A statement without parts.
    pub fn new(subject: impl Into<SubjectId>, kind: Kind) -> Self {
        Self {
            subject: subject.into(),
            kind,
            after: Vec::new(),
            parts: BTreeMap::new(),
        }
    }

    /// The same with a part more.
    #[must_use]
    pub fn with<T: Serialize>(mut self, name: PartName, body: &T) -> Self {
        self.parts.insert(name, canonical(body));
        self
    }

    /// The same following these heads of its subject.
    #[must_use]
    pub fn after(mut self, heads: Vec<EventId>) -> Self {
        self.after = heads;
        self
    }
}

impl Office {
    /// The office now.
    pub fn now(reader: Reader<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            organisation: reader.organisation()?,
            zones: Zones::of(&reader.sites()?),
            now: clock::now(),
        })
    }

    /// The organisation's own log.
    pub fn own_log(&self) -> SiteId {
        self.organisation.id.into()
    }

    /// Logs all statements on `site`'s log, or none. The caller commits.
    pub fn log(
        &self,
        site: SiteId,
        statements: Vec<Statement>,
        transaction: &mut SqliteTransaction<'_>,
    ) -> Result<(), OfficeFailure> {
        let events: Vec<Event> = statements
            .into_iter()
            .map(|statement| self.sign(site, statement))
            .collect();
        let office = accept::Office {
            organisation: self.organisation.id,
            now: self.now,
            signatures: self,
            sites: &self.zones,
        };
        append_by_office_in(&office, site, &events, transaction)?;
        Ok(())
    }

    fn sign(&self, site: SiteId, statement: Statement) -> Event {
        let parts: BTreeMap<PartName, Part> = statement
            .parts
            .into_iter()
            .map(|(name, body)| {
                (
                    name,
                    Part {
                        salt: Salt(random::bytes()),
                        body,
                    },
                )
            })
            .collect();
        let envelope = Envelope {
            v: ENVELOPE_VERSION,
            id: EventId::mint(clock::id_stamp(), &random::bytes()),
            subject: statement.subject,
            site,
            kind: statement.kind.as_str().to_owned(),
            kv: BODY_VERSION,
            after: statement.after,
            actor: self.organisation.office,
            role: Role::Office,
            device: self.organisation.key.public().device(),
            at: self.time_at(site),
            skew_ms: Some(0),
            skew_age_s: Some(0),
            parts: parts
                .iter()
                .map(|(name, part)| (*name, part_hash(*name, part)))
                .collect(),
            sig: None,
        };
        let signature = self.organisation.key.sign(&signing_input(&envelope));
        envelope.into_event(&signature, parts)
    }

    /// Now on the site's clocks; in UTC for the organisation's log, which lies in no zone.
    fn time_at(&self, site: SiteId) -> SiteTime {
        let local = self
            .zones
            .zone(site)
            .and_then(|zone| clock::at_site(self.now, zone));
        local
            .or_else(|| SiteTime::at(self.now, 0))
            .expect("the server's clock is within the years 0 to 9999")
    }
}

impl Signatures for Office {
    fn verify(&self, device: &Hash, message: &[u8], signature: &[u8]) -> bool {
        let key = self.organisation.key.public();
        *device == key.device() && key.verifies(message, signature)
    }
}

/// Makes the office's key the first device of the organisation's log, if it is not there yet,
/// so that every log can be verified from its first event on.
pub fn introduce(writer: &mut Writer<'_>) -> Result<(), OfficeFailure> {
    let office = Office::now(writer.reader())?;
    if writer.reader().head(office.own_log())?.is_some() {
        return Ok(());
    }
    let mut transaction = writer.begin(office.own_log(), Intent::Append)?;
    // Another program may have been first while this one waited for the lock.
    if transaction.head()?.is_none() {
        let key = office.organisation.key.public();
        let enrolled = DeviceKey {
            person: office.organisation.office,
            device: key.device(),
            key: to_base64url(key.spki()),
        };
        let statement =
            Statement::new(enrolled.person, Kind::DeviceEnrolled).with(PartName::Fact, &enrolled);
        office.log(office.own_log(), vec![statement], &mut transaction)?;
    }
    transaction.commit()?;
    Ok(())
}
