//! `GET` and `POST /api/v1/escrow`: the office's key to which a phone seals its data key, and opening
//! what was sealed to it, for whoever has forgotten the code of their phone.

use axum::extract::{Request, State};
use axum::http::Method;
use axum::routing::{get, post};
use axum::{Extension, Json};
use doorstep_domain::escrow::{EscrowKey, ReleaseRequest, Released};
use doorstep_domain::hash::to_base64url;
use doorstep_domain::sync::wire::ProblemCode;

use super::login::check_password;
use super::session::authenticate;
use crate::app::Shared;
use crate::body::{LOGIN_BYTES, read_json};
use crate::clock;
use crate::error::ApiError;
use crate::origin::Peer;
use crate::pace::Class;
use crate::route::{Access, Gives, Route, Takes};
use crate::store::OpenSession;

pub(super) const SHOW: Route = Route {
    method: Method::GET,
    path: "/api/v1/escrow",
    summary: "The key to which a phone seals its data key",
    access: Access::LoggedIn,
    pace: Class::Read,
    names: None,
    asks: &[],
    takes: None,
    gives: Gives::json::<EscrowKey>(),
    problems: &[],
    handler: || get(show),
};

pub(super) const RELEASE: Route = Route {
    method: Method::POST,
    path: "/api/v1/escrow",
    summary: "Open the data key that the asker sealed on this device, with the password again",
    access: Access::LoggedIn,
    pace: Class::LogIn,
    names: None,
    asks: &[],
    takes: Takes::json::<ReleaseRequest>(LOGIN_BYTES),
    gives: Gives::json::<Released>(),
    problems: &[
        ProblemCode::WrongPassword,
        ProblemCode::TooManyAttempts,
        ProblemCode::NotTheEscrow,
    ],
    handler: || post(release),
};

async fn show(State(app): State<Shared>) -> Result<Json<EscrowKey>, ApiError> {
    let key = app
        .blocking(move |app| {
            app.database
                .read(|reader| Ok::<_, ApiError>(reader.escrow_key()?))
        })
        .await?;
    Ok(Json(EscrowKey {
        key: to_base64url(key.point()),
    }))
}

async fn release(
    State(app): State<Shared>,
    Extension(open): Extension<OpenSession>,
    peer: Peer,
    request: Request,
) -> Result<Json<Released>, ApiError> {
    let address = app.reach.address(request.headers(), peer.0);
    let asked: ReleaseRequest = read_json(request, LOGIN_BYTES).await?;
    check_password(&app, &open.login, &asked.password, address)
        .await?
        .map_err(|_| ProblemCode::WrongPassword)?;
    let (person, device) = (open.person, open.device);
    let opened = app
        .blocking(move |app| {
            app.database.read(|reader| {
                // The device may have been revoked while the password was checked.
                authenticate(reader, &open.token_hash, clock::now())?;
                let key = reader.escrow_key()?;
                let opened = key.open(person, &device, &asked.escrow);
                Ok::<_, ApiError>(opened.ok_or(ProblemCode::NotTheEscrow)?)
            })
        })
        .await?;
    tracing::info!(%person, %device, "was given its data key");
    Ok(Json(Released {
        data_key: to_base64url(&opened),
    }))
}
