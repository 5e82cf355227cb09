//! `GET /r/{seal}` and `GET /r?code=`: what the office confirms of a sealed record to the owner
//! who holds its receipt. A page, without a log-in and without anything of what the record says.

use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, Method, Uri};
use axum::response::Response;
use axum::routing::get;
use chrono_tz::Tz;
use doorstep_domain::account::Site;
use doorstep_domain::hash::Hash;
use doorstep_domain::language::Language;
use doorstep_domain::receipt::{Kept, Receipt, Since};
use doorstep_domain::seal::{SEAL_SIDE, picture, receipt_code, seals_with_code};
use doorstep_domain::sync::wire::ProblemCode;
use doorstep_domain::time::SiteTime;
use doorstep_domain::verify::Evidence;
use maud::{Markup, html};
use serde::Deserialize;

use crate::app::Shared;
use crate::clock;
use crate::error::ApiError;
use crate::pace::Class;
use crate::page::{finder, language, other_than, page};
use crate::route::{Access, Asked, Gives, Named, Route};
use crate::signature::PublicKey;
use crate::store::{Reader, StoreError};
use crate::texts::texts;

/// In which language to answer.
const LANG: Asked = Asked {
    name: "lang",
    about: "The page's language; otherwise the browser's first.",
    schema: r#"{"enum": ["zh-CN", "en"]}"#,
};

pub(super) const SHOW: Route = Route {
    method: Method::GET,
    path: "/r/{seal}",
    summary: "Whether the office has the record with this seal, and whether it is unchanged",
    access: Access::Anyone,
    pace: Class::Read,
    names: Some(Named::Seal),
    asks: &[LANG],
    takes: None,
    gives: Gives::PAGE,
    problems: &[ProblemCode::MalformedRequest],
    handler: || get(show),
};

pub(super) const FIND: Route = Route {
    method: Method::GET,
    path: "/r",
    summary: "The same of the one record with this receipt code",
    access: Access::Anyone,
    pace: Class::LookUp,
    names: None,
    asks: &[
        LANG,
        Asked {
            name: "code",
            about: "A receipt code; none asks for the form to enter one.",
            schema: r#"{"type": "string"}"#,
        },
    ],
    takes: None,
    gives: Gives::PAGE,
    problems: &[ProblemCode::MalformedRequest, ProblemCode::NotFound],
    handler: || get(find),
};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct InLanguage {
    #[serde(rename = "lang")]
    _lang: Option<Language>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ByCode {
    #[serde(rename = "lang")]
    _lang: Option<Language>,
    code: Option<String>,
}

/// What there is to show.
enum Found {
    /// Nothing was asked.
    Nothing,
    /// The record with this seal.
    Record(Hash, Box<Confirmed>),
    /// Several have the code.
    Several,
}

/// A receipt with what is told of its site.
struct Confirmed {
    receipt: Receipt,
    site: Option<Site>,
    /// On the site's clocks; in UTC where its zone is not known.
    received_at: Option<SiteTime>,
}

/// The page of one seal.
async fn show(
    State(app): State<Shared>,
    Path(seal): Path<String>,
    asked: Result<Query<InLanguage>, QueryRejection>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    asked.map_err(|_| ProblemCode::MalformedRequest)?;
    let seal: Hash = seal.parse().map_err(|_| ProblemCode::MalformedRequest)?;
    let confirmed = app
        .blocking(move |app| {
            app.database
                .read(|reader| confirm(reader, &seal).map_err(ApiError::from))
        })
        .await?
        .ok_or(ProblemCode::NotFound)?;
    let language = language(&uri, &headers);
    let other = format!("?lang={}", other_than(language).tag());
    let content = html! {
        (record(language, &seal, &confirmed, false))
    };
    Ok(page(language, &other, &content))
}

/// The page of one code, or the form to enter one.
async fn find(
    State(app): State<Shared>,
    asked: Result<Query<ByCode>, QueryRejection>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let Query(asked) = asked.map_err(|_| ProblemCode::MalformedRequest)?;
    let code = asked.code.as_deref();
    let seals = code.map(|code| seals_with_code(code).ok_or(ProblemCode::MalformedRequest));
    let seals = seals.transpose()?;
    let found = app
        .blocking(move |app| app.database.read(|reader| look_up(reader, seals)))
        .await?;
    let language = language(&uri, &headers);
    let other = other_than(language).tag();
    let code = match &found {
        Found::Record(seal, _) => Some(receipt_code(seal)),
        Found::Several => seals.map(|[first, _]| receipt_code(&first)),
        Found::Nothing => None,
    };
    let other = match code {
        Some(code) => format!("?code={code}&lang={other}"),
        None => format!("?lang={other}"),
    };
    let t = &texts(language).receipt;
    let content = html! {
        @match &found {
            Found::Nothing => {}
            Found::Record(seal, confirmed) => (record(language, seal, confirmed, true))
            Found::Several => section class="amber" {
                h1 { (t.several) }
                p { (t.several_text) }
            }
        }
        (finder(language))
    };
    Ok(page(language, &other, &content))
}

fn look_up(reader: Reader<'_>, seals: Option<[Hash; 2]>) -> Result<Found, ApiError> {
    let Some(seals) = seals else {
        return Ok(Found::Nothing);
    };
    match reader.seals(seals, 2)?[..] {
        [] => Err(ProblemCode::NotFound.into()),
        [seal] => {
            let confirmed = confirm(reader, &seal)?.ok_or(ProblemCode::NotFound)?;
            Ok(Found::Record(seal, Box::new(confirmed)))
        }
        _ => Ok(Found::Several),
    }
}

/// What is to be said of the record with this seal, if there is one.
fn confirm(reader: Reader<'_>, seal: &Hash) -> Result<Option<Confirmed>, StoreError> {
    let Some(kept) = reader.sealed(seal)? else {
        return Ok(None);
    };
    let site = reader.sites_named(&[kept.site])?.into_iter().next();
    let zone = site.as_ref().and_then(|site| clock::zone(&site.zone));
    let keys = Keys {
        signer: signer(reader, &kept)?,
        zone,
    };
    let receipt = Receipt::of(seal, &kept, &keys);
    let at = receipt.received_at;
    let local = zone.and_then(|zone| clock::at_site(at, zone));
    Ok(Some(Confirmed {
        receipt,
        site,
        received_at: local.or_else(|| SiteTime::at(at, 0)),
    }))
}

fn signer(reader: Reader<'_>, kept: &Kept) -> Result<Option<PublicKey>, StoreError> {
    let Ok(envelope) = kept.logged.event.read_envelope() else {
        return Ok(None);
    };
    Ok(reader.device(&envelope.device)?.map(|device| device.key))
}

/// The key of the device that signed, revoked since or not, and the site's zone.
struct Keys {
    signer: Option<PublicKey>,
    zone: Option<Tz>,
}

impl Evidence for Keys {
    fn signed(&self, device: &Hash, message: &[u8], signature: &[u8]) -> Option<bool> {
        let key = self.signer.as_ref().filter(|key| key.device() == *device)?;
        Some(key.verifies(message, signature))
    }

    fn offset_fits(&self, time: SiteTime) -> bool {
        self.zone.is_none_or(|zone| clock::offset_fits(time, zone))
    }
}

/// What the page says of a record.
fn record(language: Language, seal: &Hash, confirmed: &Confirmed, by_code: bool) -> Markup {
    let t = &texts(language).receipt;
    let Confirmed {
        receipt,
        site,
        received_at,
    } = confirmed;
    let (tone, state) = if receipt.unchanged {
        ("note jade", &t.unchanged)
    } else {
        ("note seal", &t.changed)
    };
    html! {
        section class=(if receipt.unchanged { "jade" } else { "seal" }) {
            (mark(seal))
            h1 { (t.received) }
            p class=(tone) { (state) }
            @for since in &receipt.since {
                @match since {
                    Since::Voided => { p class="note amber" { (t.voided) } }
                    Since::Corrected => { p class="note amber" { (t.corrected) } }
                    Since::Erased => { p class="note slate" { (t.erased) } }
                }
            }
            dl {
                @if let Some(time) = received_at {
                    div { dt { (t.received_at) } dd { (moment(*time)) } }
                }
                @if let Some(site) = site {
                    div { dt { (t.site) } dd { (site.name) } }
                }
                div { dt { (t.code) } dd class="code" { (receipt_code(seal)) } }
            }
            @if by_code { p { (t.by_code) } }
        }
    }
}

/// `2026-11-23 15:02 (UTC+08:00)`: the same in both languages, and not to be misread in either.
fn moment(time: SiteTime) -> String {
    let offset = time.offset_minutes();
    let sign = if offset < 0 { '-' } else { '+' };
    let (hours, minutes) = (offset.abs() / 60, offset.abs() % 60);
    let local = time.local().replace('T', " ");
    format!("{local} (UTC{sign}{hours:02}:{minutes:02})")
}

/// The seal's picture, as the phone showed it when the record was sealed.
fn mark(seal: &Hash) -> Markup {
    let cells = picture(seal);
    let places = (0..SEAL_SIDE).flat_map(|row| (0..SEAL_SIDE).map(move |column| (row, column)));
    let cut = places.filter(|(row, column)| cells[*row][*column]);
    let squares = cut.map(|(row, column)| format!("M{} {}h6v6h-6z", 9 + column * 7, 9 + row * 7));
    html! {
        svg class="mark" viewBox="0 0 60 60" aria-hidden="true" {
            rect x="2.5" y="2.5" width="55" height="55" rx="5" {}
            path d=(squares.collect::<String>()) {}
        }
    }
}
