//! Mistakes in dependency tables: conditions, names, pins and the workspace's pool.

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
    /// How to write it.
    pub help: String,
    /// The manifest.
    #[source_code]
    pub file: SourceFile,
    /// The key.
    #[label("expected `\"if(<expression>)\"`")]
    pub at: SourceSpan,
}

/// A condition below a condition.
#[derive(Debug, Error, Diagnostic)]
#[error("conditions cannot be nested")]
#[diagnostic(
    code(manifest::nested_condition),
    help("write one condition: `\"if({outer} and {inner})\"`")
)]
pub struct NestedCondition {
    /// The expression above.
    pub outer: String,
    /// The expression below.
    pub inner: String,
    /// The manifest.
    #[source_code]
    pub file: SourceFile,
    /// The key below.
    #[label("inside `if({outer})`")]
    pub at: SourceSpan,
}

/// One thing twice, perhaps in two spellings.
#[derive(Debug, Error, Diagnostic)]
#[error("`{first}` and `{second}` are the same {what}")]
#[diagnostic(code(manifest::same_name), help("remove one"))]
pub struct SameName {
    /// A package or a platform.
    pub what: &'static str,
    /// The spelling that comes first.
    pub first: String,
    /// The other one.
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

/// A legacy target table beside a condition that means the same.
#[derive(Debug, Error, Diagnostic)]
#[error("`[package.target.{selector}]` means the same as `if({condition})`, which is there too")]
#[diagnostic(
    code(manifest::same_condition),
    help("move its tables to `[package.<table>.\"if({condition})\"]` and remove it")
)]
pub struct SameCondition {
    /// The selector as written.
    pub selector: String,
    /// The expression it stands for.
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

/// A source package in a table that cannot hold it.
#[derive(Debug, Error, Diagnostic)]
#[error("`{name}` in `{table}` cannot come from {location}")]
#[diagnostic(code(manifest::no_source_here), help("{help}"))]
pub struct NoSourceHere {
    /// The dependency.
    pub name: String,
    /// The table it stands in.
    pub table: &'static str,
    /// Where it would come from.
    pub location: &'static str,
    /// What the table takes.
    pub help: &'static str,
    /// The manifest.
    #[source_code]
    pub file: SourceFile,
    /// The location.
    #[label("not here")]
    pub at: SourceSpan,
}

/// A pin in a table that cannot hold it.
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
    /// The table it stands in.
    pub table: &'static str,
    /// The manifest.
    #[source_code]
    pub file: SourceFile,
    /// The pin.
    #[label("not here")]
    pub at: SourceSpan,
}

/// A pin of the wrong package.
#[derive(Debug, Error, Diagnostic)]
#[error("{problem}")]
#[diagnostic(code(manifest::pin_name), help("{help}"))]
pub struct PinName {
    /// Which pin, and why it does not fit.
    pub problem: String,
    /// The pin that fits.
    pub help: String,
    /// The manifest.
    #[source_code]
    pub file: SourceFile,
    /// The dependency.
    #[label("pinned here")]
    pub at: SourceSpan,
}

/// A dependency asked of a workspace that does not have it.
#[derive(Debug, Error, Diagnostic)]
#[error("`{name}` is not in `[workspace.dependencies]`")]
#[diagnostic(code(manifest::not_in_workspace), help("{help}"))]
pub struct NotInPool {
    /// The dependency.
    pub name: String,
    /// The nearest name, or where to add it.
    pub help: String,
    /// The manifest.
    #[source_code]
    pub file: SourceFile,
    /// The entry.
    #[label("inherited here")]
    pub at: SourceSpan,
}

/// A key that the workspace decides.
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
