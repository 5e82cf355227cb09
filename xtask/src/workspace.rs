//! Where things lie in this workspace; it makes and reads none of them.

use std::path::PathBuf;

/// The root of the repository.
pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("xtask lies in a folder of the workspace")
        .to_owned()
}

/// Where builds go. Wasm has a folder of its own below it, so that two compilers never undo each
/// other's work.
pub(crate) fn target() -> PathBuf {
    root().join("target")
}

/// The client as the server embeds it.
pub(crate) fn dist() -> PathBuf {
    target().join("dist")
}

/// Wasm builds and what else is made on the way to [`dist`].
pub(crate) fn web() -> PathBuf {
    target().join("web")
}

/// The end-to-end tests and their node packages.
pub(crate) fn e2e() -> PathBuf {
    root().join("tests/e2e")
}

/// What the client is measured with, and its node packages.
pub(crate) fn client_bench() -> PathBuf {
    root().join("tests/bench/client")
}
