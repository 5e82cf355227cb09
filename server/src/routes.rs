//! The whole URL table, and what stands around every handler.

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use axum::routing::{get, post};
use doorstep_domain::sync::wire::{Problem, ProblemCode};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::trace::TraceLayer;

use crate::app::Shared;
use crate::error::ApiError;
use crate::{assets, error, headers, origin};

mod health;
mod login;
mod logout;
mod session;
mod sync;

/// Everything this server answers.
pub fn router(app: Shared) -> Router {
    let api = Router::new()
        .route("/api/v1/login", post(login::log_in))
        .route("/api/v1/logout", post(logout::log_out))
        .route("/api/v1/session", get(session::show))
        .route("/api/v1/sync", post(sync::sync))
        .layer(CompressionLayer::new())
        .layer(from_fn_with_state(app.clone(), origin::guard));
    Router::new()
        .merge(api)
        .route("/healthz", get(health::healthz))
        .method_not_allowed_fallback(|| async { ApiError::from(ProblemCode::MethodNotAllowed) })
        .fallback(assets::serve)
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(app.clone(), headers::harden))
        .layer(TraceLayer::new_for_http())
        .with_state(app)
}

/// A handler's bug is the caller's 500, in the one shape.
fn panicked(_: Box<dyn std::any::Any + Send>) -> Response {
    error::answer(&Problem::new(ProblemCode::Internal))
}
