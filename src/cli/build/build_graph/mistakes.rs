//! Errors about source dependencies.

use std::path::PathBuf;

use miette::Diagnostic;
use thiserror::Error;

use crate::project::load::LoadErrors;

/// A dependency at a path that does not exist.
#[derive(Debug, Error, Diagnostic)]
#[error("`{name}`, which {asker} needs, was not found: `{path}` does not exist")]
#[diagnostic(
    code(environment::source_not_found),
    help("the path of a dependency is relative to the manifest that names it")
)]
pub(super) struct NotThere {
    pub(super) name: String,
    pub(super) asker: String,
    pub(super) path: String,
}

/// A dependency with an error in its manifest.
#[derive(Debug, Error, Diagnostic)]
#[error("`{name}`, which {asker} needs, cannot be built")]
#[diagnostic(code(environment::invalid_source_manifest))]
pub(super) struct Mistaken {
    pub(super) name: String,
    pub(super) asker: String,
    #[related]
    pub(super) mistakes: Vec<LoadErrors>,
}

/// Two packages with the same name, which one environment cannot contain.
#[derive(Debug, Error, Diagnostic)]
#[error(
    "two packages are called `{name}`: {} (for {first_asker}) and {} (for {second_asker})",
    first.display(),
    second.display()
)]
#[diagnostic(code(environment::duplicate_name), help("rename one of them"))]
pub(super) struct TwoOfOneName {
    pub(super) name: String,
    pub(super) first: PathBuf,
    pub(super) first_asker: String,
    pub(super) second: PathBuf,
    pub(super) second_asker: String,
}

/// The package at the path does not have the name of the dependency.
#[derive(Debug, Error, Diagnostic)]
#[error("{asker} needs `{wanted}`, but the package in {} is called `{found}`", manifest.display())]
#[diagnostic(
    code(environment::other_name),
    help("name the dependency `{found}`, or give the path of `{wanted}`")
)]
pub(super) struct OtherName {
    pub(super) wanted: String,
    pub(super) found: String,
    pub(super) asker: String,
    pub(super) manifest: PathBuf,
}
