//! Bundling the style sheets into one: imports followed, minified, for the browsers supported.

use std::path::Path;

use anyhow::{Result, anyhow};
use lightningcss::bundler::{Bundler, FileProvider};
use lightningcss::stylesheet::{MinifyOptions, ParserOptions, PrinterOptions};
use lightningcss::targets::{Browsers, Targets};

/// The oldest browsers the look is made for: phones of 2022, when all of them had learnt
/// cascade layers and dynamic viewport units or were about to.
const BROWSERS: Browsers = Browsers {
    android: Some(version(100, 0)),
    chrome: Some(version(100, 0)),
    edge: Some(version(100, 0)),
    firefox: Some(version(100, 0)),
    ie: None,
    ios_saf: Some(version(15, 4)),
    opera: None,
    safari: Some(version(15, 4)),
    samsung: Some(version(18, 0)),
};

const fn version(major: u32, minor: u32) -> u32 {
    major << 16 | minor << 8
}

/// The sheet at `main` with everything it imports, as one minified text.
pub(crate) fn bundle(main: &Path) -> Result<String> {
    let targets = Targets::from(BROWSERS);
    let files = FileProvider::new();
    // The errors borrow from the bundler, so each is told as text.
    let mut sheet = Bundler::new(&files, None, ParserOptions::default())
        .bundle(main)
        .map_err(|problem| anyhow!("{problem}"))?;
    sheet
        .minify(MinifyOptions {
            targets,
            ..MinifyOptions::default()
        })
        .map_err(|problem| anyhow!("{problem}"))?;
    let printer = PrinterOptions {
        minify: true,
        targets,
        ..PrinterOptions::default()
    };
    Ok(sheet
        .to_css(printer)
        .map_err(|problem| anyhow!("{problem}"))?
        .code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imports_become_one_small_sheet() {
        let folder = tempfile::tempdir().unwrap();
        let main = folder.path().join("main.css");
        std::fs::write(&main, "@import './a.css';\n.b { inset: 0 }\n").unwrap();
        std::fs::write(folder.path().join("a.css"), ".a { color: #ff0000 }\n").unwrap();
        assert_eq!(bundle(&main).unwrap(), ".a{color:red}.b{inset:0}");
    }

    #[test]
    fn a_mistake_is_shown_with_its_place() {
        let folder = tempfile::tempdir().unwrap();
        let main = folder.path().join("main.css");
        std::fs::write(&main, ".a {}\n.b { color: }}\n").unwrap();
        let problem = bundle(&main).unwrap_err().to_string();
        assert!(problem.contains("main.css:2"), "{problem}");
    }
}
