//! Errors in presets.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use miette::{Diagnostic, SourceOffset, SourceSpan};
use thiserror::Error;

use crate::diagnostic::{SourceFile, list};

/// The reason why the requested preset cannot be used. The caller adds the place of the
/// request.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{reason}", reason = reason.of(name))]
pub(in super::super) struct Unusable {
    pub(super) name: String,
    pub(super) reason: Reason,
    pub(super) nearest: Option<String>,
    pub(super) usable: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Reason {
    NoFile(PathBuf),
    Unknown,
    Hidden,
    StepCondition(String),
}

impl Reason {
    fn of(&self, name: &str) -> String {
        match self {
            Self::NoFile(folder) => format!(
                "there is no configure preset `{name}`: {} has no CMakePresets.json",
                folder.display()
            ),
            Self::Unknown => format!("there is no configure preset `{name}`"),
            Self::Hidden => format!("the configure preset `{name}` is hidden"),
            Self::StepCondition(condition) => {
                format!("the condition of the configure preset `{name}` is not met: {condition}")
            }
        }
    }
}

impl Unusable {
    /// The way out.
    pub(in super::super) fn advice(&self) -> String {
        match (&self.reason, &self.nearest) {
            (Reason::Unknown, Some(nearest)) => format!("did you mean `{nearest}`?"),
            (Reason::NoFile(_), _) => {
                "remove `preset`, or set `source-dir` to the directory with the presets".to_string()
            }
            _ if self.usable.is_empty() => "no preset can be used here".to_string(),
            _ => format!(
                "those that can be used here are {}",
                list(self.usable.iter().map(String::as_str))
            ),
        }
    }
}

/// A file of presets that CMake cannot read.
#[derive(Debug, Error, Diagnostic)]
#[error("{} cannot be read: {reason}", path.display())]
#[diagnostic(code(cmake::broken_presets))]
pub(super) struct BrokenPresets {
    path: PathBuf,
    reason: String,
    #[source_code]
    file: SourceFile,
    #[label("here")]
    at: SourceSpan,
}

impl BrokenPresets {
    pub(super) fn new(path: &Path, text: String, error: &serde_json::Error) -> Self {
        let at = SourceOffset::from_location(&text, error.line(), error.column());
        let reason = error.to_string();
        let reason = reason.split(" at line ").next().unwrap_or(&reason);
        Self {
            path: path.to_path_buf(),
            reason: reason.to_string(),
            file: SourceFile::new(path.display().to_string(), Arc::from(text)),
            at: at.into(),
        }
    }
}
