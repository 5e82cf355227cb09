//! The token in the phone's cookie: how it is drawn, sent, read back. Not who may log in.

use axum::http::header::COOKIE;
use axum::http::{HeaderMap, HeaderValue};
use doorstep_domain::hash::{Hash, sha256, to_base64url};
use doorstep_domain::time::UnixMs;

use crate::random;

/// The prefix makes browsers insist on `Secure`, `Path=/` and no `Domain` (RFC 6265bis §4.1.3.2).
pub(crate) const NAME: &str = "__Host-doorstep";
/// How long a log-in outlives the last time the phone was heard of: 30 days.
pub const LASTS_MS: UnixMs = 30 * 24 * 60 * 60 * 1_000;
/// How long a log-in lasts at most, however often it is used: half a year, so that a phone that
/// changed hands unnoticed does not stay open for ever.
pub const LASTS_AT_MOST_MS: UnixMs = 180 * 24 * 60 * 60 * 1_000;
/// A session is extended once this much of it has gone by: a day, so that few requests write.
pub const EXTEND_AFTER_MS: UnixMs = 24 * 60 * 60 * 1_000;

/// A token of 256 random bits, known to the phone alone: the database keeps its hash.
#[derive(Debug)]
pub struct Token(String);

impl Token {
    /// Draws a new one.
    pub fn draw() -> Self {
        Self(to_base64url(&random::bytes::<32>()))
    }

    /// What the database keeps. A plain hash: 256 random bits need no salt nor stretching.
    pub fn hash(&self) -> Hash {
        sha256(self.0.as_bytes())
    }

    /// The token a request carries.
    pub fn of(headers: &HeaderMap) -> Option<Self> {
        let cookies = headers
            .get_all(COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok());
        let pairs = cookies.flat_map(|line| line.split(';'));
        let token = pairs.filter_map(|pair| pair.trim().split_once('='));
        let mut token = token
            .filter(|(name, _)| *name == NAME)
            .map(|(_, value)| value);
        token.next().map(|value| Self(value.to_owned()))
    }

    /// The `Set-Cookie` that gives it to the phone for [`LASTS_MS`].
    pub fn cookie(&self) -> HeaderValue {
        set_cookie(&self.0, LASTS_MS / 1_000)
    }
}

/// The `Set-Cookie` that takes the token from the phone.
pub fn no_cookie() -> HeaderValue {
    set_cookie("", 0)
}

fn set_cookie(value: &str, max_age_s: i64) -> HeaderValue {
    let text =
        format!("{NAME}={value}; Path=/; Max-Age={max_age_s}; Secure; HttpOnly; SameSite=Strict");
    HeaderValue::from_str(&text).expect("base64url and names are visible ASCII")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(cookies: &[&'static str]) -> HeaderMap {
        cookies
            .iter()
            .map(|line| (COOKIE, HeaderValue::from_static(line)))
            .collect()
    }

    #[test]
    fn a_token_reads_back_from_among_other_cookies() {
        let token = Token::draw();
        let line = token
            .cookie()
            .to_str()
            .unwrap()
            .split(';')
            .next()
            .unwrap()
            .to_owned();
        let mut headers = headers(&["a=b; c=d"]);
        headers.append(
            COOKIE,
            HeaderValue::from_str(&format!("e=f; {line}")).unwrap(),
        );
        assert_eq!(Token::of(&headers).unwrap().hash(), token.hash());
    }

    #[test]
    fn other_cookies_are_not_tokens() {
        assert!(
            Token::of(&headers(&[
                "doorstep=x; __Host-doorstepx=y; __Host-doorstep"
            ]))
            .is_none()
        );
        assert!(Token::of(&headers(&[])).is_none());
    }

    #[test]
    fn the_cookie_stays_with_this_site_and_away_from_scripts() {
        let text = no_cookie().to_str().unwrap().to_owned();
        for needed in [
            "__Host-doorstep=;",
            "Path=/;",
            "Secure",
            "HttpOnly",
            "SameSite=Strict",
        ] {
            assert!(text.contains(needed), "{text}");
        }
        assert!(
            Token::draw()
                .cookie()
                .to_str()
                .unwrap()
                .contains("Max-Age=2592000;")
        );
    }
}
