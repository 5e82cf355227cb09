//! Build script: turns the locale files into a table of typed text functions (see `build/texts.rs`)
//! and names the build. Not part of the client itself.

use std::path::Path;
use std::{env, fs};

#[path = "build/texts.rs"]
mod texts;

fn main() {
    let folder = Path::new("locales");
    println!("cargo::rerun-if-changed=locales");
    println!("cargo::rerun-if-changed=build");
    println!("cargo::rerun-if-env-changed=DOORSTEP_BUILD");
    let read = |name: &str| {
        let path = folder.join(name);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    };
    match texts::generate(&read("zh-CN.json"), &read("en.json")) {
        Ok(code) => {
            let out = env::var("OUT_DIR").expect("cargo sets OUT_DIR for build scripts");
            fs::write(Path::new(&out).join("texts.rs"), code).expect("OUT_DIR is writable");
        }
        Err(problems) => {
            for problem in &problems {
                println!("cargo::error=locales: {problem}");
            }
        }
    }
}
