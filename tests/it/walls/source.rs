//! A source file as tokens, without comments and without what is compiled for tests only.

use std::collections::BTreeSet;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// A file's words and texts.
pub(super) struct Source {
    path: PathBuf,
    words: BTreeSet<String>,
    /// Paths of two words and more, in groups written out.
    paths: BTreeSet<String>,
    texts: Vec<String>,
    /// Modules with files of their own that are compiled for tests only.
    test_modules: Vec<String>,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.path.display().fmt(f)
    }
}

/// All Rust files under `folders` of `root`, but those compiled for tests only.
///
/// # Panics
/// When there are none: a wall around nothing holds nothing.
pub(super) fn sources(root: &Path, folders: &[&str]) -> Vec<Source> {
    let mut found = Vec::new();
    for folder in folders {
        let before = found.len();
        collect(root, &root.join(folder), &mut found);
        assert!(found.len() > before, "no sources in {folder}");
    }
    let tests: Vec<PathBuf> = found.iter().flat_map(Source::test_files).collect();
    found.retain(|source| !tests.iter().any(|test| source.path.starts_with(test)));
    found
}

fn collect(root: &Path, folder: &Path, found: &mut Vec<Source>) {
    for entry in fs::read_dir(folder).expect("a folder of sources") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            collect(root, &path, found);
        } else if path.extension().is_some_and(|end| end == "rs") {
            let text = fs::read_to_string(&path).expect("a source file");
            let path = path.strip_prefix(root).expect("under the root").into();
            found.push(Source::read(path, &text));
        }
    }
}

impl Source {
    /// Reads a file's text.
    pub(super) fn read(path: PathBuf, text: &str) -> Self {
        let tokens: TokenStream = text.parse().expect("sources are Rust");
        let mut source = Self {
            path,
            words: BTreeSet::new(),
            paths: BTreeSet::new(),
            texts: Vec::new(),
            test_modules: Vec::new(),
        };
        source.walk(tokens, &[]);
        source
    }

    /// Whether the file lies in one of these folders or is one of these files.
    pub(super) fn is_under(&self, places: &[&str]) -> bool {
        places.iter().any(|place| self.path.starts_with(place))
    }

    /// Whether a word stands anywhere in it.
    pub(super) fn has_word(&self, word: &str) -> bool {
        self.words.contains(word)
    }

    /// All its words.
    pub(super) fn words(&self) -> impl Iterator<Item = &str> {
        self.words.iter().map(String::as_str)
    }

    /// Whether it names `path` or anything in it.
    pub(super) fn names(&self, path: &str) -> bool {
        self.paths.contains(path)
    }

    /// All its string and character literals, as written.
    pub(super) fn texts(&self) -> impl Iterator<Item = &str> {
        self.texts.iter().map(String::as_str)
    }

    /// The files and folders of its modules that are compiled for tests only.
    fn test_files(&self) -> Vec<PathBuf> {
        let stem = self.path.file_stem().and_then(|stem| stem.to_str());
        let folder = match stem {
            Some("lib" | "main") => self.path.with_file_name(""),
            _ => self.path.with_extension(""),
        };
        let files = |name: &String| [folder.join(name), folder.join(format!("{name}.rs"))];
        self.test_modules.iter().flat_map(files).collect()
    }

    /// Walks tokens that follow the path `before`, as those in a `use`'s braces do.
    fn walk(&mut self, tokens: TokenStream, before: &[String]) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut path: Vec<String> = before.to_vec();
        let mut place = 0;
        while let Some(token) = tokens.get(place) {
            if is_attribute(&tokens, place, "doc") {
                place += attribute_len(&tokens, place);
                continue;
            }
            if is_attribute(&tokens, place, "cfg") && is_for_tests(&tokens, place) {
                place += attribute_len(&tokens, place);
                place += self.skip_item(&tokens[place..]);
                continue;
            }
            match token {
                TokenTree::Ident(word) => {
                    let word = word.to_string();
                    self.words.insert(word.clone());
                    if !follows_colons(&tokens, place) {
                        path = before.to_vec();
                    }
                    path.push(word);
                    for start in 0..path.len() {
                        self.paths.insert(path[start..].join("::"));
                    }
                }
                TokenTree::Group(group) => {
                    let inner = if follows_colons(&tokens, place) {
                        &path[..]
                    } else {
                        &[]
                    };
                    self.walk(group.stream(), inner);
                }
                TokenTree::Literal(literal) => {
                    let text = literal.to_string();
                    if text.contains(['"', '\'']) {
                        self.texts.push(text);
                    }
                }
                TokenTree::Punct(_) => {}
            }
            place += 1;
        }
    }

    /// How many tokens the item takes that stands here; remembers it if it is a file.
    fn skip_item(&mut self, tokens: &[TokenTree]) -> usize {
        let mut name = None;
        for (place, token) in tokens.iter().enumerate() {
            match token {
                TokenTree::Ident(word) => name = Some(word.to_string()),
                TokenTree::Punct(end) if end.as_char() == ';' => {
                    self.test_modules.extend(name);
                    return place + 1;
                }
                TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                    return place + 1;
                }
                _ => {}
            }
        }
        tokens.len()
    }
}

/// Whether an attribute of this name, outer or inner, begins here.
fn is_attribute(tokens: &[TokenTree], place: usize, name: &str) -> bool {
    let hash = matches!(&tokens[place], TokenTree::Punct(hash) if hash.as_char() == '#');
    let Some(TokenTree::Group(group)) = tokens.get(place + attribute_len(tokens, place) - 1) else {
        return false;
    };
    let first = group.stream().into_iter().next();
    hash && matches!(first, Some(TokenTree::Ident(word)) if word == name)
}

/// `#`, perhaps `!`, and the brackets.
fn attribute_len(tokens: &[TokenTree], place: usize) -> usize {
    match tokens.get(place + 1) {
        Some(TokenTree::Punct(bang)) if bang.as_char() == '!' => 3,
        _ => 2,
    }
}

fn is_for_tests(tokens: &[TokenTree], place: usize) -> bool {
    let brackets = &tokens[place + attribute_len(tokens, place) - 1];
    brackets.to_string().replace(' ', "") == "[cfg(test)]"
}

/// Whether `::` stands before this token.
fn follows_colons(tokens: &[TokenTree], place: usize) -> bool {
    let colon = |back: usize| {
        let token = place.checked_sub(back).and_then(|place| tokens.get(place));
        matches!(token, Some(TokenTree::Punct(colon)) if colon.as_char() == ':')
    };
    colon(1) && colon(2)
}
