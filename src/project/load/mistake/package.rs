//! Errors in the metadata of `[package]`: inheritance and files.

use std::path::PathBuf;

use miette::{Diagnostic, SourceSpan};
use thiserror::Error;

use crate::diagnostic::SourceFile;

/// A value that the workspace does not have is inherited from it.
#[derive(Debug, Error, Diagnostic)]
#[error("there is no `{key}` to inherit")]
#[diagnostic(code(manifest::nothing_to_inherit), help("{help}"))]
pub struct NothingToInherit {
    /// The key.
    pub key: String,
    /// The place where the value can be added.
    pub help: String,
    /// The manifest.
    #[source_code]
    pub file: SourceFile,
    /// The request.
    #[label("inherited here")]
    pub at: SourceSpan,
}

/// A table that is not `{ workspace = true }`.
#[derive(Debug, Error, Diagnostic)]
#[error("{problem}")]
#[diagnostic(
    code(manifest::bad_inheritance),
    help("write `{key} = {{ workspace = true }}` for that of the workspace, or {otherwise} here")
)]
pub struct BadInheritance {
    /// The problem with the table.
    pub problem: String,
    /// The key.
    pub key: String,
    /// The form without inheritance.
    pub otherwise: &'static str,
    /// The manifest.
    #[source_code]
    pub file: SourceFile,
    /// The table.
    #[label("here")]
    pub at: SourceSpan,
}

/// A path in the manifest that does not exist.
#[derive(Debug, Error, Diagnostic)]
#[error("`{}` does not exist", path.display())]
#[diagnostic(code(manifest::file_missing), help("{help}"))]
pub struct FileMissing {
    /// The resolved path.
    pub path: PathBuf,
    /// The directory that the path is relative to.
    pub help: String,
    /// The manifest.
    #[source_code]
    pub file: SourceFile,
    /// The path, as in the manifest.
    #[label("not found")]
    pub at: SourceSpan,
}
