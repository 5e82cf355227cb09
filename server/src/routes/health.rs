//! `GET /healthz`: whether this server can read its database. For whoever watches it.

use axum::Json;
use axum::extract::State;
use axum::http::Method;
use axum::routing::get;
use schemars::JsonSchema;
use serde::Serialize;

use crate::app::Shared;
use crate::error::ApiError;
use crate::pace::Class;
use crate::route::{Access, Gives, Route};

pub(super) const ROUTE: Route = Route {
    method: Method::GET,
    path: "/healthz",
    summary: "Whether the server can read its database",
    access: Access::Anyone,
    pace: Class::Read,
    names: None,
    asks: &[],
    takes: None,
    gives: Gives::json::<Health>(),
    problems: &[],
    handler: || get(healthz),
};

/// What is said of a server that answers at all.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Health {
    status: Status,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Status {
    Ok,
}

/// `{"status": "ok"}`, or a 5xx.
async fn healthz(State(app): State<Shared>) -> Result<Json<Health>, ApiError> {
    app.blocking(|app| {
        app.database
            .read(|reader| reader.organisation().map_err(ApiError::from))
    })
    .await?;
    Ok(Json(Health { status: Status::Ok }))
}
