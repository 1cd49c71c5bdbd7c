//! Points at the template in `env` that cannot be read or evaluated. Which table
//! its value comes from is known here alone.

use miette::{Diagnostic, Report, SourceSpan};
use rattler_conda_types::Subdir;
use thiserror::Error;

use crate::diagnostic::SourceFile;
use crate::engine::Session;
use crate::recipe::BadTemplate;

/// `error` as it is, unless it is about a template: then with the place where the
/// manifest has the template.
pub(super) fn point<B>(error: Report, session: &Session<B>, host: Subdir) -> Report {
    let BadTemplate { variable, reason } = match error.downcast() {
        Ok(template) => template,
        Err(other) => return other,
    };
    let manifest = &session.project.manifest;
    InvalidTemplate {
        at: session
            .tables
            .value_span(host, &["env", &variable], manifest),
        file: manifest.file(),
        help: help(&reason),
        reason: plain(&reason),
        variable,
    }
    .into()
}

/// The reason without the layers around it and places in files that do not exist.
fn plain(message: &str) -> String {
    let starts = [
        "rendering failed: ",
        "parse Jinja template: ",
        "undefined value: ",
    ];
    let cut = starts.iter().fold(message, |text, start| {
        text.split_once(start).map_or(text, |(_, rest)| rest)
    });
    cut.split(" (in ").next().unwrap_or(cut).to_string()
}

fn help(reason: &str) -> String {
    match reason
        .split_once("undefined value: `")
        .and_then(|(_, rest)| rest.split_once('`'))
    {
        Some((name, _)) if name.chars().all(|c| c.is_ascii_uppercase() || c == '_') => format!(
            "the environment of the build is not known yet when templates are evaluated: write \
             `${name}`"
        ),
        Some(_) => "templates know the variants and `target_platform`, `host_platform`, \
                    `build_platform`, `unix`, `linux`, `osx`, `win`; variables of the build are \
                    written `$NAME`"
            .to_string(),
        None => "a template looks like `${{ target_platform }}`".to_string(),
    }
}

/// A value of `env` is a template that cannot be read or evaluated.
#[derive(Debug, Error, Diagnostic)]
#[error("the value of `{variable}` in `env` is no valid template: {reason}")]
#[diagnostic(code(config::template), help("{help}"))]
struct InvalidTemplate {
    variable: String,
    reason: String,
    help: String,
    #[source_code]
    file: SourceFile,
    #[label("this template")]
    at: Option<SourceSpan>,
}
