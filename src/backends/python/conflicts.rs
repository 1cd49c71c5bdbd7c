//! Wishes of the manifest and of the project that exclude each other.

use miette::{Diagnostic, Report, SourceSpan};
use pep440_rs::{VersionSpecifiers, release_specifiers_to_ranges};
use thiserror::Error;

use super::Config;
use super::dependency;
use super::source::Source;
use crate::backend::Request;
use crate::diagnostic::SourceFile;
use crate::protocol::spec::PackageSpec;

/// Checks what excludes each other.
///
/// # Errors
/// [`NoCommonPython`], [`StableForAll`].
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
    python(request, source)
}

/// Checks the versions of Python before a solver does, which could name one side only.
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
        let ranges = release_specifiers_to_ranges(wanted.clone());
        if !ranges.is_disjoint(&release_specifiers_to_ranges(admitted)) {
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

/// The version of `python` in a table of the manifest.
fn stated(request: &Request<'_, Config>, table: &str) -> Option<String> {
    let targets = request.project.model.targets.as_ref()?;
    let target = targets.default_target.as_ref()?;
    let dependencies = match table {
        "host-dependencies" => target.host_dependencies.as_ref()?,
        _ => target.run_dependencies.as_ref()?,
    };
    let (_, spec) = dependencies
        .iter()
        .find(|(name, _)| name.as_str() == "python")?;
    match spec {
        PackageSpec::Binary(binary) => binary.version.clone(),
        _ => None,
    }
}

/// The values of a variant of Python that the project is not for.
pub(super) fn excluded(values: &[String], source: &Source) -> Vec<String> {
    let wanted = dependency::pep440(&source.requires_python);
    let excluded = values.iter().filter(|value| {
        // A build string may follow the version.
        let version = value.split_whitespace().next().unwrap_or_default();
        as_pep440(version).is_some_and(|admitted| {
            let ranges = release_specifiers_to_ranges(wanted.clone());
            ranges.is_disjoint(&release_specifiers_to_ranges(admitted))
        })
    });
    excluded.cloned().collect()
}

/// A version spec of conda in the words of PEP 440, where those can say it.
fn as_pep440(text: &str) -> Option<VersionSpecifiers> {
    let parts = text.split(',').map(str::trim).filter(|part| *part != "*");
    let parts = parts.map(
        |part| match part.starts_with(|c: char| c.is_ascii_digit()) {
            true => format!("=={part}"),
            false => match part.strip_prefix('=') {
                Some(fuzzy) if !fuzzy.starts_with('=') => format!("=={fuzzy}.*"),
                _ => part.to_string(),
            },
        },
    );
    parts.collect::<Vec<_>>().join(",").parse().ok()
}

/// Compiled code for every platform.
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

/// No Python is the one that both ask for.
#[derive(Debug, Error, Diagnostic)]
#[error("no Python is `{stated}` and, as {place} asks, `{wanted}`")]
#[diagnostic(
    code(python::no_common_python),
    help("change one of both; without `python` in the manifest the project decides")
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_conda_are_understood() {
        for (conda, pep440) in [
            ("3.9.*", "==3.9.*"),
            (">=3.9,<3.12", ">=3.9, <3.12"),
            ("=3.9", "==3.9.*"),
            ("*", ""),
        ] {
            let found = as_pep440(conda).expect(conda);
            assert_eq!(found.to_string(), pep440, "{conda}");
        }
        assert!(as_pep440("3.9.*|3.10.*").is_none());
    }
}
