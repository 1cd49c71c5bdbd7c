//! Points at the template in `env` or the condition of a dependency that cannot be
//! read or evaluated. rattler-build, which evaluates them, has never seen the
//! manifest.

use miette::{Diagnostic, Report, SourceSpan};
use rattler_conda_types::Subdir;
use thiserror::Error;

use crate::backend::script::Script;
use crate::diagnostic::SourceFile;
use crate::engine::Session;
use crate::project::document::Document;
use crate::recipe::BadTemplate;

/// `error` as it is, unless a template of `script` or a condition caused it: then
/// what is wrong with it, and where the manifest has it.
pub(super) fn point<B>(
    error: Report,
    session: &Session<B>,
    script: &Script,
    host: Subdir,
) -> Report {
    let found = match error.downcast_ref::<BadTemplate>() {
        Some(BadTemplate { variable, reason }) => Some((variable.clone(), reason.clone())),
        None => culprit(&error.to_string(), script),
    };
    let manifest = &session.project.manifest;
    let Some((variable, reason)) = found else {
        return condition(&error.to_string(), manifest).map_or(error, Report::from);
    };
    let keys = ["env", variable.as_str()];
    InvalidTemplate {
        at: session.tables.value_span(host, &keys, manifest),
        file: manifest.file(),
        help: help(&reason),
        reason: plain(&reason),
        variable,
    }
    .into()
}

/// rattler-build quotes the condition in its message.
fn condition(message: &str, manifest: &Document) -> Option<InvalidCondition> {
    let (_, rest) = message.split_once("Failed to evaluate condition '")?;
    let (expression, reason) = rest.split_once("': ")?;
    Some(InvalidCondition {
        expression: expression.to_string(),
        reason: plain(reason),
        file: manifest.file(),
        at: manifest.condition_span(expression),
    })
}

/// rattler-build quotes the template, protected from the shell, in its message.
fn culprit(message: &str, script: &Script) -> Option<(String, String)> {
    let quoted = |template: &str| {
        let mut expressions = template.split("${{").skip(1);
        expressions.all(|rest| message.contains(rest.split("}}").next().unwrap_or(rest)))
    };
    let about_template = message.contains("(template: ");
    let mut templates = script.templates.iter().filter(|_| about_template);
    let (variable, _) = templates.find(|(_, template)| quoted(template))?;
    Some((variable.clone(), message.to_string()))
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

/// A condition that cannot be evaluated.
#[derive(Debug, Error, Diagnostic)]
#[error("invalid selector expression `{expression}`: {reason}")]
#[diagnostic(
    code(dependency::bad_expression),
    help(
        "conditions know the variants and `host_platform`, `build_platform`, `unix`, `linux`, `osx`, `win`"
    )
)]
struct InvalidCondition {
    expression: String,
    reason: String,
    #[source_code]
    file: SourceFile,
    #[label("this condition")]
    at: Option<SourceSpan>,
}
