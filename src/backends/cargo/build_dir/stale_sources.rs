//! Removes artifacts that Cargo would wrongly treat as fresh.
//!
//! pixi compares the content of files, but Cargo compares times, and it knows only the
//! variables that build scripts declare. After a file was restored from a copy, or after a
//! change to a variable that a script reads without declaring it, Cargo would compile nothing.
//! pixi would then cache the outdated package under the new inputs.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use miette::Report;

use crate::backend::BuildPaths;
use crate::backends::cargo::build_dir::artifacts::{invalidate, state};
use crate::backends::cargo::context::crate_context::CrateBuild;
use crate::backends::cargo::context::layout::TARGET_DIR;
use crate::backends::cargo::context::path_dependencies::PathCrate;
use crate::disk::{change_time, files_below, remove_folder, write};

/// Notes about the last build of a package.
struct Notes {
    /// A file whose modification time is the time when the build began.
    began: PathBuf,
    /// A file with the paths that the build read, one per line.
    read: PathBuf,
}

impl Notes {
    fn of(build: CrateBuild<'_>, built: &BuildPaths) -> Self {
        Self::called(&build.notes, state(build, built))
    }

    fn called(package: &str, folder: &Path) -> Self {
        Self {
            began: folder.join(format!("{package}.began")),
            read: folder.join(format!("{package}.read")),
        }
    }

    /// The notes of all packages that were built in the same shared tree or work directory.
    fn all(folder: &Path) -> Vec<Self> {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
        names
            .filter_map(|name| Some(Self::called(name.strip_suffix(".read")?, folder)))
            .collect()
    }
}

/// Removes the artifacts of earlier builds that Cargo would wrongly reuse, and records that a
/// build begins.
///
/// # Errors
/// Directories that cannot be removed, and files that cannot be written.
pub(crate) fn drop_stale(build: CrateBuild<'_>, built: &BuildPaths) -> Result<(), Report> {
    let variables = build.variables.clone().unwrap_or_default();
    let stamp = built.script_folder.join(".variables");
    if std::fs::read_to_string(&stamp).ok() != Some(variables.clone()) {
        // Crates of registries and repositories may read variables too, so `invalidate` is not
        // enough.
        remove_folder(&built.script_folder.join(TARGET_DIR))?;
        write(&stamp, &variables)?;
    }
    let own = Notes::of(build, built);
    let matters = |notes: &Notes, path: &Path| {
        notes.read == own.read
            || path
                .ancestors()
                .any(|above| build.path_crates.contains_key(above))
    };
    let all = Notes::all(state(build, built));
    let mut hidden = all
        .iter()
        .filter_map(|notes| hidden_from_cargo(notes, |path| matters(notes, path)));
    if let Some(path) = hidden.next() {
        tracing::info!("{} was replaced by an older file", path.display());
        let names: Vec<&str> = build
            .path_crates
            .values()
            .filter_map(PathCrate::name)
            .collect();
        invalidate(build, built, &names)?;
    }
    Ok(write(&own.began, "")?)
}

/// Records the paths that a build has read.
pub(crate) fn remember(build: CrateBuild<'_>, built: &BuildPaths, read: &BTreeSet<PathBuf>) {
    let paths: Vec<&str> = read.iter().filter_map(|path| path.to_str()).collect();
    if let Err(error) = write(&Notes::of(build, built).read, &paths.join("\n")) {
        tracing::warn!("{error}");
    }
}

/// Records the paths that a failed build may have read. Cargo does not tell which ones it read, so
/// these are the directories with the sources of all crates on this disk.
pub(crate) fn remember_all(build: CrateBuild<'_>, built: &BuildPaths) {
    let before = std::fs::read_to_string(Notes::of(build, built).read).unwrap_or_default();
    let sources = build.path_crates.keys().map(|folder| folder.join("src"));
    let read = before.lines().map(PathBuf::from).chain(sources);
    remember(build, built, &read.collect());
}

/// A relevant file that an earlier build read and that has changed since that build began,
/// although its modification time is older. Cargo looks only at the modification time.
fn hidden_from_cargo(notes: &Notes, matters: impl Fn(&Path) -> bool) -> Option<PathBuf> {
    let build = std::fs::metadata(&notes.began).ok()?.modified().ok()?;
    let read = std::fs::read_to_string(&notes.read).ok()?;
    let mut files = read.lines().map(PathBuf::from).flat_map(files_below);
    files.find(|path| {
        if !matters(path) {
            return false;
        }
        let Ok(about) = std::fs::metadata(path) else {
            return false;
        };
        change_time(&about).is_some_and(|changed| changed >= build)
            && about.modified().is_ok_and(|modified| modified < build)
    })
}
