//! Errors in dependency tables: conditions, names, pins and workspace dependencies.

use miette::{Diagnostic, SourceSpan};
use thiserror::Error;

use crate::diagnostic::SourceFile;

/// A key with a parenthesis that is not a condition.
#[derive(Debug, Error, Diagnostic)]
#[error("`{key}` is not a condition")]
#[diagnostic(code(manifest::bad_condition), help("{help}"))]
pub struct BadCondition {
    /// The key as written.
    pub key: String,
    /// The correct form.
    pub help: String,
    /// The manifest.
    #[source_code]
    pub file: SourceFile,
    /// The key.
    #[label("expected `\"if(<expression>)\"`")]
    pub at: SourceSpan,
}

/// A condition inside another condition.
#[derive(Debug, Error, Diagnostic)]
#[error("conditions cannot be nested")]
#[diagnostic(
    code(manifest::nested_condition),
    help("write one condition: `\"if({outer} and {inner})\"`")
)]
pub struct NestedCondition {
    /// The outer expression.
    pub outer: String,
    /// The inner expression.
    pub inner: String,
    /// The manifest.
    #[source_code]
    pub file: SourceFile,
    /// The inner key.
    #[label("inside `if({outer})`")]
    pub at: SourceSpan,
}

/// The same entry twice, possibly in two spellings.
#[derive(Debug, Error, Diagnostic)]
#[error("`{first}` and `{second}` are the same {what}")]
#[diagnostic(code(manifest::same_name), help("remove one"))]
pub struct SameName {
    /// A package or a platform.
    pub what: &'static str,
    /// The spelling that comes first.
    pub first: String,
    /// The second spelling.
    pub second: String,
    /// The manifest.
    #[source_code]
    pub file: SourceFile,
    /// The first entry.
    #[label("given here")]
    pub first_at: SourceSpan,
    /// The second entry.
    #[label("and here")]
    pub second_at: SourceSpan,
}

/// A deprecated target table and an equivalent condition.
#[derive(Debug, Error, Diagnostic)]
#[error("`[package.target.{selector}]` means the same as `if({condition})`, which also exists")]
#[diagnostic(
    code(manifest::same_condition),
    help("move its tables to `[package.<table>.\"if({condition})\"]` and remove it")
)]
pub struct SameCondition {
    /// The selector, as in the manifest.
    pub selector: String,
    /// The equivalent expression.
    pub condition: String,
    /// The manifest.
    #[source_code]
    pub file: SourceFile,
    /// The selector.
    #[label("deprecated spelling")]
    pub at: SourceSpan,
    /// The condition.
    #[label("the same condition")]
    pub condition_at: Option<SourceSpan>,
}

/// A source dependency in a table that does not allow it.
#[derive(Debug, Error, Diagnostic)]
#[error("`{name}` in `{table}` cannot come from {location}")]
#[diagnostic(code(manifest::no_source_here), help("{help}"))]
pub struct NoSourceHere {
    /// The dependency.
    pub name: String,
    /// The table.
    pub table: &'static str,
    /// The kind of location.
    pub location: &'static str,
    /// The locations that the table allows.
    pub help: &'static str,
    /// The manifest.
    #[source_code]
    pub file: SourceFile,
    /// The location.
    #[label("not here")]
    pub at: SourceSpan,
}

/// A pin in a table that does not allow it.
#[derive(Debug, Error, Diagnostic)]
#[error("`{pin}` cannot be used in `{table}`")]
#[diagnostic(
    code(manifest::no_pin_here),
    help(
        "`pin-compatible` belongs in `host-dependencies`, `run-dependencies` or `run-exports`, \
         `pin-subpackage` in `run-exports`; write a version instead"
    )
)]
pub struct NoPinHere {
    /// The kind of the pin.
    pub pin: &'static str,
    /// The table.
    pub table: &'static str,
    /// The manifest.
    #[source_code]
    pub file: SourceFile,
    /// The pin.
    #[label("not here")]
    pub at: SourceSpan,
}

/// A pin to the wrong package.
#[derive(Debug, Error, Diagnostic)]
#[error("{problem}")]
#[diagnostic(code(manifest::pin_name), help("{help}"))]
pub struct PinName {
    /// The pin, and the reason why it is not valid.
    pub problem: String,
    /// The valid pin.
    pub help: String,
    /// The manifest.
    #[source_code]
    pub file: SourceFile,
    /// The dependency.
    #[label("pinned here")]
    pub at: SourceSpan,
}

/// A dependency inherits from a workspace that does not have it.
#[derive(Debug, Error, Diagnostic)]
#[error("`{name}` is not in `[workspace.dependencies]`")]
#[diagnostic(code(manifest::not_in_workspace), help("{help}"))]
pub struct NotInPool {
    /// The dependency.
    pub name: String,
    /// The nearest name, or the place where it can be added.
    pub help: String,
    /// The manifest.
    #[source_code]
    pub file: SourceFile,
    /// The entry.
    #[label("inherited here")]
    pub at: SourceSpan,
}

/// A key that only the workspace can set.
#[derive(Debug, Error, Diagnostic)]
#[error("`{key}` of `{name}` is decided by the workspace")]
#[diagnostic(
    code(manifest::fixed_by_workspace),
    help("remove `{key}`, or remove `workspace = true` and write the whole dependency here")
)]
pub struct FixedByPool {
    /// The key.
    pub key: String,
    /// The dependency.
    pub name: String,
    /// The manifest.
    #[source_code]
    pub file: SourceFile,
    /// The key.
    #[label("cannot be overridden")]
    pub at: SourceSpan,
}
