//! The built client inside this program: which file answers which path, how it may be cached.
//! Not the building of it.

use std::sync::LazyLock;

use axum::body::Body;
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use doorstep_domain::hash::sha256;
use doorstep_domain::sync::wire::ProblemCode;

use crate::error::ApiError;
use crate::headers::is_api;

/// A file of the client.
#[derive(Debug, Clone, Copy)]
struct Embedded {
    /// Its path below the root, without the first `/`.
    path: &'static str,
    body: &'static [u8],
    /// The same compressed, where that is shorter.
    brotli: Option<&'static [u8]>,
}

/// The client, as `build.rs` found it; empty when the program was built without one.
const CLIENT: &[Embedded] = include!(concat!(env!("OUT_DIR"), "/client.rs"));
/// The page that all the app's addresses are.
const PAGE: &str = "index.html";
/// Files below it carry a hash of their content in their name.
const HASHED: &str = "assets/";
const NO_CLIENT: &str = "This doorstep was built without its client. Build both with \
     `cargo xtask build`, or start a demo with `cargo xtask serve --demo`.\n";

/// Entity tags (RFC 9110 §8.8.3) of the files, in their order.
static TAGS: LazyLock<Vec<String>> = LazyLock::new(|| {
    CLIENT
        .iter()
        .map(|file| sha256(file.body).to_string())
        .collect()
});

/// Answers every path that is not the API's.
pub(crate) async fn serve(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    if is_api(uri.path()) {
        return ApiError::from(ProblemCode::NotFound).into_response();
    }
    if !matches!(method, Method::GET | Method::HEAD) {
        return ApiError::from(ProblemCode::MethodNotAllowed).into_response();
    }
    if CLIENT.is_empty() {
        return (StatusCode::NOT_FOUND, NO_CLIENT).into_response();
    }
    match find(CLIENT, uri.path()) {
        Some(place) => answer(&CLIENT[place], &TAGS[place], &headers),
        None => ApiError::from(ProblemCode::NotFound).into_response(),
    }
}

/// The file that answers `path`: itself, or the page for an address of the app, which has no
/// extension.
fn find(files: &[Embedded], path: &str) -> Option<usize> {
    let path = path.trim_start_matches('/');
    let position = |name: &str| files.iter().position(|file| file.path == name);
    let last = path.rsplit('/').next().unwrap_or_default();
    position(path).or_else(|| {
        if last.contains('.') {
            None
        } else {
            position(PAGE)
        }
    })
}

fn answer(file: &Embedded, tag: &str, asked: &HeaderMap) -> Response {
    let packed = file.brotli.filter(|_| takes_brotli(asked));
    // A tag stands for the bytes sent, so each encoding has its own.
    let tag = if packed.is_some() {
        format!("\"{tag}-br\"")
    } else {
        format!("\"{tag}\"")
    };
    let known = asked.get_all(IF_NONE_MATCH).iter().any(|value| {
        value
            .to_str()
            .is_ok_and(|list| list.split(',').any(|one| one.trim() == tag))
    });
    let mut response = if known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        Body::from(packed.unwrap_or(file.body)).into_response()
    };
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(caching(file.path)));
    headers.insert(
        ETAG,
        HeaderValue::from_str(&tag).expect("tags are base64url"),
    );
    headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
    if !known {
        headers.insert(
            CONTENT_TYPE,
            HeaderValue::from_static(content_type(file.path)),
        );
        if packed.is_some() {
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static("br"));
        }
    }
    response
}

fn caching(path: &str) -> &'static str {
    if path.starts_with(HASHED) {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    }
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" => "application/json",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml; charset=utf-8",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "txt" => "text/plain; charset=utf-8",
        "webmanifest" => "application/manifest+json",
        _ => "application/octet-stream",
    }
}

/// Whether `br` is among the accepted encodings and not refused with `q=0`.
fn takes_brotli(headers: &HeaderMap) -> bool {
    let lists = headers
        .get_all(ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok());
    lists.flat_map(|list| list.split(',')).any(|one| {
        let (name, weight) = one.split_once(';').unwrap_or((one, ""));
        let weight = weight.trim().strip_prefix("q=").unwrap_or("1");
        name.trim() == "br" && weight.parse::<f32>().is_ok_and(|weight| weight > 0.0)
    })
}

#[cfg(test)]
mod tests;
