//! `GET /api/v1/session`: who is logged in and what they may do where. Also how every other
//! route learns it.

use axum::extract::State;
use axum::http::{HeaderValue, Method};
use axum::routing::get;
use axum::{Extension, Json};
use doorstep_domain::account::Session;
use doorstep_domain::hash::Hash;
use doorstep_domain::policy::roles_on;
use doorstep_domain::sync::wire::ProblemCode;
use doorstep_domain::time::UnixMs;

use crate::app::{App, Shared};
use crate::clock;
use crate::error::ApiError;
use crate::pace::Class;
use crate::route::{Access, Gives, Route};
use crate::session::{EXTEND_AFTER_MS, LASTS_AT_MOST_MS, LASTS_MS, Token};
use crate::store::{OpenSession, Reader};

pub(super) const ROUTE: Route = Route {
    method: Method::GET,
    path: "/api/v1/session",
    summary: "Who is logged in and what they may do where",
    access: Access::LoggedInAnyhow,
    pace: Class::Read,
    names: None,
    asks: &[],
    takes: None,
    gives: Gives::json::<Session>(),
    problems: &[],
    handler: || get(show),
};

/// Shows the session.
async fn show(
    State(app): State<Shared>,
    Extension(open): Extension<OpenSession>,
) -> Result<Json<Session>, ApiError> {
    let session = app
        .blocking(move |app| {
            app.database
                .read(|reader| describe(reader, &open, clock::now()))
        })
        .await?;
    Ok(Json(session))
}

/// The session of the token with this hash, if it holds.
pub(crate) fn authenticate(
    reader: Reader<'_>,
    token_hash: &Hash,
    now: UnixMs,
) -> Result<OpenSession, ApiError> {
    Ok(reader
        .session(token_hash, now)?
        .ok_or(ProblemCode::NotLoggedIn)?)
}

/// Lets the session hold on, once a day; gives the cookie to send along.
pub(crate) fn extend(
    app: &App,
    open: &OpenSession,
    token: &Token,
    now: UnixMs,
) -> Result<Option<HeaderValue>, ApiError> {
    if now - open.extended_at < EXTEND_AFTER_MS {
        return Ok(None);
    }
    let end = (now + LASTS_MS).min(open.opened_at + LASTS_AT_MOST_MS);
    app.database
        .writer()
        .extend_session(&open.token_hash, now, end)?;
    Ok(Some(token.cookie()))
}

/// The session as the phone needs it to work offline.
pub(super) fn describe(
    reader: Reader<'_>,
    open: &OpenSession,
    now: UnixMs,
) -> Result<Session, ApiError> {
    let mut grants = reader.grants(open.person)?;
    grants.retain(|grant| grant.until.is_none_or(|until| now < until));
    let mut sites = reader.sites()?;
    sites.retain(|site| !roles_on(&grants, site.id, now).is_empty());
    Ok(Session {
        person: open.person,
        login: open.login.clone(),
        name: open.name.clone(),
        organisation: reader.organisation()?.id,
        device: open.device,
        sites,
        grants,
        password_due: open.password_due,
        now,
    })
}
