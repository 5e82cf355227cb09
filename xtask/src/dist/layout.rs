//! What the client's folder holds: which file gets which name, and what is put into which page.
//!
//! Files below `assets/` carry a hash of their content in their name and may be cached for ever;
//! `index.html`, `sw.js` and the manifest keep their names and must be asked for anew. It is a
//! function from bytes to bytes: nothing is read or written.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use sha2::{Digest as _, Sha256};

use super::precache;
use crate::template;

/// A file by its path in a folder, with `/` between the parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct File {
    pub(super) path: String,
    pub(super) bytes: Vec<u8>,
}

impl File {
    /// What comes after the last dot.
    pub(super) fn extension(&self) -> &str {
        self.path
            .rsplit_once('.')
            .map_or("", |(_, extension)| extension)
    }

    /// Whether it is not compressed in itself, as images are.
    pub(super) fn is_compressible(&self) -> bool {
        self.extension() != "png"
    }
}

/// What the client is made of.
pub(super) struct Parts {
    /// The JavaScript that loads the wasm and gives it the browser.
    pub(super) glue: Vec<u8>,
    pub(super) wasm: Vec<u8>,
    /// The one style sheet.
    pub(super) style: Vec<u8>,
    /// All of `public/`.
    pub(super) public: Vec<File>,
    /// What the pages say, as `zh-CN name`.
    pub(super) texts: BTreeMap<String, String>,
}

/// The files of the folder, by path. Pages name the others as `{{app.js}}`, and
/// texts as `{{en name}}`.
pub(super) fn lay_out(parts: Parts) -> Result<Vec<File>> {
    let mut files = Vec::new();
    let mut values = parts.texts;
    let mut add = |name: &str, bytes: Vec<u8>| {
        let file = File {
            path: hashed(name, &bytes),
            bytes,
        };
        values.insert(name.to_owned(), format!("/{}", file.path));
        files.push(file);
    };
    add("app.js", parts.glue);
    add("app_bg.wasm", parts.wasm);
    add("main.css", parts.style);
    let mut pages = Vec::new();
    for file in parts.public {
        let picture = file.path.strip_prefix("icons/");
        let picture = picture.or_else(|| file.path.strip_prefix("screenshots/"));
        match (picture, file.path.as_str()) {
            (Some(picture), _) => add(picture, file.bytes),
            (None, "boot.js") => add("boot.js", file.bytes),
            (None, _) => pages.push(file),
        }
    }
    let mut worker = None;
    for page in pages {
        let text = String::from_utf8(page.bytes).with_context(|| page.path.clone())?;
        if page.path == "sw.js" {
            worker = Some(text);
        } else {
            let bytes = template::fill(&text, &values).with_context(|| page.path.clone())?;
            files.push(File {
                path: page.path,
                bytes: bytes.into_bytes(),
            });
        }
    }
    let worker = worker.context("public/sw.js is missing")?;
    let bytes = format!("{}\n{worker}", precache::head(&files)?).into_bytes();
    files.push(File {
        path: "sw.js".to_owned(),
        bytes,
    });
    files.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(files)
}

/// `app.js` as `assets/app-<hash>.js`.
fn hashed(name: &str, bytes: &[u8]) -> String {
    let digest = data_encoding::HEXLOWER.encode(&Sha256::digest(bytes)[..8]);
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
    format!("assets/{stem}-{digest}.{extension}")
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

    fn parts(glue: &str) -> Parts {
        Parts {
            glue: glue.into(),
            wasm: b"\0asm".to_vec(),
            style: b".a{}".to_vec(),
            public: vec![
                file("boot.js", "boot()"),
                file("icons/icon.svg", "<svg/>"),
                file(
                    "index.html",
                    "<script src={{boot.js}}></script><link href={{app.js}}>{{en name}}",
                ),
                file("manifest.webmanifest", r#"{"src":"{{icon.svg}}"}"#),
                file("sw.js", "work()"),
            ],
            texts: BTreeMap::from([("en name".to_owned(), "Doorstep".to_owned())]),
        }
    }

    fn text<'a>(files: &'a [File], path: &str) -> &'a str {
        let file = files.iter().find(|file| file.path == path).expect(path);
        std::str::from_utf8(&file.bytes).unwrap()
    }

    #[test]
    fn names_follow_the_content() {
        let one = lay_out(parts("one")).unwrap();
        let two = lay_out(parts("two")).unwrap();
        let changed = one.iter().filter(|file| !two.contains(file));
        // Boot, style, icon and manifest stay as they are.
        let changed: Vec<_> = changed
            .map(|file| file.path.split('-').next().unwrap())
            .collect();
        assert_eq!(changed, ["assets/app", "index.html", "sw.js"]);
    }

    #[test]
    fn pages_name_the_files_there_are() {
        let files = lay_out(parts("one")).unwrap();
        for asset in files
            .iter()
            .filter(|file| file.path.starts_with("assets/boot"))
        {
            assert!(text(&files, "index.html").contains(&format!("src=/{}>", asset.path)));
        }
        assert!(text(&files, "index.html").ends_with(">Doorstep"));
        let manifest = text(&files, "manifest.webmanifest");
        assert!(
            manifest.starts_with(r#"{"src":"/assets/icon-"#),
            "{manifest}"
        );
    }

    #[test]
    fn a_page_that_names_nothing_is_refused() {
        let mut parts = parts("one");
        parts.public[2] = file("index.html", "{{ap.js}}");
        let problem = format!("{:#}", lay_out(parts).unwrap_err());
        assert_eq!(problem, "index.html: there is no `ap.js`");
    }
}
