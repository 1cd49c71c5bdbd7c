//! Copies files, links and empty directories, with their modification times.
//!
//! The directory of the copies may have those of an earlier build. What is at the place of a copy
//! is removed first, because a copy would write through a link and cannot replace a directory.

mod removal;

use std::collections::BTreeMap;
use std::fs::{File, FileTimes, Metadata};
use std::io::ErrorKind;
use std::ops::Bound;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::SystemTime;

use ignore::{DirEntry, WalkState};
use miette::Report;
use rattler_build_recipe::stage1::GlobVec;

use super::{takes, unpacked};
use crate::backend::tree::{Tree, size_and_time};
use crate::diagnostic::{Unreadable, Unwritable};
use removal::{clear, remove_gone};

/// The state of each copied file, by its path in the tree.
pub(in crate::engine) type Copied = BTreeMap<PathBuf, State>;

/// The size and modification time of a file.
type State = (u64, Option<SystemTime>);

/// The files that an earlier build copied to the same directory.
#[derive(Debug, Default)]
pub(in crate::engine) struct Earlier {
    pub(in crate::engine) files: Copied,
    /// Whether the copies that have the state of their sources are used again.
    pub(in crate::engine) reuse: Reuse,
    /// The time when that build ended. A copy of other content has a later time even if its
    /// source is older, because build tools compare only the times of sources and products.
    pub(in crate::engine) ended: Option<SystemTime>,
}

/// Whether copies that have the state of their sources are used again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::engine) enum Reuse {
    /// They have the contents of their sources.
    #[default]
    Unmodified,
    /// Patches may have modified the copies.
    Patched,
    /// The files of two archives can have the same sizes and times, and different contents.
    Archive,
}

impl Earlier {
    /// Whether the source of a copy has not been modified since.
    fn has(&self, path: &Path, state: &State) -> bool {
        self.reuse != Reuse::Archive && self.files.get(path) == Some(state)
    }

    /// Whether a file with this path was copied, or a file below it.
    fn knows(&self, path: &Path) -> bool {
        let from = (Bound::Included(path), Bound::Unbounded);
        let mut files = self.files.range::<Path, _>(from);
        files.next().is_some_and(|(file, _)| file.starts_with(path))
    }

    /// The modification time of the copy of a file with the state `state`.
    fn time_of_copy(&self, path: &Path, state: &State) -> Option<SystemTime> {
        let is_hidden = self.ended.is_some_and(|ended| state.1 < Some(ended));
        if is_hidden && !self.has(path, state) {
            Some(SystemTime::now())
        } else {
            state.1
        }
    }
}

/// Copies a download: a directory with the files that `filter` accepts, or one file with
/// the name `name`.
///
/// # Errors
/// Files that cannot be read, written or removed.
pub(super) fn found(
    found: &Path,
    target: &Path,
    name: Option<&str>,
    filter: &GlobVec,
    earlier: &Earlier,
) -> Result<Copied, Report> {
    if found.is_dir() {
        return tree(&unpacked(found), filter, target, earlier);
    }
    let own = found.file_name().and_then(|name| name.to_str());
    let name = name.or(own).unwrap_or("source");
    file(found, &target.join(name), earlier)
}

/// Copies a tree. Files that an earlier build copied in the same state are skipped, and those that
/// it copied and that are no longer copied are removed.
///
/// # Errors
/// Files that cannot be read, written or removed.
pub(in crate::engine) fn tree(
    tree: &Tree,
    filter: &GlobVec,
    target: &Path,
    earlier: &Earlier,
) -> Result<Copied, Report> {
    let copied = Mutex::new(Copied::new());
    let failed: Mutex<Option<Report>> = Mutex::new(None);
    let left_out = tree.use_gitignore;
    tree.walk().build_parallel().run(|| {
        Box::new(|entry| {
            let result = match entry {
                Ok(entry) => one(&tree.root, &entry, filter, target, earlier),
                // A directory was removed after it was listed.
                Err(error) if is_gone(error.io_error()) && tree.root.exists() => Ok(None),
                Err(error) => Err(miette::miette!(
                    "cannot read {}: {error}",
                    tree.root.display()
                )),
            };
            match result {
                Ok(Some((path, state))) => {
                    if let Ok(mut copied) = copied.lock() {
                        copied.insert(path, state);
                    }
                    WalkState::Continue
                }
                Ok(None) => WalkState::Continue,
                Err(error) => {
                    if let Ok(mut failed) = failed.lock() {
                        failed.get_or_insert(error);
                    }
                    WalkState::Quit
                }
            }
        })
    });
    let failed = failed.into_inner().unwrap_or_default();
    if let Some(error) = failed {
        return Err(error);
    }
    let copied = copied.into_inner().unwrap_or_default();
    remove_gone(&earlier.files, &copied, &tree.root, target)?;
    tracing::info!(
        "copied {} files of {}{}",
        copied.len(),
        tree.root.display(),
        if left_out {
            ", without what git ignores"
        } else {
            ""
        }
    );
    Ok(copied)
}

fn is_gone(error: Option<&std::io::Error>) -> bool {
    error.is_some_and(|error| error.kind() == ErrorKind::NotFound)
}

/// Copies one entry. Returns the path and state of a file or link, and `None` for any other entry,
/// such as a socket, and for one that `filter` excludes or that was removed after it was listed. An
/// empty directory is created.
fn one(
    root: &Path,
    entry: &DirEntry,
    filter: &GlobVec,
    target: &Path,
    earlier: &Earlier,
) -> Result<Option<(PathBuf, State)>, Report> {
    let path = entry.path();
    let Ok(below) = path.strip_prefix(root) else {
        return Ok(None);
    };
    let Some(kind) = entry.file_type().filter(|_| !below.as_os_str().is_empty()) else {
        return Ok(None);
    };
    let to = target.join(below);
    if kind.is_dir() {
        // Its files must not be written through a link, or below a file.
        if earlier.knows(below) && to.symlink_metadata().is_ok_and(|about| !about.is_dir()) {
            clear(&to, false)?;
        }
        let is_empty = std::fs::read_dir(path).is_ok_and(|mut entries| entries.next().is_none());
        if is_empty && takes(filter, below) {
            std::fs::create_dir_all(&to).map_err(|source| Unwritable { path: to, source })?;
        }
        return Ok(None);
    }
    if !(kind.is_file() || kind.is_symlink()) || !takes(filter, below) {
        return Ok(None);
    }
    let metadata = match std::fs::symlink_metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if is_gone(Some(&error)) => return Ok(None),
        Err(source) => return Err(unreadable(path, source)),
    };
    let state = size_and_time(&metadata);
    let is_done = earlier.reuse == Reuse::Unmodified && earlier.has(below, &state);
    let is_alike = |old: Metadata| old.file_type() == metadata.file_type();
    let is_copied = if is_done && to.symlink_metadata().is_ok_and(is_alike) {
        true
    } else {
        clear(&to, earlier.knows(below))?;
        copy_one(path, &to, &metadata, earlier.time_of_copy(below, &state))?
    };
    Ok(is_copied.then(|| (below.to_path_buf(), state)))
}

/// Copies one file. Its path in `earlier` and in the result is the name of the copy. Other files
/// that an earlier build copied are removed.
///
/// # Errors
/// The file cannot be read or written, others cannot be removed.
pub(super) fn file(from: &Path, to: &Path, earlier: &Earlier) -> Result<Copied, Report> {
    let metadata = std::fs::metadata(from).map_err(|source| unreadable(from, source))?;
    let state = size_and_time(&metadata);
    let name = PathBuf::from(to.file_name().unwrap_or_default());
    clear(to, earlier.knows(&name))?;
    if !copy_one(from, to, &metadata, earlier.time_of_copy(&name, &state))? {
        return Err(unreadable(from, ErrorKind::NotFound.into()));
    }
    let copied = Copied::from([(name, state)]);
    remove_gone(&earlier.files, &copied, from, to.parent().unwrap_or(to))?;
    Ok(copied)
}

/// Copies a file or a link. Returns `false` if it no longer exists. A missing parent directory is
/// created only after an error, because a check would cost time for every file.
fn copy_one(
    from: &Path,
    to: &Path,
    metadata: &Metadata,
    time: Option<SystemTime>,
) -> Result<bool, Report> {
    let copy = || {
        if metadata.is_symlink() {
            link(from, to)
        } else {
            std::fs::copy(from, to).and_then(|_| set_time(to, time))
        }
    };
    let copied = copy().or_else(|error| match error.kind() {
        ErrorKind::NotFound => {
            std::fs::create_dir_all(to.parent().unwrap_or(to))?;
            copy()
        }
        _ => Err(error),
    });
    let Err(source) = copied else {
        return Ok(true);
    };
    let reading = if metadata.is_symlink() {
        std::fs::read_link(from).err()
    } else {
        File::open(from).err()
    };
    match reading {
        Some(error) if is_gone(Some(&error)) => Ok(false),
        Some(error) => Err(unreadable(from, error)),
        None => {
            let path = to.to_path_buf();
            Err(Unwritable { path, source }.into())
        }
    }
}

fn unreadable(path: &Path, source: std::io::Error) -> Report {
    let path = path.to_path_buf();
    Unreadable { path, source }.into()
}

/// Sets the modification time, because build tools compare the times of sources and products.
fn set_time(to: &Path, time: Option<SystemTime>) -> std::io::Result<()> {
    let Some(time) = time else {
        return Ok(());
    };
    let times = FileTimes::new().set_modified(time);
    let mut options = File::options();
    // The owner can set the times of a file that is read-only.
    let opened = if cfg!(unix) {
        options.read(true).open(to)?
    } else {
        options.write(true).open(to)?
    };
    opened.set_times(times)
}

#[cfg(unix)]
fn link(from: &Path, to: &Path) -> std::io::Result<()> {
    std::os::unix::fs::symlink(std::fs::read_link(from)?, to)
}

#[cfg(windows)]
fn link(from: &Path, to: &Path) -> std::io::Result<()> {
    let target = std::fs::read_link(from)?;
    if from.is_dir() {
        std::os::windows::fs::symlink_dir(target, to)
    } else {
        std::os::windows::fs::symlink_file(target, to)
    }
}

#[cfg(all(test, unix))]
mod tests;
