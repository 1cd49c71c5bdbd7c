//! Small steps on the file system.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::diagnostic::{Unwritable, create_folder};

/// Writes a file and the folders above it.
///
/// # Errors
/// [`Unwritable`].
pub fn write(path: &Path, text: &str) -> Result<(), Unwritable> {
    create_folder(path.parent().unwrap_or(path))?;
    std::fs::write(path, text).map_err(|source| Unwritable {
        path: path.to_path_buf(),
        source,
    })
}

/// Removes a folder if it is there.
///
/// # Errors
/// [`Unwritable`].
pub fn remove_folder(folder: &Path) -> Result<(), Unwritable> {
    removed(folder, std::fs::remove_dir_all(folder))
}

/// Removes a file if it is there.
///
/// # Errors
/// [`Unwritable`].
pub fn remove_file(file: &Path) -> Result<(), Unwritable> {
    removed(file, std::fs::remove_file(file))
}

fn removed(path: &Path, result: std::io::Result<()>) -> Result<(), Unwritable> {
    match result {
        Err(source) if source.kind() != ErrorKind::NotFound => Err(Unwritable {
            path: path.to_path_buf(),
            source,
        }),
        _ => Ok(()),
    }
}

/// The files below `path`, or `path` itself. Links to folders are not followed:
/// they may lead in a circle.
pub fn files_below(path: PathBuf) -> impl Iterator<Item = PathBuf> {
    let mut open = vec![path];
    std::iter::from_fn(move || {
        loop {
            let path = open.pop()?;
            // What was asked for may be a link, what it holds may not.
            let Ok(entries) = std::fs::read_dir(&path) else {
                return Some(path);
            };
            for entry in entries.flatten() {
                if !(entry.path().is_symlink() && entry.path().is_dir()) {
                    open.push(entry.path());
                }
            }
        }
    })
}
