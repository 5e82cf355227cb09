//! Finishing an event: signed first, then kept in one transaction with the end of its draft, then
//! handed to sending. Not what an event says; its page makes the bodies with the domain.

use std::collections::BTreeMap;

use doorstep_domain::event::{
    AFTER_MAX, ENVELOPE_VERSION, Envelope, Event, Kind, Part, PartName, Salt, part_hash,
    signing_input,
};
use doorstep_domain::hash::sha256;
use doorstep_domain::id::{EventId, SiteId, SubjectId};
use doorstep_domain::policy::Role;
use doorstep_domain::validity::BODY_VERSION;

use super::phone::{Opened, Phone};
use crate::browser::broadcast::News;
use crate::browser::store::{DraftConflict, StoreError};
use crate::browser::{clock, crypto, random};

/// What is to be made an event of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEvent {
    /// What happened.
    pub kind: Kind,
    /// The record it is about.
    pub subject: SubjectId,
    /// The site whose log it belongs to.
    pub site: SiteId,
    /// In which role the person acts ([`super::session::SessionState::role_for`]).
    pub role: Role,
    /// The canonical text of each part (`FinishedVisit::bodies`, or `canonical(&body)`).
    pub bodies: Vec<(PartName, String)>,
    /// The draft it was made from and the revision of it; the draft ends with it. `None` without
    /// draft. Where its id is not the record's, the event takes it ([`Correcting`]).
    ///
    /// [`Correcting`]: doorstep_domain::correction::Correcting
    pub draft: Option<(SubjectId, u64)>,
}

/// Why an event was not finished. Nothing was kept or sent, the draft is as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum QueueError {
    /// Nobody is logged in any more.
    NobodyHere,
    /// The browser did not sign.
    NoCrypto,
    /// The draft was changed or finished in another tab.
    Draft(DraftConflict),
    /// It could not be kept.
    Store(StoreError),
}

impl Phone {
    /// Makes an event of `new`, signs it, keeps it in the outbox (ending its draft in the same
    /// transaction) and sends it when there is a network. When this returns `Ok`, the event
    /// survives whatever happens to the browser, and [`super::sites::SiteStates`] shows it.
    pub async fn queue_event(self, new: NewEvent) -> Result<EventId, QueueError> {
        self.entrance.whole().await;
        let opened = self.opened().ok_or(QueueError::NobodyHere)?;
        let (id, event) = self.sign(&opened, &new).await?;
        let finished = opened.store.finish(id, &event, new.draft).await;
        self.trouble
            .note(finished)
            .map_err(QueueError::Store)?
            .map_err(QueueError::Draft)?;
        if let Some((draft, _)) = new.draft {
            self.drafts.forget(draft);
            self.tell(News::Drafts);
        }
        self.sites.apply_own(new.site, &event);
        opened.driver.queued(event);
        self.tell(News::Records);
        Ok(id)
    }

    /// The signed event. ECDSA is randomised and takes its time, so this comes before any
    /// transaction; the bytes made here are the ones kept and sent.
    async fn sign(self, opened: &Opened, new: &NewEvent) -> Result<(EventId, Event), QueueError> {
        let session = self.session.get_untracked().ok_or(QueueError::NobodyHere)?;
        let site = session.sites.iter().find(|site| site.id == new.site);
        let zone = site.map_or("UTC", |site| site.zone.as_str());
        let now = clock::now_ms();
        let id = match new.draft {
            Some((draft, _)) if draft != new.subject => draft.into(),
            _ => EventId::mint(now.cast_unsigned(), &random::bytes()),
        };
        let parts: BTreeMap<PartName, Part> = new
            .bodies
            .iter()
            .map(|(name, body)| {
                (
                    *name,
                    Part {
                        salt: Salt(random::bytes()),
                        body: body.clone(),
                    },
                )
            })
            .collect();
        let mut after = self.sites.heads(new.site, new.subject);
        after.drain(..after.len().saturating_sub(AFTER_MAX));
        let contact = self.contact();
        let envelope = Envelope {
            v: ENVELOPE_VERSION,
            id,
            subject: new.subject,
            site: new.site,
            kind: new.kind.as_str().to_owned(),
            kv: BODY_VERSION,
            after,
            actor: session.person,
            role: new.role,
            device: sha256(&opened.key.spki),
            at: clock::in_zone(zone, now),
            skew_ms: contact.map(|contact| contact.skew_ms),
            skew_age_s: contact.map(|contact| age_s(now, contact.at)),
            parts: parts
                .iter()
                .map(|(name, part)| (*name, part_hash(*name, part)))
                .collect(),
            sig: None,
        };
        let signature = crypto::sign(&opened.key, &signing_input(&envelope)).await;
        let signature = signature.map_err(|_| QueueError::NoCrypto)?;
        Ok((id, envelope.into_event(&signature, parts)))
    }
}

/// Whole seconds from `then` to `now`; 0 when the clock was set back in between.
fn age_s(now: i64, then: i64) -> u32 {
    u32::try_from((now - then).max(0) / 1_000).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_skews_age_is_never_negative() {
        assert_eq!(age_s(5_999, 1_000), 4);
        assert_eq!(age_s(1_000, 5_000), 0);
        assert_eq!(age_s(i64::MAX, 0), u32::MAX);
    }
}
