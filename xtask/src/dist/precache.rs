//! The list that the service worker keeps for offline use; the worker itself is `public/sw.js`.

use anyhow::Result;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::layout::File;

/// The lines put before `sw.js`: `BUILD`, which changes with any kept byte, and `FILES`, each with
/// the content type and the hash (Subresource Integrity) that its answer must have.
pub(super) fn head(files: &[File]) -> Result<String> {
    let mut kept: Vec<&File> = files.iter().filter(|file| is_kept(file)).collect();
    kept.sort_by(|one, other| one.path.cmp(&other.path));
    let mut build = Sha256::new();
    let mut list = Vec::new();
    for file in kept {
        let digest = Sha256::digest(&file.bytes);
        build.update(&file.path);
        build.update(digest);
        let integrity = format!("sha256-{}", data_encoding::BASE64.encode(&digest));
        let url = if file.path == "index.html" {
            "/".to_owned()
        } else {
            format!("/{}", file.path)
        };
        list.push(json!({"url": url, "type": content_type(file), "integrity": integrity}));
    }
    let build = data_encoding::HEXLOWER.encode(&build.finalize()[..8]);
    Ok(format!(
        "const BUILD = \"{build}\";\nconst FILES = {};",
        serde_json::to_string(&list)?
    ))
}

/// All that the app needs to start; the other icons are the installer's.
fn is_kept(file: &File) -> bool {
    file.extension() != "png" && file.path != "sw.js"
}

/// As the server names it, without parameters.
fn content_type(file: &File) -> &'static str {
    match file.extension() {
        "html" => "text/html",
        "js" => "text/javascript",
        "css" => "text/css",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "webmanifest" => "application/manifest+json",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, text: &str) -> File {
        File {
            path: path.to_owned(),
            bytes: text.as_bytes().to_owned(),
        }
    }

    #[test]
    fn lists_what_the_app_needs_with_its_hash() {
        let files = [
            file("index.html", "hello"),
            file("icon-192.png", "x"),
            file("sw.js", "y"),
        ];
        let head = head(&files).unwrap();
        // The hash of `hello`, as `openssl dgst -sha256 -binary | base64` gives it.
        let hello = r#"[{"integrity":"sha256-LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=","type":"text/html","url":"/"}]"#;
        assert!(head.ends_with(&format!("const FILES = {hello};")), "{head}");
    }

    #[test]
    fn the_build_changes_with_any_kept_byte_only() {
        let build = |html: &str, png: &str| {
            let files = [file("index.html", html), file("a.png", png)];
            head(&files).unwrap().lines().next().unwrap().to_owned()
        };
        assert_ne!(build("a", "x"), build("b", "x"));
        assert_eq!(build("a", "x"), build("a", "y"));
    }
}
