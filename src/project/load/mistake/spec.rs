//! Errors in the specification of a dependency.

use miette::{Diagnostic, SourceSpan};
use thiserror::Error;

use crate::diagnostic::SourceFile;

/// A specification without any selector.
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

/// A text that is not a valid conda version constraint.
#[derive(Debug, Error, Diagnostic)]
#[error("`{text}` is not a version constraint: {reason}")]
#[diagnostic(code(manifest::bad_version_spec), help("{help}"))]
pub struct BadVersionSpec {
    /// The text, as in the manifest.
    pub text: String,
    /// The message of the parser.
    pub reason: String,
    /// The probable intention, in the correct form.
    pub help: String,
    /// The manifest.
    #[source_code]
    pub file: SourceFile,
    /// The text.
    #[label("here")]
    pub at: SourceSpan,
}

/// A `when` that is not a condition on packages.
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
    /// The problem with the condition.
    pub problem: String,
    /// The manifest.
    #[source_code]
    pub file: SourceFile,
    /// The condition.
    #[label("here")]
    pub at: SourceSpan,
}
