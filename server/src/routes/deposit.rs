//! `POST /api/v1/deposit`: a phone that cannot log in any more hands in what it has, on its key
//! alone, revoked or not. Everything goes aside until a director decides.

use axum::Json;
use axum::extract::{Request, State};
use axum::http::Method;
use axum::routing::post;
use doorstep_domain::hash::{Hash, from_base64url};
use doorstep_domain::id::PersonId;
use doorstep_domain::sync::accept::{Context, Origin, Signatures, deposit};
use doorstep_domain::sync::limits::{PUSH_MAX, REQUEST_BYTES};
use doorstep_domain::sync::wire::{
    DEPOSIT_FRESH_MS, DepositReply, DepositRequest, Problem, ProblemCode, deposit_proof_input,
};
use doorstep_domain::time::UnixMs;

use crate::app::{App, Shared};
use crate::body::read_json;
use crate::clock;
use crate::error::ApiError;
use crate::pace::{Class, Who};
use crate::route::{Access, Gives, Route, Takes};
use crate::store::Device;
use crate::zones::Zones;

pub(super) const ROUTE: Route = Route {
    method: Method::POST,
    path: "/api/v1/deposit",
    summary: "Hand in a device's events without a log-in; a director decides on each",
    access: Access::Anyone,
    pace: Class::Deposit,
    names: None,
    asks: &[],
    takes: Takes::json::<DepositRequest>(REQUEST_BYTES),
    gives: Gives::json::<DepositReply>(),
    problems: &[
        ProblemCode::TooMany,
        ProblemCode::BadDeviceProof,
        ProblemCode::StaleProof,
    ],
    handler: || post(hand_in),
};

async fn hand_in(
    State(app): State<Shared>,
    request: Request,
) -> Result<Json<DepositReply>, ApiError> {
    let asked: DepositRequest = read_json(request, REQUEST_BYTES).await?;
    if asked.events.len() > PUSH_MAX {
        return Err(Problem::new(ProblemCode::TooMany)
            .with("limit", PUSH_MAX)
            .into());
    }
    let reply = app.blocking(move |app| answer(app, &asked)).await?;
    Ok(Json(reply))
}

fn answer(app: &App, asked: &DepositRequest) -> Result<DepositReply, ApiError> {
    let now = clock::now();
    let device = app
        .database
        .read(|reader| reader.device(&asked.device).map_err(ApiError::from))?
        .ok_or(ProblemCode::BadDeviceProof)?;
    prove(&device, asked, now)?;
    // Only now: nobody uses up the allowance of a device that is not theirs.
    app.pace
        .pass(Class::Deposit, Who::Device(device.id), now)
        .map_err(|problem| ApiError::from(problem).about(Some(device.person)))?;
    let mut writer = app.database.writer();
    let organisation = writer.reader().organisation()?;
    let zones = Zones::of(&writer.reader().sites()?);
    // It may have been revoked since.
    let device = writer.reader().device(&device.id)?.unwrap_or(device);
    let context = Context {
        organisation: organisation.id,
        person: device.person,
        device: device.id,
        grants: &[],
        now,
        epoch: organisation.epoch,
        signatures: &Its(&device),
        sites: &zones,
    };
    Ok(deposit(&context, &asked.events, &mut writer)?)
}

/// Whether the sender holds the device's key, and signed this now.
fn prove(device: &Device, asked: &DepositRequest, now: UnixMs) -> Result<(), Problem> {
    let input = deposit_proof_input(&asked.device, asked.at, &asked.events);
    let proof = from_base64url(&asked.proof);
    let proven = proof.is_ok_and(|proof| device.key.verifies(&input, &proof));
    if !proven {
        return Err(Problem::new(ProblemCode::BadDeviceProof));
    }
    if (asked.at.saturating_sub(now)).saturating_abs() > DEPOSIT_FRESH_MS {
        return Err(Problem::new(ProblemCode::StaleProof).with("now", now));
    }
    Ok(())
}

/// The one device's key.
struct Its<'a>(&'a Device);

impl Signatures for Its<'_> {
    /// Nothing is logged on the word of this.
    fn verify(&self, _: &Hash, _: &[u8], _: &[u8]) -> bool {
        false
    }

    fn origin(&self, author: PersonId, device: &Hash, message: &[u8], signature: &[u8]) -> Origin {
        let its = self.0.id == *device && self.0.person == author;
        if !(its && self.0.key.verifies(message, signature)) {
            Origin::Unproven
        } else if self.0.revoked_at.is_some() {
            Origin::Revoked
        } else {
            Origin::Enrolled
        }
    }
}
