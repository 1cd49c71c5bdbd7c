//! Errors in `[package.build]`.

use miette::{Diagnostic, SourceSpan};
use thiserror::Error;

use crate::diagnostic::SourceFile;

/// A source that has to be fetched first.
#[derive(Debug, Error, Diagnostic)]
#[error("the code of this package is {place}, and was not fetched")]
#[diagnostic(
    code(manifest::remote_source),
    help("fetch it yourself and name its directory with `path`, or build with pixi")
)]
pub struct RemoteSource {
    /// The kind of location: a repository or an archive.
    pub place: &'static str,
    /// The manifest.
    #[source_code]
    pub file: SourceFile,
    /// The location.
    #[label("not on this disk")]
    pub at: SourceSpan,
}
