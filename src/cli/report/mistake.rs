//! An error as plain data: what programs and GitHub are told.

use std::path::{Path, PathBuf};

use miette::Report;
use serde::Serialize;

use crate::diagnostic::data::{DiagnosticData, LabelData};
use crate::engine::failure::code_errors;

/// An error, with the places in files that it is about.
#[derive(Debug, Serialize)]
pub(super) struct ErrorReport {
    /// What kind of error.
    pub(super) code: Option<String>,
    /// What is wrong.
    pub(super) message: String,
    /// What to do about it.
    pub(super) help: Option<String>,
    /// Where.
    pub(super) places: Vec<ErrorLocation>,
    /// Other errors that were found with it.
    pub(super) related: Vec<ErrorReport>,
}

/// A place in a file.
#[derive(Debug, Serialize)]
pub(super) struct ErrorLocation {
    /// The file; relative ones are named as the error names them.
    pub(super) file: PathBuf,
    /// Counted from 1.
    pub(super) line: usize,
    /// Counted from 1, in bytes.
    pub(super) column: usize,
    /// What is wrong there.
    pub(super) message: String,
}

impl ErrorReport {
    /// Shows the error of a command. `folder` is where files are that it names by their
    /// short names.
    pub(super) fn new(report: &Report, folder: &Path) -> Self {
        let mut mistake = Self::of(DiagnosticData::of(report.as_ref()));
        mistake.locate(folder);
        let errors = code_errors(report).iter().map(|error| ErrorLocation {
            file: error.file.clone(),
            line: error.line,
            column: error.column,
            message: error.message.clone(),
        });
        mistake.places.extend(errors);
        mistake
    }

    /// Gives files their whole names.
    fn locate(&mut self, folder: &Path) {
        for place in &mut self.places {
            let file = folder.join(&place.file);
            if file.is_file() {
                place.file = file;
            }
        }
        for related in &mut self.related {
            related.locate(folder);
        }
    }

    /// Shows a diagnostic.
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

    /// What is wrong with a command line, as the parser says it.
    pub(super) fn usage(text: &str) -> Self {
        let text = text.strip_prefix("error: ").unwrap_or(text);
        let (message, help) = match text.split_once("\n\n") {
            Some((message, help)) => (message, Some(help.trim().to_string())),
            None => (text.trim(), None),
        };
        Self::bare("usage", message, help)
    }

    /// What a signal did.
    pub(super) fn interrupted() -> Self {
        Self::bare("interrupted", "asked to end", None)
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

    /// What is wrong and what to do about it.
    pub(super) fn with_help(&self) -> String {
        match &self.help {
            Some(help) => format!("{}\n{help}", self.message),
            None => self.message.clone(),
        }
    }
}
