//! The parts that all error messages share: the file with the problem and the place in
//! it.
//!
//! Every error that a user can cause is a struct that derives `Error` and `Diagnostic`,
//! next to the code that finds it. It is passed on as a [`miette::Report`]. Only the
//! outer layers (the error writer of the server and the command line) read its contents.

pub mod data;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use miette::{Diagnostic, NamedSource};
use rattler_redaction::{DEFAULT_REDACTION_STR as MASK, redact_signatures_in_text};
use thiserror::Error;

/// A text file on the user's disk that labels can point into. It is cheap to clone.
pub type SourceFile = NamedSource<Arc<str>>;

/// A problem that the user should know about, although the package can be built.
///
/// pixi does not show output while it requests metadata. Warnings are therefore data:
/// they are part of the plan and are printed when the package is built.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// The problem, in lower case, without a full stop.
    pub message: String,
    /// The way out.
    pub help: Option<String>,
    /// Whether the warning is about the contents of the package, so that it is shown only during a
    /// build.
    pub of_the_package: bool,
}

impl Warning {
    /// A warning without help.
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            help: None,
            of_the_package: false,
        }
    }

    /// Marks the warning as one that is shown only when the package is built.
    #[must_use]
    pub fn when_built(mut self) -> Self {
        self.of_the_package = true;
        self
    }

    /// Adds the way out.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl std::fmt::Display for Warning {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)?;
        match &self.help {
            Some(help) => write!(f, " (help: {help})"),
            None => Ok(()),
        }
    }
}

/// A file that is needed but cannot be read.
#[derive(Debug, Error, Diagnostic)]
#[error("cannot read {}: {source}", path.display())]
#[diagnostic(code(io::read), help("{}", advice(source)))]
pub struct Unreadable {
    /// The file.
    pub path: PathBuf,
    /// The cause.
    pub source: std::io::Error,
}

fn advice(reason: &std::io::Error) -> &'static str {
    match reason.kind() {
        std::io::ErrorKind::InvalidData => "the file must be UTF-8 text",
        _ => "check that the file exists and that this user may read it",
    }
}

/// A file or directory that cannot be written.
#[derive(Debug, Error, Diagnostic)]
#[error("cannot write {}: {source}", path.display())]
#[diagnostic(
    code(io::write),
    help("check that the disk has free space and that this user may write there")
)]
pub struct Unwritable {
    /// The file or directory.
    pub path: PathBuf,
    /// The cause.
    pub source: std::io::Error,
}

/// Reads a text file.
///
/// # Errors
/// [`Unreadable`], also when the file is not UTF-8.
pub fn read_text(path: &Path) -> Result<String, Unreadable> {
    std::fs::read_to_string(path).map_err(|source| Unreadable {
        path: path.to_path_buf(),
        source,
    })
}

/// Creates a directory and its parents.
///
/// # Errors
/// [`Unwritable`].
pub fn create_folder(path: &Path) -> Result<(), Unwritable> {
    std::fs::create_dir_all(path).map_err(|source| Unwritable {
        path: path.to_path_buf(),
        source,
    })
}

/// Sorts diagnostics in the order in which a reader of the files meets them. Files keep the order
/// in which their first diagnostics were found. Diagnostics without a place come first.
pub fn in_order_of_files<D: Diagnostic>(diagnostics: &mut [D]) {
    let mut files: Vec<String> = Vec::new();
    let place = |diagnostic: &D| -> Option<(usize, usize)> {
        let label = diagnostic.labels()?.next()?;
        let contents = diagnostic.source_code()?.read_span(label.inner(), 0, 0);
        let name = contents.ok()?.name().unwrap_or_default().to_owned();
        let known = files.iter().position(|file| *file == name);
        let file = known.unwrap_or_else(|| {
            files.push(name);
            files.len() - 1
        });
        Some((file, label.offset()))
    };
    diagnostics.sort_by_cached_key(place);
}

/// Returns the known word that `word` most probably stands for. Capital letters and `_` instead of
/// `-` make no difference.
///
/// A short word may differ by one edit, a long word by up to three edits. If there is no such word,
/// a word with the same beginning is returned (`win` and `windows`, `binary` and `binaries`).
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let folded = |word: &str| word.to_lowercase().replace('_', "-");
    let word = folded(word);
    let known: Vec<(String, &str)> = (known.into_iter())
        .map(|known| (folded(known), known))
        .collect();
    let misspelled = (known.iter())
        .map(|(folded, known)| (strsim::damerau_levenshtein(&word, folded), *known))
        .filter(|(edits, known)| *edits <= (known.len() / 4).clamp(1, 3))
        .min_by_key(|(edits, _)| *edits)
        .map(|(_, known)| known);
    misspelled.or_else(|| {
        let begins_alike = |folded: &str| {
            let shorter = folded.len().min(word.len());
            let common = (folded.bytes().zip(word.bytes()))
                .take_while(|(a, b)| a == b)
                .count();
            common >= 3 && common * 4 >= shorter * 3
        };
        (known.iter())
            .find(|(folded, _)| begins_alike(folded))
            .map(|(_, known)| *known)
    })
}

/// Joins words as a list in prose: `` `a`, `b` and `c` ``.
pub fn list<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let quoted: Vec<String> = words.into_iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => quoted.concat(),
    }
}

/// `text` without the credentials in its URLs: `user:password@`, the token after `/t/`, and the
/// signature in a presigned URL of an object store.
pub fn redacted(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("://") {
        let (before, url) = rest.split_at(start + 3);
        out.push_str(before);
        let end = url
            .find(|c: char| c.is_whitespace() || "\"'<>,".contains(c))
            .unwrap_or(url.len());
        let (url, after) = url.split_at(end);
        let (authority, path) = url.split_at(url.find('/').unwrap_or(url.len()));
        match authority.rsplit_once('@') {
            Some((_, host)) => {
                out.push_str(MASK);
                out.push('@');
                out.push_str(host);
            }
            None => out.push_str(authority),
        }
        match path.strip_prefix("/t/") {
            Some(token) => {
                out.push_str("/t/");
                out.push_str(MASK);
                out.push_str(&token[token.find('/').unwrap_or(token.len())..]);
            }
            None => out.push_str(path),
        }
        rest = after;
    }
    out.push_str(rest);
    redact_signatures_in_text(&out, MASK).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misspelled_and_abbreviated_words_find_what_was_meant() {
        let known = ["extra-args", "env", "win", "linux-64", "binaries"];
        let near = |word| nearest(word, known);
        assert_eq!(near("Extra_Arg"), Some("extra-args"));
        assert_eq!(near("envs"), Some("env"));
        assert_eq!(near("windows"), Some("win"));
        assert_eq!(near("linux"), Some("linux-64"));
        assert_eq!(near("binary"), Some("binaries"));
        assert_eq!(near("extra-features"), None);
        assert_eq!(near("cargo-flags"), None);
    }

    #[test]
    fn credentials_in_urls_are_masked() {
        assert_eq!(
            redacted(r#"["https://user:pw@host.example/c","https://h.example/t/tk-1/conda/x"]"#),
            r#"["https://********@host.example/c","https://h.example/t/********/conda/x"]"#
        );
        assert_eq!(
            redacted("cannot get https://h.example/a.conda?se=2026&sig=a%2Fb&sp=r: 403"),
            "cannot get https://h.example/a.conda?se=2026&sig=********&sp=r: 403"
        );
    }
}
