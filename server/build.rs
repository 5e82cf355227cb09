//! Puts the built client into the program: every file of the folder that `DOORSTEP_DIST` names.
//! Not the building of the client, which is `cargo xtask build`'s. Without the variable the
//! program has no client and says so.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    println!("cargo::rerun-if-env-changed=DOORSTEP_DIST");
    let mut files = Vec::new();
    if let Some(folder) = env::var_os("DOORSTEP_DIST").filter(|folder| !folder.is_empty()) {
        let folder = PathBuf::from(folder);
        println!("cargo::rerun-if-changed={}", folder.display());
        collect(&folder, &folder, &mut files);
        files.sort();
    }
    let mut table = String::from("&[\n");
    let is_packed = |name: &str| Path::new(name).extension().is_some_and(|it| it == "br");
    for (name, path) in files.iter().filter(|(name, _)| !is_packed(name)) {
        let packed = files
            .iter()
            .find(|(other, _)| *other == format!("{name}.br"));
        let packed = packed.map_or("None".to_owned(), |(_, path)| {
            format!("Some(include_bytes!({path:?}))")
        });
        writeln!(
            table,
            "    Embedded {{ path: {name:?}, body: include_bytes!({path:?}), brotli: {packed} }},"
        )
        .expect("writing to a string does not fail");
    }
    table.push_str("]\n");
    let out = env::var_os("OUT_DIR").expect("cargo sets OUT_DIR for build scripts");
    fs::write(Path::new(&out).join("client.rs"), table).expect("cargo's OUT_DIR can be written");
}

/// Every file below `folder` by its path from `root`, with `/` between the parts.
fn collect(root: &Path, folder: &Path, files: &mut Vec<(String, String)>) {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| {
        panic!(
            "DOORSTEP_DIST: {} cannot be read: {error}",
            folder.display()
        )
    });
    for entry in entries {
        let path = entry.expect("a folder's entry can be read").path();
        if path.is_dir() {
            collect(root, &path, files);
        } else {
            let below = path
                .strip_prefix(root)
                .expect("the file was found below the root");
            let parts: Vec<_> = below.iter().map(|part| part.to_string_lossy()).collect();
            let name = parts.join("/");
            let path = path
                .into_os_string()
                .into_string()
                .expect("the folder's path can be written in a source file");
            files.push((name, path));
        }
    }
}
