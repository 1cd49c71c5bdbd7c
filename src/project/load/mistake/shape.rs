//! Mistakes that every table can have: keys and types.

use miette::{Diagnostic, SourceSpan};
use thiserror::Error;

use crate::diagnostic::SourceFile;

/// A key the table does not have.
#[derive(Debug, Error, Diagnostic)]
#[error("`{key}` is not a key of {table}")]
#[diagnostic(code(manifest::unknown_key), help("{help}"))]
pub struct UnknownManifestKey {
    /// The key as written.
    pub key: String,
    /// What it was found in.
    pub table: String,
    /// The nearest key, or all of them.
    pub help: String,
    /// The manifest.
    #[source_code]
    pub file: SourceFile,
    /// The key.
    #[label("not recognized")]
    pub at: SourceSpan,
}

/// A value of another type than the key takes.
#[derive(Debug, Error, Diagnostic)]
#[error("`{key}` must be {expected}, not {found}")]
#[diagnostic(code(manifest::wrong_type))]
pub struct WrongManifestType {
    /// Path of the key.
    pub key: String,
    /// The type, with its article.
    pub expected: &'static str,
    /// The type that was found, with its article.
    pub found: &'static str,
    /// How to write it.
    #[help]
    pub help: Option<String>,
    /// The manifest.
    #[source_code]
    pub file: SourceFile,
    /// The value.
    #[label("{found}")]
    pub at: SourceSpan,
}

/// A key that must be there.
#[derive(Debug, Error, Diagnostic)]
#[error("{table} needs the key `{key}`")]
#[diagnostic(code(manifest::missing_key), help("{help}"))]
pub struct MissingKey {
    /// The key.
    pub key: &'static str,
    /// What it is missing from.
    pub table: String,
    /// How to write it.
    pub help: String,
    /// The manifest.
    #[source_code]
    pub file: SourceFile,
    /// The table.
    #[label("without `{key}`")]
    pub at: SourceSpan,
}

/// Two keys of which only one can be given.
#[derive(Debug, Error, Diagnostic)]
#[error("`{first}` and `{second}` cannot be given together")]
#[diagnostic(code(manifest::conflict), help("{help}"))]
pub struct Conflict {
    /// The key that comes first.
    pub first: String,
    /// The other one.
    pub second: String,
    /// Which to keep.
    pub help: String,
    /// The manifest.
    #[source_code]
    pub file: SourceFile,
    /// The first key.
    #[label("this one")]
    pub first_at: SourceSpan,
    /// The second key, when it stands in the same file.
    #[label("and this one")]
    pub second_at: Option<SourceSpan>,
}

/// A key that the rest of the table leaves no room for.
#[derive(Debug, Error, Diagnostic)]
#[error("`{key}` cannot be used {place}")]
#[diagnostic(code(manifest::misplaced_key), help("{help}"))]
pub struct InvalidManifestValue {
    /// The key.
    pub key: String,
    /// Where it cannot be used, with its preposition.
    pub place: String,
    /// What to do instead.
    pub help: String,
    /// The manifest.
    #[source_code]
    pub file: SourceFile,
    /// The key.
    #[label("not here")]
    pub at: SourceSpan,
}

/// Text that does not follow the grammar of its key.
#[derive(Debug, Error, Diagnostic)]
#[error("`{text}` is not {what}")]
#[diagnostic(code(manifest::invalid_value))]
pub struct Invalid {
    /// The text as written.
    pub text: String,
    /// What it should be, with its article.
    pub what: &'static str,
    /// Why it is not.
    pub reason: String,
    /// How to write it.
    #[help]
    pub help: Option<String>,
    /// The manifest.
    #[source_code]
    pub file: SourceFile,
    /// The text.
    #[label("{reason}")]
    pub at: SourceSpan,
}
