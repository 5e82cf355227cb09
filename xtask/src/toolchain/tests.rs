//! The choice of a toolchain, with stand-in tools: small shell scripts in a folder of their own.

use super::*;
use crate::stand_in;

/// A machine made of stand-ins: `bin` is its `$PATH`, `usr` Debian's prefix, `sysroot` rustup's.
struct Machine {
    folder: tempfile::TempDir,
    auto_install: Option<&'static str>,
}

const QUICK: Duration = Duration::from_millis(400);

impl Machine {
    /// One with an active toolchain that lacks the wasm target, and nothing else.
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let machine = Self {
            folder,
            auto_install: None,
        };
        machine.script(
            "bin/rustc",
            &format!("echo {}", machine.at("sysroot").display()),
        );
        machine.file("sysroot/lib/rustlib/x86_64-unknown-linux-gnu/bin/rust-lld");
        machine
    }

    fn at(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    fn file(&self, path: &str) {
        std::fs::create_dir_all(self.at(path).parent().unwrap()).unwrap();
        std::fs::write(self.at(path), "").unwrap();
    }

    fn script(&self, path: &str, body: &str) {
        stand_in::script(&self.at(path), body);
    }

    fn active_target(&self) -> PathBuf {
        self.at("sysroot/lib/rustlib").join(TARGET).join("lib")
    }

    /// rustup that notes its call, then does `body`.
    fn with_rustup(self, body: &str) -> Self {
        let note = self.at("rustup-was-called");
        self.script(
            "bin/rustup",
            &format!("echo \"$@\" > {}\n{body}", note.display()),
        );
        self
    }

    fn rustup_call(&self) -> Option<String> {
        std::fs::read_to_string(self.at("rustup-was-called")).ok()
    }

    fn with_debian(self, version: &str) -> Self {
        self.add_debian(version);
        self
    }

    fn add_debian(&self, version: &str) {
        self.file("usr/bin/cargo");
        self.file("usr/lib/rustlib/src/rust/library/std/Cargo.toml");
        self.script(
            "usr/bin/rustc",
            &format!("echo 'rustc {version} (built from source)'"),
        );
    }

    fn surroundings(&self) -> Surroundings {
        Surroundings {
            path: self.at("bin").into(),
            auto_install: self.auto_install.map(OsString::from),
            debian: self.at("usr"),
        }
    }

    /// Gets ready where nothing may be installed.
    fn ready(&self) -> Toolchain {
        self.surroundings()
            .ready(QUICK, || panic!("nothing is to be installed"))
            .unwrap()
    }

    fn debian(&self) -> Toolchain {
        let linker = self.at("sysroot/lib/rustlib/x86_64-unknown-linux-gnu/bin/rust-lld");
        Toolchain::Debian {
            prefix: self.at("usr"),
            linker: Some(linker),
        }
    }
}

#[test]
fn the_active_toolchain_comes_first() {
    let machine = Machine::new().with_rustup("exit 0").with_debian("1.96.0");
    std::fs::create_dir_all(machine.active_target()).unwrap();
    assert_eq!(machine.ready(), Toolchain::Active);
    assert_eq!(machine.rustup_call(), None);
}

#[test]
fn rustup_comes_second() {
    let machine = Machine::new().with_debian("1.96.0");
    // The stand-in sees only its own folder in PATH.
    let add = format!("/bin/mkdir -p {}", machine.active_target().display());
    let machine = machine.with_rustup(&add);
    assert_eq!(machine.ready(), Toolchain::Active);
    assert_eq!(
        machine.rustup_call().as_deref(),
        Some("target add wasm32-unknown-unknown\n")
    );
}

#[test]
fn rustup_is_left_alone_where_it_may_not_fetch() {
    let mut machine = Machine::new().with_rustup("exit 0").with_debian("1.96.0");
    machine.auto_install = Some("0");
    assert_eq!(machine.ready(), machine.debian());
    assert_eq!(machine.rustup_call(), None);
    machine.auto_install = Some("1");
    machine.ready();
    assert!(machine.rustup_call().is_some());
}

#[test]
fn debian_follows_when_rustup_fails_hangs_or_adds_nothing() {
    for body in ["exit 1", "exec /bin/sleep 60", "exit 0"] {
        let machine = Machine::new().with_rustup(body).with_debian("1.96.0");
        assert_eq!(machine.ready(), machine.debian(), "rustup: {body}");
        assert!(machine.rustup_call().is_some(), "rustup: {body}");
    }
}

#[test]
fn debian_is_installed_where_it_is_missing_or_too_old() {
    for machine in [Machine::new(), Machine::new().with_debian("1.63.0")] {
        let install = || {
            machine.add_debian("1.96.0");
            Ok(())
        };
        assert_eq!(
            machine.surroundings().ready(QUICK, install).unwrap(),
            machine.debian()
        );
    }
}

#[test]
fn what_cannot_be_installed_is_said() {
    let machine = Machine::new();
    let refused = machine
        .surroundings()
        .ready(QUICK, || anyhow::bail!("ask your administrator"));
    assert_eq!(refused.unwrap_err().to_string(), "ask your administrator");
    let too_old = machine
        .surroundings()
        .ready(QUICK, || Ok(()))
        .unwrap_err()
        .to_string();
    assert!(
        too_old.contains("rustup target add wasm32-unknown-unknown"),
        "{too_old}"
    );
}

#[test]
fn debians_cargo_builds_the_standard_library_with_its_own_compiler() {
    let machine = Machine::new();
    let command = machine.debian().build();
    let set = |name: &str| {
        command
            .get_envs()
            .find(|(key, _)| *key == name)
            .map(|(_, value)| value)
    };
    assert_eq!(command.get_program(), machine.at("usr/bin/cargo"));
    assert_eq!(
        set("RUSTC"),
        Some(Some(machine.at("usr/bin/rustc").as_os_str()))
    );
    assert_eq!(set("LD_LIBRARY_PATH"), Some(None));
    assert!(
        command
            .get_args()
            .any(|arg| arg == "-Zbuild-std=std,panic_abort")
    );
    assert!(
        !Toolchain::Active
            .build()
            .get_args()
            .any(|arg| arg == "-Zbuild-std=std,panic_abort")
    );
}

#[test]
fn versions_compare_by_number() {
    assert!(is_new_enough("rustc 1.96.0 (ac68faa20 2026-05-25)", "1.95"));
    assert!(is_new_enough("rustc 1.95.0", "1.95"));
    assert!(is_new_enough("rustc 1.100.0", "1.95"));
    assert!(!is_new_enough("rustc 1.63.0", "1.95"));
    assert!(!is_new_enough("", "1.95"));
}
