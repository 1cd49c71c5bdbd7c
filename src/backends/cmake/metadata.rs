//! The metadata of a package, from `project()`.

use miette::{Diagnostic, Report, SourceSpan};
use thiserror::Error;

use super::view::View;
use crate::backend::project_files;
use crate::diagnostic::{SourceFile, Warning};
use crate::project::Metadata;

/// The literal values in `CMakeLists.txt`.
///
/// # Errors
/// [`BadName`], [`ComputedVersion`].
pub(super) fn of(view: &View<'_>, warnings: &mut Vec<Warning>) -> Result<Metadata, Report> {
    let manifest = view.request.project;
    let license_files = match manifest.model.license_file {
        Some(_) => Vec::new(),
        None => license_files(view),
    };
    if view.request.config.ignore_cmake_metadata {
        return Ok(Metadata {
            license_files,
            ..Metadata::default()
        });
    }
    let found = &view.source.project;
    if let (Some(own), Some(found)) = (&manifest.model.version, &found.version)
        && own != found
    {
        let message = format!("the manifest says version {own}, `project()` says {found}");
        warnings.push(Warning::new(message).help(
            "remove `version` from `[package]` to use that of `project()`, or set \
             `ignore-cmake-metadata = true`",
        ));
    }
    if manifest.model.version.is_none()
        && let Some(at) = found.computed_version
    {
        return Err(ComputedVersion {
            file: view.source.file(),
            at,
        }
        .into());
    }
    let name = match manifest.name() {
        Some(_) => None,
        None => found
            .name
            .clone()
            .map(|name| checked(view, name))
            .transpose()?,
    };
    Ok(Metadata {
        name,
        version: found.version.clone(),
        summary: found.description.clone(),
        license: found.license.clone(),
        license_files,
        homepage: found.homepage.clone(),
        ..Metadata::default()
    })
}

fn license_files(view: &View<'_>) -> Vec<std::path::PathBuf> {
    let own = project_files::licenses(&view.source.folder);
    if own.is_empty() {
        project_files::licenses(&view.request.project.source)
    } else {
        own
    }
}

/// `name` as a valid name of a conda package, if possible.
fn checked(view: &View<'_>, name: String) -> Result<String, BadName> {
    let name = name.to_lowercase();
    let character =
        |character: char| character.is_ascii_alphanumeric() || "-_.".contains(character);
    if !name.is_empty() && name.chars().all(character) {
        return Ok(name);
    }
    Err(BadName {
        name,
        file: view.source.file(),
        at: view.source.project.name_at,
    })
}

/// The name of the project is not valid for a package.
#[derive(Debug, Error, Diagnostic)]
#[error("`{name}` cannot be the name of a package")]
#[diagnostic(
    code(cmake::bad_name),
    help(
        "write `name = \"…\"` into `[package]` of the manifest, with letters, digits, `-`, `_` and `.`"
    )
)]
struct BadName {
    name: String,
    #[source_code]
    file: SourceFile,
    #[label("named here")]
    at: Option<SourceSpan>,
}

/// The version of the project is the result of commands that only CMake can run.
#[derive(Debug, Error, Diagnostic)]
#[error("the version of the project is known only to CMake")]
#[diagnostic(
    code(cmake::computed_version),
    help("write `version = \"…\"` into `[package]` of the manifest")
)]
struct ComputedVersion {
    #[source_code]
    file: SourceFile,
    #[label("not a value that can be read without running CMake")]
    at: SourceSpan,
}
