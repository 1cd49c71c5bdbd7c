//! The errors of the wrappers.

use std::path::PathBuf;

use miette::Diagnostic;
use thiserror::Error;

/// An error in a program between Cargo and a tool. It appears in the log of the build.
#[derive(Debug, Error, Diagnostic)]
pub(crate) enum WrapperError {
    #[error("{0} is not set: this wrapper works only in a build script of pixi")]
    #[diagnostic(code(wrapper::not_set))]
    NotSet(&'static str),
    #[error("{} is not what this version of the backend writes: {reason}", path.display())]
    #[diagnostic(
        code(wrapper::bad_file),
        help("build again; the backend may have been replaced during the build")
    )]
    BadFile { path: PathBuf, reason: String },
    #[error("no linker is known for {0}")]
    #[diagnostic(code(wrapper::no_linker))]
    NoLinker(String),
    #[error("cannot start {}: {source}", program.display())]
    #[diagnostic(code(wrapper::not_started))]
    NotStarted {
        program: PathBuf,
        source: std::io::Error,
    },
    #[error("cannot read {}: {source}", path.display())]
    #[diagnostic(code(wrapper::unreadable))]
    Unreadable {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("cannot write {}: {source}", path.display())]
    #[diagnostic(code(wrapper::unwritable))]
    Unwritable {
        path: PathBuf,
        source: std::io::Error,
    },
}

impl WrapperError {
    pub(crate) fn unwritable(path: impl Into<PathBuf>, source: std::io::Error) -> Self {
        let path = path.into();
        Self::Unwritable { path, source }
    }

    pub(crate) fn unreadable(path: impl Into<PathBuf>, source: std::io::Error) -> Self {
        let path = path.into();
        Self::Unreadable { path, source }
    }
}
