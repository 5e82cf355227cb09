use super::*;

const FILES: &[Embedded] = &[
    Embedded {
        path: "assets/app-0a.wasm",
        body: b"\0asm",
        brotli: Some(b"br"),
    },
    Embedded {
        path: "index.html",
        body: b"<!doctype html>",
        brotli: None,
    },
    Embedded {
        path: "sw.js",
        body: b"work()",
        brotli: None,
    },
];

fn path(asked: &str) -> Option<&'static str> {
    find(FILES, asked).map(|place| FILES[place].path)
}

fn asking(name: axum::http::HeaderName, value: &str) -> HeaderMap {
    HeaderMap::from_iter([(name, value.parse().unwrap())])
}

fn header(response: &Response, name: axum::http::HeaderName) -> &str {
    response
        .headers()
        .get(name)
        .map_or("", |value| value.to_str().unwrap())
}

#[test]
fn addresses_of_the_app_are_its_page_and_missing_files_are_missing() {
    assert_eq!(path("/"), Some("index.html"));
    assert_eq!(path("/visits/1"), Some("index.html"));
    assert_eq!(path("/sw.js"), Some("sw.js"));
    assert_eq!(path("/assets/app-0b.wasm"), None);
    assert_eq!(path("/../Cargo.toml"), None);
    // A folder is no file, and what a working copy has beside them is not among them.
    for nothing in [
        "/assets/",
        "/.git/config",
        "/.git/HEAD",
        "/.env",
        "/Cargo.lock",
    ] {
        assert!(
            matches!(path(nothing), None | Some("index.html")),
            "{nothing}"
        );
    }
}

#[test]
fn files_say_what_they_are_and_texts_in_which_characters() {
    for (path, says) in [
        ("index.html", "text/html; charset=utf-8"),
        ("assets/a-0b.js", "text/javascript; charset=utf-8"),
        ("assets/a-0b.css", "text/css; charset=utf-8"),
        ("icons/icon.svg", "image/svg+xml; charset=utf-8"),
        ("assets/a-0b.wasm", "application/wasm"),
        ("manifest.webmanifest", "application/manifest+json"),
        ("unheard.of", "application/octet-stream"),
    ] {
        assert_eq!(content_type(path), says);
    }
}

#[test]
fn brotli_is_sent_to_those_who_take_it() {
    for (accepted, packed) in [
        ("gzip, deflate, br", true),
        ("br;q=0.5", true),
        ("br;q=0", false),
        ("gzip", false),
        ("", false),
    ] {
        let response = answer(&FILES[0], "tag", &asking(ACCEPT_ENCODING, accepted));
        let encoding = if packed { "br" } else { "" };
        assert_eq!(header(&response, CONTENT_ENCODING), encoding, "{accepted}");
        assert_eq!(header(&response, CONTENT_TYPE), "application/wasm");
    }
}

#[test]
fn hashed_files_are_kept_for_ever_and_the_others_asked_for_anew() {
    let caching = |place: usize| {
        header(
            &answer(&FILES[place], "tag", &HeaderMap::new()),
            CACHE_CONTROL,
        )
        .to_owned()
    };
    assert!(caching(0).contains("immutable"));
    assert_eq!([caching(1), caching(2)], ["no-cache", "no-cache"]);
}

#[test]
fn what_has_not_changed_is_not_sent_again() {
    let again = answer(
        &FILES[1],
        "tag",
        &asking(IF_NONE_MATCH, "\"other\", \"tag\""),
    );
    assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    let changed = answer(&FILES[1], "new", &asking(IF_NONE_MATCH, "\"tag\""));
    assert_eq!(changed.status(), StatusCode::OK);
}
