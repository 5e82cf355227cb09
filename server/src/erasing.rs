//! Erasing on a director's order or at the end of a term (PIPL 19, 47): what the office has the
//! site's log say, whereupon the store drops the parts. Not which order is a good one.

use std::collections::{BTreeMap, BTreeSet};

use doorstep_domain::erasure::{Erasure, Reason};
use doorstep_domain::event::{Event, Kind, PartName};
use doorstep_domain::holdings::Kept;
use doorstep_domain::id::{EventId, HouseholdId, PersonId, SiteId, SubjectId};
use doorstep_domain::log::LoggedEvent;
use doorstep_domain::policy::{Action, may, roles_on};
use doorstep_domain::quarantine::Held;
use doorstep_domain::sync::store::{Intent, SiteTransaction, Store};

use crate::office::{Office, OfficeFailure, Statement};
use crate::store::{Account, Reader, StoreError, Writer};

/// Parts of an event that are to go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The event.
    pub event: EventId,
    /// The record it belongs to; its own id where it is only kept aside.
    pub subject: SubjectId,
    /// The parts, sorted; never none.
    pub parts: Vec<PartName>,
}

impl Target {
    /// Of the event `id`, as it is `logged` and kept `aside`, those of its erasable parts that are
    /// here and that `goes` names; `None` when there are none.
    pub fn of<'a>(
        id: EventId,
        logged: Option<&'a Event>,
        aside: impl IntoIterator<Item = &'a Event>,
        goes: impl Fn(PartName) -> bool,
    ) -> Option<Self> {
        let subject = match logged {
            Some(event) => event.read_envelope().ok()?.subject,
            None => id.into(),
        };
        let here = |event: &'a Event| {
            let names = event.parts.keys().copied();
            names.filter(|name| *name != PartName::Fact && event.part(*name).is_some())
        };
        let parts = logged.into_iter().chain(aside).flat_map(here);
        let parts: BTreeSet<PartName> = parts.filter(|name| goes(*name)).collect();
        (!parts.is_empty()).then_some(Self {
            event: id,
            subject,
            parts: parts.into_iter().collect(),
        })
    }
}

/// All that a site keeps, read at one moment.
#[derive(Debug)]
pub struct Holding {
    log: Vec<LoggedEvent>,
    aside: Vec<Held>,
}

impl Holding {
    /// What `site` keeps.
    pub fn of(reader: Reader<'_>, site: SiteId) -> Result<Self, StoreError> {
        let mut log = Vec::new();
        reader.each_row(site, |_, row| {
            log.push(row?.logged);
            Ok::<_, StoreError>(())
        })?;
        let aside = reader.kept_aside(site)?;
        Ok(Self { log, aside })
    }

    /// The same for the rules.
    pub fn kept(&self) -> Kept<'_> {
        Kept {
            log: &self.log,
            aside: &self.aside,
        }
    }

    /// What is left to erase of these events, all erasable parts of each.
    pub fn targets(&self, ids: &BTreeSet<EventId>) -> Vec<Target> {
        let mut logged: BTreeMap<EventId, &Event> = BTreeMap::new();
        for row in &self.log {
            if let Ok(envelope) = row.event.read_envelope() {
                logged.insert(envelope.id, &row.event);
            }
        }
        let target = |id: &EventId| {
            let aside = self.aside.iter().filter(|held| held.id == *id);
            let aside = aside.map(|held| &held.event);
            Target::of(*id, logged.get(id).copied(), aside, |_| true)
        };
        ids.iter().filter_map(target).collect()
    }
}

/// Whether the holder of this account may order an erasure on `site` now: its director.
pub fn may_order(
    reader: Reader<'_>,
    account: &Account,
    site: SiteId,
    now: i64,
) -> Result<bool, StoreError> {
    let roles = roles_on(&reader.grants(account.person)?, site, now);
    Ok(roles.into_iter().any(|role| may(role, Action::EraseParts)))
}

/// Has the log of `site` say that the targets are erased, in one transaction, with which the
/// drafts that name the household `of` go; when it is committed the bytes are gone. `ordered_by` is
/// there where the reason asks for it.
pub fn erase(
    writer: &mut Writer<'_>,
    site: SiteId,
    of: Option<HouseholdId>,
    targets: &[Target],
    reason: Reason,
    ordered_by: Option<PersonId>,
) -> Result<(), OfficeFailure> {
    let office = Office::now(writer.reader())?;
    let mut transaction = writer.begin(site, Intent::Append)?;
    let statements = targets.iter().map(|target| {
        let erasure = Erasure {
            event: target.event,
            parts: target.parts.clone(),
            reason,
            ordered_by,
        };
        Statement::new(target.subject, Kind::BodyErased).with(PartName::Fact, &erasure)
    });
    office.log(site, statements.collect(), &mut transaction)?;
    if let Some(household) = of {
        transaction.drop_drafts_naming(household)?;
    }
    transaction.commit()?;
    Ok(())
}
