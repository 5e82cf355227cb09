//! Every way a request can fail, and how each is answered: one shape (RFC 9457) for all. What the
//! caller can mend is told by code; what only we can mend is logged and becomes a bare 500.
//! Not refusals of single pushed items, which travel inside a successful reply.

use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use doorstep_domain::id::PersonId;
use doorstep_domain::sync::accept::Failure;
use doorstep_domain::sync::wire::{PROBLEM_MEDIA_TYPE, Problem, ProblemCode};

use crate::directory::DirectoryError;
use crate::office::OfficeFailure;
use crate::store::StoreError;

/// Why a request was not answered.
#[derive(Debug)]
pub enum ApiError {
    /// The caller can do something about it.
    Problem(Problem),
    /// The same, and whom it is about where the caller shall not learn that.
    About(Problem, PersonId),
    /// The database failed.
    Store(StoreError),
    /// The office could not log what the request changes.
    Directory(DirectoryError),
    /// A task ended before it answered.
    Task(tokio::task::JoinError),
}

/// Beside a response that tells a problem: whom it is about.
#[derive(Debug, Clone, Copy)]
pub(crate) struct About(pub(crate) PersonId);

impl ApiError {
    /// A wrong password, or the name of nobody.
    pub(crate) fn wrong_login(person: Option<PersonId>) -> Self {
        Self::from(ProblemCode::WrongLogin).about(person)
    }

    /// The same, told to be about this person.
    pub(crate) fn about(self, person: Option<PersonId>) -> Self {
        match (self, person) {
            (Self::Problem(problem), Some(person)) => Self::About(problem, person),
            (other, _) => other,
        }
    }
}

impl From<Problem> for ApiError {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl From<ProblemCode> for ApiError {
    fn from(code: ProblemCode) -> Self {
        Self::Problem(Problem::new(code))
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<DirectoryError> for ApiError {
    fn from(error: DirectoryError) -> Self {
        match error {
            DirectoryError::Office(OfficeFailure::Store(error)) => Self::Store(error),
            error => Self::Directory(error),
        }
    }
}

impl From<OfficeFailure> for ApiError {
    fn from(failure: OfficeFailure) -> Self {
        DirectoryError::from(failure).into()
    }
}

impl From<Failure<StoreError>> for ApiError {
    fn from(failure: Failure<StoreError>) -> Self {
        match failure {
            Failure::Refused(problem) => Self::Problem(problem),
            Failure::Store(error) => Self::Store(error),
        }
    }
}

impl From<tokio::task::JoinError> for ApiError {
    fn from(error: tokio::task::JoinError) -> Self {
        Self::Task(error)
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let problem = match self {
            Self::Problem(problem) => problem,
            Self::About(problem, person) => {
                let mut response = answer(&problem);
                response.extensions_mut().insert(About(person));
                return response;
            }
            Self::Store(error) if error.may_pass() => {
                tracing::warn!(%error, "the database is not available");
                Problem::new(ProblemCode::Unavailable)
            }
            Self::Store(error) => internal(&error),
            Self::Directory(error) => internal(&error),
            Self::Task(error) => internal(&error),
        };
        answer(&problem)
    }
}

/// A problem as a response.
pub fn answer(problem: &Problem) -> Response {
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body = serde_json::to_vec(problem).expect("problems are JSON");
    let mut response = (status, body).into_response();
    // For the log of refusals.
    response.extensions_mut().insert(problem.clone());
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(PROBLEM_MEDIA_TYPE));
    if let Some(seconds) = problem
        .params
        .get("retry_after_s")
        .and_then(serde_json::Value::as_u64)
    {
        headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

fn internal(error: &dyn std::error::Error) -> Problem {
    tracing::error!(%error, "a request failed");
    Problem::new(ProblemCode::Internal)
}
