//! Mistakes in the specification of a dependency.

use miette::{Diagnostic, SourceSpan};
use thiserror::Error;

use crate::diagnostic::SourceFile;

/// A specification that says nothing.
#[derive(Debug, Error, Diagnostic)]
#[error("`{name}` does not say which package is meant")]
#[diagnostic(
    code(manifest::empty_spec),
    help("for any version write `{name} = \"*\"`")
)]
pub struct EmptySpec {
    /// The dependency.
    pub name: String,
    /// The manifest.
    #[source_code]
    pub file: SourceFile,
    /// The table.
    #[label("nothing that selects a package")]
    pub at: SourceSpan,
}

/// Text that is no conda version constraint.
#[derive(Debug, Error, Diagnostic)]
#[error("`{text}` is not a version constraint: {reason}")]
#[diagnostic(code(manifest::bad_version_spec), help("{help}"))]
pub struct BadVersionSpec {
    /// The text as written.
    pub text: String,
    /// What the parser says.
    pub reason: String,
    /// How to write what was probably meant.
    pub help: String,
    /// The manifest.
    #[source_code]
    pub file: SourceFile,
    /// The text.
    #[label("here")]
    pub at: SourceSpan,
}

/// A `when` that is no condition on packages.
#[derive(Debug, Error, Diagnostic)]
#[error("`when` {problem}")]
#[diagnostic(
    code(manifest::bad_when),
    help(
        "write a name with an optional version (`\"python >=3.10\"`), \
         `{{ package = \"numpy\", build = \"*cuda\" }}`, `{{ all = [..] }}` or `{{ any = [..] }}`"
    )
)]
pub struct BadWhen {
    /// What is wrong with it.
    pub problem: String,
    /// The manifest.
    #[source_code]
    pub file: SourceFile,
    /// The condition.
    #[label("here")]
    pub at: SourceSpan,
}
