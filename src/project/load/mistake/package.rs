//! Mistakes in the metadata of `[package]`: inheritance and files.

use std::path::PathBuf;

use miette::{Diagnostic, SourceSpan};
use thiserror::Error;

use crate::diagnostic::SourceFile;

/// A value asked of a workspace that does not have it.
#[derive(Debug, Error, Diagnostic)]
#[error("there is no `{key}` to inherit")]
#[diagnostic(code(manifest::nothing_to_inherit), help("{help}"))]
pub struct NothingToInherit {
    /// The key.
    pub key: String,
    /// Where to add it.
    pub help: String,
    /// The manifest.
    #[source_code]
    pub file: SourceFile,
    /// The request.
    #[label("inherited here")]
    pub at: SourceSpan,
}

/// A table that asks for something else than inheritance.
#[derive(Debug, Error, Diagnostic)]
#[error("{problem}")]
#[diagnostic(
    code(manifest::bad_inheritance),
    help("write `{key} = {{ workspace = true }}` for that of the workspace, or {otherwise} here")
)]
pub struct BadInheritance {
    /// What is wrong with the table.
    pub problem: String,
    /// The key.
    pub key: String,
    /// How to go without the workspace.
    pub otherwise: &'static str,
    /// The manifest.
    #[source_code]
    pub file: SourceFile,
    /// The table.
    #[label("here")]
    pub at: SourceSpan,
}

/// A path in the manifest that leads nowhere.
#[derive(Debug, Error, Diagnostic)]
#[error("`{}` does not exist", path.display())]
#[diagnostic(code(manifest::file_missing), help("{help}"))]
pub struct FileMissing {
    /// The path it stands for.
    pub path: PathBuf,
    /// What the path is relative to.
    pub help: String,
    /// The manifest.
    #[source_code]
    pub file: SourceFile,
    /// The path as written.
    #[label("not found")]
    pub at: SourceSpan,
}
