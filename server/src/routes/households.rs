//! `GET /api/v1/households/{household}/export`, `POST /api/v1/households/{household}/erasure`: a
//! director is given all that the site holds on a household, to hand it over (PIPL 45), or has it
//! erased (PIPL 47). The same as at the command line (`doorstep household`). To anybody else, and
//! where nothing is held, the household does not exist.

use axum::extract::{Path, Request, State};
use axum::http::Method;
use axum::routing::{get, post};
use axum::{Extension, Json};
use doorstep_domain::account::Site;
use doorstep_domain::erasure::{ErasureReply, ErasureRequest};
use doorstep_domain::holdings::Export;
use doorstep_domain::id::HouseholdId;
use doorstep_domain::policy::{Action, may, roles_on};
use doorstep_domain::sync::wire::ProblemCode;

use super::login::check_password;
use super::session::authenticate;
use crate::app::Shared;
use crate::body::{LOGIN_BYTES, read_json};
use crate::clock;
use crate::erasing::{self, Holding};
use crate::error::ApiError;
use crate::origin::Peer;
use crate::pace::Class;
use crate::route::{Access, Gives, Named, Route, Takes};
use crate::store::{OpenSession, Reader};

pub(super) const EXPORT: Route = Route {
    method: Method::GET,
    path: "/api/v1/households/{household}/export",
    summary: "All that is held on a household, to be handed over to it; private notes are left out",
    access: Access::May(|_| Action::ExportHousehold),
    // It reads a whole log.
    pace: Class::Change,
    names: Some(Named::Household),
    asks: &[],
    takes: None,
    gives: Gives::json::<Export>(),
    problems: &[],
    handler: || get(export),
};

pub(super) const ERASE: Route = Route {
    method: Method::POST,
    path: "/api/v1/households/{household}/erasure",
    summary: "Erase all but the facts of what is held on a household, with the password again",
    access: Access::May(|_| Action::EraseParts),
    pace: Class::LogIn,
    names: Some(Named::Household),
    asks: &[],
    takes: Takes::json::<ErasureRequest>(LOGIN_BYTES),
    gives: Gives::json::<ErasureReply>(),
    problems: &[ProblemCode::WrongPassword, ProblemCode::TooManyAttempts],
    handler: || post(erase),
};

async fn export(
    State(app): State<Shared>,
    Extension(open): Extension<OpenSession>,
    Path(household): Path<String>,
) -> Result<Json<Export>, ApiError> {
    let household = named(&household)?;
    let export = app
        .blocking(move |app| {
            app.database.read(|reader| {
                let sites = sites_of(reader, &open, Action::ExportHousehold)?;
                let (site, holding) = holding(reader, sites, household)?;
                let export = holding.export(reader, site, household)?;
                tracing::info!(%household, by = %open.person, "was given out");
                Ok::<_, ApiError>(export)
            })
        })
        .await?;
    Ok(Json(export))
}

async fn erase(
    State(app): State<Shared>,
    Extension(open): Extension<OpenSession>,
    Path(household): Path<String>,
    peer: Peer,
    request: Request,
) -> Result<Json<ErasureReply>, ApiError> {
    let address = app.reach.address(request.headers(), peer.0);
    let asked: ErasureRequest = read_json(request, LOGIN_BYTES).await?;
    if !asked.reason.needs_order() {
        return Err(ProblemCode::MalformedRequest.into());
    }
    let household = named(&household)?;
    let holder = open.clone();
    let directs = app
        .blocking(move |app| {
            app.database
                .read(|reader| sites_of(reader, &holder, Action::EraseParts))
        })
        .await?;
    if directs.is_empty() {
        return Err(ProblemCode::NotFound.into());
    }
    let account = check_password(&app, &open.login, &asked.password, address)
        .await?
        .map_err(|_| ProblemCode::WrongPassword)?;
    let reply = app
        .blocking(move |app| {
            let mut writer = app.database.writer();
            let reader = writer.reader();
            // Decided with what holds now, not with what held while the password was checked.
            let open = authenticate(reader, &open.token_hash, clock::now())?;
            let still = reader.account(account.person)?;
            if still.is_none_or(|still| still.password != account.password) {
                return Err(ApiError::from(ProblemCode::WrongPassword));
            }
            let sites = sites_of(reader, &open, Action::EraseParts)?;
            let (site, holding) = holding(reader, sites, household)?;
            let (reason, by) = (asked.reason, open.person);
            let reply =
                erasing::erase_household(&mut writer, site.id, &holding, household, reason, by)?;
            tracing::info!(%household, %by, reason = reason.as_str(), "was erased");
            Ok(reply)
        })
        .await?;
    Ok(Json(reply))
}

/// The sites on which the asker may do this now.
fn sites_of(reader: Reader<'_>, open: &OpenSession, action: Action) -> Result<Vec<Site>, ApiError> {
    let (grants, now) = (reader.grants(open.person)?, clock::now());
    let mut sites = reader.sites()?;
    sites.retain(|site| {
        let roles = roles_on(&grants, site.id, now);
        roles.into_iter().any(|role| may(role, action))
    });
    Ok(sites)
}

/// What the first of `sites` that holds anything on `household` holds.
fn holding(
    reader: Reader<'_>,
    sites: Vec<Site>,
    household: HouseholdId,
) -> Result<(Site, Holding), ApiError> {
    for site in sites {
        let holding = Holding::of(reader, site.id)?;
        if !holding.kept().events_on(household).is_empty() {
            return Ok((site, holding));
        }
    }
    Err(ProblemCode::NotFound.into())
}

/// What is no household's id names none.
fn named(household: &str) -> Result<HouseholdId, ProblemCode> {
    household.parse().map_err(|_| ProblemCode::NotFound)
}
