//! Every error on the wire is made here.
//!
//! pixi shows `data` alone, and only for codes above -32001; see the protocol's
//! section on errors. It reads `filename` itself to draw a label.

use jsonrpsee::types::ErrorObjectOwned;
use miette::{Diagnostic, Severity};
use serde::Serialize;

/// The only code that pixi shows as a diagnostic.
const DIAGNOSTIC: i32 = -32000;

/// A diagnostic as pixi parses it.
#[derive(Debug, Serialize)]
struct Data {
    message: String,
    code: Option<String>,
    severity: &'static str,
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
    let data = data(diagnostic);
    ErrorObjectOwned::owned(DIAGNOSTIC, data.message.clone(), Some(data))
}

fn data(diagnostic: &dyn Diagnostic) -> Data {
    let (filename, labels) = labels(diagnostic);
    Data {
        message: plain(&diagnostic.to_string()),
        code: diagnostic.code().map(|code| code.to_string()),
        severity: match diagnostic.severity() {
            None | Some(Severity::Error) => "Error",
            Some(Severity::Warning) => "Warning",
            Some(Severity::Advice) => "Advice",
        },
        causes: causes(diagnostic),
        help: diagnostic.help().map(|help| plain(&help.to_string())),
        url: diagnostic.url().map(|url| url.to_string()),
        labels,
        filename,
        related: diagnostic
            .related()
            .into_iter()
            .flatten()
            .map(data)
            .collect(),
    }
}

/// pixi shows the last element nearest to the message, so the innermost cause
/// comes first. A cause that the message already quotes is not repeated.
fn causes(diagnostic: &dyn Diagnostic) -> Vec<String> {
    let message = diagnostic.to_string();
    let mut causes = Vec::new();
    let mut next = diagnostic.source();
    while let Some(error) = next {
        let text = error.to_string();
        if !message.contains(&text) {
            causes.push(plain(&text));
        }
        next = error.source();
    }
    causes.reverse();
    causes
}

/// Labels with the file they point into. Without a file that can be named there
/// is nothing to point at.
fn labels(diagnostic: &dyn Diagnostic) -> (Option<String>, Vec<Label>) {
    let (Some(source), Some(labels)) = (diagnostic.source_code(), diagnostic.labels()) else {
        return (None, Vec::new());
    };
    let mut filename = None;
    let mut found = Vec::new();
    for label in labels {
        let Ok(contents) = source.read_span(label.inner(), 0, 0) else {
            continue;
        };
        filename = filename.or_else(|| contents.name().map(str::to_string));
        found.push(Label {
            label: label.label().map(plain),
            span: Span {
                offset: label.offset(),
                length: label.len(),
            },
        });
    }
    match filename {
        Some(name) => (Some(name), found),
        None => (None, Vec::new()),
    }
}

/// `text` without colours and other control signs; line breaks stay.
fn plain(text: &str) -> String {
    console::strip_ansi_codes(text)
        .chars()
        .filter(|c| !c.is_control() || *c == '\n' || *c == '\t')
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error, Diagnostic)]
    #[error("outer \u{1b}[31mred\u{1b}[0m\u{7}")]
    #[diagnostic(help("help"))]
    struct Outer(#[source] Middle);

    #[derive(Debug, thiserror::Error)]
    #[error("middle")]
    struct Middle(#[source] std::fmt::Error);

    #[test]
    fn control_signs_are_stripped_and_the_innermost_cause_comes_first() {
        let error = to_wire(&Outer(Middle(std::fmt::Error)));
        let json = serde_json::to_value(&error).expect("the error serialises");
        assert_eq!(json["code"], -32000);
        assert_eq!(json["data"]["message"], "outer red");
        assert_eq!(json["data"]["causes"][1], "middle");
        assert_eq!(json["data"]["severity"], "Error");
    }
}
