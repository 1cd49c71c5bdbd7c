//! Errors on the command line. They have no place in a file.

use std::path::PathBuf;

use miette::Diagnostic;
use thiserror::Error;

/// A file or directory that does not exist.
#[derive(Debug, Error, Diagnostic)]
#[error("`{}` does not exist", path.display())]
#[diagnostic(
    code(request::path_missing),
    help("paths on the command line are relative to the current directory")
)]
pub struct PathMissing {
    /// The absolute path.
    pub path: PathBuf,
}

/// A text that is not a valid channel.
#[derive(Debug, Error, Diagnostic)]
#[error("`{text}` is not a channel: {reason}")]
#[diagnostic(
    code(request::bad_channel),
    help("name a channel (`conda-forge`), its URL, or a path that begins with `./`")
)]
pub struct BadChannel {
    /// The text.
    pub text: String,
    /// The reason.
    pub reason: String,
}
