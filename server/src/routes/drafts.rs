//! `GET /api/v1/drafts`, `GET`, `PUT` and `DELETE /api/v1/drafts/{subject}`: copies of the asker's
//! own drafts. Conditional (RFC 9110 §13.1): of two phones with one draft neither overwrites what
//! the other saved unseen. To anybody else they do not exist.

use axum::extract::{Path, Request, State};
use axum::http::header::{ETAG, IF_MATCH, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderName, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, put};
use axum::{Extension, Json};
use doorstep_domain::draft_copy::{
    DRAFT_BYTES, DRAFTS_MAX, DraftCopy, DraftEntry, DraftPut, Drafts, KEPT_MS,
};
use doorstep_domain::id::{SiteId, SubjectId};
use doorstep_domain::sync::store::{Intent, SiteTransaction, Store};
use doorstep_domain::sync::wire::{Problem, ProblemCode};

use super::session::authenticate;
use crate::app::Shared;
use crate::error::ApiError;
use crate::pace::Class;
use crate::route::{Access, Gives, Named, Route, Takes};
use crate::store::OpenSession;
use crate::{body, clock};

pub(super) const LIST: Route = Route {
    method: Method::GET,
    path: "/api/v1/drafts",
    summary: "The asker's drafts that are kept here, without what is in them",
    access: Access::LoggedIn,
    pace: Class::Read,
    names: None,
    asks: &[],
    takes: None,
    gives: Gives::json::<Drafts>(),
    problems: &[],
    handler: || get(list),
};

pub(super) const READ: Route = Route {
    method: Method::GET,
    path: "/api/v1/drafts/{subject}",
    summary: "One of the asker's drafts; its revision is the entity tag",
    access: Access::LoggedIn,
    pace: Class::Read,
    names: Some(Named::Draft),
    asks: &[],
    takes: None,
    gives: Gives::json::<DraftCopy>(),
    problems: &[],
    handler: || get(read),
};

pub(super) const SAVE: Route = Route {
    method: Method::PUT,
    path: "/api/v1/drafts/{subject}",
    summary: "Keep a draft: a new one with `If-None-Match: *`, else `If-Match` with its revision",
    access: Access::LoggedIn,
    pace: Class::Change,
    names: Some(Named::Draft),
    asks: &[],
    takes: Takes::json::<DraftPut>(DRAFT_BYTES),
    gives: Gives::json::<DraftEntry>(),
    problems: &[
        ProblemCode::RevisionNeeded,
        ProblemCode::StaleRevision,
        ProblemCode::AlreadyRecorded,
        ProblemCode::HouseholdErased,
        ProblemCode::TooMany,
    ],
    handler: || put(save),
};

pub(super) const DROP: Route = Route {
    method: Method::DELETE,
    path: "/api/v1/drafts/{subject}",
    summary: "Drop a draft, with `If-Match` and its revision",
    access: Access::LoggedIn,
    pace: Class::Change,
    names: Some(Named::Draft),
    asks: &[],
    takes: None,
    gives: Gives::NOTHING,
    problems: &[ProblemCode::RevisionNeeded, ProblemCode::StaleRevision],
    handler: || delete(drop_it),
};

async fn list(
    State(app): State<Shared>,
    Extension(open): Extension<OpenSession>,
) -> Result<Json<Drafts>, ApiError> {
    let drafts = app
        .blocking(move |app| {
            app.database
                .read(|reader| reader.drafts(open.person).map_err(ApiError::from))
        })
        .await?;
    Ok(Json(Drafts { drafts }))
}

async fn read(
    State(app): State<Shared>,
    Extension(open): Extension<OpenSession>,
    Path(subject): Path<String>,
) -> Result<Response, ApiError> {
    let subject = named(&subject)?;
    let draft = app
        .blocking(move |app| {
            app.database
                .read(|reader| reader.draft(open.person, subject).map_err(ApiError::from))
        })
        .await?;
    let draft = draft.ok_or(ProblemCode::NotFound)?;
    Ok(([(ETAG, tag(&draft.entry))], Json(draft)).into_response())
}

async fn save(
    State(app): State<Shared>,
    Extension(open): Extension<OpenSession>,
    Path(subject): Path<String>,
    request: Request,
) -> Result<Response, ApiError> {
    let condition = Condition::of(request.headers());
    let asked: DraftPut = body::read_json(request, DRAFT_BYTES).await?;
    let subject = named(&subject)?;
    let condition = condition?;
    let kept = app
        .blocking(move |app| {
            let now = clock::now();
            let mut writer = app.database.writer();
            // Decided with what holds now, like every change.
            let open = authenticate(writer.reader(), &open.token_hash, now)?;
            let mut transaction = writer.begin(asked.site, Intent::Append)?;
            // Everybody's: who left does not save any more.
            transaction.drop_drafts_before(now - KEPT_MS)?;
            let reader = transaction.reader();
            let known = reader.drafts(open.person)?;
            let before = known.iter().find(|it| it.subject == subject);
            condition.holds(before)?;
            if reader.has_recorded(open.person, subject)? {
                return Err(ProblemCode::AlreadyRecorded.into());
            }
            let orders = reader.orders(asked.site)?;
            let body = asked.body.as_bytes();
            // Its clock is not known here: one that is slow only goes without the copy.
            if orders.iter().any(|it| it.reaches_draft(subject, body, 0)) {
                return Err(ProblemCode::HouseholdErased.into());
            }
            if before.is_none() && known.len() >= DRAFTS_MAX {
                return Err(Problem::new(ProblemCode::TooMany)
                    .with("limit", DRAFTS_MAX)
                    .into());
            }
            let revision = DraftEntry::next_revision(before.map(|it| it.revision), now);
            let entry = DraftEntry {
                subject,
                site: asked.site,
                revision,
                saved_at: now,
                device: open.device,
            };
            let draft = DraftCopy {
                entry,
                body: asked.body,
            };
            transaction.put_draft(open.person, &draft)?;
            transaction.commit()?;
            Ok(draft.entry)
        })
        .await?;
    Ok(([(ETAG, tag(&kept))], Json(kept)).into_response())
}

async fn drop_it(
    State(app): State<Shared>,
    Extension(open): Extension<OpenSession>,
    Path(subject): Path<String>,
    request: Request,
) -> Result<StatusCode, ApiError> {
    let condition = Condition::of(request.headers());
    body::skip(request.into_body()).await;
    let subject = named(&subject)?;
    let condition = condition?;
    app.blocking(move |app| {
        let mut writer = app.database.writer();
        let open = authenticate(writer.reader(), &open.token_hash, clock::now())?;
        // A draft lies on no log; whose is locked does not matter.
        let log = SiteId::from(writer.reader().organisation()?.id);
        let transaction = writer.begin(log, Intent::Append)?;
        let known = transaction.reader().draft(open.person, subject)?;
        condition.holds(known.as_ref().map(|it| &it.entry))?;
        transaction.drop_draft(open.person, subject)?;
        transaction.commit()?;
        Ok(StatusCode::NO_CONTENT)
    })
    .await
}

/// What is no subject's id names no draft.
fn named(subject: &str) -> Result<SubjectId, ProblemCode> {
    subject.parse().map_err(|_| ProblemCode::NotFound)
}

fn tag(entry: &DraftEntry) -> String {
    format!("\"{}\"", entry.revision)
}

/// What a change goes out from.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Condition {
    /// There is none yet (`If-None-Match: *`).
    New,
    /// It is of one of these revisions (`If-Match`); what is no revision of ours matches none.
    Was(Vec<String>),
}

impl Condition {
    /// Reads the condition; one is needed, so that nothing is overwritten unseen (RFC 6585 §3).
    fn of(headers: &HeaderMap) -> Result<Self, ProblemCode> {
        let value = |name: HeaderName| headers.get(name).and_then(|it| it.to_str().ok());
        match (value(IF_MATCH), value(IF_NONE_MATCH)) {
            (Some(tags), None) => {
                let tags = tags.split(',').map(|tag| tag.trim().to_owned());
                Ok(Self::Was(tags.collect()))
            }
            (None, Some("*")) => Ok(Self::New),
            _ => Err(ProblemCode::RevisionNeeded),
        }
    }

    /// Whether it holds of what is kept; the problem tells the revision there is.
    fn holds(&self, kept: Option<&DraftEntry>) -> Result<(), Problem> {
        let holds = match (self, kept) {
            (Self::New, kept) => kept.is_none(),
            (Self::Was(_), None) => false,
            (Self::Was(tags), Some(kept)) => tags.iter().any(|it| *it == "*" || *it == tag(kept)),
        };
        if holds {
            return Ok(());
        }
        let stale = Problem::new(ProblemCode::StaleRevision);
        Err(match kept {
            Some(kept) => stale.with("revision", kept.revision),
            None => stale,
        })
    }
}
