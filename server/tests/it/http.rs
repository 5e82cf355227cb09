//! What stands around every address: limits, the one shape of failures, headers, our own pages
//! only.

use std::io::{Read, Write};
use std::net::TcpStream;

use serde_json::json;

use crate::harness::Company;
use crate::phone::Phone;
use crate::server::Server;

/// Everything that a request may change.
fn rows(company: &Company) -> i64 {
    [
        "event",
        "part",
        "session",
        "device",
        "quarantine",
        "person",
        "role_grant",
    ]
    .iter()
    .map(|table| company.count(&format!("SELECT count(*) FROM {table}")))
    .sum()
}

#[test]
fn bad_bodies_get_a_4xx_in_the_one_shape_and_change_nothing() {
    let company = Company::with_people();
    let server = Server::start(&company);
    let phone = Phone::of(&server, "lin");
    let before = rows(&company);
    let deep = format!("{}1{}", "[".repeat(17), "]".repeat(17));
    let post = |path: &str, body: &[u8]| {
        let headers = [("content-type", "application/json"), phone.cookie()];
        server.send("POST", path, &headers, Some(body))
    };
    for path in ["/api/v1/login", "/api/v1/sync"] {
        for (body, status, code) in [
            (&b""[..], 400, "malformed_request"),
            (b"{", 400, "malformed_request"),
            (b"{}", 400, "malformed_request"),
            (b"\xff\xfe", 400, "malformed_request"),
            (b"null", 400, "malformed_request"),
            (deep.as_bytes(), 400, "too_deep"),
        ] {
            let answer = post(path, body);
            let text = String::from_utf8_lossy(body);
            assert_eq!(
                (answer.status, answer.problem().as_str()),
                (status, code),
                "{path} {text}"
            );
        }
    }
    for (path, limit) in [("/api/v1/login", 16 << 10), ("/api/v1/sync", 4 << 20)] {
        let answer = post(path, &vec![b' '; limit + 1]);
        assert_eq!(
            (answer.status, answer.problem().as_str()),
            (413, "too_large"),
            "{path}"
        );
        assert_eq!(answer.json()["params"]["limit"], limit);
        assert_eq!(post(path, &vec![b' '; limit]).status, 400, "{path}");
    }
    let mut more = phone.sync(&phone.genesis(), &[]);
    more["extra"] = json!(1);
    assert_eq!(
        phone.post_sync(&server, &more).problem(),
        "malformed_request"
    );
    let mut many = phone.sync(&phone.genesis(), &[]);
    many["push"] = json!(vec![17; 101]);
    assert_eq!(phone.post_sync(&server, &many).problem(), "too_many");
    assert_eq!(rows(&company), before);
}

#[test]
fn a_body_of_unknown_length_is_cut_at_the_limit_whether_it_ends_or_not() {
    let company = Company::with_people();
    let server = Server::start(&company);
    for end in ["0\r\n\r\n", ""] {
        let mut stream = TcpStream::connect(server.address()).unwrap();
        let head = "POST /api/v1/login HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\
                    content-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n";
        stream.write_all(head.as_bytes()).unwrap();
        let chunk = format!("1000\r\n{}\r\n", " ".repeat(0x1000));
        stream.write_all(chunk.repeat(6).as_bytes()).unwrap();
        stream.write_all(end.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    }
}

#[test]
fn who_is_not_logged_in_gets_no_further() {
    let company = Company::with_people();
    let server = Server::start(&company);
    let phone = Phone::of(&server, "lin");
    let body = phone.sync(&phone.genesis(), &[]);
    for cookie in ["", "__Host-doorstep=", "__Host-doorstep=AAAA", "doorstep=x"] {
        let answer = server.post("/api/v1/sync", &[("cookie", cookie)], &body);
        assert_eq!(
            (answer.status, answer.problem().as_str()),
            (401, "not_logged_in")
        );
        let answer = server.get("/api/v1/session", &[("cookie", cookie)]);
        assert_eq!(
            (answer.status, answer.problem().as_str()),
            (401, "not_logged_in")
        );
    }
}

#[test]
fn unknown_addresses_and_methods_are_answered_in_the_one_shape() {
    let company = Company::empty();
    let server = Server::start(&company);
    for (method, path, status, code) in [
        ("GET", "/api", 404, "not_found"),
        ("GET", "/api/v2/sync", 404, "not_found"),
        ("GET", "/api/v1/login", 405, "method_not_allowed"),
        ("DELETE", "/api/v1/session", 405, "method_not_allowed"),
        ("PUT", "/healthz", 405, "method_not_allowed"),
        ("DELETE", "/", 405, "method_not_allowed"),
        ("TRACE", "/", 405, "method_not_allowed"),
        ("TRACE", "/healthz", 405, "method_not_allowed"),
    ] {
        let answer = server.send(method, path, &[], None);
        assert_eq!(
            (answer.status, answer.problem().as_str()),
            (status, code),
            "{method} {path}"
        );
    }
}

#[test]
fn every_answer_carries_the_policy() {
    let company = Company::empty();
    let server = Server::start(&company);
    for path in ["/", "/healthz", "/api/v1/session", "/missing.js"] {
        let answer = server.get(path, &[]);
        assert_eq!(
            answer.header("content-security-policy"),
            "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
             img-src 'self' blob:; connect-src 'self'; manifest-src 'self'; worker-src 'self'; \
             form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
            "{path}"
        );
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("referrer-policy"), "no-referrer");
        assert_eq!(answer.header("cross-origin-opener-policy"), "same-origin");
        assert!(answer.header("permissions-policy").contains("camera=()"));
        assert_eq!(
            answer.header("strict-transport-security"),
            "",
            "not without TLS"
        );
    }
    assert_eq!(server.get("/healthz", &[]).json(), json!({"status": "ok"}));
}

#[test]
fn behind_a_proxy_the_proxys_word_counts() {
    let company = Company::with_people();
    let server = Server::start_with(&company, &["--behind-proxy"]);
    let body = json!({});
    let from = |origin: &str| {
        let headers = [
            ("x-forwarded-proto", "https"),
            ("x-forwarded-host", "doorstep.example"),
            ("origin", origin),
        ];
        server.post("/api/v1/logout", &headers, &body).status
    };
    assert_eq!(from("https://doorstep.example"), 204);
    let transport = |scheme: &str| {
        let answer = server.get("/", &[("x-forwarded-proto", scheme)]);
        answer.header("strict-transport-security").to_owned()
    };
    assert!(transport("https").starts_with("max-age="));
    assert_eq!(transport("http"), "");
    assert_eq!(from(&server.url), 403);
    let told = ["--public-origin", "https://other.example"];
    let server = Server::start_with(&company, &told);
    let answer = server.post(
        "/api/v1/logout",
        &[("origin", "https://other.example")],
        &body,
    );
    assert_eq!(answer.status, 204);
    assert!(
        answer
            .header("strict-transport-security")
            .starts_with("max-age=")
    );
}

#[test]
fn a_server_told_to_end_ends_well() {
    let company = Company::empty();
    assert_eq!(Server::start(&company).terminate(), Some(0));
}
