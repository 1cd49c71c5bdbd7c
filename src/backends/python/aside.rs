//! Files of the environment that an installation replaces.
//!
//! A project that an environment needs for its own build, such as `packaging`, replaces files
//! of an installed package. They are put aside, and go back when the package is made: otherwise
//! the next build would be made by the last one.

use std::path::{Path, PathBuf};

use miette::Report;

use super::record::{self, Record};
use super::script::DIRECTORY;
use crate::backend::BuildPaths;
use crate::backend::inputs::plain;
use crate::diagnostic::Unwritable;
use crate::disk::{files_below, remove_folder};

/// The directory of the copies.
pub(super) fn folder(paths: &BuildPaths) -> PathBuf {
    paths.script_folder.join(DIRECTORY).join("aside")
}

/// Copies what an installer of the project called `name` is about to remove. The list of the
/// installed project says what that is.
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

/// Puts back what the last build found in the host prefix.
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
