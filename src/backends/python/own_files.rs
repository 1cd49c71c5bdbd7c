//! The files of a project, without those that tools and builds write beside them.

use std::path::{Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

/// The names of directories that build tools create among the sources.
pub(super) const OUTPUT_DIRECTORIES: &[&str] = &["build", "dist", "target"];

/// The files below a directory. Hidden directories, such as that of pixi, and outputs are left out.
pub(super) fn own_files(folder: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    let is_own = |entry: &DirEntry| {
        let name = entry.file_name().to_string_lossy();
        let is_made = name.starts_with('.') || OUTPUT_DIRECTORIES.contains(&name.as_ref());
        entry.depth() == 0 || !entry.file_type().is_dir() || !is_made
    };
    let entries = WalkDir::new(folder).into_iter().filter_entry(is_own);
    let files = entries
        .filter_map(Result::ok)
        .filter(|entry| !entry.file_type().is_dir());
    files.map(DirEntry::into_path)
}
