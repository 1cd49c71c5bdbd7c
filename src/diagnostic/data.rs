//! A diagnostic as plain data. The wire, `--json` and GitHub each have their own form;
//! all of them use this data.

use miette::{Diagnostic, Severity};

/// The contents of a diagnostic, without colors and control characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiagnosticData {
    /// The error code, such as `config::unknown_key`.
    pub code: Option<String>,
    /// Whether it is an error.
    pub severity: Severity,
    /// The problem.
    pub message: String,
    /// The way out.
    pub help: Option<String>,
    /// The address of further documentation.
    pub url: Option<String>,
    /// The causes, innermost first. A cause that the message already quotes is not
    /// repeated.
    pub causes: Vec<String>,
    /// The places in a file that has a name.
    pub labels: Vec<LabelData>,
    /// Further problems that were found together with this one.
    pub related: Vec<DiagnosticData>,
}

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabelData {
    /// The problem at this place.
    pub text: Option<String>,
    /// The file, as the diagnostic names it.
    pub file: String,
    /// The start of the place, in bytes.
    pub offset: usize,
    /// The length of the place, in bytes.
    pub length: usize,
    /// The line, counted from 1.
    pub line: usize,
    /// The column in bytes, counted from 1.
    pub column: usize,
}

impl DiagnosticData {
    /// Reads a diagnostic.
    pub fn of(diagnostic: &dyn Diagnostic) -> Self {
        let related = diagnostic.related().into_iter().flatten();
        Self {
            code: diagnostic.code().map(|code| code.to_string()),
            severity: diagnostic.severity().unwrap_or_default(),
            message: printable(&diagnostic.to_string()),
            help: diagnostic.help().map(|help| printable(&help.to_string())),
            url: diagnostic.url().map(|url| url.to_string()),
            causes: causes(diagnostic),
            labels: labels(diagnostic),
            related: related.map(Self::of).collect(),
        }
    }
}

fn causes(diagnostic: &dyn Diagnostic) -> Vec<String> {
    let message = diagnostic.to_string();
    let mut causes = Vec::new();
    let mut next = diagnostic.source();
    while let Some(error) = next {
        let text = error.to_string();
        if !message.contains(&text) {
            causes.push(printable(&text));
        }
        next = error.source();
    }
    causes.reverse();
    causes
}

/// The labels, with the file that they point into. Without a named file there are no
/// labels.
fn labels(diagnostic: &dyn Diagnostic) -> Vec<LabelData> {
    let (Some(source), Some(labels)) = (diagnostic.source_code(), diagnostic.labels()) else {
        return Vec::new();
    };
    let read = |label: miette::LabeledSpan| {
        let contents = source.read_span(label.inner(), 0, 0).ok()?;
        Some(LabelData {
            text: label.label().map(printable),
            file: contents.name()?.to_string(),
            offset: label.offset(),
            length: label.len(),
            line: contents.line() + 1,
            column: contents.column() + 1,
        })
    };
    labels.filter_map(read).collect()
}

/// `text` without colors and other control characters. Line breaks and tabs remain.
fn printable(text: &str) -> String {
    let text = console::strip_ansi_codes(text);
    let keep = |c: &char| !c.is_control() || *c == '\n' || *c == '\t';
    text.chars().filter(keep).collect()
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
    fn control_characters_are_stripped_and_the_innermost_cause_comes_first() {
        let data = DiagnosticData::of(&Outer(Middle(std::fmt::Error)));
        assert_eq!(data.message, "outer red");
        assert_eq!(data.causes[1], "middle");
        assert_eq!(data.help.as_deref(), Some("help"));
    }
}
