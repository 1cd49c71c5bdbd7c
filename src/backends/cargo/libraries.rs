//! The options `libraries` and `c-library`: libraries that are installed in addition to
//! programs, or instead of them.

use std::path::{Path, PathBuf};

use miette::{Diagnostic, Report};
use serde_json::Value;
use thiserror::Error;

use crate::backend::BuildPaths;
use crate::backends::cargo::context::crate_context::CrateBuild;
use crate::backends::cargo::context::layout::TARGET_DIR;
use crate::backends::cargo::manifest::binaries::binaries;
use crate::backends::cargo::option_checks::c_types;
use crate::diagnostic::{Unwritable, create_folder};
use crate::disk;

/// Whether programs are installed. With `c-library`, they are installed only if its key
/// `binaries` is `true`. With `libraries`, they are installed only if the crate has any.
pub(crate) fn installs_programs(build: CrateBuild<'_>) -> bool {
    let config = build.request.config;
    if c_types(&config.c_library).is_some() {
        return config.c_library.get("binaries") == Some(&Value::Bool(true));
    }
    let has_programs = if config.packages.is_empty() {
        !binaries(&build.krate.manifest).is_empty()
    } else {
        // These are only those with programs.
        !build.members.is_empty()
    };
    config.libraries.is_empty() || has_programs
}

/// Installs the libraries that Cargo compiles but does not install.
///
/// # Errors
/// [`NoLibrary`], and files that cannot be written.
pub(crate) fn install(
    build: CrateBuild<'_>,
    paths: &BuildPaths,
) -> Result<Vec<(PathBuf, String)>, Report> {
    let mut made = Vec::new();
    if build.request.config.libraries.is_empty() {
        return Ok(made);
    }
    let folders = library_folders(build, &paths.script_folder.join(TARGET_DIR));
    for kind in &build.request.config.libraries {
        for (file, folder) in files(build, kind) {
            let found = folders.iter().map(|it| it.join(&file));
            let Some(found) = found.into_iter().find(|path| path.is_file()) else {
                return Err(NoLibrary(file).into());
            };
            // Linkers search for an import library with the name of the library.
            let below = Path::new(folder).join(file.replace(".dll.lib", ".lib"));
            let to = paths.host_prefix.join(&below);
            create_folder(&paths.host_prefix.join(folder))?;
            std::fs::copy(&found, &to).map_err(|source| Unwritable {
                path: to.clone(),
                source,
            })?;
            made.push((below, "`libraries`".to_string()));
        }
    }
    Ok(made)
}

/// Removes the libraries of earlier builds, which may be those of another target. Cargo makes them
/// again without compiling.
///
/// # Errors
/// Files that cannot be removed.
pub(crate) fn remove_old(build: CrateBuild<'_>, paths: &BuildPaths) -> Result<(), Report> {
    let folders = library_folders(build, &paths.script_folder.join(TARGET_DIR));
    for kind in &build.request.config.libraries {
        for (file, _) in files(build, kind) {
            for folder in &folders {
                disk::remove_file(&folder.join(&file))?;
            }
        }
    }
    Ok(())
}

/// The files of a library of this kind, and their directories in the prefix.
fn files(build: CrateBuild<'_>, kind: &str) -> Vec<(String, &'static str)> {
    let host = build.request.platforms.host;
    let name = build.krate.library_name();
    match (kind, host.is_windows(), host.is_osx()) {
        ("cdylib", true, _) => vec![
            (format!("{name}.dll"), "Library/bin"),
            (format!("{name}.dll.lib"), "Library/lib"),
        ],
        ("cdylib", _, true) => vec![(format!("lib{name}.dylib"), "lib")],
        ("cdylib", ..) => vec![(format!("lib{name}.so"), "lib")],
        (_, true, _) => vec![(format!("{name}.lib"), "Library/lib")],
        _ => vec![(format!("lib{name}.a"), "lib")],
    }
}

/// The profile for the library, and the setting that defines it if Cargo does not have it.
/// `cargo rustc` compiles a test instead of the library for the profiles `test` and `bench`, so
/// the library gets a profile that inherits theirs.
pub(crate) fn profile(build: CrateBuild<'_>) -> (&str, Option<String>) {
    const HEIR: &str = "library";
    match build.context.arguments.profile() {
        chosen @ ("test" | "bench") => {
            (HEIR, Some(format!("profile.{HEIR}.inherits=\"{chosen}\"")))
        }
        chosen => (chosen, None),
    }
}

/// The directories in which Cargo may put the library.
fn library_folders(build: CrateBuild<'_>, target: &Path) -> Vec<PathBuf> {
    // The directories of the other profiles have their names, except for `test` and `bench`.
    let name = match profile(build).0 {
        "dev" => "debug",
        other => other,
    };
    // If activation selects a target, Cargo adds a directory with its name.
    let nested = disk::folders(target).into_iter().map(|it| it.join(name));
    nested.chain([target.join(name)]).collect()
}

/// A library that Cargo did not create.
#[derive(Debug, Error, Diagnostic)]
#[error("the build did not create `{0}`")]
#[diagnostic(
    code(install::no_library),
    help("`libraries` installs the library of the package: check that it has a `src/lib.rs`")
)]
struct NoLibrary(String);
