//! The project's own Rust files as words: no comments, no strings, nothing that is built for tests only.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// One file. `place` is relative to the top of the project, with `/`.
pub struct Source {
    pub place: String,
    pub words: Vec<String>,
    /// `mod x;` under `#[cfg(test)]`.
    test_modules: Vec<String>,
}

impl Source {
    pub fn parse(place: &str, text: &str) -> Self {
        let tokens: TokenStream = text.parse().unwrap_or_else(|e| panic!("{place}: {e}"));
        let mut words = Vec::new();
        flatten(tokens, &mut words);
        let (words, test_modules) = without_tests(words);
        Self { place: place.to_owned(), words, test_modules }
    }

    /// The module path of the file: `src/http/papers.rs` is `["http", "papers"]`.
    pub fn module(&self) -> Vec<&str> {
        let inner = self.place.trim_start_matches("src/").trim_end_matches(".rs").trim_end_matches("/mod");
        if matches!(inner, "lib" | "main") { Vec::new() } else { inner.split('/').collect() }
    }

    /// Where the words `wanted` stand one after the other.
    pub fn positions<'a>(&'a self, wanted: &'a [&str]) -> impl Iterator<Item = usize> + 'a {
        self.words.windows(wanted.len()).enumerate().filter(move |(_, w)| w.iter().eq(wanted)).map(|(i, _)| i)
    }

    /// Paths named from the top of the crate (`crate::a::b`, `use crate::{a, b::c}`, `super::super::a` that climbs as far),
    /// cut after two names: `["store", "queue"]`.
    pub fn crate_paths(&self) -> BTreeSet<Vec<String>> {
        let mut found = BTreeSet::new();
        for at in self.positions(&["crate", "::"]) {
            // `pub(crate)` is no path; `$crate::` is.
            self.targets(at + 2, &mut Vec::new(), &mut found);
        }
        let depth = self.module().len();
        let climb: Vec<&str> = ["super", "::"].repeat(depth);
        if depth > 0 {
            for at in self.positions(&climb) {
                self.targets(at + 2 * depth, &mut Vec::new(), &mut found);
            }
        }
        found
    }

    /// Follows one path, or each of a group `{...}`; answers where it ends.
    fn targets(&self, mut at: usize, prefix: &mut Vec<String>, found: &mut BTreeSet<Vec<String>>) -> usize {
        let word = |i: usize| self.words.get(i).map_or("", String::as_str);
        let from = prefix.len();
        loop {
            if word(at) == "{" {
                at += 1;
                while !matches!(word(at), "}" | "") {
                    at = if word(at) == "," { at + 1 } else { self.targets(at, prefix, found).max(at + 1) };
                }
                at += 1;
                break;
            }
            prefix.push(word(at).to_owned());
            at += 1;
            if word(at) != "::" {
                found.insert(prefix.iter().take(2).cloned().collect());
                break;
            }
            at += 1;
        }
        if word(at) == "as" {
            at += 2;
        }
        prefix.truncate(from);
        at
    }
}

/// Every product file below `folder`, tests left out.
pub fn product(folder: &str) -> Vec<Source> {
    let top = top();
    let mut sources: Vec<Source> = rust_files(&top.join(folder))
        .iter()
        .map(|path| {
            let text = fs::read_to_string(path).unwrap();
            Source::parse(&relative(path), &text)
        })
        .collect();
    let tests: BTreeSet<String> = sources.iter().flat_map(test_files).collect();
    sources.retain(|s| !s.place.ends_with("_tests.rs"));
    sources.retain(|s| !tests.iter().any(|t| s.place == format!("{t}.rs") || s.place.starts_with(&format!("{t}/"))));
    assert!(sources.len() > 2, "{folder}: only {} files found", sources.len());
    sources
}

fn test_files(s: &Source) -> Vec<String> {
    let own =
        s.place.trim_end_matches(".rs").trim_end_matches("/mod").trim_end_matches("/lib").trim_end_matches("/main");
    s.test_modules.iter().map(|m| format!("{own}/{m}")).collect()
}

pub fn top() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

pub fn relative(path: &Path) -> String {
    path.strip_prefix(top()).unwrap().to_string_lossy().replace('\\', "/")
}

pub fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut out = Vec::new();
    let mut entries: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            out.extend(rust_files(&path));
        } else if path.extension().is_some_and(|e| e == "rs") {
            out.push(path);
        }
    }
    out
}

fn flatten(tokens: TokenStream, out: &mut Vec<String>) {
    let mut after_colon = false;
    for token in tokens {
        let colon = matches!(&token, TokenTree::Punct(p) if p.as_char() == ':');
        match token {
            TokenTree::Group(g) => {
                let (open, close) = match g.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::None => ("", ""),
                };
                out.push(open.into());
                flatten(g.stream(), out);
                out.push(close.into());
            }
            TokenTree::Punct(_) if colon && after_colon => {
                out.pop();
                out.push("::".into());
                after_colon = false;
                continue;
            }
            TokenTree::Literal(_) => out.push("\"\"".into()),
            other => out.push(other.to_string()),
        }
        after_colon = colon;
    }
}

/// Leaves out what `#[cfg(test)]` or `#[test]` stands before, and names the modules that have a file of their own.
fn without_tests(words: Vec<String>) -> (Vec<String>, Vec<String>) {
    const MARKS: [&[&str]; 2] =
        [&["#", "[", "cfg", "(", "test", ")", "]"], &["#", "[", "cfg", "(", "all", "(", "test"]];
    let (mut kept, mut modules, mut at) = (Vec::new(), Vec::new(), 0);
    while at < words.len() {
        if !MARKS.iter().any(|m| words[at..].iter().take(m.len()).eq(m.iter())) {
            kept.push(words[at].clone());
            at += 1;
            continue;
        }
        let end = end_of_item(&words, at);
        if let Some(m) = words[at..end].windows(3).find(|w| w[0] == "mod" && w[2] == ";") {
            modules.push(m[1].clone());
        }
        at = end;
    }
    (kept, modules)
}

/// The item that begins with the attribute at `at` ends with `;` or `}` on its own level.
fn end_of_item(words: &[String], at: usize) -> usize {
    let mut depth = 0i32;
    for (i, word) in words.iter().enumerate().skip(at) {
        match word.as_str() {
            "{" | "(" | "[" => depth += 1,
            "}" | ")" | "]" => {
                depth -= 1;
                if depth == 0 && word == "}" {
                    return i + 1;
                }
            }
            ";" if depth == 0 => return i + 1,
            _ => {}
        }
    }
    words.len()
}
