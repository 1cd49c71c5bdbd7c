//! The errors in a configuration.

use miette::{Diagnostic, SourceSpan};
use thiserror::Error;

use crate::diagnostic::SourceFile;

/// Several errors in one configuration.
#[derive(Debug, Error, Diagnostic)]
#[error("failed to parse configuration: {count} errors")]
#[diagnostic(code(config::invalid))]
pub(super) struct Mistakes {
    pub(super) count: usize,
    #[related]
    pub(super) mistakes: Vec<ConfigError>,
}

/// Any of the errors below.
#[derive(Debug, Error, Diagnostic)]
#[error(transparent)]
#[diagnostic(transparent)]
pub(super) enum ConfigError {
    UnknownKey(UnknownKey),
    WrongType(WrongType),
    InvalidValue(InvalidValue),
    NotATable(NotATable),
    UnknownTarget(UnknownTarget),
    TargetTwice(TargetTwice),
    SameForAll(SameForAll),
}

/// An option that the backend does not have.
#[derive(Debug, Error, Diagnostic)]
#[error("failed to parse configuration: unknown field `{key}`, {backend} has no such option")]
#[diagnostic(code(config::unknown_key), help("{suggestion}"))]
pub(super) struct UnknownKey {
    pub(super) key: String,
    pub(super) backend: &'static str,
    pub(super) suggestion: String,
    #[source_code]
    pub(super) file: SourceFile,
    #[label("not recognized")]
    pub(super) at: Option<SourceSpan>,
}

/// A value of the wrong type.
#[derive(Debug, Error, Diagnostic)]
#[error("failed to parse configuration: `{key}` has the wrong type: {reason}")]
#[diagnostic(code(config::wrong_type))]
pub(super) struct WrongType {
    pub(super) key: String,
    pub(super) reason: String,
    #[help]
    pub(super) help: Option<String>,
    #[source_code]
    pub(super) file: SourceFile,
    #[label("this value")]
    pub(super) at: Option<SourceSpan>,
}

/// A value that has the right type but is not valid.
#[derive(Debug, Error, Diagnostic)]
#[error("failed to parse configuration: {message}")]
#[diagnostic(code(config::invalid_value), help("{help}"))]
pub(super) struct InvalidValue {
    pub(super) message: String,
    pub(super) help: String,
    #[source_code]
    pub(super) file: SourceFile,
    #[label("here")]
    pub(super) at: Option<SourceSpan>,
}

/// A value of another type where a table is required.
#[derive(Debug, Error, Diagnostic)]
#[error("failed to parse configuration: `{place}` must be a table, found {found}")]
#[diagnostic(
    code(config::not_a_table),
    help("options are written as `option = value` below a line `[{place}]`")
)]
pub(super) struct NotATable {
    pub(super) place: String,
    pub(super) found: &'static str,
    #[source_code]
    pub(super) file: SourceFile,
    #[label("not a table")]
    pub(super) at: Option<SourceSpan>,
}

/// A table for a target that does not match any platform.
#[derive(Debug, Error, Diagnostic)]
#[error("failed to parse configuration: there is no target `{selector}`")]
#[diagnostic(code(config::unknown_target), help("{help}"))]
pub(super) struct UnknownTarget {
    pub(super) selector: String,
    pub(super) help: String,
    #[source_code]
    pub(super) file: SourceFile,
    #[label("matches no platform")]
    pub(super) at: Option<SourceSpan>,
}

/// A target with a table in both places.
#[derive(Debug, Error, Diagnostic)]
#[error("the target `{selector}` is configured twice")]
#[diagnostic(
    code(config::target_twice),
    help("keep `[package.build.target.{selector}.config]` and move its options there")
)]
pub(super) struct TargetTwice {
    pub(super) selector: String,
    #[source_code]
    pub(super) file: SourceFile,
    #[label("again here")]
    pub(super) at: Option<SourceSpan>,
}

/// An option that must be the same for all targets, because it is used before a platform
/// is known.
#[derive(Debug, Error, Diagnostic)]
#[error("failed to parse configuration: `{key}` cannot differ between targets")]
#[diagnostic(
    code(config::same_for_all),
    help("write it into `[package.build.config]`")
)]
pub(super) struct SameForAll {
    pub(super) key: &'static str,
    #[source_code]
    pub(super) file: SourceFile,
    #[label("for one target only")]
    pub(super) at: Option<SourceSpan>,
}
