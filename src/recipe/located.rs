//! An error about a dependency, with the place of the dependency in the manifest.

use std::error::Error;
use std::fmt;

use miette::{Diagnostic, LabeledSpan, Report, Severity, SourceCode, SourceSpan};

use crate::diagnostic::SourceFile;
use crate::project::manifest::Manifest;
use crate::recipe::condition::ManifestCondition;

/// Adds the place of the dependency `name` to an error about it. `table` has the keys of its table
/// below `package`. Without a place, the error does not change.
pub(super) fn located(
    error: Report,
    manifest: &Manifest,
    table: &[&str],
    condition: Option<&ManifestCondition>,
    name: &str,
) -> Report {
    let key = condition.and_then(ManifestCondition::key);
    let keys = ["package"].iter().chain(table).copied();
    let keys: Vec<&str> = keys.chain(key.as_deref()).chain([name]).collect();
    let condition = || condition.and_then(|condition| condition.span(manifest));
    match manifest.key_span(&keys).or_else(condition) {
        Some(at) => Report::new_boxed(Box::new(Located {
            error,
            file: manifest.file(),
            at,
        })),
        None => error,
    }
}

/// An error with a place in the manifest.
#[derive(Debug)]
struct Located {
    error: Report,
    file: SourceFile,
    at: SourceSpan,
}

impl fmt::Display for Located {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl Error for Located {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.error.source()
    }
}

impl Diagnostic for Located {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.error.code()
    }

    fn severity(&self) -> Option<Severity> {
        self.error.severity()
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.error.help()
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.file)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let label = LabeledSpan::new_with_span(Some("this dependency".to_string()), self.at);
        Some(Box::new(std::iter::once(label)))
    }
}
