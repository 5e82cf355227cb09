//! `POST /api/v1/password`, `POST /api/v1/people/{person}/reset-password`: a person changes the
//! password, or somebody who looks after accounts gives another to be used once.

use axum::extract::{Path, Request, State};
use axum::http::Method;
use axum::http::header::SET_COOKIE;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Extension, Json};
use doorstep_domain::account::{OneTimePassword, PasswordChange, Session};
use doorstep_domain::id::PersonId;
use doorstep_domain::policy::{Action, governs};
use doorstep_domain::sync::wire::{Problem, ProblemCode};

use super::login::{check_password, open_session};
use super::session;
use crate::app::{App, Shared};
use crate::body::{LOGIN_BYTES, read_json};
use crate::error::ApiError;
use crate::origin::Peer;
use crate::pace::Class;
use crate::refusals::network;
use crate::route::{Access, Gives, Named, Route, Takes};
use crate::session::Token;
use crate::store::{Account, OpenSession};
use crate::{accounts, body, clock, directory, password};

pub(super) const CHANGE: Route = Route {
    method: Method::POST,
    path: "/api/v1/password",
    summary: "Change one's own password; all other log-ins end and this one gets a new cookie",
    access: Access::LoggedInAnyhow,
    pace: Class::LogIn,
    names: None,
    asks: &[],
    takes: Takes::json::<PasswordChange>(LOGIN_BYTES),
    gives: Gives::json::<Session>(),
    problems: &[
        ProblemCode::WrongPassword,
        ProblemCode::UnfitPassword,
        ProblemCode::TooManyAttempts,
    ],
    handler: || post(change),
};

pub(super) const RESET: Route = Route {
    method: Method::POST,
    path: "/api/v1/people/{person}/reset-password",
    summary: "Give an account a password to be used once; all its log-ins end",
    access: Access::May(|own| Action::ResetPassword { own }),
    pace: Class::Change,
    names: Some(Named::Person),
    asks: &[],
    takes: None,
    gives: Gives::json::<OneTimePassword>(),
    problems: &[],
    handler: || post(reset),
};

async fn change(
    State(app): State<Shared>,
    Extension(open): Extension<OpenSession>,
    peer: Peer,
    request: Request,
) -> Result<Response, ApiError> {
    let address = app.reach.address(request.headers(), peer.0);
    let asked: PasswordChange = read_json(request, LOGIN_BYTES).await?;
    fits(&asked, &open.login)?;
    // As slow as a log-in: whoever finds a phone unlocked shall not guess here instead.
    let account = check_password(&app, &open.login, &asked.old, address)
        .await?
        .map_err(|_| ProblemCode::WrongPassword)?;
    let token = Token::draw();
    let cookie = token.cookie();
    let shown = app
        .blocking(move |app| replace(app, &open, &account, &asked.new, &token))
        .await?;
    let (person, device) = (shown.person, shown.device);
    tracing::info!(%person, %device, network = network(address), "changed the password");
    Ok(([(SET_COOKIE, cookie)], Json(shown)).into_response())
}

fn fits(asked: &PasswordChange, login: &str) -> Result<(), Problem> {
    let unfit = |reason| Problem::new(ProblemCode::UnfitPassword).with("reason", reason);
    password::check(&asked.new, login).map_err(|it| unfit(it.code()))?;
    if asked.new == asked.old {
        return Err(unfit("same"));
    }
    Ok(())
}

fn replace(
    app: &App,
    open: &OpenSession,
    account: &Account,
    new: &str,
    token: &Token,
) -> Result<Session, ApiError> {
    let hash = password::hash(new);
    let now = clock::now();
    let mut writer = app.database.writer();
    let reader = writer.reader();
    // The log-in or the password may have ended while the new one was hashed.
    session::authenticate(reader, &open.token_hash, now)?;
    let still = reader.account(account.person)?;
    if still.is_none_or(|still| still.password != account.password) {
        return Err(ProblemCode::WrongPassword.into());
    }
    let new = open_session(account.person, open.device, token, now);
    directory::change_password(&mut writer, &hash, &new)?;
    let open = session::authenticate(writer.reader(), &new.token_hash, now)?;
    session::describe(writer.reader(), &open, now)
}

async fn reset(
    State(app): State<Shared>,
    Extension(open): Extension<OpenSession>,
    Path(person): Path<String>,
    request: Request,
) -> Result<Json<OneTimePassword>, ApiError> {
    body::skip(request.into_body()).await;
    let person: PersonId = person.parse().map_err(|_| ProblemCode::NotFound)?;
    let given = app
        .blocking(move |app| {
            let now = clock::now();
            let mut writer = app.database.writer();
            let reader = writer.reader();
            let open = session::authenticate(reader, &open.token_hash, now)?;
            let account = reader.account(person)?.ok_or(ProblemCode::NotFound)?;
            let action = Action::ResetPassword {
                own: person == open.person,
            };
            let (grants, of) = (reader.grants(open.person)?, reader.grants(person)?);
            if !governs(&grants, &of, action, now) {
                return Err(ProblemCode::NotFound.into());
            }
            let given = accounts::reset_password(&mut writer, &account)?;
            tracing::info!(%person, by = %open.person, "was given a one-time password");
            Ok(given)
        })
        .await?;
    Ok(Json(given))
}
