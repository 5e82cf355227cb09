//! `POST /api/v1/sync`: the phone's one request. All it means is `domain::sync::accept`; here
//! is who asks, with which keys, on which database.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Request, State};
use axum::http::HeaderValue;
use axum::http::header::SET_COOKIE;
use axum::response::{IntoResponse, Response};
use doorstep_domain::hash::Hash;
use doorstep_domain::policy::Grant;
use doorstep_domain::sync::accept::{Context, Signatures, accept};
use doorstep_domain::sync::limits::REQUEST_BYTES;
use doorstep_domain::sync::wire::{ProblemCode, SyncReply, SyncRequest};
use doorstep_domain::time::UnixMs;

use super::session::{authenticate, extend};
use crate::app::{App, Shared};
use crate::body::read_json;
use crate::clock;
use crate::error::ApiError;
use crate::session::Token;
use crate::signature::PublicKey;
use crate::store::{OpenSession, Organisation, Reader};
use crate::zones::Zones;

/// Pushes and pulls.
pub(super) async fn sync(
    State(app): State<Shared>,
    request: Request,
) -> Result<Response, ApiError> {
    let token = Token::of(request.headers()).ok_or(ProblemCode::NotLoggedIn)?;
    // Before the body is read: a stranger does not get to send megabytes.
    let token = app
        .blocking(move |app| {
            app.database
                .read(|reader| authenticate(reader, &token, clock::now()))?;
            Ok(token)
        })
        .await?;
    let asked: SyncRequest = read_json(request, REQUEST_BYTES).await?;
    let (reply, cookie) = app.blocking(move |app| answer(app, &token, &asked)).await?;
    Ok((cookie.map(|cookie| [(SET_COOKIE, cookie)]), Json(reply)).into_response())
}

/// Decides with what holds now, not with what held when the request began to arrive.
fn answer(
    app: &App,
    token: &Token,
    asked: &SyncRequest,
) -> Result<(SyncReply, Option<HeaderValue>), ApiError> {
    let now = clock::now();
    let (open, reply) = if asked.push.is_empty() {
        let mut store = app.database.read_store()?;
        let known = Known::read(store.reader(), token, now)?;
        let reply = accept(&known.context(now), asked, &mut store)?;
        (known.open, reply)
    } else {
        let mut writer = app.database.writer();
        let known = Known::read(writer.reader(), token, now)?;
        let reply = accept(&known.context(now), asked, &mut writer)?;
        (known.open, reply)
    };
    let cookie = extend(app, &open, token, now)?;
    Ok((reply, cookie))
}

/// What the database says about who asks.
struct Known {
    open: OpenSession,
    organisation: Organisation,
    grants: Vec<Grant>,
    keys: Keys,
    zones: Zones,
}

/// The keys enrolled to the session's person and not revoked.
struct Keys(BTreeMap<Hash, PublicKey>);

impl Known {
    fn read(reader: Reader<'_>, token: &Token, now: UnixMs) -> Result<Self, ApiError> {
        let open = authenticate(reader, token, now)?;
        let devices = reader.live_devices(open.person)?;
        Ok(Self {
            organisation: reader.organisation()?,
            grants: reader.grants(open.person)?,
            keys: Keys(
                devices
                    .into_iter()
                    .map(|device| (device.id, device.key))
                    .collect(),
            ),
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
        self.0
            .get(device)
            .is_some_and(|key| key.verifies(message, signature))
    }
}
