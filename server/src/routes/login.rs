//! `POST /api/v1/login`: a password and a device's proof for a session. A phone may log in
//! again at any time; its device is enrolled once.

use std::net::IpAddr;

use axum::Json;
use axum::extract::{Request, State};
use axum::http::Method;
use axum::http::header::SET_COOKIE;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use doorstep_domain::account::{DeviceProof, LoginRequest, Session, login_proof_input};
use doorstep_domain::hash::{Hash, from_base64url};
use doorstep_domain::id::PersonId;
use doorstep_domain::sync::wire::{Problem, ProblemCode};
use doorstep_domain::text::is_clean;
use doorstep_domain::time::UnixMs;

use super::session;
use crate::app::{App, Shared};
use crate::body::{LOGIN_BYTES, read_json};
use crate::directory::{self, LABEL_MAX};
use crate::error::ApiError;
use crate::origin::Peer;
use crate::pace::Class;
use crate::refusals::network;
use crate::route::{Access, Gives, Route, Takes};
use crate::session::{LASTS_MS, Token};
use crate::signature::PublicKey;
use crate::store::{Account, Enrolment, NewSession};
use crate::{clock, password};

pub(super) const ROUTE: Route = Route {
    method: Method::POST,
    path: "/api/v1/login",
    summary: "Log in on a device; the answer sets the session's cookie",
    access: Access::Anyone,
    pace: Class::LogIn,
    names: None,
    asks: &[],
    takes: Takes::json::<LoginRequest>(LOGIN_BYTES),
    gives: Gives::json::<Session>(),
    problems: &[
        ProblemCode::WrongLogin,
        ProblemCode::TooManyAttempts,
        ProblemCode::BadDeviceProof,
        ProblemCode::DeviceOfAnother,
        ProblemCode::DeviceRevoked,
        ProblemCode::PasswordExpired,
    ],
    handler: || post(log_in),
};

/// Opens a session on a device; answers as `GET /api/v1/session` does.
async fn log_in(
    State(app): State<Shared>,
    peer: Peer,
    request: Request,
) -> Result<Response, ApiError> {
    let address = app.reach.address(request.headers(), peer.0);
    let login: LoginRequest = read_json(request, LOGIN_BYTES).await?;
    let key = check_proof(&login.login, &login.device)?;
    let account = check_password(&app, &login.login, &login.password, address)
        .await?
        .map_err(ApiError::wrong_login)?;
    let person = account.person;
    let token = Token::draw();
    let cookie = token.cookie();
    let shown = app
        .blocking(move |app| open(app, &account, &key, &login.device.label, &token))
        .await
        .map_err(|error| error.about(Some(person)))?;
    // Those that failed are in the log of refusals.
    tracing::info!(%person, device = %shown.device, network = network(address), "logged in");
    Ok(([(SET_COOKIE, cookie)], Json(shown)).into_response())
}

/// The device's key, if the sender proves to hold its private half.
fn check_proof(login: &str, device: &DeviceProof) -> Result<PublicKey, ProblemCode> {
    if !is_clean(&device.label, LABEL_MAX) {
        return Err(ProblemCode::MalformedRequest);
    }
    let bad = |_| ProblemCode::BadDeviceProof;
    let spki = from_base64url(&device.key).map_err(bad)?;
    let proof = from_base64url(&device.proof).map_err(bad)?;
    let key = PublicKey::from_spki(&spki).ok_or(ProblemCode::BadDeviceProof)?;
    let proven = key.verifies(&login_proof_input(login, &spki), &proof);
    if proven {
        Ok(key)
    } else {
        Err(ProblemCode::BadDeviceProof)
    }
}

/// The account, if the password is right, or the person of that name, if there is one; takes as
/// long when there is none.
pub(super) async fn check_password(
    app: &Shared,
    login: &str,
    given: &str,
    address: IpAddr,
) -> Result<Result<Account, Option<PersonId>>, ApiError> {
    app.throttle
        .attempt(login, address, clock::now())
        .map_err(|wait_s| {
            Problem::new(ProblemCode::TooManyAttempts).with("retry_after_s", wait_s)
        })?;
    let _permit = app
        .hashing
        .acquire()
        .await
        .expect("the semaphore is never closed");
    let (name, given) = (login.to_owned(), given.to_owned());
    let checked = app
        .blocking(move |app| {
            let account = app.database.read(|reader| reader.account_by_login(&name))?;
            let hash = account.as_ref().map(|account| account.password.as_str());
            let right = password::is_right(&given, hash);
            Ok(match account {
                Some(account) if right => Ok(account),
                account => Err(account.map(|account| account.person)),
            })
        })
        .await?;
    if checked.is_ok() {
        app.throttle.forgive(login, address);
    }
    Ok(checked)
}

/// A log-in of this person on this device that begins now.
pub(super) fn open_session(
    person: PersonId,
    device: Hash,
    token: &Token,
    now: UnixMs,
) -> NewSession {
    NewSession {
        token_hash: token.hash(),
        person,
        device,
        now,
        expires_at: now + LASTS_MS,
    }
}

fn open(
    app: &App,
    account: &Account,
    key: &PublicKey,
    label: &str,
    token: &Token,
) -> Result<Session, ApiError> {
    let now = clock::now();
    if account.one_time_until.is_some_and(|until| until <= now) {
        return Err(ProblemCode::PasswordExpired.into());
    }
    let new = open_session(account.person, key.device(), token, now);
    let mut writer = app.database.writer();
    match directory::log_in(&mut writer, key, label, &new)? {
        Enrolment::New | Enrolment::Known => {}
        Enrolment::OfAnother => return Err(ProblemCode::DeviceOfAnother.into()),
        Enrolment::Revoked => return Err(ProblemCode::DeviceRevoked.into()),
    }
    let open = writer.reader().session(&new.token_hash, now)?;
    // Another program may revoke the device at this very moment.
    let open = open.ok_or(ProblemCode::NotLoggedIn)?;
    session::describe(writer.reader(), &open, now)
}
