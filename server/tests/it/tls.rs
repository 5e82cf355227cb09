//! `serve --cert --key`: HTTPS as phones ask for it.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use crate::harness::Company;
use crate::server::Server;

/// What `GET path` is answered with, by a server whose certificate must be `certificate`.
fn get(server: &Server, certificate: &CertificateDer<'static>, path: &str) -> String {
    let mut roots = RootCertStore::empty();
    roots.add(certificate.clone()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = "localhost".try_into().unwrap();
    let connection = ClientConnection::new(Arc::new(config), name).unwrap();
    let socket = TcpStream::connect(server.address()).unwrap();
    let mut stream = StreamOwned::new(connection, socket);
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn a_certificate_makes_it_https() {
    let company = Company::empty();
    let signed = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let certificate = company.write("cert.pem", signed.cert.pem());
    let key = company.write("key.pem", signed.signing_key.serialize_pem());
    let arguments = [
        "--host",
        "0.0.0.0",
        "--cert",
        certificate.to_str().unwrap(),
        "--key",
        key.to_str().unwrap(),
    ];
    let server = Server::start_with(&company, &arguments);
    assert!(server.url.starts_with("https://"), "{}", server.url);
    let answer = get(&server, signed.cert.der(), "/healthz");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(
        answer.contains("strict-transport-security: max-age="),
        "{answer}"
    );
    assert_eq!(server.terminate(), Some(0));
}

#[test]
fn a_certificate_that_is_none_is_said_before_anything_listens() {
    let company = Company::empty();
    let letter = company.write("cert.pem", "Dear phones,");
    let letter = letter.to_str().unwrap();
    let run = company.run(&["serve", "--port", "0", "--cert", letter, "--key", letter]);
    assert_eq!((run.code, run.out.as_str()), (1, ""), "{run:?}");
    assert!(run.err.contains("cert.pem"), "{run:?}");
}

#[test]
fn without_https_it_listens_to_this_machine_only() {
    let company = Company::empty();
    for host in ["0.0.0.0", "::", "192.0.2.1"] {
        let run = company.run(&["serve", "--port", "0", "--host", host]);
        assert_eq!((run.code, run.out.as_str()), (2, ""), "{run:?}");
        assert!(run.err.contains("--cert"), "{run:?}");
    }
}
