//! Errors that are possible in every table: keys and types.

use miette::{Diagnostic, SourceSpan};
use thiserror::Error;

use crate::diagnostic::SourceFile;

/// A key that the table does not have.
#[derive(Debug, Error, Diagnostic)]
#[error("`{key}` is not a key of {table}")]
#[diagnostic(code(manifest::unknown_key), help("{help}"))]
pub struct UnknownManifestKey {
    /// The key, as in the manifest.
    pub key: String,
    /// The table that contains it.
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

/// A value whose type is wrong for its key.
#[derive(Debug, Error, Diagnostic)]
#[error("`{key}` must be {expected}, not {found}")]
#[diagnostic(code(manifest::wrong_type))]
pub struct WrongManifestType {
    /// The path of the key.
    pub key: String,
    /// The type, with its article.
    pub expected: &'static str,
    /// The type that was found, with its article.
    pub found: &'static str,
    /// The correct form.
    #[help]
    pub help: Option<String>,
    /// The manifest.
    #[source_code]
    pub file: SourceFile,
    /// The value.
    #[label("{found}")]
    pub at: SourceSpan,
}

/// A required key is missing.
#[derive(Debug, Error, Diagnostic)]
#[error("{table} needs the key `{key}`")]
#[diagnostic(code(manifest::missing_key), help("{help}"))]
pub struct MissingKey {
    /// The key.
    pub key: &'static str,
    /// The table that should contain it.
    pub table: String,
    /// The correct form.
    pub help: String,
    /// The manifest.
    #[source_code]
    pub file: SourceFile,
    /// The table.
    #[label("without `{key}`")]
    pub at: SourceSpan,
}

/// Two keys that exclude each other.
#[derive(Debug, Error, Diagnostic)]
#[error("`{first}` and `{second}` cannot be given together")]
#[diagnostic(code(manifest::conflict), help("{help}"))]
pub struct Conflict {
    /// The key that comes first.
    pub first: String,
    /// The second key.
    pub second: String,
    /// The key to keep.
    pub help: String,
    /// The manifest.
    #[source_code]
    pub file: SourceFile,
    /// The first key.
    #[label("this one")]
    pub first_at: SourceSpan,
    /// The second key, if it is in the same file.
    #[label("and this one")]
    pub second_at: Option<SourceSpan>,
}

/// A key that cannot be combined with the rest of the table.
#[derive(Debug, Error, Diagnostic)]
#[error("`{key}` cannot be used {place}")]
#[diagnostic(code(manifest::misplaced_key), help("{help}"))]
pub struct InvalidManifestValue {
    /// The key.
    pub key: String,
    /// The place where it cannot be used, with its preposition.
    pub place: String,
    /// The alternative.
    pub help: String,
    /// The manifest.
    #[source_code]
    pub file: SourceFile,
    /// The key.
    #[label("not here")]
    pub at: SourceSpan,
}

/// A text that does not follow the grammar of its key.
#[derive(Debug, Error, Diagnostic)]
#[error("`{text}` is not {what}")]
#[diagnostic(code(manifest::invalid_value))]
pub struct Invalid {
    /// The text, as in the manifest.
    pub text: String,
    /// The expected kind of text, with its article.
    pub what: &'static str,
    /// The reason why the text is not valid.
    pub reason: String,
    /// The correct form.
    #[help]
    pub help: Option<String>,
    /// The manifest.
    #[source_code]
    pub file: SourceFile,
    /// The text.
    #[label("{reason}")]
    pub at: SourceSpan,
}
