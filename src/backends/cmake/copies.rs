//! The files of directories that a project copies or installs.

use std::path::{Path, PathBuf};

use crate::disk::files_below;

/// The directories that tools write to while a project is built.
pub(super) const OF_TOOLS: [&str; 2] = [".git", ".pixi"];

/// The files below a directory that is copied, except for those of Git and pixi. A file stands
/// for itself. A path that is not UTF-8 is left out, because it cannot be recorded.
pub(super) fn files_of(path: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    let root = path.to_path_buf();
    let files = files_below(path.to_path_buf());
    files.filter(move |file| {
        let mut below = file.strip_prefix(&root).unwrap_or(file).components();
        file.to_str().is_some()
            && !below.any(|part| OF_TOOLS.iter().any(|name| part.as_os_str() == *name))
    })
}
