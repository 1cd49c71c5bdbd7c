//! An error as data, for the JSON output and for GitHub.

use std::path::{Component, Path, PathBuf};

use miette::Report;
use serde::Serialize;

use crate::diagnostic::data::{DiagnosticData, LabelData};
use crate::engine::failure::code_errors;

/// An error with its places in files.
#[derive(Debug, Serialize)]
pub(super) struct ErrorReport {
    /// The error code.
    pub(super) code: Option<String>,
    /// The message.
    pub(super) message: String,
    /// The way out.
    pub(super) help: Option<String>,
    /// The places in files.
    pub(super) places: Vec<ErrorLocation>,
    /// Other errors that were found at the same time.
    pub(super) related: Vec<ErrorReport>,
}

/// A place in a file.
#[derive(Debug, Serialize)]
pub(super) struct ErrorLocation {
    /// The file, as the error names it.
    pub(super) file: PathBuf,
    /// The line, counted from 1.
    pub(super) line: usize,
    /// The column in bytes, counted from 1.
    pub(super) column: usize,
    /// The label.
    pub(super) message: String,
}

impl ErrorReport {
    /// Converts the error of a command.
    pub(super) fn new(report: &Report) -> Self {
        let mut mistake = Self::of(DiagnosticData::of(report.as_ref()));
        mistake.locate();
        let errors = code_errors(report).iter().map(|error| ErrorLocation {
            file: error.file.clone(),
            line: error.line,
            column: error.column,
            message: error.message.clone(),
        });
        mistake.places.extend(errors);
        mistake
    }

    /// Makes the paths of files absolute.
    fn locate(&mut self) {
        for place in &mut self.places {
            let file = absolute(&place.file);
            if file.is_file() {
                place.file = file;
            }
        }
        for related in &mut self.related {
            related.locate();
        }
    }

    /// Converts a diagnostic.
    fn of(data: DiagnosticData) -> Self {
        let place = |label: LabelData| {
            let about = label.text.map(|text| format!(": {text}"));
            ErrorLocation {
                file: PathBuf::from(label.file),
                line: label.line,
                column: label.column,
                message: format!("{}{}", data.message, about.unwrap_or_default()),
            }
        };
        Self {
            code: data.code,
            places: data.labels.into_iter().map(place).collect(),
            help: data.help,
            related: data.related.into_iter().map(Self::of).collect(),
            message: data.message,
        }
    }

    /// Converts an error of the parser of the command line.
    pub(super) fn usage(text: &str) -> Self {
        let text = text.strip_prefix("error: ").unwrap_or(text);
        let (message, help) = match text.split_once("\n\n") {
            Some((message, help)) => (message, Some(help.trim().to_string())),
            None => (text.trim(), None),
        };
        Self::bare("usage", message, help)
    }

    /// The error of a command that a signal ended.
    pub(super) fn interrupted() -> Self {
        Self::bare("interrupted", "a signal interrupted the command", None)
    }

    fn bare(code: &str, message: &str, help: Option<String>) -> Self {
        Self {
            code: Some(code.to_string()),
            message: message.to_string(),
            help,
            places: Vec::new(),
            related: Vec::new(),
        }
    }

    /// The message and the way out.
    pub(super) fn with_help(&self) -> String {
        match &self.help {
            Some(help) => format!("{}\n{help}", self.message),
            None => self.message.clone(),
        }
    }
}

/// The absolute path of a file that a message names for a user in the current directory. Programs
/// compare it with other paths, so it does not contain `..`.
pub(super) fn absolute(file: &Path) -> PathBuf {
    let mut path = match std::env::current_dir() {
        Ok(here) if file.is_relative() => here,
        _ => return file.to_path_buf(),
    };
    for component in file.components() {
        match component {
            Component::ParentDir => {
                path.pop();
            }
            Component::CurDir => {}
            other => path.push(other),
        }
    }
    path
}
