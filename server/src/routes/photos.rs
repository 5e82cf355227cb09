//! `PUT /api/v1/photos/{photo}`: a phone sends a photo, named by what it is made of, in pieces, and
//! goes on where it was cut off. `GET /api/v1/photos/{photo}`: whoever may read a record that names
//! it is given it. To anybody else it does not exist.

use axum::extract::{Path, Request, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue, Method};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, put};
use axum::{Extension, Json};
use doorstep_domain::event::PartName;
use doorstep_domain::hash::{Hash, sha256};
use doorstep_domain::photo::{
    MEDIA_TYPE, PHOTO_BYTES, PIECE_BYTES, PhotoHeld, VISIT_PHOTOS_MAX, is_jpeg,
};
use doorstep_domain::policy::{Action, may, roles_on, sees};
use doorstep_domain::sync::limits::PUSH_MAX;
use doorstep_domain::sync::wire::{Problem, ProblemCode};
use doorstep_domain::time::UnixMs;
use headers::{ContentRange, HeaderMapExt};

use super::session::authenticate;
use crate::app::Shared;
use crate::error::ApiError;
use crate::pace::Class;
use crate::route::{Access, Gives, Named, Route, Takes};
use crate::store::{NamedBy, OpenSession, Reader, StoreError};
use crate::{body, clock};

/// Most photos of one person's that no record names: as many as the records of one push may name.
const UNNAMED_MAX: usize = PUSH_MAX * VISIT_PHOTOS_MAX;
/// How long a photo waits for the record that names it: 30 days.
const WAITS_MS: UnixMs = 30 * 24 * 60 * 60 * 1_000;

pub(super) const SEND: Route = Route {
    method: Method::PUT,
    path: "/api/v1/photos/{photo}",
    summary: "Send a piece of a photo, told by `Content-Range`; an empty one (`bytes */SIZE`) asks \
              how much is held. A piece that begins elsewhere than where that ends changes nothing",
    access: Access::LoggedIn,
    pace: Class::Piece,
    names: Some(Named::Photo),
    asks: &[],
    takes: Takes::bytes(PIECE_BYTES),
    gives: Gives::json::<PhotoHeld>(),
    problems: &[ProblemCode::NotThePhoto, ProblemCode::TooMany],
    handler: || put(send),
};

pub(super) const SHOW: Route = Route {
    method: Method::GET,
    path: "/api/v1/photos/{photo}",
    summary: "A photo that a record names which the asker may read",
    access: Access::LoggedIn,
    // A record has up to twelve.
    pace: Class::Piece,
    names: Some(Named::Photo),
    asks: &[],
    takes: None,
    gives: Gives::bytes(MEDIA_TYPE),
    problems: &[],
    handler: || get(show),
};

/// A piece of a photo.
struct Piece {
    hash: Hash,
    /// How many bytes the photo has.
    size: u32,
    /// Where the piece begins.
    from: u32,
    /// Where it ends, as the place of the byte that follows.
    to: u32,
    bytes: Vec<u8>,
}

async fn send(
    State(app): State<Shared>,
    Extension(open): Extension<OpenSession>,
    Path(photo): Path<String>,
    request: Request,
) -> Result<Json<PhotoHeld>, ApiError> {
    let range = range(request.headers());
    let bytes = body::read_bytes(request, PIECE_BYTES).await?;
    let hash = named(&photo)?;
    let (place, size) = range?;
    if size as usize > PHOTO_BYTES {
        return Err(Problem::new(ProblemCode::TooLarge)
            .with("limit", PHOTO_BYTES)
            .into());
    }
    // The range tells where the piece ends too.
    let Some((from, to)) = place.ends(bytes.len(), size) else {
        return Err(ProblemCode::MalformedRequest.into());
    };
    let piece = Piece {
        hash,
        size,
        from,
        to,
        bytes,
    };
    let held = app
        .blocking(move |app| {
            let mut writer = app.database.writer();
            let now = clock::now();
            let open = authenticate(writer.reader(), &open.token_hash, now)?;
            keep(&mut writer, &open, &piece, now)
        })
        .await?;
    Ok(Json(PhotoHeld { held }))
}

/// Keeps a piece that begins where what is held ends; how much is held then. The last one is kept
/// only when all of it is the photo.
fn keep(
    writer: &mut crate::store::Writer<'_>,
    open: &OpenSession,
    piece: &Piece,
    now: UnixMs,
) -> Result<u32, ApiError> {
    let here = writer.reader().arriving_photo(&piece.hash)?;
    let ended = here.as_ref().filter(|it| it.is_whole());
    if let Some(photo) = ended {
        return Ok(photo.held);
    }
    // What another has begun, or began as of another size, begins anew.
    let here = here.filter(|it| it.person == open.person && it.size == piece.size);
    let held = here.map_or(0, |it| it.held);
    if piece.from != held || piece.bytes.is_empty() {
        return Ok(held);
    }
    if piece.to == piece.size {
        let mut whole = match held {
            0 => Vec::new(),
            _ => writer.reader().begun_photo(&piece.hash)?,
        };
        whole.extend_from_slice(&piece.bytes);
        if sha256(&whole) != piece.hash || !is_jpeg(&whole) {
            writer.drop_photo(&piece.hash)?;
            return Err(ProblemCode::NotThePhoto.into());
        }
    }
    if held > 0 {
        writer.continue_photo(&piece.hash, &piece.bytes)?;
        return Ok(piece.to);
    }
    if writer.reader().unnamed_photos(open.person)? >= UNNAMED_MAX {
        return Err(Problem::new(ProblemCode::TooMany)
            .with("limit", UNNAMED_MAX)
            .into());
    }
    let (person, before) = (open.person, now - WAITS_MS);
    writer.begin_photo(&piece.hash, piece.size, &piece.bytes, person, now, before)?;
    Ok(piece.to)
}

async fn show(
    State(app): State<Shared>,
    Extension(open): Extension<OpenSession>,
    Path(photo): Path<String>,
) -> Result<Response, ApiError> {
    let hash = named(&photo)?;
    let bytes = app
        .blocking(move |app| {
            app.database.read(|reader| {
                let shown = may_see(reader, &open, &hash)?;
                let bytes = reader.photo(&hash)?.filter(|_| shown);
                bytes.ok_or_else(|| ApiError::from(ProblemCode::NotFound))
            })
        })
        .await?;
    // Looked at from the app only: by itself it is a file.
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE)),
        (CONTENT_DISPOSITION, HeaderValue::from_static("attachment")),
    ];
    Ok((headers, bytes).into_response())
}

/// Whether the asker may read a content that names the photo; while nothing names it, whether they
/// sent it. Once it is a record's, whoever may not read that record any more sees it no longer.
fn may_see(reader: Reader<'_>, open: &OpenSession, hash: &Hash) -> Result<bool, StoreError> {
    let (grants, now) = (reader.grants(open.person)?, clock::now());
    let named = reader.photo_named_by(hash)?;
    if named.is_empty() {
        let sent = reader.arriving_photo(hash)?;
        return Ok(sent.is_some_and(|it| it.person == open.person));
    }
    Ok(named.into_iter().any(|by| match by {
        NamedBy::Logged(site, kind, author) => {
            let roles = roles_on(&grants, site, now);
            sees(&roles, open.person, kind, author, PartName::Content)
        }
        NamedBy::Aside(site) => {
            let roles = roles_on(&grants, site, now);
            roles
                .into_iter()
                .any(|role| may(role, Action::DecideQuarantine))
        }
    }))
}

/// What is no hash names no photo.
fn named(photo: &str) -> Result<Hash, ProblemCode> {
    photo.parse().map_err(|_| ProblemCode::NotFound)
}

/// Where a piece begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// First and last byte (RFC 9110 §14.4).
    Bytes(u64, u64),
    /// It is none: how much is held is asked.
    Asked,
}

impl Place {
    /// Where a piece of so many bytes begins and ends, if it is as the range tells.
    fn ends(self, bytes: usize, size: u32) -> Option<(u32, u32)> {
        let Self::Bytes(first, last) = self else {
            return (bytes == 0).then_some((0, 0));
        };
        let (first, last) = (u32::try_from(first).ok()?, u32::try_from(last).ok()?);
        let fits = last < size && (last - first) as usize + 1 == bytes;
        fits.then(|| (first, last + 1))
    }
}

/// Where the piece begins, and how many bytes the photo has.
fn range(headers: &HeaderMap) -> Result<(Place, u32), ProblemCode> {
    let told = headers.typed_get::<ContentRange>();
    let told = told.ok_or(ProblemCode::MalformedRequest)?;
    let size = told.bytes_len().and_then(|size| u32::try_from(size).ok());
    let bytes = told.bytes_range();
    let place = bytes.map_or(Place::Asked, |(first, last)| Place::Bytes(first, last));
    match (place, size) {
        (Place::Bytes(first, last), _) if last < first => Err(ProblemCode::MalformedRequest),
        (place, Some(size)) if size > 0 => Ok((place, size)),
        _ => Err(ProblemCode::MalformedRequest),
    }
}
