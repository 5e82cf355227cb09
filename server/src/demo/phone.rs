//! A demo person's phone: enrols a key, signs events, has them accepted as if they had been
//! pushed.

use std::collections::BTreeMap;

use doorstep_domain::account::Site;
use doorstep_domain::event::{
    ENVELOPE_VERSION, Envelope, Event, Kind, Part, PartName, Salt, canonical, part_hash,
    signing_input,
};
use doorstep_domain::hash::{Hash, sha256};
use doorstep_domain::id::{EventId, SubjectId};
use doorstep_domain::policy::Grant;
use doorstep_domain::sync::accept::{Context, Failure, Signatures, accept};
use doorstep_domain::sync::store::{Intent, SiteTransaction, Store};
use doorstep_domain::sync::wire::{Pushed, SyncRequest};
use doorstep_domain::time::SiteTime;
use doorstep_domain::validity::BODY_VERSION;
use serde::Serialize;

use super::{DemoError, Person};
use crate::directory::enrol;
use crate::office::Office;
use crate::signature::SigningKey;
use crate::store::{Account, StoreError, Writer};
use crate::{clock, random};

/// What people call the device.
const LABEL: &str = "演示手机";

/// The phone.
pub(super) struct Phone {
    /// Whose it is.
    pub(super) account: Account,
    /// The person, as the demo tells it.
    pub(super) person: Person,
    grants: Vec<Grant>,
    key: SigningKey,
    site: Site,
}

/// What is written into an event.
pub(super) struct Note {
    pub(super) kind: Kind,
    pub(super) subject: SubjectId,
    pub(super) after: Vec<EventId>,
    pub(super) at: SiteTime,
    pub(super) parts: Vec<(PartName, String)>,
}

impl Note {
    /// A note of two parts, as all additions to a record are.
    pub(super) fn addition(
        kind: Kind,
        subject: SubjectId,
        on: EventId,
        at: SiteTime,
        fact: &impl Serialize,
        words: &impl Serialize,
    ) -> Self {
        let parts = vec![
            (PartName::Fact, canonical(fact)),
            (PartName::Content, canonical(words)),
        ];
        Self {
            kind,
            subject,
            after: vec![on],
            at,
            parts,
        }
    }
}

impl Phone {
    /// Draws a key for a person of the demo and enrols it. Its private half is gone with the
    /// phone.
    pub(super) fn enrol(
        writer: &mut Writer<'_>,
        person: Person,
        site: &Site,
    ) -> Result<Self, DemoError> {
        let missing = || StoreError::Corrupt {
            what: "a demo without its people".to_owned(),
        };
        let account = writer
            .reader()
            .account_by_login(person.login)?
            .ok_or_else(missing)?;
        let grants = writer.reader().grants(account.person)?;
        let key = SigningKey::read(&SigningKey::draw()).ok_or_else(missing)?;
        let office = Office::now(writer.reader())?;
        let mut transaction = writer.begin(office.own_log(), Intent::Append)?;
        enrol(
            &office,
            account.person,
            key.public(),
            LABEL,
            &mut transaction,
        )?;
        transaction.commit()?;
        Ok(Self {
            account,
            person,
            grants,
            key,
            site: site.clone(),
        })
    }

    /// The signed event.
    pub(super) fn write(&self, note: Note) -> (EventId, Event) {
        let parts: BTreeMap<PartName, Part> = note
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
        let stamp = u64::try_from(note.at.unix_ms()).unwrap_or(0);
        let id = EventId::mint(stamp, &random::bytes());
        let envelope = Envelope {
            v: ENVELOPE_VERSION,
            id,
            subject: note.subject,
            site: self.site.id,
            kind: note.kind.as_str().to_owned(),
            kv: BODY_VERSION,
            after: note.after,
            actor: self.account.person,
            role: self.person.role,
            device: self.key.public().device(),
            at: note.at,
            skew_ms: Some(0),
            skew_age_s: Some(0),
            parts: parts
                .iter()
                .map(|(name, part)| (*name, part_hash(*name, part)))
                .collect(),
            sig: None,
        };
        let signature = self.key.sign(&signing_input(&envelope));
        (id, envelope.into_event(&signature, parts))
    }

    /// Has the office keep a photo, as if it had been sent.
    pub(super) fn send_photo(
        &self,
        writer: &mut Writer<'_>,
        bytes: &[u8],
    ) -> Result<(), DemoError> {
        let (person, now) = (self.account.person, clock::now());
        let size = u32::try_from(bytes.len()).map_err(|_| DemoError::Clock)?;
        writer.begin_photo(&sha256(bytes), size, bytes, person, now, 0)?;
        Ok(())
    }

    /// Pushes events; all must be accepted.
    pub(super) fn push(
        &self,
        writer: &mut Writer<'_>,
        events: Vec<Event>,
    ) -> Result<(), DemoError> {
        let office = Office::now(writer.reader())?;
        let device = self.key.public().device();
        let context = Context {
            organisation: office.organisation.id,
            person: self.account.person,
            device,
            grants: &self.grants,
            now: clock::now(),
            epoch: office.organisation.epoch,
            signatures: &OwnKey(&self.key),
            sites: &office.zones,
        };
        let request = SyncRequest {
            device,
            build: env!("CARGO_PKG_VERSION").to_owned(),
            epoch: None,
            cursors: BTreeMap::new(),
            scope: BTreeMap::new(),
            unsent: 0,
            push: events.into_iter().map(Pushed::Event).collect(),
            carried: Vec::new(),
            limit: 1,
        };
        let reply = accept(&context, &request, writer).map_err(|failure| match failure {
            Failure::Store(error) => DemoError::from(error),
            Failure::Refused(problem) => DemoError::Request(problem.code),
        })?;
        match reply.refused.first() {
            Some(refusal) => Err(DemoError::Refused(refusal.code)),
            None => Ok(()),
        }
    }
}

struct OwnKey<'a>(&'a SigningKey);

impl Signatures for OwnKey<'_> {
    fn verify(&self, device: &Hash, message: &[u8], signature: &[u8]) -> bool {
        let key = self.0.public();
        *device == key.device() && key.verifies(message, signature)
    }
}
