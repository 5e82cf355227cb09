//! Reading a request's body: limited in bytes, time and depth before anything parses it.

use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::header::CONTENT_LENGTH;
use doorstep_domain::sync::limits::check_body;
use doorstep_domain::sync::wire::{Problem, ProblemCode};
use serde::de::DeserializeOwned;

use crate::error::ApiError;

/// Most bytes of a log-in's body: name, password and a key take less than two.
pub(crate) const LOGIN_BYTES: usize = 16 << 10;
/// How long a body may take to arrive: 4 MiB over a poor mobile network.
const ARRIVAL: Duration = Duration::from_secs(120);

/// Reads the JSON that an address takes, of at most `max_bytes`.
pub(crate) async fn read_json<T: DeserializeOwned>(
    request: Request,
    max_bytes: usize,
) -> Result<T, ApiError> {
    let too_large = || Problem::new(ProblemCode::TooLarge).with("limit", max_bytes);
    let announced = request.headers().get(CONTENT_LENGTH);
    let announced = announced.and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|bytes| bytes > max_bytes as u64) {
        return Err(too_large().into());
    }
    let reading = to_bytes(request.into_body(), max_bytes);
    let body = match tokio::time::timeout(ARRIVAL, reading).await {
        Err(_) => return Err(ProblemCode::Unavailable.into()),
        Ok(Err(error)) if is_over_limit(&error) => return Err(too_large().into()),
        // The connection broke; nobody may be there to read this.
        Ok(Err(_)) => return Err(ProblemCode::MalformedRequest.into()),
        Ok(Ok(body)) => body,
    };
    check_body(&body, max_bytes)?;
    serde_json::from_slice(&body).map_err(|error| {
        // The place only: serde's words may repeat what was sent.
        let problem = Problem::new(ProblemCode::MalformedRequest)
            .with("line", error.line())
            .with("column", error.column());
        problem.into()
    })
}

/// Reads and drops a body nobody needs, so that the connection can be used again.
pub(crate) async fn skip(body: Body) {
    // However it ends, there was nothing to learn from it.
    let _ = tokio::time::timeout(ARRIVAL, to_bytes(body, LOGIN_BYTES)).await;
}

fn is_over_limit(error: &axum::Error) -> bool {
    let mut cause: Option<&dyn std::error::Error> = Some(error);
    while let Some(error) = cause {
        if error.is::<http_body_util::LengthLimitError>() {
            return true;
        }
        cause = error.source();
    }
    false
}
