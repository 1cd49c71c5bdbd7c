//! Errors that are known before the build.

use std::path::{Path, PathBuf};

use miette::{Diagnostic, SourceSpan};
use thiserror::Error;

use super::Config;
use super::listfile::LISTS;
use super::presets::Unusable;
use crate::backend::Request;
use crate::diagnostic::SourceFile;
use crate::disk;

/// There is no `CMakeLists.txt`.
#[derive(Debug, Error, Diagnostic)]
#[error("no CMakeLists.txt in {}", folder.display())]
#[diagnostic(code(cmake::no_lists), help("{help}"))]
pub(super) struct NoCMakeLists {
    folder: PathBuf,
    help: String,
    #[source_code]
    file: SourceFile,
    #[label("looked for here")]
    at: Option<SourceSpan>,
}

impl NoCMakeLists {
    pub(super) fn new(request: &Request<'_, Config>, folder: PathBuf) -> Self {
        let source = &request.project.source;
        let found = below(source);
        let help = match found.as_slice() {
            [] => {
                "write one, or point `source.path` in `[package.build]` to the directory that has \
                   one"
                .to_string()
            }
            [one] => format!("set `source-dir = \"{one}\"` in `[package.build.config]`"),
            several => format!(
                "set `source-dir` in `[package.build.config]` to one of `{}`",
                several.join("`, `")
            ),
        };
        Self {
            folder,
            help,
            file: request.project.manifest.file(),
            at: place(request, "source-dir"),
        }
    }
}

/// Directories with a `CMakeLists.txt`, at most two levels below `source`.
fn below(source: &Path) -> Vec<String> {
    let visible = |folder: &PathBuf| {
        let name = folder.file_name().and_then(|name| name.to_str());
        name.is_some_and(|name| !name.starts_with('.')) && !folder.join("CMakeCache.txt").exists()
    };
    let inside = |folder: &Path| disk::folders(folder).into_iter().filter(visible);
    let first: Vec<PathBuf> = inside(source).collect();
    let second = first.iter().filter(|folder| !has_lists(folder));
    let second: Vec<PathBuf> = second.flat_map(|folder| inside(folder)).collect();
    let all = first
        .iter()
        .chain(&second)
        .filter(|folder| has_lists(folder));
    let relative = all.filter_map(|folder| folder.strip_prefix(source).ok());
    let mut relative: Vec<String> = relative.map(|path| path.display().to_string()).collect();
    relative.sort();
    relative
}

fn has_lists(folder: &Path) -> bool {
    folder.join(LISTS).is_file()
}

/// The place of an option in the manifest, in any table.
pub(super) fn place(request: &Request<'_, Config>, option: &str) -> Option<SourceSpan> {
    let manifest = &request.project.manifest;
    let host = request.platforms.host;
    let family = match host {
        host if host.is_windows() => "win",
        host if host.is_osx() => "osx",
        _ => "linux",
    };
    let targets = [host.as_str(), family, "unix"];
    let of_target = |target: &&str| {
        manifest.value_span(&["package", "build", "target", target, "config", option])
    };
    let base = || {
        let tables = ["config", "configuration"];
        let span = |table: &&str| manifest.value_span(&["package", "build", table, option]);
        tables.iter().find_map(span)
    };
    targets.iter().find_map(of_target).or_else(base)
}

/// The configure preset cannot be used.
#[derive(Debug, Error, Diagnostic)]
#[error("{message}")]
#[diagnostic(code(cmake::preset), help("{help}"))]
pub(super) struct BadPreset {
    message: String,
    help: String,
    #[source_code]
    file: SourceFile,
    #[label("asked for here")]
    at: Option<SourceSpan>,
}

impl BadPreset {
    pub(super) fn new(request: &Request<'_, Config>, unusable: &Unusable) -> Self {
        Self {
            message: unusable.to_string(),
            help: unusable.advice(),
            file: request.project.manifest.file(),
            at: place(request, "preset").or_else(|| place(request, "extra-args")),
        }
    }
}
