//! Errors in the path of the manifest.

use std::path::{Path, PathBuf};

use miette::Diagnostic;
use thiserror::Error;

use crate::diagnostic::list;

/// A directory without a manifest.
#[derive(Debug, Error, Diagnostic)]
#[error("`{}` has no manifest", folder.display())]
#[diagnostic(code(manifest::not_found), help("{help}"))]
pub struct NoManifest {
    /// The directory that was searched.
    pub folder: PathBuf,
    /// The directories that contain manifests, or how to write one.
    pub help: String,
}

impl NoManifest {
    /// The error for `folder`. `packages` are the directories of the packages below it.
    pub(crate) fn new(folder: PathBuf, packages: &[PathBuf]) -> Self {
        let workspace = folder.ancestors().find(|above| above.ends_with(".pixi"));
        let workspace = workspace.and_then(Path::parent);
        let help = match named(packages) {
            _ if workspace.is_some() => format!(
                "builds keep their files there; name the directory of the package, such as {}",
                workspace.unwrap_or(&folder).display()
            ),
            Some(packages) => format!("the packages below it are {packages}: name one of them"),
            None => {
                "create a `pixi.toml` there with a `[package.build.backend]` table, or name the \
                 directory that has one; only the directory itself is searched, for `pixi.toml`, \
                 `pyproject.toml` and `mojoproject.toml`"
                    .to_owned()
            }
        };
        Self { folder, help }
    }
}

/// The directories of packages as a list in prose. `None` if there are none.
pub(crate) fn named(packages: &[PathBuf]) -> Option<String> {
    const NAMED: usize = 6;
    let names: Vec<String> = (packages.iter().take(NAMED))
        .map(|folder| folder.display().to_string())
        .collect();
    let more = match packages.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let names = list(names.iter().map(String::as_str));
    (!packages.is_empty()).then(|| format!("{names}{more}"))
}

/// A file that pixi does not accept as a manifest.
#[derive(Debug, Error, Diagnostic)]
#[error("`{}` is not a manifest", path.display())]
#[diagnostic(
    code(manifest::not_a_manifest),
    help("a manifest is called `pixi.toml`, `pyproject.toml` or `mojoproject.toml`")
)]
pub struct NotAManifest {
    /// The given path.
    pub path: PathBuf,
}

/// A manifest without a package.
#[derive(Debug, Error, Diagnostic)]
#[error("`{}` does not describe a package", path.display())]
#[diagnostic(code(manifest::no_package), help("{help}"))]
pub struct NoPackage {
    /// The manifest.
    pub path: PathBuf,
    /// The table to add, or the file to use.
    pub help: String,
}

/// A file that exists but cannot be read.
#[derive(Debug, Error, Diagnostic)]
#[error("{error}")]
#[diagnostic(
    code(manifest::unreadable),
    help("save the file as UTF-8, and check its permissions")
)]
pub struct UnreadableManifest {
    /// The message of the operating system, which names the file.
    pub error: std::io::Error,
}

/// A package that the workspace does not define.
#[derive(Debug, Error, Diagnostic)]
#[error("{} does not define the package `{name}`", path.display())]
#[diagnostic(
    code(manifest::no_inline_package),
    help("an inline package is a dependency with the key `package`")
)]
pub struct NoInlinePackage {
    /// The name.
    pub name: String,
    /// The manifest of the workspace.
    pub path: PathBuf,
}
