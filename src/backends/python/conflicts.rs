//! Finds values in the manifest that contradict each other or the project.

use miette::{Diagnostic, Report, SourceSpan};
use rattler_conda_types::PackageName;
use thiserror::Error;

use super::Config;
use super::dependency;
use super::python_spec::{admit_a_common_one, as_pep440};
use super::pythons::stated;
use super::source::Source;
use crate::backend::Request;
use crate::diagnostic::SourceFile;

/// Checks a request for contradictions.
///
/// # Errors
/// [`NoCommonPython`], [`StableForAll`], [`BadName`].
pub(super) fn check(request: &Request<'_, Config>, source: &Source) -> Result<(), Report> {
    let Config { abi3, noarch, .. } = request.config;
    if (*abi3, *noarch) == (Some(true), Some(true)) {
        let manifest = &request.project.manifest;
        return Err(StableForAll {
            file: manifest.file(),
            at: manifest.value_span(&["package", "build", "config", "abi3"]),
        }
        .into());
    }
    name(request, source)?;
    python(request, source)
}

/// Checks the name in `pyproject.toml`, if it becomes that of the package.
///
/// # Errors
/// [`BadName`].
fn name(request: &Request<'_, Config>, source: &Source) -> Result<(), BadName> {
    let keys: [&[&str]; 2] = [&["project", "name"], &["tool", "poetry", "name"]];
    let named = keys.into_iter().find_map(|keys| source.files.toml(keys));
    let Some((named, file)) = named.zip(source.files.pyproject.as_ref()) else {
        return Ok(());
    };
    let stated = request.project.name();
    let counts = stated.is_none_or(|stated| stated == named.text);
    if !counts || named.text.parse::<PackageName>().is_ok() {
        return Ok(());
    }
    Err(BadName {
        name: named.text.to_string(),
        file: file.file(),
        at: named.at,
    })
}

/// Checks the versions of Python before the solver does: its message could not name both the
/// manifest and the project.
///
/// # Errors
/// [`NoCommonPython`].
fn python(request: &Request<'_, Config>, source: &Source) -> Result<(), Report> {
    let wanted = dependency::pep440(&source.requires_python);
    for table in ["host-dependencies", "run-dependencies"] {
        let Some(stated) = stated(request, table) else {
            continue;
        };
        let Some(admitted) = as_pep440(&stated) else {
            continue;
        };
        if admit_a_common_one(&wanted, &admitted) {
            continue;
        }
        let manifest = &request.project.manifest;
        let line = source
            .requires_python_at
            .zip(source.files.pyproject.as_ref());
        let place = line.map(|(at, file)| format!("line {} of pyproject.toml", file.line(at)));
        return Err(NoCommonPython {
            stated,
            wanted: wanted.to_string(),
            place: place.unwrap_or_else(|| "the project".to_string()),
            file: manifest.file(),
            at: manifest.value_span(&["package", table, "python"]),
        }
        .into());
    }
    Ok(())
}

/// The name in `pyproject.toml` is not valid for a conda package.
#[derive(Debug, Error, Diagnostic)]
#[error("`{name}` cannot be the name of a conda package")]
#[diagnostic(
    code(package::bad_name),
    help(
        "use letters, digits, `-`, `_` and `.`; or set `name` in `[package]` of the pixi manifest"
    )
)]
struct BadName {
    name: String,
    #[source_code]
    file: SourceFile,
    #[label("this name")]
    at: SourceSpan,
}

/// `abi3` and `noarch` are both set.
#[derive(Debug, Error, Diagnostic)]
#[error("`abi3` is for packages with compiled code, which cannot serve every platform")]
#[diagnostic(
    code(python::stable_for_all),
    help("remove `noarch = true`, or `abi3 = true`")
)]
struct StableForAll {
    #[source_code]
    file: SourceFile,
    #[label("beside `noarch = true`")]
    at: Option<SourceSpan>,
}

/// The manifest and the project do not allow a common version of Python.
#[derive(Debug, Error, Diagnostic)]
#[error("no version of Python satisfies both `{stated}` and `{wanted}`, which {place} asks for")]
#[diagnostic(
    code(python::no_common_python),
    help("change one of the two; without `python` in the manifest the project decides")
)]
struct NoCommonPython {
    stated: String,
    wanted: String,
    place: String,
    #[source_code]
    file: SourceFile,
    #[label("this version of Python")]
    at: Option<SourceSpan>,
}
