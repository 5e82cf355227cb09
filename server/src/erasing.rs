//! Erasing on a director's order or at the end of a term (PIPL 19, 47): what the office has the
//! site's log say, whereupon the store drops the parts; and giving out what is held (PIPL 45).
//! Not which order is a good one.

use std::collections::{BTreeMap, BTreeSet};

use doorstep_domain::account::Site;
use doorstep_domain::erasure::{Erasure, ErasureReply, HouseholdErasure, Order, Reason};
use doorstep_domain::event::{Event, Kind, PartName};
use doorstep_domain::hash::{Hash, to_base64url};
use doorstep_domain::holdings::{EXPORT_FORMAT, Export, Kept, household_of};
use doorstep_domain::id::{EventId, HouseholdId, PersonId, SiteId, SubjectId};
use doorstep_domain::log::LoggedEvent;
use doorstep_domain::photo::named_in;
use doorstep_domain::policy::{Action, may, roles_on};
use doorstep_domain::quarantine::{Decision, Held};
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

    /// What the office says to erase them.
    fn erased(&self, reason: Reason, ordered_by: Option<PersonId>) -> Statement {
        let erasure = Erasure {
            event: self.event,
            parts: self.parts.clone(),
            reason,
            ordered_by,
        };
        Statement::new(self.subject, Kind::BodyErased).with(PartName::Fact, &erasure)
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

    /// All that is given to `household` of what `site` keeps, see [`Export`].
    pub fn export(
        &self,
        reader: Reader<'_>,
        site: Site,
        household: HouseholdId,
    ) -> Result<Export, StoreError> {
        let entries = self.kept().told_to(household);
        let mut people = BTreeMap::new();
        for entry in &entries {
            let account = reader.account(entry.by)?;
            people.extend(account.map(|account| (entry.by, account.name)));
        }
        let ids: BTreeSet<EventId> = entries.iter().map(|entry| entry.event).collect();
        let mut photos = BTreeMap::new();
        for photo in self.photos(&ids) {
            let bytes = reader.photo(&photo)?;
            photos.extend(bytes.map(|bytes| (photo, to_base64url(&bytes))));
        }
        Ok(Export {
            format: EXPORT_FORMAT.to_owned(),
            drafts: reader.drafts_naming(site.id, household)?,
            site,
            household,
            people,
            entries,
            photos,
        })
    }

    /// The photos that these events name.
    fn photos(&self, ids: &BTreeSet<EventId>) -> BTreeSet<Hash> {
        let logged = self.log.iter().map(|row| &row.event);
        let all = logged.chain(self.aside.iter().map(|held| &held.event));
        let theirs = all.filter(|event| {
            let envelope = event.read_envelope();
            envelope.is_ok_and(|envelope| ids.contains(&envelope.id))
        });
        theirs.flat_map(named_in).map(|photo| photo.hash).collect()
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

/// Has the log of `site` say that the targets are erased, in one transaction; when it is committed
/// the bytes are gone. `ordered_by` is there where the reason asks for it. With the household `of`
/// the log says the order itself too, for what phones have and the office does not
/// ([`HouseholdErasure`]), and the copies of drafts that name it go.
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
    let mut statements = Vec::with_capacity(1 + targets.len());
    if let (Some(household), Some(ordered_by)) = (of, ordered_by) {
        let order = HouseholdErasure {
            household,
            reason,
            ordered_by,
        };
        let statement = Statement::new(household, Kind::HouseholdErased);
        statements.push(statement.with(PartName::Fact, &order));
        transaction.drop_drafts_naming(household)?;
    }
    let of_targets = targets.iter();
    statements.extend(of_targets.map(|target| target.erased(reason, ordered_by)));
    office.log(site, statements, &mut transaction)?;
    transaction.commit()?;
    Ok(())
}

/// Erases what `site` holds on `household`, on the order of its director `ordered_by`; with nothing
/// left here the order is given all the same, as phones may hold what is not here.
pub fn erase_household(
    writer: &mut Writer<'_>,
    site: SiteId,
    holding: &Holding,
    household: HouseholdId,
    reason: Reason,
    ordered_by: PersonId,
) -> Result<ErasureReply, OfficeFailure> {
    let targets = holding.targets(&holding.kept().events_on(household));
    let drafts = writer.reader().drafts_naming(site, household)?;
    let (of, by) = (Some(household), Some(ordered_by));
    erase(writer, site, of, &targets, reason, by)?;
    Ok(ErasureReply {
        household,
        events: targets.len() as u64,
        drafts,
    })
}

/// Erases what came after an order on its household and was begun before it, of all that `events`
/// brought: until then its phone had it unsent. What is kept aside is left whole while it waits,
/// as only what is whole can be taken in; `events` then holds the decision.
pub fn follow_orders<'a>(
    writer: &mut Writer<'_>,
    events: impl IntoIterator<Item = &'a Event>,
) -> Result<(), OfficeFailure> {
    let mut brought: BTreeMap<SiteId, BTreeSet<EventId>> = BTreeMap::new();
    for event in events {
        let Ok(envelope) = event.read_envelope() else {
            continue;
        };
        let decision = event.open().ok().and_then(|opened| {
            let decides = envelope.known_kind() == Some(Kind::QuarantineDecided);
            let fact = opened.body::<Decision>(PartName::Fact);
            decides.then_some(fact.ok()??.id)
        });
        let of_site = brought.entry(envelope.site).or_default();
        of_site.insert(decision.unwrap_or(envelope.id));
    }
    for (site, ids) in brought {
        let orders = writer.reader().orders(site)?;
        if orders.is_empty() {
            continue;
        }
        let mut statements = Vec::new();
        for id in ids {
            let found = ordered_away(writer.reader(), site, &orders, id)?;
            statements.extend(found.map(|(order, target)| {
                let HouseholdErasure {
                    reason, ordered_by, ..
                } = order.erasure;
                target.erased(reason, Some(ordered_by))
            }));
        }
        if statements.is_empty() {
            continue;
        }
        let office = Office::now(writer.reader())?;
        let mut transaction = writer.begin(site, Intent::Append)?;
        office.log(site, statements, &mut transaction)?;
        transaction.commit()?;
    }
    Ok(())
}

/// What is left to erase of this event by the latest of `orders` that reaches it.
fn ordered_away(
    reader: Reader<'_>,
    site: SiteId,
    orders: &[Order],
    id: EventId,
) -> Result<Option<(Order, Target)>, StoreError> {
    let logged = reader.logged(site, id)?;
    let mut aside = reader.aside_of(site, id)?;
    if logged.is_none() {
        aside.retain(|held| held.decided.is_some());
    }
    let event = logged.as_ref().or(aside.first().map(|held| &held.event));
    let Some((event, envelope)) = event.and_then(|it| Some((it, it.read_envelope().ok()?))) else {
        return Ok(None);
    };
    let household = match household_of(event, &envelope) {
        Some(household) => Some(household),
        // What was added to a record is about whom the record is.
        None => reader
            .first_of(site, envelope.subject)?
            .and_then(|first| household_of(&first, &first.read_envelope().ok()?)),
    };
    let order = household.and_then(|household| {
        let mut latest = orders.iter().rev();
        latest.find(|order| order.reaches(household, &envelope))
    });
    let aside = aside.iter().map(|held| &held.event);
    let target = Target::of(id, logged.as_ref(), aside, |_| true);
    Ok(order.copied().zip(target))
}
