//! Small steps on the file system.

use std::fs::{File, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::diagnostic::{Unwritable, create_folder};

/// Writes a file and the folders above it.
///
/// # Errors
/// [`Unwritable`].
pub fn write(path: &Path, text: &str) -> Result<(), Unwritable> {
    create_folder(path.parent().unwrap_or(path))?;
    std::fs::write(path, text).map_err(|source| unwritable(path, source))
}

/// Lets `make` write a file beside `path` and puts that there in one step, so that readers
/// see all of the old one or all of the new one. Folders above it are made where they are
/// missing; looking first would cost every file.
///
/// # Errors
/// [`Unwritable`].
pub fn replace(path: &Path, make: impl Fn(&Path) -> std::io::Result<()>) -> Result<(), Unwritable> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(format!(".part-{}", std::process::id()));
    let beside = PathBuf::from(beside);
    let made = make(&beside).or_else(|error| match error.kind() {
        ErrorKind::NotFound => {
            std::fs::create_dir_all(path.parent().unwrap_or(path))?;
            make(&beside)
        }
        _ => Err(error),
    });
    let placed = made.and_then(|()| std::fs::rename(&beside, path));
    placed.map_err(|source| {
        // What is left of it would stay for ever. The first error is the one to tell.
        let _ = std::fs::remove_file(&beside);
        unwritable(path, source)
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
        Err(source) if source.kind() != ErrorKind::NotFound => Err(unwritable(path, source)),
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

/// The folders directly in `folder`.
pub fn folders(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let paths = entries.map(|entry| entry.path());
    paths.filter(|path| path.is_dir()).collect()
}

/// Locks a file, which is created where it is missing. `None` while another process
/// holds it. The lock ends with the returned value, and with the process, however that
/// ends.
///
/// # Errors
/// [`Unwritable`].
pub fn try_lock(path: &Path) -> Result<Option<File>, Unwritable> {
    let file = lock_file(path)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(source)) => Err(unwritable(path, source)),
    }
}

/// Locks a file as soon as no other process holds it. Blocks the thread.
///
/// # Errors
/// [`Unwritable`].
pub fn lock(path: &Path) -> Result<File, Unwritable> {
    let file = lock_file(path)?;
    file.lock().map_err(|source| unwritable(path, source))?;
    Ok(file)
}

fn lock_file(path: &Path) -> Result<File, Unwritable> {
    create_folder(path.parent().unwrap_or(path))?;
    let mut options = File::options();
    let opened = options.create(true).append(true).open(path);
    opened.map_err(|source| unwritable(path, source))
}

fn unwritable(path: &Path, source: std::io::Error) -> Unwritable {
    Unwritable {
        path: path.to_path_buf(),
        source,
    }
}
