//! `GET /api/openapi.json`: the interface's description, made from the route table.

use axum::Json;
use axum::http::Method;
use axum::routing::get;
use serde_json::{Map, Value};

use crate::openapi;
use crate::pace::Class;
use crate::route::{Access, Gives, Route};

pub(super) const ROUTE: Route = Route {
    method: Method::GET,
    path: "/api/openapi.json",
    summary: "This description",
    access: Access::Anyone,
    pace: Class::Read,
    names: None,
    asks: &[],
    takes: None,
    gives: Gives::json::<Map<String, Value>>(),
    problems: &[],
    handler: || get(show),
};

async fn show() -> Json<&'static Value> {
    Json(openapi::document())
}
