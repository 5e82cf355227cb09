//! Which pages may call the API: our own and no others (CSRF); what comes from others is refused,
//! and the refusal kept. Not who is logged in.
//!
//! The session's cookie is `SameSite=Strict` already; these checks hold where a browser or a
//! neighbouring site under the same domain does not.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::header::{CONTENT_TYPE, HOST, ORIGIN};
use axum::http::{HeaderMap, Method, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use doorstep_domain::sync::wire::{Problem, ProblemCode};

use crate::admit::keep;
use crate::app::Shared;
use crate::clock;
use crate::error::ApiError;
use crate::headers::is_api;
use crate::refusals::{Asked, network};
use crate::route::JSON;
use crate::routes::ROUTES;

/// How this server is reached.
#[derive(Debug, Clone, Default)]
pub struct Reach {
    /// Its origin as browsers name it, if it was told; otherwise it follows from the request.
    pub public_origin: Option<String>,
    /// It speaks TLS itself.
    pub tls: bool,
    /// How many reverse proxies stand before it, one behind the other, whose `X-Forwarded-…` are
    /// to be believed; 0 for none.
    pub proxies: u8,
}

impl Reach {
    /// Our own origin, e.g. `https://doorstep.example`; `None` when the request names no host.
    pub fn own_origin(&self, headers: &HeaderMap, uri: &Uri) -> Option<String> {
        if let Some(origin) = &self.public_origin {
            return Some(origin.clone());
        }
        let forwarded = |name: &str| (self.proxies > 0).then(|| last(headers, name)).flatten();
        let own = if self.tls { "https" } else { "http" };
        let scheme = forwarded("x-forwarded-proto").unwrap_or(own);
        let host = forwarded("x-forwarded-host")
            .or_else(|| headers.get(HOST)?.to_str().ok())
            .or_else(|| uri.authority().map(axum::http::uri::Authority::as_str))?;
        Some(format!("{scheme}://{host}"))
    }

    /// The address that asks: of `X-Forwarded-For`, to which each proxy adds at the right whom it
    /// was asked by, the one that the outermost of our proxies added. What stands left of that,
    /// anybody may have written.
    pub fn address(&self, headers: &HeaderMap, peer: SocketAddr) -> IpAddr {
        let told: Vec<&str> = headers
            .get_all("x-forwarded-for")
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|list| list.split(','))
            .map(str::trim)
            .collect();
        let place = told.len().saturating_sub(usize::from(self.proxies));
        let address = match told.get(place) {
            Some(text) if self.proxies > 0 => read_address(text),
            _ => None,
        };
        address.unwrap_or(peer.ip()).to_canonical()
    }

    /// Whether the browser that asks reaches this server by https.
    pub fn is_secure(&self, headers: &HeaderMap, uri: &Uri) -> bool {
        let own_origin = self.own_origin(headers, uri);
        self.tls || own_origin.is_some_and(|origin| origin.starts_with("https://"))
    }
}

/// Lets a request pass if it comes from our own page, or from no page at all. Pages that people
/// may be sent to from elsewhere are not the API's and are only read.
pub(crate) async fn guard(
    State(app): State<Shared>,
    peer: Peer,
    request: Request,
    next: Next,
) -> Response {
    let Err(code) = passes(&app.reach, &request) else {
        return next.run(request).await;
    };
    // Nobody is asked for yet: a page elsewhere may send somebody's cookie along without them.
    let address = app.reach.address(request.headers(), peer.0);
    let route = request.extensions().get::<MatchedPath>();
    let asked = Asked {
        at: clock::now(),
        person: None,
        device: None,
        network: network(address),
        // Other paths are whatever anybody writes.
        address: format!(
            "{} {}",
            request.method(),
            route.map_or("-", |it| it.as_str())
        ),
    };
    keep(&app, vec![asked.problem(&Problem::new(code))], address).await;
    ApiError::from(code).into_response()
}

fn passes(reach: &Reach, request: &Request) -> Result<(), ProblemCode> {
    let headers = request.headers();
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    if is_api(request.uri().path()) || !reads {
        let own_origin = reach.own_origin(headers, request.uri());
        check(headers, own_origin.as_deref())?;
    }
    if reads || is(headers, takes(request)) {
        Ok(())
    } else {
        Err(ProblemCode::WrongContentType)
    }
}

fn check(headers: &HeaderMap, own_origin: Option<&str>) -> Result<(), ProblemCode> {
    let own_site = match headers.get("sec-fetch-site") {
        None => true,
        // `none`: typed or bookmarked by the person.
        Some(site) => site == "same-origin" || site == "none",
    };
    let own_page = match headers.get(ORIGIN) {
        None => true,
        Some(origin) => own_origin.is_some_and(|own| {
            origin
                .to_str()
                .is_ok_and(|origin| origin.eq_ignore_ascii_case(own))
        }),
    };
    if own_site && own_page {
        Ok(())
    } else {
        Err(ProblemCode::ForeignOrigin)
    }
}

/// The content type that the address takes; all are such as no plain form can send.
fn takes(request: &Request) -> &'static str {
    let path = request.extensions().get::<MatchedPath>();
    let mut routes = ROUTES.iter();
    let route = routes.find(|route| {
        route.method == *request.method() && path.is_some_and(|path| path.as_str() == route.path)
    });
    let takes = route.and_then(|route| route.takes);
    takes.map_or(JSON, |takes| takes.media_type)
}

/// Whether the body is of this type, with or without parameters.
fn is(headers: &HeaderMap, media_type: &str) -> bool {
    let text = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let essence = text.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case(media_type)
}

/// An address as proxies write it, with a port or without.
fn read_address(text: &str) -> Option<IpAddr> {
    let bare = text
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    let with_port = || text.parse::<SocketAddr>().ok().map(|it| it.ip());
    bare.unwrap_or(text).parse().ok().or_else(with_port)
}

/// The last value of a list header: the nearest proxy's, the only one that is known to us.
fn last<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let text = headers.get_all(name).iter().next_back()?.to_str().ok()?;
    text.rsplit(',')
        .next()
        .map(str::trim)
        .filter(|text| !text.is_empty())
}

/// Who asks, as the throttle counts.
pub(crate) type Peer = ConnectInfo<SocketAddr>;

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(list: &[(&'static str, &str)]) -> HeaderMap {
        let pairs = list.iter().map(|(name, value)| {
            (
                axum::http::HeaderName::from_static(name),
                value.parse().unwrap(),
            )
        });
        pairs.collect()
    }

    fn passes(list: &[(&'static str, &str)]) -> bool {
        check(&headers(list), Some("https://a.example")).is_ok()
    }

    #[test]
    fn only_our_own_pages_pass() {
        assert!(passes(&[]));
        assert!(passes(&[
            ("origin", "https://A.example"),
            ("sec-fetch-site", "same-origin")
        ]));
        for foreign in [
            ("origin", "http://a.example"),
            ("origin", "https://b.a.example"),
            ("origin", "https://a.example:444"),
            ("origin", "null"),
            ("sec-fetch-site", "same-site"),
            ("sec-fetch-site", "cross-site"),
        ] {
            assert!(!passes(&[foreign]), "{foreign:?}");
        }
    }

    #[test]
    fn forwarded_headers_are_believed_behind_a_proxy_only() {
        let headers = headers(&[
            ("host", "127.0.0.1:8080"),
            ("x-forwarded-proto", "https"),
            ("x-forwarded-host", "evil.example, a.example"),
            ("x-forwarded-for", "198.51.100.1, 192.0.2.7"),
        ]);
        let origin = |reach: &Reach| reach.own_origin(&headers, &Uri::from_static("/")).unwrap();
        let address = |reach: &Reach| {
            reach
                .address(&headers, "127.0.0.1:9".parse().unwrap())
                .to_string()
        };
        let direct = Reach::default();
        assert_eq!(origin(&direct), "http://127.0.0.1:8080");
        assert_eq!(address(&direct), "127.0.0.1");
        let behind = Reach {
            proxies: 1,
            ..Reach::default()
        };
        assert_eq!(origin(&behind), "https://a.example");
        assert_eq!(address(&behind), "192.0.2.7");
        let told = Reach {
            public_origin: Some("https://b.example".into()),
            ..behind
        };
        assert_eq!(origin(&told), "https://b.example");
    }

    #[test]
    fn the_address_is_the_one_our_outermost_proxy_was_asked_by() {
        let address = |proxies, lists: &[&str]| {
            let lists: Vec<_> = lists
                .iter()
                .map(|list| ("x-forwarded-for", *list))
                .collect();
            let mut map = HeaderMap::new();
            for (name, value) in lists {
                map.append(name, value.parse().unwrap());
            }
            let reach = Reach {
                proxies,
                ..Reach::default()
            };
            let address = reach.address(&map, "[::ffff:127.0.0.1]:9".parse().unwrap());
            address.to_string()
        };
        let chain = ["203.0.113.9, 198.51.100.1", "192.0.2.7"];
        for (proxies, asker) in [
            (0, "127.0.0.1"),
            (1, "192.0.2.7"),
            (2, "198.51.100.1"),
            (3, "203.0.113.9"),
            // Who comes past the outer proxies has only been seen by the inner ones.
            (9, "203.0.113.9"),
        ] {
            assert_eq!(address(proxies, &chain), asker, "{proxies}");
        }
        for (told, read) in [
            ("192.0.2.7:4711", "192.0.2.7"),
            ("[2001:db8::1]:4711", "2001:db8::1"),
            ("[2001:db8::1]", "2001:db8::1"),
            ("::ffff:192.0.2.7", "192.0.2.7"),
            ("unknown", "127.0.0.1"),
            ("", "127.0.0.1"),
        ] {
            assert_eq!(address(1, &[told]), read, "{told}");
        }
        assert_eq!(address(1, &[]), "127.0.0.1");
    }

    #[test]
    fn json_is_told_by_its_essence() {
        for (text, json) in [
            ("application/json", true),
            ("Application/JSON; charset=utf-8", true),
            ("text/plain", false),
            ("application/jsonx", false),
            ("text/plain; application/json", false),
        ] {
            assert_eq!(
                is(&headers(&[("content-type", text)]), JSON),
                json,
                "{text}"
            );
        }
    }
}
