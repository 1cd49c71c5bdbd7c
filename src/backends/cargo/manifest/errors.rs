//! The errors in a Cargo.toml that this backend reports.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use miette::{Diagnostic, Report, SourceSpan};
use thiserror::Error;
use toml_edit::TomlError;

use crate::diagnostic::{SourceFile, Unreadable};

/// The source directory does not contain a crate.
#[derive(Debug, Error, Diagnostic)]
#[error("no Cargo.toml was found in {}", folder.display())]
#[diagnostic(
    code(cargo::no_manifest),
    help(
        "create one with `cargo init`, or name the directory of the crate with `source = {{ path = \"…\" }}` in `[package.build]` of pixi.toml"
    )
)]
pub(crate) struct NoCargoToml {
    pub(crate) folder: PathBuf,
}

/// `Cargo.toml` does not have the form that Cargo expects.
#[derive(Debug, Error, Diagnostic)]
#[error("failed to parse Cargo.toml: {reason}")]
#[diagnostic(code(cargo::broken_manifest))]
pub(crate) struct Broken {
    pub(crate) reason: String,
    #[help]
    pub(crate) help: Option<String>,
    #[source_code]
    pub(crate) file: SourceFile,
    #[label("here")]
    pub(crate) at: Option<SourceSpan>,
}

impl Broken {
    /// An error for a text that is not TOML.
    pub(crate) fn syntax(path: &Path, text: Arc<str>, error: &TomlError) -> Report {
        Self {
            reason: error.message().to_string(),
            help: None,
            file: SourceFile::new(path.display().to_string(), text),
            at: error.span().map(Into::into),
        }
        .into()
    }

    pub(crate) fn report(path: &Path, text: &str, source: cargo_toml::Error) -> Report {
        let (reason, at) = match source {
            cargo_toml::Error::Parse(error) => {
                (error.message().to_string(), error.span().map(Into::into))
            }
            cargo_toml::Error::Io(source) => {
                let path = path.to_path_buf();
                return Unreadable { path, source }.into();
            }
            other => (other.to_string(), None),
        };
        let (reason, help) = in_own_words(&reason);
        Self {
            reason,
            help,
            file: SourceFile::new(path.display().to_string(), Arc::from(text)),
            at,
        }
        .into()
    }
}

/// The message of the parser, with a clear replacement for one that names types of Rust.
fn in_own_words(reason: &str) -> (String, Option<String>) {
    match reason.split_once("Expected to deserialize semver::Version, found ") {
        Some((_, found)) => (
            format!("`version` cannot be {found}"),
            Some("a version is a string with three numbers, such as `\"1.0.0\"`".to_string()),
        ),
        None => (reason.to_string(), None),
    }
}

/// `package.workspace` names a directory without a workspace.
#[derive(Debug, Error, Diagnostic)]
#[error("there is no Cargo workspace in {}", folder.display())]
#[diagnostic(
    code(cargo::no_workspace),
    help(
        "`workspace` names the directory of the Cargo.toml with the `[workspace]` table; without it the parent directories are searched"
    )
)]
pub(crate) struct NoWorkspace {
    pub(crate) folder: PathBuf,
    #[source_code]
    pub(crate) file: SourceFile,
    #[label("named here")]
    pub(crate) at: Option<SourceSpan>,
}

/// A value that is inherited, but that the Cargo workspace does not have.
#[derive(Debug, Error, Diagnostic)]
#[error("Cargo.toml inherits `{field}`, but {reason}")]
#[diagnostic(
    code(cargo::not_inherited),
    help(
        "write `{field}` into `[workspace.package]` of the workspace's Cargo.toml, or its value here"
    )
)]
pub(crate) struct NotInherited {
    pub(crate) field: &'static str,
    pub(crate) reason: String,
    #[source_code]
    pub(crate) file: SourceFile,
    #[label("inherited here")]
    pub(crate) at: Option<SourceSpan>,
}

/// Several values that are inherited, but that the Cargo workspace does not have.
#[derive(Debug, Error, Diagnostic)]
#[error("Cargo.toml inherits {count} values that no workspace has")]
#[diagnostic(code(cargo::missing_inherited_values))]
pub(crate) struct NothingInherited {
    count: usize,
    #[related]
    lost: Vec<NotInherited>,
}

impl NothingInherited {
    /// Returns one error for all of the values.
    pub(crate) fn check(mut lost: Vec<NotInherited>) -> Result<(), Report> {
        match lost.len() {
            0 => Ok(()),
            1 => Err(lost.remove(0).into()),
            count => Err(Self { count, lost }.into()),
        }
    }
}
