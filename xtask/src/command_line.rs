//! What may be typed after `cargo xtask`, read into a [`Task`]; it does nothing itself.

use std::path::PathBuf;

use crate::server::Profile;

/// The help text.
pub(crate) const USAGE: &str = "\
usage: cargo xtask <task>

  serve [--demo] [--port N] [--cert FILE --key FILE] [--behind-proxy]
               build everything and serve it on http://127.0.0.1:8080 (or --port N);
               --demo fills a demo site and prints its log-ins
  test [--quick]
               format check, clippy, all Rust tests, and the end-to-end tests in Chromium;
               --quick simulates fewer seeds and leaves out the cases marked slow
  e2e [FILTER] only the end-to-end tests (those whose name contains FILTER)
  build [--release]
               the client as it ships, and the server (without --release: unoptimised)
  bytes        print the bytes that a first visit transfers
  screenshots  draw every screen

What is missing on this machine (wasm target, Chromium, node packages) is installed on the way.";

/// One thing to do.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Task {
    Help,
    Build { profile: Profile },
    Serve(ServeOptions),
    Test { quick: bool },
    EndToEnd { filter: Option<String> },
    Bytes,
    Screenshots,
}

/// How to serve; all but `demo` is handed on to `doorstep serve`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct ServeOptions {
    /// Fill a demo site first, and serve that one.
    pub(crate) demo: bool,
    pub(crate) port: u16,
    /// Certificate and key files (PEM) for HTTPS.
    pub(crate) tls: Option<(PathBuf, PathBuf)>,
    pub(crate) behind_proxy: bool,
}

/// Reads the words after `cargo xtask`; an error is a sentence for the person who typed them.
pub(crate) fn parse(words: impl Iterator<Item = String>) -> Result<Task, String> {
    let mut words = words.peekable();
    let Some(name) = words.next() else {
        return Ok(Task::Help);
    };
    let task = match name.as_str() {
        "help" | "--help" | "-h" => Task::Help,
        "build" if words.next_if(|word| word == "--release").is_some() => Task::Build {
            profile: Profile::Release,
        },
        "build" => Task::Build {
            profile: Profile::Dev,
        },
        "serve" => Task::Serve(parse_serve(&mut words)?),
        "test" => Task::Test {
            quick: words.next_if(|word| word == "--quick").is_some(),
        },
        "e2e" => Task::EndToEnd {
            filter: words.next_if(|word| !word.starts_with('-')),
        },
        "bytes" => Task::Bytes,
        "screenshots" => Task::Screenshots,
        other => return Err(format!("There is no task `{other}`.")),
    };
    match words.next() {
        Some(word) => Err(format!("`{name}` does not take `{word}`.")),
        None => Ok(task),
    }
}

fn parse_serve(words: &mut impl Iterator<Item = String>) -> Result<ServeOptions, String> {
    let mut options = ServeOptions {
        demo: false,
        port: 8080,
        tls: None,
        behind_proxy: false,
    };
    let (mut cert, mut key) = (None, None);
    while let Some(word) = words.next() {
        let mut value = || {
            words
                .next()
                .ok_or_else(|| format!("`{word}` needs a value."))
        };
        match word.as_str() {
            "--demo" => options.demo = true,
            "--behind-proxy" => options.behind_proxy = true,
            "--port" => {
                let port = value()?;
                options.port = port
                    .parse()
                    .map_err(|_| format!("`{port}` is no port number."))?;
            }
            "--cert" => cert = Some(PathBuf::from(value()?)),
            "--key" => key = Some(PathBuf::from(value()?)),
            other => return Err(format!("`serve` does not take `{other}`.")),
        }
    }
    options.tls = match (cert, key) {
        (Some(cert), Some(key)) => Some((cert, key)),
        (None, None) => None,
        _ => return Err("`--cert` and `--key` go together: give both files.".to_owned()),
    };
    Ok(options)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(line: &str) -> Result<Task, String> {
        parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn reads_every_task() {
        let plain = ServeOptions {
            demo: false,
            port: 8080,
            tls: None,
            behind_proxy: false,
        };
        assert_eq!(typed(""), Ok(Task::Help));
        assert_eq!(
            typed("build"),
            Ok(Task::Build {
                profile: Profile::Dev
            })
        );
        assert_eq!(
            typed("build --release"),
            Ok(Task::Build {
                profile: Profile::Release
            })
        );
        assert_eq!(typed("test"), Ok(Task::Test { quick: false }));
        assert_eq!(typed("test --quick"), Ok(Task::Test { quick: true }));
        assert_eq!(typed("e2e"), Ok(Task::EndToEnd { filter: None }));
        assert_eq!(
            typed("e2e sign"),
            Ok(Task::EndToEnd {
                filter: Some("sign".to_owned())
            })
        );
        assert_eq!(
            typed("serve --demo --port 8088"),
            Ok(Task::Serve(ServeOptions {
                demo: true,
                port: 8088,
                ..plain
            }))
        );
    }

    #[test]
    fn certificate_and_key_go_together() {
        let Ok(Task::Serve(options)) = typed("serve --key k.pem --cert c.pem") else {
            panic!("both files make HTTPS")
        };
        assert_eq!(
            options.tls,
            Some((PathBuf::from("c.pem"), PathBuf::from("k.pem")))
        );
        assert!(typed("serve --cert c.pem").is_err_and(|problem| problem.contains("together")));
    }

    #[test]
    fn says_what_it_does_not_know() {
        assert_eq!(
            typed("deploy"),
            Err("There is no task `deploy`.".to_owned())
        );
        assert_eq!(
            typed("test --fast"),
            Err("`test` does not take `--fast`.".to_owned())
        );
        assert_eq!(
            typed("serve --port"),
            Err("`--port` needs a value.".to_owned())
        );
        assert_eq!(
            typed("serve --port 70000"),
            Err("`70000` is no port number.".to_owned())
        );
    }
}
