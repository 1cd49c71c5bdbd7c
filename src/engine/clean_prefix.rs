//! Removes what an earlier build left in the host prefix.
//!
//! The prefix survives between builds of one work directory, and every file in it
//! that belongs to no conda package ends up in the package. A renamed or
//! deselected binary would stay for ever.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use miette::Report;
use rattler_build_core::packaging::record_files;
use rattler_conda_types::PrefixRecord;

use crate::diagnostic::{Unreadable, Unwritable};
use crate::disk;

/// Removes everything in `prefix` that neither a conda package owns nor the
/// first build in `work_directory` found there (post-link scripts leave files
/// that no record mentions). Folders go when nothing is left in them, because
/// an empty folder would be packed too.
///
/// Returns the files that nobody owns and that stay, relative to the prefix: they
/// are no part of the package.
///
/// # Errors
/// Files that cannot be read or removed.
pub(super) fn sweep(prefix: &Path, work_directory: &Path) -> Result<BTreeSet<PathBuf>, Report> {
    let unowned = unowned(prefix)?;
    let state = work_directory.join(".host-prefix-before-build");
    let text = match std::fs::read_to_string(&state) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            remember(&unowned, &state)?;
            return Ok(files(prefix, unowned));
        }
        Err(source) => {
            return Err(Unreadable {
                path: state,
                source,
            }
            .into());
        }
    };
    let before: BTreeSet<PathBuf> = text.split_terminator('\0').map(PathBuf::from).collect();
    // What lies in a folder comes after it.
    for path in unowned.iter().rev() {
        if !before.contains(path) {
            remove(&prefix.join(path))?;
        }
    }
    Ok(files(prefix, before))
}

/// What a build has installed: the files in `prefix` that neither a package nor
/// `foreign` names.
///
/// # Errors
/// Files that cannot be read.
pub(super) fn made(
    prefix: &Path,
    foreign: &BTreeSet<PathBuf>,
) -> Result<BTreeSet<PathBuf>, Report> {
    let all = files(prefix, unowned(prefix)?);
    Ok(all.difference(foreign).cloned().collect())
}

/// Without folders: each may hold what the build installs.
fn files(prefix: &Path, paths: BTreeSet<PathBuf>) -> BTreeSet<PathBuf> {
    let is_file = |path: &PathBuf| {
        let path = prefix.join(path);
        path.is_symlink() || path.is_file()
    };
    paths.into_iter().filter(is_file).collect()
}

/// Writes down what the first build found. Every sign but NUL may be in a path.
fn remember(unowned: &BTreeSet<PathBuf>, state: &Path) -> Result<(), Unwritable> {
    let found: Vec<String> = unowned
        .iter()
        .map(|path| path.display().to_string())
        .collect();
    disk::replace(state, |beside| std::fs::write(beside, found.join("\0")))
}

/// Removes a file or link, or a folder if it is empty.
fn remove(path: &Path) -> Result<(), Unwritable> {
    if path.is_dir() && !path.is_symlink() {
        // A folder that something is left in stays, and that is the only error.
        if let Err(error) = std::fs::remove_dir(path) {
            tracing::trace!("{} stays: {error}", path.display());
        }
        return Ok(());
    }
    tracing::debug!("removing {} of an earlier build", path.display());
    std::fs::remove_file(path).map_err(|source| Unwritable {
        path: path.to_path_buf(),
        source,
    })
}

/// What is in `prefix` and in no record in `conda-meta`, relative to it.
fn unowned(prefix: &Path) -> Result<BTreeSet<PathBuf>, Report> {
    if !prefix.is_dir() {
        return Ok(BTreeSet::new());
    }
    let unreadable = |source: std::io::Error| Unreadable {
        path: prefix.to_path_buf(),
        source,
    };
    let meta = prefix.join("conda-meta");
    let mut owned = BTreeSet::new();
    if meta.is_dir() {
        let records: Vec<PrefixRecord> =
            PrefixRecord::collect_from_prefix(prefix).map_err(unreadable)?;
        owned.extend(records.into_iter().flat_map(|record| record.files));
    }
    let all = record_files(prefix).map_err(unreadable)?;
    Ok(all
        .into_iter()
        .filter(|path| path != prefix && !path.starts_with(&meta))
        .filter_map(|path| Some(path.strip_prefix(prefix).ok()?.to_path_buf()))
        .filter(|path| !owned.contains(path))
        .collect())
}
