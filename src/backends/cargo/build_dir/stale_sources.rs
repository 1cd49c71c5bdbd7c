//! Drops artifacts that Cargo would wrongly call fresh.
//!
//! Clients decide by content, Cargo by time, and Cargo knows of a variable only
//! when a build script declares it. So a file that was put back from a copy, or a
//! changed variable that a script reads without saying so, would end in a build
//! that compiles nothing, and yesterday's package would be kept for good.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use miette::Report;

use crate::backend::BuildPaths;
use crate::backends::cargo::build_dir::artifacts::{invalidate, state};
use crate::backends::cargo::context::crate_context::CrateBuild;
use crate::backends::cargo::context::layout::TARGET_DIR;
use crate::backends::cargo::context::path_dependencies::PathCrate;
use crate::disk::{changed, files_below, remove_folder, write};

/// Notes about the last build of a package, beside what Cargo compiled.
struct Notes {
    /// As old as the beginning of the build.
    began: PathBuf,
    /// The paths that were read, one a line.
    read: PathBuf,
}

impl Notes {
    fn of(build: CrateBuild<'_>, built: &BuildPaths) -> Self {
        Self::called(&build.package, state(build, built))
    }

    fn called(package: &str, folder: &Path) -> Self {
        Self {
            began: folder.join(format!("{package}.began")),
            read: folder.join(format!("{package}.read")),
        }
    }

    /// Those of every package that was built with the same artifacts.
    fn all(folder: &Path) -> Vec<Self> {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
        names
            .filter_map(|name| Some(Self::called(name.strip_suffix(".read")?, folder)))
            .collect()
    }
}

/// Removes what earlier builds compiled if it cannot be trusted, and notes that a
/// build begins.
///
/// # Errors
/// Folders that cannot be removed or written.
pub(crate) fn drop_stale(build: CrateBuild<'_>, built: &BuildPaths) -> Result<(), Report> {
    let variables = build.variables.clone().unwrap_or_default();
    let stamp = built.script_folder.join(".variables");
    if std::fs::read_to_string(&stamp).ok() != Some(variables.clone()) {
        // Crates from elsewhere may read variables too.
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

/// Notes what a build has read.
pub(crate) fn remember(build: CrateBuild<'_>, built: &BuildPaths, read: &BTreeSet<PathBuf>) {
    let paths: Vec<&str> = read.iter().filter_map(|path| path.to_str()).collect();
    if let Err(error) = write(&Notes::of(build, built).read, &paths.join("\n")) {
        tracing::warn!("{error}");
    }
}

/// A file that a build read, that matters and that changed since, although the time
/// of its content is earlier than that of the build.
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
        changed(&about).is_some_and(|changed| changed >= build)
            && about.modified().is_ok_and(|modified| modified < build)
    })
}
