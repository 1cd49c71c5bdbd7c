//! Errors in the options and files of a Mojo project.

use std::path::{Path, PathBuf};

use miette::{Diagnostic, Report, SourceSpan};
use thiserror::Error;

use super::Config;
use super::closure::INIT;
use crate::backend::Request;
use crate::diagnostic::{SourceFile, nearest};
use crate::project::config::written_at;

/// Neither a program nor a library was found.
#[derive(Debug, Error, Diagnostic)]
#[error("found neither main.mojo nor a directory with __init__.mojo in {}", folder.display())]
#[diagnostic(code(mojo::nothing_to_build), help("{help}"))]
pub(super) struct NothingToBuild {
    pub(super) folder: PathBuf,
    pub(super) help: String,
}

/// A path without a program or library.
#[derive(Debug, Error, Diagnostic)]
#[error("{message}")]
#[diagnostic(code(mojo::wrong_path), help("{help}"))]
pub(super) struct WrongPath {
    pub(super) message: String,
    pub(super) help: String,
    #[source_code]
    pub(super) file: SourceFile,
    #[label("here")]
    pub(super) at: Option<SourceSpan>,
}

/// Several paths without a program or library.
#[derive(Debug, Error, Diagnostic)]
#[error("{count} paths do not lead to anything that can be built")]
#[diagnostic(code(mojo::wrong_paths))]
pub(super) struct Unbuildable {
    count: usize,
    #[related]
    wrong: Vec<WrongPath>,
}

impl Unbuildable {
    /// Combines the errors into one.
    pub(super) fn check(mut wrong: Vec<WrongPath>) -> Result<(), Report> {
        match wrong.len() {
            0 => Ok(()),
            1 => Err(wrong.remove(0).into()),
            count => Err(Self { count, wrong }.into()),
        }
    }
}

/// Two options define the library.
#[derive(Debug, Error, Diagnostic)]
#[error("`pkg` and `pkgs` are both set")]
#[diagnostic(
    code(mojo::two_lists_of_libraries),
    help("move the library of `pkg` into the array of `pkgs`")
)]
pub(super) struct PkgAndPkgs {
    #[source_code]
    pub(super) file: SourceFile,
    #[label("this one as well")]
    pub(super) at: Option<SourceSpan>,
}

/// There is no compiler for the platform.
#[derive(Debug, Error, Diagnostic)]
#[error("Mojo does not have a compiler for {platform}")]
#[diagnostic(
    code(mojo::no_compiler),
    help(
        "it has one for linux-64, linux-aarch64 and osx-arm64: leave the other platforms out of `platforms` in `[workspace]`, or write the dependency on this package below `[target.<platform>]`"
    )
)]
pub(super) struct NoCompiler {
    pub(super) platform: String,
}

/// A program cannot be compiled for another platform.
#[derive(Debug, Error, Diagnostic)]
#[error("a Mojo program for {host} cannot be built on {build}")]
#[diagnostic(
    code(mojo::cross_compilation),
    help(
        "no package has the libraries and the linker for another platform: build on {host}, or pack the sources of a library with `format = \"source\"`"
    )
)]
pub(super) struct CrossCompilation {
    pub(super) build: String,
    pub(super) host: String,
}

/// The reason why `written` is not a main file, and the way out.
pub(super) fn no_file(written: &str, path: &Path, is_configured: bool) -> (String, String) {
    if let Some(link) = dangling(path) {
        return link;
    }
    if path.is_dir() {
        let help = match path.join("main.mojo").is_file() {
            true => format!(
                "did you mean `{}/main.mojo`?",
                written.trim_end_matches('/')
            ),
            false if path.join(INIT).is_file() => {
                "it is a library: configure it with `pkg`".to_string()
            }
            false => "name the file with the `main` function".to_string(),
        };
        return (format!("`{written}` is a directory"), help);
    }
    let message = format!("there is no file `{written}`");
    let help = match near(path) {
        Some(near) => format!("did you mean `{}`?", sibling(written, &near)),
        None if is_configured => "paths are relative to the source".to_string(),
        None => "create it, or name another file with `path`".to_string(),
    };
    (message, help)
}

/// The reason why the directory of a library is not valid, and the way out.
pub(super) fn no_package(written: &str, path: &Path) -> (String, String) {
    if let Some(link) = dangling(path) {
        return link;
    }
    if path.is_file() {
        let help = "name the directory that has an `__init__.mojo`";
        return (format!("`{written}` is a file"), help.to_string());
    }
    if path.is_dir() {
        let message = format!("the directory `{written}` has no `{INIT}`");
        return (message, "create the file; it may be empty".to_string());
    }
    let help = match near(path) {
        Some(near) => format!("did you mean `{}`?", sibling(written, &near)),
        None => "paths are relative to the source".to_string(),
    };
    (format!("there is no directory `{written}`"), help)
}

/// The error for a library that has no configured path and was not found.
pub(super) fn no_library(name: &str) -> (String, String) {
    (
        format!("found neither `{name}/{INIT}` nor `src/{INIT}`"),
        "name the directory of the library with `path`".to_string(),
    )
}

/// The error for a link that leads nowhere.
pub(super) fn dangling(path: &Path) -> Option<(String, String)> {
    let target = std::fs::read_link(path).ok().filter(|_| !path.exists())?;
    let message = format!(
        "{} is a link to {}, which does not exist",
        path.display(),
        target.display()
    );
    Some((message, "repair or remove the link".to_string()))
}

/// The name that is most similar to that of `path`.
pub(super) fn near(path: &Path) -> Option<String> {
    let name = path.file_name()?.to_str()?;
    let entries = std::fs::read_dir(path.parent()?).ok()?.flatten();
    let names: Vec<String> = entries
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|other| other.ends_with(".mojo") == name.ends_with(".mojo"))
        .collect();
    nearest(name, names.iter().map(String::as_str)).map(str::to_string)
}

/// The path `written` with another name at its end.
pub(super) fn sibling(written: &str, name: &str) -> String {
    match written.trim_end_matches('/').rsplit_once('/') {
        Some((folder, _)) => format!("{folder}/{name}"),
        None => name.to_string(),
    }
}

/// The place of an option that applies on the host. The whole entry is marked when it does not
/// contain the key.
pub(super) fn span_of_option(request: &Request<'_, Config>, keys: &[&str]) -> Option<SourceSpan> {
    let manifest = &request.project.manifest;
    let host = request.platforms.host;
    let mut lengths = (1..=keys.len()).rev();
    lengths.find_map(|length| written_at(manifest, host, &keys[..length]))
}
