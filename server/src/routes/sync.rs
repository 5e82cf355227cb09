//! `POST /api/v1/sync`: the phone's one request. All it means is `domain::sync::accept`; here
//! is who asks, with which keys, on which database.

use std::collections::BTreeMap;

use axum::extract::{Request, State};
use axum::http::Method;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Extension, Json};
use doorstep_domain::account::Contact;
use doorstep_domain::event::{Event, Kind};
use doorstep_domain::hash::Hash;
use doorstep_domain::id::PersonId;
use doorstep_domain::policy::Grant;
use doorstep_domain::sync::accept::{Context, Origin, Signatures, accept};
use doorstep_domain::sync::limits::REQUEST_BYTES;
use doorstep_domain::sync::wire::{ProblemCode, Pushed, SyncReply, SyncRequest};
use doorstep_domain::time::UnixMs;

use super::session::authenticate;
use crate::app::{App, Shared};
use crate::body::read_json;
use crate::error::ApiError;
use crate::everybody::Everybody;
use crate::pace::Class;
use crate::refusals::Items;
use crate::route::{Access, Gives, Route, Takes};
use crate::signature::PublicKey;
use crate::store::{OpenSession, Organisation, Reader};
use crate::zones::Zones;
use crate::{clock, erasing};

pub(super) const ROUTE: Route = Route {
    method: Method::POST,
    path: "/api/v1/sync",
    summary: "Push events and pull what follows the phone's cursors",
    access: Access::LoggedIn,
    pace: Class::Sync,
    names: None,
    asks: &[],
    takes: Takes::json::<SyncRequest>(REQUEST_BYTES),
    gives: Gives::json::<SyncReply>(),
    problems: &[ProblemCode::TooMany, ProblemCode::WrongDevice],
    handler: || post(sync),
};

/// Pushes and pulls.
async fn sync(
    State(app): State<Shared>,
    Extension(open): Extension<OpenSession>,
    request: Request,
) -> Result<Response, ApiError> {
    let asked: SyncRequest = read_json(request, REQUEST_BYTES).await?;
    let reply = app
        .blocking(move |app| answer(app, &open.token_hash, &asked))
        .await?;
    let refused = Items(reply.refused.clone());
    Ok((Extension(refused), Json(reply)).into_response())
}

/// Decides with what holds now, not with what held when the request began to arrive.
fn answer(app: &App, token_hash: &Hash, asked: &SyncRequest) -> Result<SyncReply, ApiError> {
    let now = clock::now();
    let (open, reply) = if asked.push.is_empty() {
        let mut store = app.database.read_store()?;
        let known = Known::read(store.reader(), token_hash, now)?;
        let reply = accept(&known.context(now), asked, &mut store)?;
        (known.open, reply)
    } else {
        let mut writer = app.database.writer();
        let mut known = Known::read(writer.reader(), token_hash, now)?;
        if names_others(asked) {
            known.keys.everybody = Everybody::read(writer.reader())?;
        }
        let reply = accept(&known.context(now), asked, &mut writer)?;
        // A failure answers the push as one; pushed again it is followed again.
        erasing::follow_orders(&mut writer, pushed(asked))?;
        (known.open, reply)
    };
    note_contact(app, &open, asked, &reply, now);
    Ok(reply)
}

/// The events that could be read.
fn pushed(asked: &SyncRequest) -> impl Iterator<Item = &Event> {
    asked.push.iter().filter_map(|pushed| match pushed {
        Pushed::Event(event) => Some(event),
        Pushed::Unreadable(_) => None,
    })
}

/// Keeps what the device told of itself, unless that is known already; a hint for people, so
/// whatever happens to it does not fail the sync.
fn note_contact(
    app: &App,
    open: &OpenSession,
    asked: &SyncRequest,
    reply: &SyncReply,
    now: UnixMs,
) {
    let received = u32::try_from(reply.acks.len()).unwrap_or(u32::MAX);
    let contact = Contact {
        at: now,
        build: asked.build.clone(),
        unsent: asked.unsent.saturating_sub(received),
    };
    let known = open.contact.as_ref().is_some_and(|known| {
        now - known.at < CONTACT_EVERY_MS
            && (&known.build, known.unsent) == (&contact.build, contact.unsent)
    });
    if known {
        return;
    }
    if let Err(error) = app.database.writer().note_contact(&open.device, &contact) {
        tracing::warn!(%error, "a device's contact was not kept");
    }
}

/// A contact that tells nothing new is kept once a minute, so that few requests write.
const CONTACT_EVERY_MS: UnixMs = 60 * 1_000;

/// What the database says about who asks.
struct Known {
    open: OpenSession,
    organisation: Organisation,
    grants: Vec<Grant>,
    keys: Keys,
    zones: Zones,
}

/// The keys enrolled to the session's person and not revoked, and everybody's where it matters.
struct Keys {
    own: BTreeMap<Hash, PublicKey>,
    everybody: Everybody,
}

/// Whether answering takes other people's keys and grants: something is carried, or a decision
/// takes in what somebody else signed.
fn names_others(asked: &SyncRequest) -> bool {
    let decides = |pushed: &Pushed| match pushed {
        Pushed::Event(event) => event.envelope.contains(Kind::QuarantineDecided.as_str()),
        Pushed::Unreadable(_) => false,
    };
    !asked.carried.is_empty() || asked.push.iter().any(decides)
}

impl Known {
    fn read(reader: Reader<'_>, token_hash: &Hash, now: UnixMs) -> Result<Self, ApiError> {
        let open = authenticate(reader, token_hash, now)?;
        let devices = reader.live_devices(open.person)?;
        Ok(Self {
            organisation: reader.organisation()?,
            grants: reader.grants(open.person)?,
            keys: Keys {
                own: devices
                    .into_iter()
                    .map(|device| (device.id, device.key))
                    .collect(),
                everybody: Everybody::default(),
            },
            zones: Zones::of(&reader.sites()?),
            open,
        })
    }

    fn context(&self, now: UnixMs) -> Context<'_> {
        Context {
            organisation: self.organisation.id,
            person: self.open.person,
            device: self.open.device,
            grants: &self.grants,
            now,
            epoch: self.organisation.epoch,
            signatures: &self.keys,
            sites: &self.zones,
        }
    }
}

impl Signatures for Keys {
    fn verify(&self, device: &Hash, message: &[u8], signature: &[u8]) -> bool {
        self.own
            .get(device)
            .is_some_and(|key| key.verifies(message, signature))
    }

    fn origin(&self, author: PersonId, device: &Hash, message: &[u8], signature: &[u8]) -> Origin {
        self.everybody.origin(author, device, message, signature)
    }

    fn grants_of(&self, person: PersonId) -> Vec<Grant> {
        self.everybody.grants_of(person)
    }
}
