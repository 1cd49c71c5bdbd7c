//! The directory of a library. All sources in it are compiled.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::backend::GlobSet;
use crate::disk::files_below;

/// The directory in which Python stores compiled Mojo files.
pub(super) const COMPILED: &str = "__mojocache__";

/// All sources below `folder`, sorted.
pub(super) fn sources(folder: &Path) -> Vec<PathBuf> {
    let is_left_out = |path: &Path| {
        let below = path.strip_prefix(folder).unwrap_or(path);
        let mut names = below.iter().map(|name| name.to_string_lossy());
        names.any(|name| name.starts_with('.') || name == COMPILED)
    };
    let is_source = |path: &Path| path.extension().is_some_and(|suffix| suffix == "mojo");
    let files = files_below(folder.to_path_buf());
    let mut files: Vec<PathBuf> = files
        .filter(|path| is_source(path) && !is_left_out(path))
        .collect();
    files.sort();
    files
}

/// All sources below `folder`, grouped by directory.
pub(super) fn sources_by_directory(folder: &Path) -> BTreeMap<PathBuf, Vec<PathBuf>> {
    let mut directories: BTreeMap<PathBuf, Vec<PathBuf>> = BTreeMap::new();
    for file in sources(folder) {
        let parent = file.parent().unwrap_or(folder).to_path_buf();
        directories.entry(parent).or_default().push(file);
    }
    directories
}

/// All present and future sources below `folder` as inputs: an added file becomes part of the
/// library.
pub(super) fn inputs(folder: &Path, reason: &str) -> GlobSet {
    let mut set = GlobSet::tree(folder, ["**/*.mojo"], reason).without_leftovers();
    set.patterns.push(format!("!**/{COMPILED}"));
    set
}
