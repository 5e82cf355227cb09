//! `POST /api/v1/logout`: ends the session. Whether unsent visits forbid it is the phone's to
//! know.

use axum::extract::{Request, State};
use axum::http::header::SET_COOKIE;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;

use crate::app::Shared;
use crate::body;
use crate::error::ApiError;
use crate::pace::Class;
use crate::route::{Access, Gives, Route};
use crate::session::{Token, no_cookie};

pub(super) const ROUTE: Route = Route {
    method: Method::POST,
    path: "/api/v1/logout",
    summary: "End the session, if there is one",
    access: Access::Anyone,
    pace: Class::Change,
    names: None,
    asks: &[],
    takes: None,
    gives: Gives::NOTHING,
    problems: &[],
    handler: || post(log_out),
};

/// 204, also when there was no session; the body is not read.
async fn log_out(State(app): State<Shared>, request: Request) -> Result<Response, ApiError> {
    let token = Token::of(request.headers());
    body::skip(request.into_body()).await;
    if let Some(token) = token {
        app.blocking(move |app| Ok(app.database.writer().close_session(&token.hash())?))
            .await?;
    }
    Ok((StatusCode::NO_CONTENT, [(SET_COOKIE, no_cookie())]).into_response())
}
