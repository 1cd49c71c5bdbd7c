//! Adds the place to errors about values in `env`, arguments and options that rattler-build reads.
//! Only this module knows the configuration table that such a value comes from.

use miette::{Diagnostic, Report, SourceSpan};
use rattler_conda_types::Subdir;
use thiserror::Error;

use crate::diagnostic::SourceFile;
use crate::engine::Session;
use crate::recipe::{BadCheck, BadTemplate, LineEnd};

/// Adds the place in the manifest to an error about a value of `env`, an argument or an option for
/// rattler-build. Returns other errors unchanged.
pub(super) fn point(error: Report, session: &Session, host: Subdir) -> Report {
    let manifest = &session.project.manifest;
    let at = |keys: &[&str]| session.tables.value_span(host, keys, manifest);
    let error = match error.downcast() {
        Ok(BadTemplate { variable, reason }) => {
            return InvalidTemplate {
                at: at(&["env", &variable]),
                file: manifest.file(),
                help: help(&reason),
                reason: plain(&reason),
                variable,
            }
            .into();
        }
        Err(other) => other,
    };
    let error = match error.downcast() {
        Ok(BadCheck { keys, reason }) => {
            let place: Vec<&str> = keys.iter().map(String::as_str).collect();
            return InvalidCheck {
                at: at(&place),
                option: place.first().copied().unwrap_or_default().to_string(),
                file: manifest.file(),
                reason,
            }
            .into();
        }
        Err(other) => other,
    };
    match error.downcast() {
        Ok(LineEnd { variable, text }) => OneLine {
            at: match &variable {
                Some(name) => at(&["env", name]),
                None => at(&["extra-args"]),
            },
            what: variable.map_or("an argument".to_string(), |name| {
                format!("the value of `{name}` in `env`")
            }),
            file: manifest.file(),
            text,
        }
        .into(),
        Err(other) => other,
    }
}

/// The reason without outer errors and without places in files that do not exist.
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
#[error("the value of `{variable}` in `env` is not a valid template: {reason}")]
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

/// An option has the form of a part of a recipe, and rattler-build cannot read it.
#[derive(Debug, Error, Diagnostic)]
#[error("`{option}` cannot be read: {reason}")]
#[diagnostic(
    code(config::recipe_value),
    help("it has the keys and values of recipe.yaml, with `-` instead of `_`")
)]
struct InvalidCheck {
    option: String,
    reason: String,
    #[source_code]
    file: SourceFile,
    #[label("this value")]
    at: Option<SourceSpan>,
}

/// A build on Windows cannot pass on a text with line breaks.
#[derive(Debug, Error, Diagnostic)]
#[error("{what} contains a line break, which cmd cannot pass on: {text:?}")]
#[diagnostic(
    code(config::line_end),
    help(
        "builds on Windows run their commands with cmd: write it on one line in the table of the \
         target `win`"
    )
)]
struct OneLine {
    what: String,
    text: String,
    #[source_code]
    file: SourceFile,
    #[label("not on one line")]
    at: Option<SourceSpan>,
}
