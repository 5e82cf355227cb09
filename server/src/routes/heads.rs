//! `GET /api/v1/heads`: what the office last stated of where the logs of the asker's sites stand,
//! for a director to keep elsewhere and to hold the log against (`doorstep verify --heads`).

use axum::extract::State;
use axum::http::Method;
use axum::routing::get;
use axum::{Extension, Json};
use doorstep_domain::heads::{FORMAT, Heads};
use doorstep_domain::policy::{Action, may, roles_on};

use crate::app::Shared;
use crate::clock;
use crate::error::ApiError;
use crate::heads;
use crate::pace::Class;
use crate::route::{Access, Gives, Route};
use crate::store::{OpenSession, Reader};

pub(super) const LIST: Route = Route {
    method: Method::GET,
    path: "/api/v1/heads",
    summary: "The office's latest signed statement of the head of each log the asker answers for",
    access: Access::LoggedIn,
    pace: Class::Read,
    names: None,
    asks: &[],
    takes: None,
    gives: Gives::json::<Heads>(),
    problems: &[],
    handler: || get(list),
};

/// Whoever is no director reads an empty list.
async fn list(
    State(app): State<Shared>,
    Extension(open): Extension<OpenSession>,
) -> Result<Json<Heads>, ApiError> {
    let heads = app
        .blocking(move |app| app.database.read(|reader| of(reader, &open)))
        .await?;
    Ok(Json(heads))
}

fn of(reader: Reader<'_>, open: &OpenSession) -> Result<Heads, ApiError> {
    let (grants, now) = (reader.grants(open.person)?, clock::now());
    let mut sites = reader.sites()?;
    sites.retain(|site| {
        let roles = roles_on(&grants, site.id, now);
        roles.into_iter().any(|role| may(role, Action::KeepHeads))
    });
    Ok(Heads {
        format: FORMAT.to_owned(),
        organisation: reader.organisation()?.id,
        statements: heads::latest(reader, &sites)?,
    })
}
