//! `POST /api/v1/logout`: ends the session. Whether unsent visits forbid it is the phone's to
//! know.

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::SET_COOKIE;
use axum::response::{IntoResponse, Response};

use crate::app::Shared;
use crate::body;
use crate::error::ApiError;
use crate::session::{Token, no_cookie};

/// 204, also when there was no session; the body is not read.
pub(super) async fn log_out(
    State(app): State<Shared>,
    request: Request,
) -> Result<Response, ApiError> {
    let token = Token::of(request.headers());
    body::skip(request.into_body()).await;
    if let Some(token) = token {
        app.blocking(move |app| Ok(app.database.writer().close_session(&token.hash())?))
            .await?;
    }
    Ok((StatusCode::NO_CONTENT, [(SET_COOKIE, no_cookie())]).into_response())
}
