//! The option `bin-aliases`: additional names for installed programs, as links in the same
//! directory.

use std::path::{Path, PathBuf};

use miette::{Diagnostic, Report, SourceSpan};
use serde_json::Value;
use thiserror::Error;

use crate::backend::BuildPaths;
use crate::backends::cargo::context::crate_context::CrateBuild;
use crate::diagnostic::{SourceFile, Unwritable};
use crate::project::config::written_at;

const OPTION: &str = "bin-aliases";

/// Creates a link next to each program that has aliases. On platforms where links need special
/// privileges, it creates a copy.
///
/// # Errors
/// [`NoSuchProgram`], [`IsThere`], and files that cannot be written.
pub(crate) fn install(
    build: CrateBuild<'_>,
    paths: &BuildPaths,
) -> Result<Vec<(PathBuf, String)>, Report> {
    let mut made = Vec::new();
    let ending = if build.request.platforms.host.is_windows() {
        ".exe"
    } else {
        ""
    };
    for (program, names) in &build.request.config.bin_aliases {
        let names = names.as_array().into_iter().flatten();
        for name in names.filter_map(Value::as_str) {
            let at = written_at(
                &build.request.project.manifest,
                build.request.platforms.host,
                &[OPTION, program],
            );
            let file = || build.request.project.manifest.file();
            let target = format!("{program}{ending}");
            let original = paths.host_prefix.join("bin").join(&target);
            if !original.is_file() {
                let (program, file) = (program.clone(), file());
                return Err(NoSuchProgram { program, file, at }.into());
            }
            let below = Path::new("bin").join(format!("{name}{ending}"));
            let path = paths.host_prefix.join(&below);
            if path.symlink_metadata().is_ok() {
                let (name, file) = (name.to_string(), file());
                return Err(IsThere { name, file, at }.into());
            }
            link(&target, &original, &path)?;
            made.push((below, format!("`{OPTION}.{program}`")));
        }
    }
    Ok(made)
}

#[cfg(unix)]
fn link(target: &str, _: &Path, path: &Path) -> Result<(), Unwritable> {
    let made = std::os::unix::fs::symlink(target, path);
    made.map_err(|source| Unwritable {
        path: path.to_path_buf(),
        source,
    })
}

#[cfg(not(unix))]
fn link(_: &str, original: &Path, path: &Path) -> Result<(), Unwritable> {
    let made = std::fs::copy(original, path).map(drop);
    made.map_err(|source| Unwritable {
        path: path.to_path_buf(),
        source,
    })
}

/// An alias for a program that was not installed.
#[derive(Debug, Error, Diagnostic)]
#[error("`bin-aliases` has names for `{program}`, which was not installed")]
#[diagnostic(
    code(install::no_program),
    help("the key is the name of a program of the package")
)]
struct NoSuchProgram {
    program: String,
    #[source_code]
    file: SourceFile,
    #[label("no such program")]
    at: Option<SourceSpan>,
}

/// An alias with the name of a file that exists already.
#[derive(Debug, Error, Diagnostic)]
#[error("the alias `{name}` would replace an existing file")]
#[diagnostic(code(install::twice), help("give it another name"))]
struct IsThere {
    name: String,
    #[source_code]
    file: SourceFile,
    #[label("the alias")]
    at: Option<SourceSpan>,
}
