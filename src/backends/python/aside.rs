//! Backs up files of the host environment that an installation replaces.
//!
//! A project that its own build needs, such as `packaging`, replaces files of an installed
//! package. They are restored before the next build in the same environment: otherwise the
//! project of the last build would build the next one.

use std::path::{Path, PathBuf};

use miette::Report;

use super::layout::DIRECTORY;
use super::record::{self, Record};
use crate::backend::BuildPaths;
use crate::backend::inputs::plain;
use crate::diagnostic::Unwritable;
use crate::disk::{files_below, remove_folder};

/// The directory of the copies.
pub(super) fn folder(paths: &BuildPaths) -> PathBuf {
    paths.script_folder.join(DIRECTORY).join("aside")
}

/// Copies the installed files of the project called `name`, which the installer is about to
/// remove. Their `RECORD` lists them.
///
/// # Errors
/// Files that cannot be read or copied.
pub(super) fn put(paths: &BuildPaths, name: &str) -> Result<(), Report> {
    let prefix = &paths.host_prefix;
    for dist_info in record::dist_infos(prefix, name) {
        for path in Record::read(&dist_info)?.paths() {
            let path = plain(&path);
            let below = path.strip_prefix(prefix).ok().filter(|_| path.is_file());
            if let Some(below) = below {
                copy(&path, &folder(paths).join(below))?;
            }
        }
    }
    Ok(())
}

/// Restores the files that the last build replaced in the host prefix.
///
/// # Errors
/// [`Unwritable`].
pub(super) fn put_back(paths: &BuildPaths) -> Result<(), Report> {
    let aside = folder(paths);
    if !aside.is_dir() {
        return Ok(());
    }
    for file in files_below(aside.clone()) {
        let below = file.strip_prefix(&aside).unwrap_or(&file);
        copy(&file, &paths.host_prefix.join(below))?;
    }
    Ok(remove_folder(&aside)?)
}

fn copy(from: &Path, to: &Path) -> Result<(), Unwritable> {
    let folder = to.parent().unwrap_or(to);
    std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::copy(from, to).map(|_| ()))
        .map_err(|source| Unwritable {
            path: to.to_path_buf(),
            source,
        })
}
