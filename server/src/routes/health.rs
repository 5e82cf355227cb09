//! `GET /healthz`: whether this server can read its database. For whoever watches it.

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use crate::app::Shared;
use crate::error::ApiError;

/// `{"status": "ok"}`, or a 5xx.
pub(super) async fn healthz(State(app): State<Shared>) -> Result<Json<Value>, ApiError> {
    app.blocking(|app| {
        app.database
            .read(|reader| reader.organisation().map_err(ApiError::from))
    })
    .await?;
    Ok(Json(json!({"status": "ok"})))
}
