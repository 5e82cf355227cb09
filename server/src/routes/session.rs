//! `GET /api/v1/session`: who is logged in and what they may do where. Also how every other
//! handler learns it.

use axum::Json;
use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use doorstep_domain::account::Session;
use doorstep_domain::policy::roles_on;
use doorstep_domain::sync::wire::ProblemCode;
use doorstep_domain::time::UnixMs;

use crate::app::{App, Shared};
use crate::clock;
use crate::error::ApiError;
use crate::session::{EXTEND_AFTER_MS, LASTS_MS, Token};
use crate::store::{OpenSession, Reader};

/// Shows the session.
pub(super) async fn show(
    State(app): State<Shared>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let token = Token::of(&headers).ok_or(ProblemCode::NotLoggedIn)?;
    let (session, cookie) = app
        .blocking(move |app| {
            let now = clock::now();
            let (open, session) = app.database.read(|reader| {
                let open = authenticate(reader, &token, now)?;
                let session = describe(reader, &open, now)?;
                Ok::<_, ApiError>((open, session))
            })?;
            Ok((session, extend(app, &open, &token, now)?))
        })
        .await?;
    Ok((cookie.map(|cookie| [(SET_COOKIE, cookie)]), Json(session)).into_response())
}

/// The session of this token, if it holds.
pub(super) fn authenticate(
    reader: Reader<'_>,
    token: &Token,
    now: UnixMs,
) -> Result<OpenSession, ApiError> {
    Ok(reader
        .session(&token.hash(), now)?
        .ok_or(ProblemCode::NotLoggedIn)?)
}

/// Lets the session hold on, once a day; gives the cookie to send along.
pub(super) fn extend(
    app: &App,
    open: &OpenSession,
    token: &Token,
    now: UnixMs,
) -> Result<Option<HeaderValue>, ApiError> {
    if now - open.extended_at < EXTEND_AFTER_MS {
        return Ok(None);
    }
    app.database
        .writer()
        .extend_session(&open.token_hash, now, now + LASTS_MS)?;
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
        now,
    })
}
