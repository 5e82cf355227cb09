//! Pages that this server writes itself, for people without an account: their frame, their
//! language, and failures as pages. Not the app, which is files ([`crate::assets`]).

use std::sync::LazyLock;

use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{
    ACCEPT, ACCEPT_LANGUAGE, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use doorstep_domain::hash::sha256;
use doorstep_domain::language::Language;
use doorstep_domain::sync::wire::{Problem, ProblemCode};
use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::texts::texts;

/// The type of a page's answer.
pub(crate) const MEDIA_TYPE: &str = "text/html; charset=utf-8";

/// The design's tokens and what these pages add; there is no other style and no script.
const STYLE: &str = concat!(
    include_str!("../../style/tokens.css"),
    include_str!("page.css")
);

/// Lets a page hold [`STYLE`], send its form here, and do nothing else.
static POLICY: LazyLock<HeaderValue> = LazyLock::new(|| {
    // CSP level 3 wants the base64 of RFC 4648 §4.
    let hash = sha256(STYLE.as_bytes()).to_string();
    let hash = hash.replace('-', "+").replace('_', "/");
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{hash}='; form-action 'self'; \
         frame-ancestors 'none'; base-uri 'none'"
    );
    HeaderValue::from_str(&policy).expect("a policy is printable")
});

/// A page in a language, where it can be read in the other one too (`other`, a relative reference).
pub(crate) fn page(language: Language, other: &str, content: &Markup) -> Response {
    let texts = texts(language);
    let (lang, heading) = (language.tag(), &texts.receipt.title);
    let markup = html! {
        (DOCTYPE)
        html lang=(lang) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="robots" content="noindex";
                title { (heading) " · " (texts.name) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header {
                    b { (texts.name) }
                    a href=(other) lang=(other_than(language).tag()) { (texts.other_language) }
                }
                main { (content) }
                footer { p { (texts.receipt.about) } }
            }
        }
    };
    let mut response = Body::from(markup.into_string()).into_response();
    dress(response.headers_mut());
    response
}

/// The headers of a page. It says what holds now, to whoever holds its address, so nothing keeps
/// it.
fn dress(headers: &mut HeaderMap) {
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
    headers.insert(CONTENT_SECURITY_POLICY, POLICY.clone());
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let robots = HeaderName::from_static("x-robots-tag");
    headers.insert(robots, HeaderValue::from_static("noindex"));
}

/// The language that is not this one.
pub(crate) fn other_than(language: Language) -> Language {
    match language {
        Language::Chinese => Language::English,
        Language::English => Language::Chinese,
    }
}

/// The language to answer in: `lang` of the query, else the browser's first, else Chinese.
pub(crate) fn language(uri: &Uri, headers: &HeaderMap) -> Language {
    let query = uri.query().unwrap_or_default();
    let asked = query.split('&').find_map(|it| it.strip_prefix("lang="));
    let first = || {
        let list = headers.get(ACCEPT_LANGUAGE)?.to_str().ok()?;
        // Browsers send their languages in order; weights only say it again (RFC 9110 §12.5.4).
        list.split([',', ';']).next().map(str::trim)
    };
    asked
        .or_else(first)
        .filter(|tag| !tag.is_empty() && *tag != "*")
        .map_or(Language::Chinese, Language::from_tag)
}

/// Shows failures as pages to whoever asks for pages; programs get the one shape of problems.
pub(crate) async fn for_people(request: Request, next: Next) -> Response {
    let accepts = request.headers().get(ACCEPT);
    let people = accepts.is_some_and(|it| it.to_str().is_ok_and(|it| it.contains("text/html")));
    let language = language(request.uri(), request.headers());
    let response = next.run(request).await;
    let problem = response.extensions().get::<Problem>().cloned();
    let Some(problem) = problem.filter(|_| people) else {
        return response;
    };
    let failure = failure(language, &problem);
    let (mut parts, _) = response.into_parts();
    let shown = page(language, other_language_only(language), &failure);
    dress(&mut parts.headers);
    parts.headers.remove(axum::http::header::CONTENT_LENGTH);
    Response::from_parts(parts, shown.into_body())
}

/// The same address without its query, in the other language.
fn other_language_only(language: Language) -> &'static str {
    match other_than(language) {
        Language::Chinese => "?lang=zh-CN",
        Language::English => "?lang=en",
    }
}

fn failure(language: Language, problem: &Problem) -> Markup {
    let t = &texts(language).receipt;
    let seconds = problem.params.get("retry_after_s");
    let (heading, text) = match problem.code {
        ProblemCode::NotFound => (&t.missing, t.missing_text.clone()),
        ProblemCode::MalformedRequest => (&t.malformed, t.malformed_text.clone()),
        ProblemCode::TooManyRequests => {
            let seconds = seconds.map(ToString::to_string).unwrap_or_default();
            (&t.too_many, t.too_many_text.replace("{seconds}", &seconds))
        }
        _ => (&t.failed, t.failed_text.clone()),
    };
    html! {
        section class="amber" {
            h1 { (heading) }
            p { (text) }
        }
        (finder(language))
    }
}

/// The form that finds a receipt by its short code.
pub(crate) fn finder(language: Language) -> Markup {
    let t = &texts(language).receipt;
    html! {
        form action="/r" {
            h2 { (t.find) }
            label for="code" { (t.find_label) }
            input id="code" name="code" required maxlength="20" autocomplete="off"
                autocapitalize="characters" spellcheck="false" placeholder="7F3K-Q2M9";
            input type="hidden" name="lang" value=(language.tag());
            button { (t.find_button) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_is_the_one_asked_for_then_the_browsers_then_chinese() {
        for (uri, accepts, expected) in [
            ("/r", None, Language::Chinese),
            ("/r", Some("*"), Language::Chinese),
            ("/r", Some("en-GB,zh;q=0.5"), Language::English),
            ("/r", Some("zh-TW;q=0.9, en"), Language::Chinese),
            ("/r?lang=en", Some("zh-CN"), Language::English),
            ("/r?code=1&lang=zh-CN", Some("en"), Language::Chinese),
        ] {
            let mut headers = HeaderMap::new();
            if let Some(accepts) = accepts {
                headers.insert(ACCEPT_LANGUAGE, HeaderValue::from_static(accepts));
            }
            let uri = Uri::from_static(uri);
            assert_eq!(language(&uri, &headers), expected, "{uri} {accepts:?}");
        }
    }

    #[test]
    fn the_style_cannot_end_early_and_loads_nothing() {
        assert!(!STYLE.contains("</") && !STYLE.contains("url(") && !STYLE.contains("@import"));
    }
}
