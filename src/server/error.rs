//! Creates every error response.
//!
//! pixi shows only `data`, and only for codes above -32001; see the section on errors in
//! `docs/protocol.md`. It reads `filename` itself to draw a label.

use jsonrpsee::types::ErrorObjectOwned;
use miette::{Diagnostic, Severity};
use serde::Serialize;

use crate::diagnostic::data::{DiagnosticData, LabelData};

/// The only code that pixi shows as a diagnostic.
const DIAGNOSTIC: i32 = -32000;

/// A diagnostic as pixi parses it.
#[derive(Debug, Serialize)]
struct Data {
    message: String,
    code: Option<String>,
    severity: &'static str,
    /// pixi shows the last element next to the message.
    causes: Vec<String>,
    help: Option<String>,
    url: Option<String>,
    labels: Vec<Label>,
    #[serde(skip_serializing_if = "Option::is_none")]
    filename: Option<String>,
    related: Vec<Data>,
}

#[derive(Debug, Serialize)]
struct Label {
    label: Option<String>,
    span: Span,
}

#[derive(Debug, Serialize)]
struct Span {
    offset: usize,
    length: usize,
}

/// The error object for a diagnostic.
pub(super) fn to_wire(diagnostic: &dyn Diagnostic) -> ErrorObjectOwned {
    let data = Data::from(DiagnosticData::of(diagnostic));
    ErrorObjectOwned::owned(DIAGNOSTIC, data.message.clone(), Some(data))
}

impl From<DiagnosticData> for Data {
    fn from(data: DiagnosticData) -> Self {
        let DiagnosticData {
            code,
            severity,
            message,
            help,
            url,
            causes,
            labels,
            related,
        } = data;
        Self {
            message,
            code,
            severity: match severity {
                Severity::Error => "Error",
                Severity::Warning => "Warning",
                Severity::Advice => "Advice",
            },
            causes,
            help,
            url,
            // All labels of a diagnostic are in one file.
            filename: labels.first().map(|label| label.file.clone()),
            labels: labels.into_iter().map(Label::from).collect(),
            related: related.into_iter().map(Self::from).collect(),
        }
    }
}

impl From<LabelData> for Label {
    fn from(label: LabelData) -> Self {
        Self {
            label: label.text,
            span: Span {
                offset: label.offset,
                length: label.length,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error, Diagnostic)]
    #[error("wrong")]
    struct Wrong;

    #[test]
    fn pixi_shows_what_is_sent() {
        let error = to_wire(&Wrong);
        let json = serde_json::to_value(&error).expect("the error serializes");
        assert_eq!(json["code"], -32000);
        assert_eq!(json["data"]["message"], "wrong");
        assert_eq!(json["data"]["severity"], "Error");
    }
}
