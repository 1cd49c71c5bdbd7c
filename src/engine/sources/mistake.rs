//! Errors about a source, with its place in the recipe.

use std::path::PathBuf;

use miette::{Diagnostic, Report, SourceSpan};
use rattler_build_source_cache::CacheError;
use thiserror::Error;

use crate::diagnostic::{SourceFile, nearest, redacted};
use crate::recipe::RecipeText;

/// The number of digits in an MD5 checksum.
const MD5: usize = 32;

/// An error about a source.
pub(super) enum Mistake {
    NoSuchPath {
        path: PathBuf,
        written: String,
    },
    Checksum {
        expected: String,
        actual: String,
        what: String,
    },
    Download {
        url: String,
        reason: String,
    },
    Unpack {
        what: String,
        reason: String,
    },
    Offline {
        what: String,
        cache: PathBuf,
    },
    Git {
        url: String,
        reason: String,
    },
    Commit {
        expected: String,
        actual: String,
        rev: String,
    },
    Patch {
        written: String,
        reason: String,
        /// Whether the patch cannot be read and names files in quotes.
        quotes_names: bool,
    },
}

impl Mistake {
    pub(super) fn of(error: CacheError, url: &str) -> Self {
        match error {
            CacheError::ValidationFailed {
                expected, actual, ..
            } => Self::Checksum {
                expected,
                actual,
                what: url.to_string(),
            },
            CacheError::ExtractionError(reason) => Self::Unpack {
                what: url.to_string(),
                reason,
            },
            other => Self::Download {
                url: url.to_string(),
                reason: {
                    let reason = causes(&other);
                    let reason = reason.trim_start_matches("Failed to download from URL: ");
                    let (reason, _) = reason.split_once(" for url (").unwrap_or((reason, ""));
                    reason.to_string()
                },
            },
        }
    }
}

/// The messages of an error and of its causes.
fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let next = cause.to_string();
        if !text.contains(&next) {
            text.push_str(": ");
            text.push_str(&next);
        }
        source = cause.source();
    }
    redacted(&text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// The place of a source in the recipe.
pub(super) struct SourcePlace<'a> {
    pub(super) text: &'a RecipeText,
}

impl SourcePlace<'_> {
    pub(super) fn report(&self, mistake: Mistake) -> Report {
        let file = self.text.file();
        match mistake {
            Mistake::NoSuchPath { path, written } => NoSuchPath {
                help: near(&path),
                path: path.display().to_string(),
                at: self.text.value_of("path", &written),
                file,
            }
            .into(),
            Mistake::Checksum {
                expected,
                actual,
                what,
            } => Checksum {
                at: self
                    .text
                    .find(&expected)
                    .or_else(|| self.text.find("sha256")),
                what: redacted(&what),
                key: match actual.len() {
                    MD5 => "md5",
                    _ => "sha256",
                },
                expected,
                actual,
                file,
            }
            .into(),
            Mistake::Download { url, reason } => NotDownloaded {
                at: self.text.find(&url).or_else(|| self.key("url")),
                url: redacted(&url),
                reason,
                file,
            }
            .into(),
            Mistake::Unpack { what, reason } => NotUnpacked {
                at: self.text.find(&what).or_else(|| self.key("url")),
                what: redacted(&what),
                reason: redacted(&reason),
                file,
            }
            .into(),
            Mistake::Offline { what, cache } => Offline {
                at: self.text.find(&what).or_else(|| self.key("url")),
                what: redacted(&what),
                cache: cache.display().to_string(),
                file,
            }
            .into(),
            Mistake::Git { url, reason } => NotCheckedOut {
                at: self.text.value_of("git", &url).or_else(|| self.key("git")),
                url: redacted(&url),
                reason: redacted(&reason),
                file,
            }
            .into(),
            Mistake::Commit {
                expected,
                actual,
                rev,
            } => OtherCommit {
                at: self
                    .text
                    .find(&expected)
                    .or_else(|| self.key("expected_commit")),
                expected,
                actual,
                rev,
                file,
            }
            .into(),
            Mistake::Patch {
                written,
                reason,
                quotes_names,
            } => NotPatched {
                help: if quotes_names {
                    "a name in it is in quotes, because it is not ASCII: create the patch again \
                     with `git -c core.quotePath=false`"
                } else {
                    "it may belong to another version of the sources: create it again from these"
                },
                at: self.text.find(&written),
                patch: written,
                reason: {
                    let words: Vec<&str> = reason.split_whitespace().collect();
                    let reason = words.join(" ");
                    let start = "Patch application error: ";
                    reason.strip_prefix(start).unwrap_or(&reason).to_string()
                },
                file,
            }
            .into(),
        }
    }

    fn key(&self, key: &str) -> Option<SourceSpan> {
        let found = self.text.word(key, 0)?;
        Some((found.start, found.len()).into())
    }
}

fn near(path: &std::path::Path) -> String {
    let entries = path
        .parent()
        .and_then(|folder| std::fs::read_dir(folder).ok());
    let entries = entries.into_iter().flatten().flatten();
    let names: Vec<String> = entries
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect();
    let name = path
        .file_name()
        .and_then(|name| name.to_str())
        .unwrap_or_default();
    match nearest(name, names.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "paths in a recipe are relative to the directory of the recipe".to_string(),
    }
}

#[derive(Debug, Error, Diagnostic)]
#[error("{path} does not exist")]
#[diagnostic(code(source::no_such_path), help("{help}"))]
struct NoSuchPath {
    path: String,
    help: String,
    #[source_code]
    file: SourceFile,
    #[label("named here")]
    at: Option<SourceSpan>,
}

#[derive(Debug, Error, Diagnostic)]
#[error("{what} does not have its checksum: expected {expected}, found {actual}")]
#[diagnostic(
    code(source::checksum),
    help("if the new content is the right one, write `{key}: {actual}`")
)]
struct Checksum {
    key: &'static str,
    what: String,
    expected: String,
    actual: String,
    #[source_code]
    file: SourceFile,
    #[label("the expected checksum")]
    at: Option<SourceSpan>,
}

#[derive(Debug, Error, Diagnostic)]
#[error("{url} cannot be downloaded: {reason}")]
#[diagnostic(
    code(source::download),
    help("check the address; `url` can be a list of mirrors, which are tried in order")
)]
struct NotDownloaded {
    url: String,
    reason: String,
    #[source_code]
    file: SourceFile,
    #[label("this source")]
    at: Option<SourceSpan>,
}

#[derive(Debug, Error, Diagnostic)]
#[error("{what} cannot be unpacked: {reason}")]
#[diagnostic(
    code(source::archive),
    help("it is damaged or is not an archive; set `file_name` to use the file as it is")
)]
struct NotUnpacked {
    what: String,
    reason: String,
    #[source_code]
    file: SourceFile,
    #[label("this source")]
    at: Option<SourceSpan>,
}

#[derive(Debug, Error, Diagnostic)]
#[error("{what} is not in the cache {cache}, and the build is offline")]
#[diagnostic(
    code(source::offline),
    help("build once without `--offline`, so that what is needed is in the cache")
)]
struct Offline {
    what: String,
    cache: String,
    #[source_code]
    file: SourceFile,
    #[label("this source")]
    at: Option<SourceSpan>,
}

#[derive(Debug, Error, Diagnostic)]
#[error("{url} cannot be checked out: {reason}")]
#[diagnostic(
    code(source::git),
    help(
        "check that the repository exists, that it has this branch, tag or commit, and that this \
         user may read it"
    )
)]
struct NotCheckedOut {
    url: String,
    reason: String,
    #[source_code]
    file: SourceFile,
    #[label("this source")]
    at: Option<SourceSpan>,
}

#[derive(Debug, Error, Diagnostic)]
#[error("{rev} is the commit {actual}, not {expected}")]
#[diagnostic(
    code(source::commit),
    help("if the new commit is the right one, change `expected_commit`")
)]
struct OtherCommit {
    expected: String,
    actual: String,
    rev: String,
    #[source_code]
    file: SourceFile,
    #[label("the expected commit")]
    at: Option<SourceSpan>,
}

#[derive(Debug, Error, Diagnostic)]
#[error("the patch {patch} cannot be applied: {reason}")]
#[diagnostic(code(source::patch), help("{help}"))]
struct NotPatched {
    help: &'static str,
    patch: String,
    reason: String,
    #[source_code]
    file: SourceFile,
    #[label("this patch")]
    at: Option<SourceSpan>,
}
