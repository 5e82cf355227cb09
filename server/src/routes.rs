//! The whole URL table, and what stands around every handler.

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::Response;
use doorstep_domain::sync::wire::{Problem, ProblemCode};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::trace::TraceLayer;

use crate::admit::{Door, admit};
use crate::app::Shared;
use crate::error::ApiError;
use crate::route::Route;
use crate::{assets, error, headers, origin, page};

mod deposit;
mod devices;
mod drafts;
mod escrow;
mod heads;
mod health;
mod households;
mod login;
mod logout;
mod openapi;
mod password;
mod photos;
mod quarantine;
mod receipt;
pub(crate) mod session;
mod sync;

/// Every address this server answers, beside the client's files.
pub static ROUTES: [Route; 26] = [
    health::ROUTE,
    openapi::ROUTE,
    login::ROUTE,
    logout::ROUTE,
    session::ROUTE,
    sync::ROUTE,
    devices::LIST,
    devices::REVOKE,
    devices::STANDING,
    password::CHANGE,
    password::RESET,
    quarantine::LIST,
    deposit::ROUTE,
    drafts::LIST,
    drafts::READ,
    drafts::SAVE,
    drafts::DROP,
    heads::LIST,
    households::EXPORT,
    households::ERASE,
    receipt::SHOW,
    receipt::FIND,
    escrow::SHOW,
    escrow::RELEASE,
    photos::SEND,
    photos::SHOW,
];

/// Everything this server answers.
pub fn router(app: Shared) -> Router {
    let routes = ROUTES.iter().fold(Router::new(), |router, route| {
        let door = Door {
            app: app.clone(),
            route,
        };
        let mut behind = (route.handler)().route_layer(from_fn_with_state(door, admit));
        if route.gives.is_page() {
            behind = behind.layer(from_fn(page::for_people));
        }
        router.route(route.path, behind)
    });
    routes
        .layer(CompressionLayer::new())
        .layer(from_fn_with_state(app.clone(), origin::guard))
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
