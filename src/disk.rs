//! Small operations on the file system.

use std::fs::{File, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use walkdir::{DirEntry, WalkDir};

use crate::diagnostic::{Unwritable, create_folder};

/// Writes a file and creates its parent directories.
///
/// # Errors
/// [`Unwritable`].
pub fn write(path: &Path, text: &str) -> Result<(), Unwritable> {
    create_folder(path.parent().unwrap_or(path))?;
    std::fs::write(path, text).map_err(|source| unwritable(path, source))
}

/// Calls `make` to write a temporary file next to `path` and renames it to `path`, so
/// that readers see either the complete old file or the complete new one. Missing parent
/// directories are created only when writing fails, because a check would cost time for
/// every file.
///
/// # Errors
/// [`Unwritable`].
pub fn replace(path: &Path, make: impl Fn(&Path) -> std::io::Result<()>) -> Result<(), Unwritable> {
    let folder = path.parent().unwrap_or(path);
    let temporary = || {
        let mut name = tempfile::Builder::new();
        name.prefix(".part-").make_in(folder, |beside| {
            make(beside).inspect_err(|_| {
                // The library removes only a complete file. The first error is the one to report.
                let _ = std::fs::remove_file(beside);
            })
        })
    };
    let made = temporary().or_else(|error| match error.kind() {
        ErrorKind::NotFound => {
            std::fs::create_dir_all(folder)?;
            temporary()
        }
        _ => Err(error),
    });
    let placed = made.and_then(|file| file.persist(path).map_err(|error| error.error));
    placed.map_err(|source| unwritable(path, source))
}

/// Removes a directory if it exists.
///
/// # Errors
/// [`Unwritable`].
pub fn remove_folder(folder: &Path) -> Result<(), Unwritable> {
    removed(folder, std::fs::remove_dir_all(folder))
}

/// Removes a file if it exists.
///
/// # Errors
/// [`Unwritable`].
pub fn remove_file(file: &Path) -> Result<(), Unwritable> {
    removed(file, std::fs::remove_file(file))
}

fn removed(path: &Path, result: std::io::Result<()>) -> Result<(), Unwritable> {
    match result {
        Ok(()) => Ok(()),
        Err(source) => match source.kind() {
            // A parent directory may be gone, or a file may have its place.
            ErrorKind::NotFound | ErrorKind::NotADirectory => Ok(()),
            _ => Err(unwritable(path, source)),
        },
    }
}

/// The files below `path`, or `path` itself, in the order of the file system. Directories
/// that cannot be read are skipped. Links to directories are not followed,
/// because they can form a cycle.
pub fn files_below(path: PathBuf) -> impl Iterator<Item = PathBuf> {
    let is_file = |entry: &DirEntry| {
        if entry.path_is_symlink() {
            !entry.path().is_dir()
        } else {
            !entry.file_type().is_dir()
        }
    };
    let entries = WalkDir::new(path).into_iter().filter_map(Result::ok);
    entries.filter(is_file).map(DirEntry::into_path)
}

/// The directories directly in `folder`.
pub fn folders(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let paths = entries.map(|entry| entry.path());
    paths.filter(|path| path.is_dir()).collect()
}

/// Locks a file, which is created if it is missing. Returns `None` while another process holds the
/// lock. The lock is released when the returned value is dropped or the process ends.
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

/// Waits until no other process holds the lock, then locks the file. Blocks the thread.
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

/// The time at which the content of a file was modified. `None` if the file does not exist.
pub fn modified(path: &Path) -> Option<SystemTime> {
    std::fs::metadata(path).ok()?.modified().ok()
}

/// The time when the content, the name or the metadata of a file was last modified.
#[cfg(unix)]
pub fn change_time(about: &std::fs::Metadata) -> Option<SystemTime> {
    use std::os::unix::fs::MetadataExt;
    use std::time::Duration;

    let seconds = Duration::from_secs(about.ctime().try_into().ok()?);
    let rest = Duration::from_nanos(about.ctime_nsec().try_into().ok()?);
    Some(SystemTime::UNIX_EPOCH + seconds + rest)
}

/// The time when a file was created, on systems that do not record such modifications.
#[cfg(not(unix))]
pub fn change_time(about: &std::fs::Metadata) -> Option<SystemTime> {
    about.created().ok()
}
