//! Renders the error of a response as pixi does, for snapshots.
//!
//! pixi uses only `error.data`: it reads the file in it from the disk and draws the
//! labels.

use std::fmt;
use std::path::Path;

use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, NamedSource, SourceCode,
};
use serde_json::Value;

use super::project::Project;

/// The text of an error object, as the user sees it. Temporary paths are replaced with
/// `/ws`.
pub fn render_error(project: &Project, error: &Value) -> String {
    assert_eq!(
        error["code"], -32000,
        "pixi does not draw an error with another code: {error:#}"
    );
    let root = project.dir().to_str().expect("temporary paths are UTF-8");
    let stable = error["data"].to_string().replace(root, "/ws");
    let data = serde_json::from_str(&stable).expect("paths need no escapes");
    let mut text = String::new();
    GraphicalReportHandler::new_themed(GraphicalTheme::unicode_nocolor())
        .with_width(80)
        .render_report(&mut text, &Drawing::new(&data, project.dir()))
        .expect("text can be written");
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    lines.join("\n").trim_start_matches('\n').to_owned()
}

/// One diagnostic as pixi parses it.
#[derive(Debug)]
struct Drawing {
    message: String,
    code: Option<String>,
    help: Option<String>,
    cause: Option<Box<Drawing>>,
    file: Option<NamedSource<String>>,
    labels: Vec<LabeledSpan>,
    related: Vec<Drawing>,
}

impl Drawing {
    fn new(data: &Value, root: &Path) -> Self {
        let text = |key: &str| data[key].as_str().map(str::to_owned);
        let list = |key: &str| data[key].as_array().cloned().unwrap_or_default();
        let file = text("filename").map(|name| {
            // Relative names are relative to the directory of the manifest.
            let path = root.join(name.trim_start_matches("/ws").trim_start_matches('/'));
            let content = fs_err::read_to_string(path).expect("the file with the labels exists");
            NamedSource::new(name, content)
        });
        // The last cause is the nearest one.
        let cause = list("causes").iter().fold(None, |inner, message| {
            let message = message.as_str().expect("a cause is text").to_owned();
            Some(Box::new(Self::cause(message, inner)))
        });
        let label = |label: &Value| {
            let number = |key: &str| label["span"][key].as_u64().expect("spans have numbers");
            let text = label["label"].as_str().map(str::to_owned);
            LabeledSpan::new(text, number("offset") as usize, number("length") as usize)
        };
        Self {
            message: text("message").expect("an error has a message"),
            code: text("code"),
            help: text("help"),
            cause,
            file,
            labels: list("labels").iter().map(label).collect(),
            related: (list("related").iter())
                .map(|related| Self::new(related, root))
                .collect(),
        }
    }

    fn cause(message: String, cause: Option<Box<Self>>) -> Self {
        Self {
            message,
            cause,
            code: None,
            help: None,
            file: None,
            labels: Vec::new(),
            related: Vec::new(),
        }
    }
}

impl fmt::Display for Drawing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Drawing {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(self.cause.as_deref()?)
    }
}

impl Diagnostic for Drawing {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(self.code.as_deref()?))
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(self.help.as_deref()?))
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(self.file.as_ref()?)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        (!self.labels.is_empty()).then(|| Box::new(self.labels.iter().cloned()) as Box<_>)
    }

    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn Diagnostic> + 'a>> {
        let related = self
            .related
            .iter()
            .map(|related| related as &dyn Diagnostic);
        (!self.related.is_empty()).then(|| Box::new(related) as Box<_>)
    }
}
