//! Making `target/dist` out of the compiled client, the style and `public/`: what the server
//! embeds and a browser loads.
//!
//! What is named how is [`layout`]'s matter; here files are read, compressed and written.

mod layout;
mod precache;
mod texts;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use sha2::{Digest as _, Sha256};
use wasm_bindgen_cli_support::Bindgen;

use crate::{style, workspace};
use layout::{File, Parts};

/// What the page and the manifest say before the app does.
const TEXTS: &str = "app/locales/shell.json";

/// Writes the folder anew, unless it was made from the very same input by the same program.
pub(crate) fn make(wasm: &Path) -> Result<()> {
    // Held to the end: a second build beside this one waits, and then finds its work done.
    let lock = fs::File::create(workspace::web().join("dist.lock"))?;
    lock.lock()?;
    let stamp = stamp(wasm)?;
    let stamp_file = workspace::web().join("dist.stamp");
    if fs::read_to_string(&stamp_file).is_ok_and(|old| old == stamp) && workspace::dist().is_dir() {
        return Ok(());
    }
    let (glue, wasm) = bind(wasm)?;
    let style = style::bundle(&workspace::root().join("style/main.css"))?;
    let public = read_tree(&workspace::root().join("public"))?;
    let texts = texts::read(&fs::read_to_string(workspace::root().join(TEXTS))?).context(TEXTS)?;
    let style = style.into_bytes();
    let files = layout::lay_out(Parts {
        glue,
        wasm,
        style,
        public,
        texts,
    })?;
    write(&files)?;
    fs::write(stamp_file, stamp)?;
    Ok(())
}

/// A digest of everything the folder is made from, this program included.
fn stamp(wasm: &Path) -> Result<String> {
    let program = fs::metadata(std::env::current_exe()?)?;
    let mut digest = Sha256::new();
    digest.update(format!("{:?} {}", program.modified()?, program.len()));
    digest.update(fs::read(wasm).with_context(|| format!("{} is missing", wasm.display()))?);
    digest.update(fs::read(workspace::root().join(TEXTS)).context(TEXTS)?);
    for folder in ["public", "style"] {
        for file in read_tree(&workspace::root().join(folder))? {
            digest.update(format!("{} {} ", file.path, file.bytes.len()));
            digest.update(&file.bytes);
        }
    }
    Ok(data_encoding::HEXLOWER.encode(&digest.finalize()))
}

/// The JavaScript glue and the final wasm, without the names that only a debugger reads.
fn bind(wasm: &Path) -> Result<(Vec<u8>, Vec<u8>)> {
    let folder = workspace::web().join("bindgen");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    Bindgen::new()
        .input_path(wasm)
        .web(true)?
        .typescript(false)
        .out_name("app")
        .remove_name_section(true)
        .remove_producers_section(true)
        .generate(&folder)?;
    ensure!(
        !folder.join("snippets").exists(),
        "a crate of the client brings JavaScript snippets (see {}), which would need names by \
         content as everything else has: use web-sys instead",
        folder.join("snippets").display(),
    );
    Ok((
        fs::read(folder.join("app.js"))?,
        fs::read(folder.join("app_bg.wasm"))?,
    ))
}

/// All files below `folder`, by path.
fn read_tree(folder: &Path) -> Result<Vec<File>> {
    let mut files = Vec::new();
    let mut waiting = vec![folder.to_owned()];
    while let Some(next) = waiting.pop() {
        for entry in fs::read_dir(&next).with_context(|| format!("{}", next.display()))? {
            let path = entry?.path();
            if path.is_dir() {
                waiting.push(path);
            } else {
                let name = path
                    .strip_prefix(folder)
                    .expect("it was found below this folder");
                let name = name
                    .to_str()
                    .context("a file name is not UTF-8")?
                    .to_owned();
                files.push(File {
                    path: name,
                    bytes: fs::read(&path)?,
                });
            }
        }
    }
    files.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(files)
}

/// Writes all files, each compressible one also as `.br`, then puts the folder in place at once.
fn write(files: &[File]) -> Result<()> {
    let next: PathBuf = workspace::web().join("dist-next");
    if next.exists() {
        fs::remove_dir_all(&next)?;
    }
    let mut transferred = 0;
    for file in files {
        let path = next.join(&file.path);
        fs::create_dir_all(path.parent().expect("the path was joined to a folder"))?;
        fs::write(&path, &file.bytes)?;
        let small = if file.is_compressible() {
            compress(&file.bytes)?
        } else {
            Vec::new()
        };
        if file.is_compressible() && small.len() < file.bytes.len() {
            fs::write(next.join(format!("{}.br", file.path)), &small)?;
            transferred += small.len();
        } else if file.is_compressible() {
            transferred += file.bytes.len();
        }
    }
    if workspace::dist().exists() {
        fs::remove_dir_all(workspace::dist())?;
    }
    fs::rename(&next, workspace::dist())?;
    eprintln!(
        "    {} files, {} KB compressed, images apart",
        files.len(),
        transferred / 1000
    );
    Ok(())
}

/// Brotli as small as it goes; 24 is the largest window that browsers must accept.
fn compress(bytes: &[u8]) -> Result<Vec<u8>> {
    let params = brotli::enc::BrotliEncoderParams {
        quality: 11,
        lgwin: 24,
        size_hint: bytes.len(),
        ..Default::default()
    };
    let mut small = Vec::new();
    brotli::BrotliCompress(&mut &bytes[..], &mut small, &params)?;
    Ok(small)
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    #[test]
    fn compressed_bytes_come_back() {
        let text = "拜访业主，先电话预约。".repeat(50);
        let small = compress(text.as_bytes()).unwrap();
        assert!(small.len() < text.len() / 10);
        let mut back = String::new();
        brotli::Decompressor::new(&small[..], 4096)
            .read_to_string(&mut back)
            .unwrap();
        assert_eq!(back, text);
    }
}
