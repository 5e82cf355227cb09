//! Finding, or getting, a Rust toolchain that compiles to `wasm32-unknown-unknown`.
//!
//! The order is fixed: the active toolchain, then rustup, then Debian's own packages with the
//! standard library compiled from its source. The choice itself ([`choose`]) touches nothing.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};

use crate::{install, process, steps, workspace};

/// What the client is compiled for.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// Debian 12's current Rust (security archive), with its standard library's source.
const DEBIAN_PACKAGES: [&str; 3] = ["rustc-web", "cargo-web", "rust-web-src"];

/// Compiler flags of the client: one type for all components instead of one for each
/// (measured: 7 % fewer bytes).
const FLAGS: &str = "--cfg erase_components";

/// Further flags where the standard library is compiled along: no places in source files, and a
/// panic traps at once; the page says that the app has failed (see `public/boot.js`). The texts of
/// `Debug` stay, as the store tells errors of the browser's database apart by them.
const SOURCE_FLAGS: &str = "-Zunstable-options -Cpanic=immediate-abort -Zlocation-detail=none";

/// Long enough for a slow line, short enough that a blocked one does not stop the work.
const RUSTUP_LIMIT: Duration = Duration::from_mins(5);

/// Where tools are looked for.
struct Surroundings {
    /// As in `$PATH`.
    path: OsString,
    /// `$RUSTUP_AUTO_INSTALL`; `0` forbids fetching with rustup.
    auto_install: Option<OsString>,
    /// The prefix of Debian's packages: `/usr`.
    debian: PathBuf,
}

/// What was found there.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Found {
    active_has_target: bool,
    /// rustup, when it may be used to fetch.
    rustup: Option<PathBuf>,
    debian_has_source: bool,
}

/// The way to the wasm target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Route {
    Active,
    AddWithRustup,
    DebianSource,
    InstallDebian,
}

/// A toolchain that can compile the client.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Toolchain {
    /// The one that runs already; it has the target.
    Active,
    /// Debian's, which has the target's standard library as source only.
    Debian {
        prefix: PathBuf,
        linker: Option<PathBuf>,
    },
}

/// The one decision: the first route that leads to the target without more than it needs.
fn choose(found: &Found) -> Route {
    if found.active_has_target {
        Route::Active
    } else if found.rustup.is_some() {
        Route::AddWithRustup
    } else if found.debian_has_source {
        Route::DebianSource
    } else {
        Route::InstallDebian
    }
}

/// Finds the toolchain for the client, installing what is missing.
pub(crate) fn ready() -> Result<Toolchain> {
    let here = Surroundings {
        path: std::env::var_os("PATH").unwrap_or_default(),
        auto_install: std::env::var_os("RUSTUP_AUTO_INSTALL"),
        debian: PathBuf::from("/usr"),
    };
    here.ready(RUSTUP_LIMIT, || {
        install::packages(&DEBIAN_PACKAGES, "to compile the client to WebAssembly")
    })
}

impl Surroundings {
    /// Takes the routes in their order until one has led to the target.
    fn ready(&self, limit: Duration, install: impl FnOnce() -> Result<()>) -> Result<Toolchain> {
        let mut found = self.look();
        if choose(&found) == Route::AddWithRustup {
            let rustup = found
                .rustup
                .take()
                .expect("this route is chosen only with rustup");
            found.active_has_target = self.add_with(&rustup, limit);
        }
        match choose(&found) {
            Route::Active => return Ok(Toolchain::Active),
            Route::DebianSource => {}
            Route::AddWithRustup | Route::InstallDebian => {
                install()?;
                anyhow::ensure!(
                    self.debian_has_source(),
                    "{} are installed but too old for this project (Rust {} is needed): \
                     run `rustup target add {TARGET}` where that is possible",
                    DEBIAN_PACKAGES.join(", "),
                    env!("CARGO_PKG_RUST_VERSION"),
                );
            }
        }
        Ok(Toolchain::Debian {
            prefix: self.debian.clone(),
            linker: self.linker(),
        })
    }

    fn look(&self) -> Found {
        let may_fetch = self.auto_install.as_ref().is_none_or(|value| value != "0");
        Found {
            active_has_target: self.active_has_target(),
            rustup: process::find("rustup", &self.path).filter(|_| may_fetch),
            debian_has_source: self.debian_has_source(),
        }
    }

    fn active_has_target(&self) -> bool {
        self.sysroot()
            .is_some_and(|root| root.join("lib/rustlib").join(TARGET).join("lib").is_dir())
    }

    /// Where the active toolchain keeps its libraries.
    fn sysroot(&self) -> Option<PathBuf> {
        let rustc = process::find("rustc", &self.path)?;
        let mut command = Command::new(rustc);
        command.args(["--print", "sysroot"]).env("PATH", &self.path);
        process::output(command.current_dir(workspace::root()))
            .ok()
            .map(PathBuf::from)
    }

    /// Whether rustup got the target; it may not be allowed to, or not reach its server.
    fn add_with(&self, rustup: &Path, limit: Duration) -> bool {
        let mut command = Command::new(rustup);
        command
            .args(["target", "add", TARGET])
            .env("PATH", &self.path);
        let added = steps::step("add the wasm target with rustup", || {
            process::run_within(command.current_dir(workspace::root()), limit)
        });
        if let Err(problem) = &added {
            eprintln!("    {problem:#}; trying Debian's packages instead");
        }
        added.is_ok() && self.active_has_target()
    }

    fn debian_has_source(&self) -> bool {
        let source = self
            .debian
            .join("lib/rustlib/src/rust/library/std/Cargo.toml");
        source.is_file()
            && self.debian.join("bin/cargo").is_file()
            && process::output(Command::new(self.debian.join("bin/rustc")).arg("--version"))
                .is_ok_and(|version| is_new_enough(&version, env!("CARGO_PKG_RUST_VERSION")))
    }

    /// The linker that comes with rustup's toolchain; Debian's has none for wasm.
    fn linker(&self) -> Option<PathBuf> {
        let tools = self.sysroot()?.join("lib/rustlib");
        let hosts = std::fs::read_dir(tools).ok()?;
        hosts
            .flatten()
            .map(|host| host.path().join("bin/rust-lld"))
            .find(|file| file.is_file())
    }
}

impl Toolchain {
    /// `cargo build` for the wasm target, into the folder kept for it; packages and profile are
    /// the caller's.
    pub(crate) fn build(&self) -> Command {
        let mut command = match self {
            Self::Active => cargo(),
            Self::Debian { prefix, linker } => debian_cargo(prefix, linker.as_deref()),
        };
        command
            .args(["build", "--target", TARGET, "--target-dir"])
            .arg(workspace::web());
        match self {
            Self::Active => command.env("RUSTFLAGS", FLAGS),
            Self::Debian { .. } => command
                .env("RUSTFLAGS", [FLAGS, SOURCE_FLAGS].join(" "))
                .arg("-Zbuild-std=std,panic_abort")
                .arg("-Zbuild-std-features=optimize_for_size"),
        };
        command
    }
}

/// The cargo that runs this program, at the root of the workspace.
pub(crate) fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(workspace::root());
    command
}

/// Debian's cargo and compiler, free of what the active toolchain has put into the environment.
fn debian_cargo(prefix: &Path, linker: Option<&Path>) -> Command {
    let mut command = Command::new(prefix.join("bin/cargo"));
    command.current_dir(workspace::root());
    for name in [
        "CARGO",
        "LD_LIBRARY_PATH",
        "RUSTC_WRAPPER",
        "RUSTDOC",
        "RUSTUP_TOOLCHAIN",
    ] {
        command.env_remove(name);
    }
    command.env("RUSTC", prefix.join("bin/rustc"));
    // Compiling the standard library from source is a nightly feature of a compiler whose
    // releases are all stable ones.
    command.env("RUSTC_BOOTSTRAP", "1");
    if let Some(linker) = linker {
        command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
    }
    command
}

/// Whether `rustc --version`'s answer is of `needed` (`1.95`) or newer.
fn is_new_enough(answer: &str, needed: &str) -> bool {
    let numbers = |text: &str| -> Option<(u32, u32)> {
        let mut parts = text.split('.');
        Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
    };
    let version = answer.split_whitespace().nth(1).and_then(numbers);
    version.is_some_and(|version| Some(version) >= numbers(needed))
}

/// Installs rustfmt or clippy where a minimal rustup profile has left it out.
pub(crate) fn ensure_component(subcommand: &str, component: &str) -> Result<()> {
    if process::output(cargo().args([subcommand, "--version"])).is_ok() {
        return Ok(());
    }
    let advice = format!("`cargo {subcommand}` is missing: run `rustup component add {component}`");
    if std::env::var_os("RUSTUP_AUTO_INSTALL").is_some_and(|value| value == "0") {
        anyhow::bail!(advice);
    }
    let mut command = Command::new("rustup");
    process::run_within(command.args(["component", "add", component]), RUSTUP_LIMIT).context(advice)
}

#[cfg(test)]
mod tests;
