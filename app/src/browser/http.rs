//! Requests to the server, each with a time limit. An answer is one only when it is JSON; what
//! a hotel's log-in page or a proxy sends is not. Not retries; the engine decides those.

use js_sys::{Promise, Uint8Array};
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, Headers, RequestInit, Response};

use super::timer::{self, Timer};
use super::window;

/// Milliseconds until a request is given up.
const LIMIT_MS: u32 = 30_000;

/// An answer of the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The body when its content type is JSON; otherwise nothing of ours answered.
    pub json: Option<String>,
}

/// No answer came: no network, no server, or too slow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoAnswer;

impl From<JsValue> for NoAnswer {
    fn from(_: JsValue) -> Self {
        Self
    }
}

impl Answer {
    /// Reads the body; `None` when it is not the JSON of a `T`.
    pub fn read<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_str(self.json.as_ref()?).ok()
    }

    /// Whether the status says success.
    pub fn is_ok(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

/// What a change goes out from (RFC 9110 §13.1): nothing is overwritten unseen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    /// There is none yet.
    New,
    /// It is of this revision.
    Was(i64),
}

impl Condition {
    fn header(self) -> (&'static str, String) {
        match self {
            Self::New => ("If-None-Match", "*".to_owned()),
            Self::Was(revision) => ("If-Match", format!("\"{revision}\"")),
        }
    }
}

/// `GET` of one of the server's addresses.
pub async fn get(address: &str) -> Result<Answer, NoAnswer> {
    send("GET", address, Asked::default()).await
}

/// The bytes behind one of the server's addresses, if they are of this type.
pub async fn get_bytes(address: &str, media_type: &str) -> Result<Option<Vec<u8>>, NoAnswer> {
    let waiting = Waiting::begin("GET", address, Asked::default())?;
    let (response, _limit) = waiting.settle().await?;
    let kind = content_type(&response);
    if !response.ok() || response.redirected() || !kind.eq_ignore_ascii_case(media_type) {
        return Ok(None);
    }
    let bytes = JsFuture::from(response.array_buffer()?).await?;
    Ok(Some(Uint8Array::new(&bytes).to_vec()))
}

/// `POST` of `body` as JSON.
pub async fn post<T: Serialize>(address: &str, body: &T) -> Result<Answer, NoAnswer> {
    send("POST", address, Asked::of(body)).await
}

/// `PUT` of `body` as JSON, if `condition` holds.
pub async fn put<T: Serialize>(
    address: &str,
    condition: Condition,
    body: &T,
) -> Result<Answer, NoAnswer> {
    let mut asked = Asked::of(body);
    asked.headers.push(condition.header());
    send("PUT", address, asked).await
}

/// `PUT` of bytes as they are, of which `range` (RFC 9110 §14.4) tells what of the whole they are.
pub async fn put_piece(address: &str, range: String, piece: &[u8]) -> Result<Answer, NoAnswer> {
    let asked = Asked {
        body: Some(Uint8Array::from(piece).into()),
        content_type: "application/octet-stream",
        headers: vec![("Content-Range", range)],
    };
    send("PUT", address, asked).await
}

/// `DELETE` of what is of this revision.
pub async fn delete(address: &str, revision: i64) -> Result<Answer, NoAnswer> {
    let asked = Asked {
        headers: vec![Condition::Was(revision).header()],
        ..Asked::default()
    };
    send("DELETE", address, asked).await
}

/// What goes along with a request.
struct Asked {
    body: Option<JsValue>,
    content_type: &'static str,
    headers: Vec<(&'static str, String)>,
}

impl Default for Asked {
    fn default() -> Self {
        Self {
            body: None,
            content_type: "application/json",
            headers: Vec::new(),
        }
    }
}

impl Asked {
    fn of<T: Serialize>(body: &T) -> Self {
        let text = serde_json::to_string(body).expect("the wire's types have string keys only");
        Self {
            body: Some(JsValue::from_str(&text)),
            ..Self::default()
        }
    }
}

/// A request under way.
struct Waiting {
    fetched: Promise,
    limit: Timer,
}

impl Waiting {
    fn begin(method: &str, address: &str, asked: Asked) -> Result<Self, NoAnswer> {
        let controller = AbortController::new()?;
        let init = RequestInit::new();
        init.set_method(method);
        init.set_signal(Some(&controller.signal()));
        let headers = Headers::new()?;
        if method != "GET" {
            // What no other site's form can send is how the server tells its own pages' requests.
            headers.set("Content-Type", asked.content_type)?;
        }
        for (name, value) in asked.headers {
            headers.set(name, &value)?;
        }
        if let Some(body) = &asked.body {
            init.set_body(body);
        }
        init.set_headers(&headers);
        let limit = timer::after(LIMIT_MS, move || controller.abort());
        let fetched = window().fetch_with_str_and_init(address, &init);
        Ok(Self { fetched, limit })
    }

    /// The response, and the limit to be held until its body is read: that may also hang half-way.
    async fn settle(self) -> Result<(Response, Timer), NoAnswer> {
        let response = JsFuture::from(self.fetched).await?;
        Ok((response.unchecked_into(), self.limit))
    }
}

async fn send(method: &str, address: &str, asked: Asked) -> Result<Answer, NoAnswer> {
    let (response, _limit) = Waiting::begin(method, address, asked)?.settle().await?;
    let json = if is_json(&content_type(&response)) && !response.redirected() {
        JsFuture::from(response.text()?).await?.as_string()
    } else {
        None
    };
    Ok(Answer {
        status: response.status(),
        json,
    })
}

fn content_type(response: &Response) -> String {
    let kind = response.headers().get("Content-Type").ok().flatten();
    kind.unwrap_or_default()
}

/// `application/json` and the problem type of RFC 9457, with or without parameters.
fn is_json(content_type: &str) -> bool {
    let kind = content_type.split(';').next().unwrap_or_default().trim();
    ["application/json", "application/problem+json"]
        .iter()
        .any(|json| kind.eq_ignore_ascii_case(json))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_names_what_it_has_seen() {
        assert_eq!(Condition::New.header(), ("If-None-Match", "*".into()));
        assert_eq!(Condition::Was(7).header(), ("If-Match", "\"7\"".into()));
    }

    #[test]
    fn only_json_is_an_answer() {
        for (kind, json) in [
            ("application/json", true),
            ("application/json; charset=utf-8", true),
            ("application/problem+json", true),
            ("text/html; charset=utf-8", false),
            ("application/jsonp", false),
            ("", false),
        ] {
            assert_eq!(is_json(kind), json, "{kind}");
        }
    }
}
