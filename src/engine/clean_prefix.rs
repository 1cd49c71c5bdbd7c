//! Removes the files of an earlier build from the host prefix.
//!
//! The prefix survives between builds in one work directory, and every file in it that does not
//! belong to a conda package becomes part of the built package. Without this module, a binary that
//! was renamed or deselected would stay in the package forever.

use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};

use miette::Report;
use rattler_build_core::packaging::record_files;
use rattler_build_recipe::stage1::GlobWithSource;
use rattler_build_types::GlobVec;
use rattler_conda_types::PrefixRecord;

use crate::backend::inputs::escape;
use crate::diagnostic::{Unreadable, Unwritable};
use crate::disk;

/// The directory with the records of the packages in a prefix.
const META: &str = "conda-meta";

/// What is in the host prefix before the build. All paths are relative to the prefix.
pub(super) struct Swept {
    /// The paths of conda packages.
    owned: HashSet<PathBuf>,
    /// The other files. They must not be packaged.
    pub(super) foreign: BTreeSet<PathBuf>,
}

/// Removes everything in `prefix` that does not belong to a conda package and that the
/// first build in `work_directory` did not find there. (Post-link scripts create files
/// that are in no record.) Empty directories are removed too, because they would be
/// packaged.
///
/// # Errors
/// Files that cannot be read or removed.
pub(super) fn sweep(prefix: &Path, work_directory: &Path) -> Result<Swept, Report> {
    let owned = owned(prefix)?;
    let unowned = unowned(prefix, &owned)?;
    let state = work_directory.join(".host-prefix-before-build");
    let before = match recorded(&state)? {
        Some(before) => before,
        None => {
            // Another backend may have built here, and left what it installed.
            let is_used = work_directory.join("work").is_dir();
            let before = if is_used {
                BTreeSet::new()
            } else {
                unowned.clone()
            };
            remember(&before, &state)?;
            before
        }
    };
    // A directory comes before its entries, so the order is reversed to empty it first.
    for path in unowned.iter().rev().filter(|path| !before.contains(*path)) {
        remove(&prefix.join(path))?;
    }
    let foreign = files(prefix, before);
    Ok(Swept { owned, foreign })
}

/// The paths that the first build found. `None` if no build has recorded them.
///
/// # Errors
/// A record that cannot be read.
fn recorded(state: &Path) -> Result<Option<BTreeSet<PathBuf>>, Unreadable> {
    let text = match std::fs::read(state) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(source) => {
            return Err(Unreadable {
                path: state.to_path_buf(),
                source,
            });
        }
    };
    // A damaged record is as good as none.
    let text = String::from_utf8(text).ok();
    Ok(text.map(|text| text.split_terminator('\0').map(PathBuf::from).collect()))
}

/// The files that a build has installed: those in `prefix` that were not there when it was
/// `swept`.
///
/// # Errors
/// Files that cannot be read.
pub(super) fn made(prefix: &Path, swept: &Swept) -> Result<BTreeSet<PathBuf>, Report> {
    let all = files(prefix, unowned(prefix, &swept.owned)?);
    Ok(all.difference(&swept.foreign).cloned().collect())
}

/// Returns only the files, because the build may install into any directory.
fn files(prefix: &Path, paths: BTreeSet<PathBuf>) -> BTreeSet<PathBuf> {
    let is_file = |path: &PathBuf| {
        let path = prefix.join(path);
        path.is_symlink() || path.is_file()
    };
    paths.into_iter().filter(is_file).collect()
}

/// Records the paths that the first build found. They are separated by NUL, because every
/// other character can be part of a path.
fn remember(before: &BTreeSet<PathBuf>, state: &Path) -> Result<(), Unwritable> {
    let found: Vec<String> = before
        .iter()
        .map(|path| path.display().to_string())
        .collect();
    disk::replace(state, |beside| std::fs::write(beside, found.join("\0")))
}

/// Removes a file, a link or an empty directory.
fn remove(path: &Path) -> Result<(), Unwritable> {
    if path.is_dir() && !path.is_symlink() {
        // A directory that is not empty stays. No other error is expected.
        if let Err(error) = std::fs::remove_dir(path) {
            tracing::trace!("cannot remove {}: {error}", path.display());
        }
        return Ok(());
    }
    tracing::debug!("removing {} of an earlier build", path.display());
    std::fs::remove_file(path).map_err(|source| Unwritable {
        path: path.to_path_buf(),
        source,
    })
}

/// Returns the files to package: the new files, or those that the recipe selects. Files that were
/// in the prefix before the build and do not belong to a package are excluded.
pub(super) fn everything_but(
    foreign: &BTreeSet<PathBuf>,
    files: Option<GlobVec>,
) -> Result<Option<GlobVec>, Report> {
    let packs_nothing = files.as_ref().is_some_and(GlobVec::is_empty);
    if foreign.is_empty() || packs_nothing {
        return Ok(files);
    }
    let sources = |globs: &Vec<GlobWithSource>| -> Vec<String> {
        globs.iter().map(|glob| glob.source().to_string()).collect()
    };
    let (included, mut excluded) = match &files {
        Some(files) => (
            sources(files.include_globs()),
            sources(files.exclude_globs()),
        ),
        None => (vec!["**".to_string()], Vec::new()),
    };
    let paths = foreign.iter().filter_map(|path| path.to_str());
    excluded.extend(paths.map(escape));
    GlobVec::from_strings(included, excluded)
        .map(Some)
        .map_err(|error| miette::miette!("files of the host prefix cannot be excluded: {error}"))
}

/// The paths of the packages in `prefix`, relative to it.
fn owned(prefix: &Path) -> Result<HashSet<PathBuf>, Unreadable> {
    if !prefix.join(META).is_dir() {
        return Ok(HashSet::new());
    }
    let records: std::io::Result<Vec<PrefixRecord>> = PrefixRecord::collect_from_prefix(prefix);
    let records = records.map_err(|source| Unreadable {
        path: prefix.to_path_buf(),
        source,
    })?;
    Ok(records
        .into_iter()
        .flat_map(|record| record.files)
        .collect())
}

/// The paths in `prefix` that are not `owned` by a package, relative to the prefix. The byte code
/// of a module of a package is not among them: an interpreter writes it during a build, and needs
/// it again in the next one.
fn unowned(prefix: &Path, owned: &HashSet<PathBuf>) -> Result<BTreeSet<PathBuf>, Unreadable> {
    if !prefix.is_dir() {
        return Ok(BTreeSet::new());
    }
    let meta = prefix.join(META);
    let all = record_files(prefix).map_err(|source| Unreadable {
        path: prefix.to_path_buf(),
        source,
    })?;
    Ok(all
        .into_iter()
        .filter(|path| path != prefix && !path.starts_with(&meta))
        .filter_map(|path| Some(path.strip_prefix(prefix).ok()?.to_path_buf()))
        .filter(|path| !owned.contains(path))
        .filter(|path| !module_of(path).is_some_and(|module| owned.contains(&module)))
        .collect())
}

/// The module from which a file with byte code was compiled, such as `a/b.py` for
/// `a/__pycache__/b.cpython-313.pyc`.
fn module_of(path: &Path) -> Option<PathBuf> {
    let folder = path.parent()?;
    let is_code = path.extension()? == "pyc" && folder.ends_with("__pycache__");
    let (stem, _) = path.file_name()?.to_str()?.split_once('.')?;
    is_code.then(|| folder.with_file_name(format!("{stem}.py")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn byte_code_belongs_to_its_module() {
        let module = |path: &str| module_of(Path::new(path));
        let found = Some(PathBuf::from("lib/a/b.py"));
        assert_eq!(module("lib/a/__pycache__/b.cpython-313.pyc"), found);
        assert_eq!(module("lib/a/__pycache__/b.cpython-313.opt-1.pyc"), found);
        assert_eq!(module("lib/a/b.pyc"), None);
        assert_eq!(module("lib/a/__pycache__/notes.txt"), None);
    }
}
