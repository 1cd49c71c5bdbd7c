//! Removes copies of earlier builds: those whose places are needed, and those whose sources are
//! gone.

use std::io::ErrorKind;
use std::path::Path;

use super::Copied;
use crate::diagnostic::Unwritable;
use crate::disk;

/// Removes what is at the place of a copy. A directory is removed if it is empty or if an earlier
/// build copied it.
///
/// # Errors
/// [`Unwritable`].
pub(super) fn clear(to: &Path, is_copy: bool) -> Result<(), Unwritable> {
    let removed = std::fs::remove_file(to).or_else(|error| {
        let is_folder = to.symlink_metadata().is_ok_and(|about| about.is_dir());
        match error.kind() {
            ErrorKind::NotFound | ErrorKind::NotADirectory => Ok(()),
            _ if is_folder && is_copy => std::fs::remove_dir_all(to),
            // On Windows, a link to a directory is removed like a directory.
            _ if is_folder || (cfg!(windows) && to.is_symlink()) => std::fs::remove_dir(to),
            _ => Err(error),
        }
    });
    removed.map_err(|source| Unwritable {
        path: to.to_path_buf(),
        source,
    })
}

/// Removes the files that an earlier build copied from `root` to `target` and that are not in
/// `copied`, with the directories that become empty.
///
/// # Errors
/// [`Unwritable`].
pub(super) fn remove_gone(
    earlier: &Copied,
    copied: &Copied,
    root: &Path,
    target: &Path,
) -> Result<(), Unwritable> {
    for path in earlier.keys() {
        let copy = target.join(path);
        // A file or link has taken the place of a directory, or the reverse.
        let is_replaced = path.ancestors().any(|path| copied.contains_key(path))
            || copy.symlink_metadata().is_ok_and(|about| about.is_dir());
        if is_replaced || is_behind_a_link(path, target) {
            continue;
        }
        disk::remove_file(&copy)?;
        let folders = path.ancestors().skip(1);
        let gone = folders
            .take_while(|folder| !folder.as_os_str().is_empty() && !root.join(folder).is_dir());
        for folder in gone {
            // Other files may be in it.
            if std::fs::remove_dir(target.join(folder)).is_err() {
                break;
            }
        }
    }
    Ok(())
}

/// Whether a directory of `path` is a link in `target`. The script of a build may create links.
fn is_behind_a_link(path: &Path, target: &Path) -> bool {
    let mut folders = path.ancestors().skip(1);
    folders.any(|folder| !folder.as_os_str().is_empty() && target.join(folder).is_symlink())
}
