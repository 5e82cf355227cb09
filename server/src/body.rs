//! Reading a request's body: limited in bytes, time and depth before anything parses it.

use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use axum::extract::Request;
use doorstep_domain::sync::limits::check_body;
use doorstep_domain::sync::wire::{Problem, ProblemCode};
use futures_util::StreamExt;
use serde::de::DeserializeOwned;

use crate::error::ApiError;

/// Most bytes of a log-in's body: name, password and a key take less than two.
pub(crate) const LOGIN_BYTES: usize = 16 << 10;
/// How long a body may take to arrive: 4 MiB over a poor mobile network.
const ARRIVAL: Duration = Duration::from_mins(2);
/// Most bytes read of a body nobody needs, and how long, before it is answered all the same.
const DRAINED_MAX: usize = 16 << 20;
const DRAINED_FOR: Duration = Duration::from_secs(3);

/// Reads the JSON that an address takes, of at most `max_bytes`.
pub(crate) async fn read_json<T: DeserializeOwned>(
    request: Request,
    max_bytes: usize,
) -> Result<T, ApiError> {
    let body = read_bytes(request, max_bytes).await?;
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
    drain(&mut body.into_data_stream()).await;
}

/// Reads the bytes that an address takes, at most `max_bytes`.
pub(crate) async fn read_bytes(request: Request, max_bytes: usize) -> Result<Vec<u8>, ApiError> {
    let mut stream = request.into_body().into_data_stream();
    let arrived = tokio::time::timeout(ARRIVAL, collect(&mut stream, max_bytes)).await;
    match arrived {
        Err(_) => Err(ProblemCode::Unavailable.into()),
        Ok(Err(problem)) => {
            drain(&mut stream).await;
            Err(problem.into())
        }
        Ok(Ok(body)) => Ok(body),
    }
}

async fn collect(stream: &mut BodyDataStream, max_bytes: usize) -> Result<Vec<u8>, Problem> {
    let mut body = Vec::new();
    while let Some(chunk) = stream.next().await {
        // The connection broke; nobody may be there to read this.
        let chunk = chunk.map_err(|_| Problem::new(ProblemCode::MalformedRequest))?;
        if body.len() + chunk.len() > max_bytes {
            return Err(Problem::new(ProblemCode::TooLarge).with("limit", max_bytes));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Drops what still comes, up to a bound. A sender who is cut off in mid-sentence sees a broken
/// connection instead of the answer.
async fn drain(stream: &mut BodyDataStream) {
    let dropping = async {
        let mut dropped = 0;
        while dropped < DRAINED_MAX
            && let Some(Ok(chunk)) = stream.next().await
        {
            dropped += chunk.len();
        }
    };
    // However it ends, there was nothing to learn from it.
    let _ = tokio::time::timeout(DRAINED_FOR, dropping).await;
}
