//! Copies files, links and empty directories, with their modification times.

use std::collections::BTreeMap;
use std::fs::{File, FileTimes, Metadata};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use ignore::{DirEntry, WalkState};
use miette::Report;
use rattler_build_recipe::stage1::GlobVec;

use super::{takes, unpacked};
use crate::backend::tree::{Tree, size_and_time};
use crate::diagnostic::{Unreadable, Unwritable};

/// The state of each copied file, by its path in the tree.
pub(in crate::engine) type Copied = BTreeMap<PathBuf, State>;

/// The size and modification time of a file.
type State = (u64, Option<std::time::SystemTime>);

/// Copies a download: a directory with the files that `filter` accepts, or one file with
/// the name `name`.
///
/// # Errors
/// Files that cannot be read or written.
pub(super) fn found(
    found: &Path,
    target: &Path,
    name: Option<&str>,
    filter: &GlobVec,
) -> Result<(), Report> {
    if found.is_dir() {
        tree(&unpacked(found), filter, target, &Copied::new())?;
        return Ok(());
    }
    let own = found.file_name().and_then(|name| name.to_str());
    file(found, &target.join(name.or(own).unwrap_or("source")))
}

/// Copies a tree. Files that are in `known` with the same size and time are skipped.
///
/// # Errors
/// Files that cannot be read or written.
pub(in crate::engine) fn tree(
    tree: &Tree,
    filter: &GlobVec,
    target: &Path,
    known: &Copied,
) -> Result<Copied, Report> {
    let copied = Mutex::new(Copied::new());
    let failed: Mutex<Option<Report>> = Mutex::new(None);
    let left_out = tree.use_gitignore;
    tree.walk().build_parallel().run(|| {
        Box::new(|entry| {
            let result = match entry {
                Ok(entry) => one(&tree.root, &entry, filter, target, known),
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

/// Copies one entry. Returns the path and state of a file or link, and `None` for a directory or an
/// entry that `filter` excludes. An empty directory is created.
fn one(
    root: &Path,
    entry: &DirEntry,
    filter: &GlobVec,
    target: &Path,
    known: &Copied,
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
        let is_empty = std::fs::read_dir(path).is_ok_and(|mut entries| entries.next().is_none());
        if is_empty && takes(filter, below) {
            std::fs::create_dir_all(&to).map_err(|source| Unwritable { path: to, source })?;
        }
        return Ok(None);
    }
    if !takes(filter, below) {
        return Ok(None);
    }
    let metadata = std::fs::symlink_metadata(path).map_err(|source| Unreadable {
        path: path.to_path_buf(),
        source,
    })?;
    let state = size_and_time(&metadata);
    if known.get(below) == Some(&state) && to.symlink_metadata().is_ok() {
        return Ok(Some((below.to_path_buf(), state)));
    }
    copy_one(path, &to, &metadata)?;
    Ok(Some((below.to_path_buf(), state)))
}

/// Copies one file.
///
/// # Errors
/// The file cannot be read or written.
pub(super) fn file(from: &Path, to: &Path) -> Result<(), Report> {
    let metadata = std::fs::metadata(from).map_err(|source| Unreadable {
        path: from.to_path_buf(),
        source,
    })?;
    Ok(copy_one(from, to, &metadata)?)
}

/// Copies a file or a link. A missing parent directory is created only after an error, because a
/// check would cost time for every file.
fn copy_one(from: &Path, to: &Path, metadata: &Metadata) -> Result<(), Unwritable> {
    let copy = || {
        if metadata.is_symlink() {
            link(from, to)
        } else {
            std::fs::copy(from, to).and_then(|_| keep_times(to, metadata))
        }
    };
    let copied = copy().or_else(|error| match error.kind() {
        ErrorKind::NotFound => {
            std::fs::create_dir_all(to.parent().unwrap_or(to))?;
            copy()
        }
        // The target exists: a link cannot replace it, and a copy cannot overwrite a read-only
        // file.
        ErrorKind::AlreadyExists | ErrorKind::PermissionDenied => {
            std::fs::remove_file(to)?;
            copy()
        }
        _ => Err(error),
    });
    copied.map_err(|source| Unwritable {
        path: to.to_path_buf(),
        source,
    })
}

/// Copies the modification time, because build tools compare the times of sources and products.
fn keep_times(to: &Path, metadata: &Metadata) -> std::io::Result<()> {
    let times = FileTimes::new().set_modified(metadata.modified()?);
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
