//! `GET /api/v1/quarantine`: what is kept aside on a site and waits for its director, with its
//! content. How it is decided is an event of the site's log, which phones push like any other.

use axum::extract::{Query, State};
use axum::http::Method;
use axum::routing::get;
use axum::{Extension, Json};
use doorstep_domain::id::SiteId;
use doorstep_domain::policy::{Action, may, roles_on};
use doorstep_domain::quarantine::Quarantine;
use doorstep_domain::sync::limits::PAGE_BYTES;
use doorstep_domain::sync::wire::ProblemCode;
use serde::Deserialize;

use crate::app::Shared;
use crate::clock;
use crate::error::ApiError;
use crate::pace::Class;
use crate::route::{Access, Asked, Gives, Route};
use crate::store::{OpenSession, Reader};

/// Most events in one answer.
const PAGE_HELD: usize = 50;

pub(super) const LIST: Route = Route {
    method: Method::GET,
    path: "/api/v1/quarantine",
    summary: "Events kept aside that wait for the asker's decision, with their content",
    access: Access::LoggedIn,
    pace: Class::Read,
    names: None,
    asks: &[Asked {
        name: "after",
        about: "Number of the last event of the page before.",
        schema: r#"{"type": "integer", "minimum": 0}"#,
    }],
    takes: None,
    gives: Gives::json::<Quarantine>(),
    problems: &[ProblemCode::MalformedRequest],
    handler: || get(list),
};

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct From {
    #[serde(default)]
    after: u64,
}

/// Whoever is no director reads an empty list.
async fn list(
    State(app): State<Shared>,
    Extension(open): Extension<OpenSession>,
    from: Result<Query<From>, axum::extract::rejection::QueryRejection>,
) -> Result<Json<Quarantine>, ApiError> {
    let Query(from) = from.map_err(|_| ProblemCode::MalformedRequest)?;
    let page = app
        .blocking(move |app| {
            app.database.read(|reader| {
                let sites = deciding(reader, &open)?;
                let (held, more) =
                    reader.open_quarantine(&sites, from.after, PAGE_HELD, PAGE_BYTES)?;
                Ok::<_, ApiError>(Quarantine { held, more })
            })
        })
        .await?;
    Ok(Json(page))
}

/// The sites on which the asker decides what becomes of what is kept aside.
fn deciding(reader: Reader<'_>, open: &OpenSession) -> Result<Vec<SiteId>, ApiError> {
    let (grants, now) = (reader.grants(open.person)?, clock::now());
    let decides = |site: SiteId| {
        let roles = roles_on(&grants, site, now);
        roles
            .into_iter()
            .any(|role| may(role, Action::DecideQuarantine))
    };
    let sites = reader.sites()?.into_iter().map(|site| site.id);
    Ok(sites.filter(|site| decides(*site)).collect())
}
