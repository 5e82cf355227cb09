//! The office's own way into the logs: what the command line and the server's jobs write goes
//! through the same checks as what phones push. Not for anything that came over the network.

use core::fmt;

use super::examine::{read, signed};
use super::{Signatures, Sites, offer};
use crate::event::{Event, Kind};
use crate::id::{OrganisationId, SiteId};
use crate::log::Head;
use crate::policy::Role;
use crate::sync::store::{Intent, SiteTransaction, Store};
use crate::sync::wire::{Ack, Refusal, RefusalCode};
use crate::time::UnixMs;

/// What the office's events are judged by.
#[derive(Clone, Copy)]
pub struct Office<'a> {
    /// The company whose logs these are.
    pub organisation: OrganisationId,
    /// Server time.
    pub now: UnixMs,
    /// Knows the office's key.
    pub signatures: &'a dyn Signatures,
    /// The company's sites.
    pub sites: &'a dyn Sites,
}

/// Why the office's events were not logged; none of them was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OfficeError<E> {
    /// One of them was refused; [`Refusal::item`] says which.
    Refused(Refusal),
    /// The database failed.
    Store(E),
}

impl<E> From<E> for OfficeError<E> {
    fn from(error: E) -> Self {
        Self::Store(error)
    }
}

impl<E: fmt::Display> fmt::Display for OfficeError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(refusal) => {
                write!(
                    f,
                    "event {} refused: {}",
                    refusal.item,
                    refusal.code.as_str()
                )
            }
            Self::Store(error) => error.fmt(f),
        }
    }
}

impl<E: fmt::Debug + fmt::Display> core::error::Error for OfficeError<E> {}

/// Appends all of `events` to the log of `site` in one transaction, or none of them. The log of
/// the organisation itself is that of `office.organisation.into()`.
pub fn append_by_office<S: Store>(
    office: &Office<'_>,
    site: SiteId,
    events: &[Event],
    store: &mut S,
) -> Result<Vec<Ack>, OfficeError<S::Error>> {
    let mut transaction = store.begin(site, Intent::Append)?;
    let acks = append_by_office_in(office, site, events, &mut transaction)?;
    transaction.commit()?;
    Ok(acks)
}

/// The same inside a transaction of the caller's, who commits it together with tables of their
/// own, or drops it on an error.
pub fn append_by_office_in<T: SiteTransaction>(
    office: &Office<'_>,
    site: SiteId,
    events: &[Event],
    transaction: &mut T,
) -> Result<Vec<Ack>, OfficeError<T::Error>> {
    let organisations = site == office.organisation.into();
    // The organisation's log lies in no time zone; its times carry whichever offset they were
    // written with.
    let offset_fits = |time| organisations || office.sites.offset_fits(site, time);
    let terms = offer::Terms {
        roles: &[Role::Office],
        signatures: office.signatures,
        genesis: Head::genesis(office.organisation, site),
        now: office.now,
        offset_fits: &offset_fits,
    };
    let mut acks = Vec::with_capacity(events.len());
    for (item, event) in events.iter().enumerate() {
        let candidate = read(item, event)
            .and_then(|candidate| signed(candidate, office.signatures))
            .map_err(OfficeError::Refused)?;
        let of_site = matches!(
            candidate.kind,
            Kind::HouseholdChanged | Kind::BodyErased | Kind::HouseholdErased
        );
        let belongs = candidate.site() == site && of_site != organisations;
        if !(belongs && (organisations || office.sites.exists(site))) {
            let refusal = candidate.refusal(RefusalCode::WrongSubject);
            return Err(OfficeError::Refused(refusal));
        }
        let ack = offer::offer(&terms, &candidate, transaction)?.map_err(OfficeError::Refused)?;
        acks.push(ack);
    }
    Ok(acks)
}
