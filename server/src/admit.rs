//! Who gets as far as a handler: what the route's entry says is asked here, once for all of them.
//! Not what a person may do to which record, which handlers ask the domain.

use axum::extract::{Request, State};
use axum::http::header::SET_COOKIE;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use doorstep_domain::sync::wire::ProblemCode;

use crate::app::Shared;
use crate::clock;
use crate::error::ApiError;
use crate::route::Route;
use crate::routes::session::{authenticate, extend};
use crate::session::Token;

/// The door of one route.
#[derive(Debug, Clone)]
pub(crate) struct Door {
    /// The server.
    pub(crate) app: Shared,
    /// What it leads to.
    pub(crate) route: &'static Route,
}

/// Lets a request in, its session beside it
/// ([`OpenSession`](crate::store::OpenSession) as an extension).
pub(crate) async fn admit(
    State(door): State<Door>,
    request: Request,
    next: Next,
) -> Result<Response, ApiError> {
    if door.route.access.needs_session() {
        with_session(&door.app, request, next).await
    } else {
        Ok(next.run(request).await)
    }
}

/// Before the body is read: a stranger does not get to send megabytes.
async fn with_session(
    app: &Shared,
    mut request: Request,
    next: Next,
) -> Result<Response, ApiError> {
    let token = Token::of(request.headers()).ok_or(ProblemCode::NotLoggedIn)?;
    let (open, cookie) = app
        .blocking(move |app| {
            let now = clock::now();
            let open = app
                .database
                .read(|reader| authenticate(reader, &token.hash(), now))?;
            let cookie = extend(app, &open, &token, now)?;
            Ok((open, cookie))
        })
        .await?;
    request.extensions_mut().insert(open);
    let mut response = next.run(request).await;
    // A handler that ends the session has said so already.
    if let Some(cookie) = cookie
        && response.status().is_success()
        && !response.headers().contains_key(SET_COOKIE)
    {
        response.headers_mut().insert(SET_COOKIE, cookie);
    }
    Ok(response.into_response())
}
