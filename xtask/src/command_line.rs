//! What may be typed after `cargo xtask`, read into a [`Task`]; it does nothing itself.

use crate::fuzz::FuzzOptions;
use crate::server::Profile;

/// The help text.
pub(crate) const USAGE: &str = "\
usage: cargo xtask <task>

  serve [--demo] [OPTIONS of `doorstep serve`, such as --port N]
               build everything and serve it on http://127.0.0.1:8080;
               --demo fills a demo site, prints its log-ins and serves that one
  test [--quick]
               format check, clippy, all Rust tests, and the end-to-end tests in Chromium;
               --quick simulates fewer seeds and leaves out ignored tests and slow cases
  e2e [FILTER] only the end-to-end tests (those whose name contains FILTER)
  sim [--seeds N] [--from S] [--trace]
               run the simulation's seeds on all cores; a seed that breaks a promise is made short
               and printed
  chaos [--cycles N | --minutes N] [--seed N] [--stride N] [--only PART]
               kill the server at random under load and at each call of one push, fill its disk and
               make it fail; compare with what was acknowledged
  chaos browser [--kills N] [--seed N]
               kill the browser at random while somebody types, signs and seals
  fuzz [TARGET] [--seconds N]
               run the fuzz targets of the decoders, or one, each for N seconds (60)
  deny [CHECK]...
               hold the crates against deny.toml: advisories, bans, licenses, sources
  build [--release]
               the client as it ships, and the server (without --release: unoptimised)
  vectors      hold the vectors of canonical JSON against the client's code in WebAssembly
  bytes        print the bytes that a first visit transfers
  bench client [--runs N] [--throttle N] [--only start|keeping|ink|many]
               measure the client beside a page made by hand and SurveyJS, in one browser, in turn
  screenshots [--publish]  draw every screen; those of README and manifest, and put them there

What is missing on this machine (wasm target, Chromium, node packages) is installed on the way.";

/// One thing to do.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Task {
    Help,
    Build {
        profile: Profile,
    },
    Serve(ServeOptions),
    Test {
        quick: bool,
    },
    EndToEnd {
        filter: Option<String>,
    },
    /// Options of the program `sim`; it knows them itself.
    Simulation {
        options: Vec<String>,
    },
    /// Options of the program `chaos`; it knows them itself.
    Chaos {
        options: Vec<String>,
    },
    /// Options of the script `chaos.mjs`.
    ChaosInBrowser {
        options: Vec<String>,
    },
    Fuzz(FuzzOptions),
    /// Checks of `cargo-deny`; it knows them itself.
    Deny {
        checks: Vec<String>,
    },
    Vectors,
    Bytes,
    /// Options of the script `bench.mjs`.
    BenchOfClient {
        options: Vec<String>,
    },
    Screenshots {
        publish: bool,
    },
}

/// How to serve.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct ServeOptions {
    /// Fill a demo site first, and serve that one.
    pub(crate) demo: bool,
    /// What `doorstep serve` is to be told; it knows its options itself.
    pub(crate) handed_on: Vec<String>,
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
        "serve" => Task::Serve(parse_serve(&mut words)),
        "test" => Task::Test {
            quick: words.next_if(|word| word == "--quick").is_some(),
        },
        "e2e" => Task::EndToEnd {
            filter: words.next_if(|word| !word.starts_with('-')),
        },
        "sim" => Task::Simulation {
            options: words.by_ref().collect(),
        },
        "chaos" if words.next_if(|word| word == "browser").is_some() => Task::ChaosInBrowser {
            options: words.by_ref().collect(),
        },
        "chaos" => Task::Chaos {
            options: words.by_ref().collect(),
        },
        "fuzz" => Task::Fuzz(parse_fuzz(&mut words)?),
        "deny" => Task::Deny {
            checks: words.by_ref().collect(),
        },
        "vectors" => Task::Vectors,
        "bytes" => Task::Bytes,
        "bench" if words.next_if(|word| word == "client").is_some() => Task::BenchOfClient {
            options: words.by_ref().collect(),
        },
        "bench" => return Err("Say what to measure: `bench client`.".to_owned()),
        "screenshots" => Task::Screenshots {
            publish: words.next_if(|word| word == "--publish").is_some(),
        },
        other => return Err(format!("There is no task `{other}`.")),
    };
    match words.next() {
        Some(word) => Err(format!("`{name}` does not take `{word}`.")),
        None => Ok(task),
    }
}

fn parse_fuzz(
    words: &mut std::iter::Peekable<impl Iterator<Item = String>>,
) -> Result<FuzzOptions, String> {
    let target = words.next_if(|word| !word.starts_with('-'));
    let seconds = match words.next_if(|word| word == "--seconds") {
        None => Some(60),
        Some(_) => words.next().and_then(|word| word.parse().ok()),
    };
    let seconds = seconds.ok_or("`--seconds` takes a number of seconds.")?;
    Ok(FuzzOptions { target, seconds })
}

fn parse_serve(words: &mut impl Iterator<Item = String>) -> ServeOptions {
    let (demo, handed_on): (Vec<_>, Vec<_>) = words.partition(|word| word == "--demo");
    ServeOptions {
        demo: !demo.is_empty(),
        handed_on,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(line: &str) -> Result<Task, String> {
        parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn reads_every_task() {
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
    }

    #[test]
    fn the_options_of_the_simulation_are_its_own() {
        let options = vec!["--seeds".to_owned(), "10000000".to_owned()];
        assert_eq!(
            typed("sim --seeds 10000000"),
            Ok(Task::Simulation { options })
        );
    }

    #[test]
    fn the_options_of_chaos_are_its_own() {
        let options = vec!["--cycles".to_owned(), "10000".to_owned()];
        assert_eq!(typed("chaos --cycles 10000"), Ok(Task::Chaos { options }));
        let options = vec!["--kills".to_owned(), "200".to_owned()];
        assert_eq!(
            typed("chaos browser --kills 200"),
            Ok(Task::ChaosInBrowser { options })
        );
    }

    #[test]
    fn the_options_of_a_bench_are_its_own() {
        let options = vec!["--runs".to_owned(), "9".to_owned()];
        assert_eq!(
            typed("bench client --runs 9"),
            Ok(Task::BenchOfClient { options })
        );
        assert!(typed("bench").is_err());
    }

    #[test]
    fn fuzzing_is_bounded() {
        let options = |target: Option<&str>, seconds| {
            let target = target.map(str::to_owned);
            Ok(Task::Fuzz(FuzzOptions { target, seconds }))
        };
        assert_eq!(typed("fuzz"), options(None, 60));
        assert_eq!(typed("fuzz push --seconds 5"), options(Some("push"), 5));
        assert!(typed("fuzz --seconds").is_err());
    }

    #[test]
    fn the_servers_options_are_its_own() {
        let handed_on = vec!["--port".to_owned(), "8088".to_owned()];
        let options = ServeOptions {
            demo: true,
            handed_on,
        };
        assert_eq!(typed("serve --port 8088 --demo"), Ok(Task::Serve(options)));
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
    }
}
