//! The name that a program or library has without configuration: that of the package.
//!
//! Names in the configuration are validated with the other options. The default name is known only
//! together with the package.

use miette::{Diagnostic, Report, SourceSpan};
use thiserror::Error;

use super::config::Config;
use super::mistakes::span_of_option;
use super::names::is_identifier;
use super::plan::{Item, Kind};
use crate::backend::Request;
use crate::diagnostic::SourceFile;

/// The default name cannot be used.
#[derive(Debug, Error, Diagnostic)]
#[error("{message}")]
#[diagnostic(code(mojo::wrong_name), help("{help}"))]
struct WrongName {
    message: String,
    help: String,
    #[source_code]
    file: SourceFile,
    #[label("here")]
    at: Option<SourceSpan>,
}

/// Checks the default name of the library and of the first program.
///
/// # Errors
/// [`WrongName`] if the library could not be imported, or two programs have the same name.
pub(super) fn check(request: &Request<'_, Config>, items: &[Item]) -> Result<(), Report> {
    let wrong = of_library(request, items).or_else(|| of_program(request, items));
    wrong.map_or(Ok(()), |wrong| Err(wrong.into()))
}

fn of_library(request: &Request<'_, Config>, items: &[Item]) -> Option<WrongName> {
    let mut libraries = items.iter().filter(|item| item.kind.is_library());
    let Item { name, .. } = libraries.find(|item| !is_identifier(&item.name))?;
    Some(WrongName {
        message: format!(
            "the library cannot be imported under the name of the package, `{name}`"
        ),
        help: "write another name into `[package.build.config]`, as in `pkg = { name = \"engine\" }`; it has letters, digits and `_`, and no digit at the start".to_string(),
        file: request.project.manifest.file(),
        at: span_of_option(request, &["pkg"]),
    })
}

fn of_program(request: &Request<'_, Config>, items: &[Item]) -> Option<WrongName> {
    let mut programs = items.iter().filter(|item| item.kind == Kind::Program);
    let Item { name, .. } = programs.next()?;
    let second = programs.position(|item| item.name == *name)? + 1;
    Some(WrongName {
        message: format!("two entries of `bins` are called `{name}`"),
        help: "the first entry has the name of the package, because it has no `name`; choose another name for one of them".to_string(),
        file: request.project.manifest.file(),
        at: span_of_option(request, &["bins", &second.to_string(), "name"]),
    })
}
