//! `GET /api/v1/devices`, `POST /api/v1/devices/{device}/revoke`: who is logged in on what, and
//! how a lost phone is locked out. One's own; those of a site's people for its director; those an
//! admin looks after. `GET /api/v1/devices/{device}/standing`: how the lost phone hears of it.

use axum::extract::{Path, Request, State};
use axum::http::{Method, StatusCode};
use axum::routing::{get, post};
use axum::{Extension, Json};
use doorstep_domain::account::{Devices, Standing};
use doorstep_domain::hash::Hash;
use doorstep_domain::id::PersonId;
use doorstep_domain::policy::{Action, Grant, reaches};
use doorstep_domain::sync::wire::ProblemCode;
use doorstep_domain::time::UnixMs;

use super::session::authenticate;
use crate::app::Shared;
use crate::error::ApiError;
use crate::pace::Class;
use crate::route::{Access, Gives, Named, Route};
use crate::store::{OpenSession, Reader};
use crate::{body, clock, directory};

pub(super) const LIST: Route = Route {
    method: Method::GET,
    path: "/api/v1/devices",
    summary: "The asker's devices and those they may revoke, with their log-ins",
    access: Access::LoggedIn,
    pace: Class::Read,
    names: None,
    asks: &[],
    takes: None,
    gives: Gives::json::<Devices>(),
    problems: &[],
    handler: || get(list),
};

pub(super) const REVOKE: Route = Route {
    method: Method::POST,
    path: "/api/v1/devices/{device}/revoke",
    summary: "Lock a device out for good; its log-in ends before this is answered",
    access: Access::May(|own| Action::ManageDevices { own }),
    pace: Class::Change,
    names: Some(Named::Device),
    asks: &[],
    takes: None,
    gives: Gives::NOTHING,
    problems: &[],
    handler: || post(revoke),
};

pub(super) const STANDING: Route = Route {
    method: Method::GET,
    path: "/api/v1/devices/{device}/standing",
    summary: "Whether a device was revoked: for a phone whose log-in no longer holds",
    access: Access::Anyone,
    pace: Class::Read,
    names: Some(Named::Device),
    asks: &[],
    takes: None,
    gives: Gives::json::<Standing>(),
    problems: &[ProblemCode::NotFound],
    handler: || get(standing),
};

async fn standing(
    State(app): State<Shared>,
    Path(device): Path<String>,
) -> Result<Json<Standing>, ApiError> {
    let device: Hash = device.parse().map_err(|_| ProblemCode::NotFound)?;
    let known = app
        .blocking(move |app| {
            app.database
                .read(|reader| reader.device(&device).map_err(ApiError::from))
        })
        .await?;
    let revoked = known.ok_or(ProblemCode::NotFound)?.revoked_at.is_some();
    Ok(Json(Standing { revoked }))
}

async fn list(
    State(app): State<Shared>,
    Extension(open): Extension<OpenSession>,
) -> Result<Json<Devices>, ApiError> {
    let devices = app
        .blocking(move |app| app.database.read(|reader| visible(reader, &open)))
        .await?;
    Ok(Json(devices))
}

fn visible(reader: Reader<'_>, open: &OpenSession) -> Result<Devices, ApiError> {
    let now = clock::now();
    let asker = Asker::read(reader, open, now)?;
    let mut devices = reader.known_devices(None, now)?;
    // The devices of one person stand together.
    let mut last = None;
    let mut kept = Vec::new();
    for mut device in devices.drain(..) {
        let shown = match last {
            Some((person, shown)) if person == device.person => shown,
            _ => asker.may_manage(reader, device.person)?,
        };
        last = Some((device.person, shown));
        if shown {
            device.this = device.device == open.device;
            kept.push(device);
        }
    }
    Ok(Devices { devices: kept })
}

/// 204, also when it was revoked before.
async fn revoke(
    State(app): State<Shared>,
    Extension(open): Extension<OpenSession>,
    Path(device): Path<String>,
    request: Request,
) -> Result<StatusCode, ApiError> {
    body::skip(request.into_body()).await;
    // What is no device's id is no device.
    let device: Hash = device.parse().map_err(|_| ProblemCode::NotFound)?;
    app.blocking(move |app| {
        let mut writer = app.database.writer();
        let reader = writer.reader();
        // Decided with what holds now: nobody revokes with a log-in that has just been revoked.
        let open = authenticate(reader, &open.token_hash, clock::now())?;
        let asker = Asker::read(reader, &open, clock::now())?;
        let device = reader.device(&device)?.ok_or(ProblemCode::NotFound)?;
        if !asker.may_manage(reader, device.person)? {
            return Err(ProblemCode::NotFound.into());
        }
        directory::revoke_device(&mut writer, &device)?;
        Ok(StatusCode::NO_CONTENT)
    })
    .await
}

/// Who asks, with what they hold now.
struct Asker {
    person: PersonId,
    grants: Vec<Grant>,
    now: UnixMs,
}

impl Asker {
    fn read(reader: Reader<'_>, open: &OpenSession, now: UnixMs) -> Result<Self, ApiError> {
        Ok(Self {
            person: open.person,
            grants: reader.grants(open.person)?,
            now,
        })
    }

    /// Whether the devices of `person` are theirs to see and revoke.
    fn may_manage(&self, reader: Reader<'_>, person: PersonId) -> Result<bool, ApiError> {
        if person == self.person {
            return Ok(true);
        }
        let action = Action::ManageDevices { own: false };
        let of = reader.grants(person)?;
        Ok(reaches(&self.grants, &of, action, self.now))
    }
}
