//! What a build put aside goes back.
//!
//! A project that its environment needs for the build, such as `packaging`, replaces files
//! of an installed package. Without this the next build would be made by the last one.

use std::path::Path;

use miette::Report;

use super::script::DIRECTORY;
use crate::backend::BuildPaths;
use crate::diagnostic::Unwritable;
use crate::disk::{files_below, remove_folder};

/// Puts back what the last build found in the host prefix.
///
/// # Errors
/// [`Unwritable`].
pub(super) fn environment(paths: &BuildPaths) -> Result<(), Report> {
    let aside = paths.script_folder.join(DIRECTORY).join("aside");
    if !aside.is_dir() {
        return Ok(());
    }
    for file in files_below(aside.clone()) {
        let below = file.strip_prefix(&aside).unwrap_or(&file);
        put_back(&file, &paths.host_prefix.join(below))?;
    }
    Ok(remove_folder(&aside)?)
}

fn put_back(from: &Path, to: &Path) -> Result<(), Unwritable> {
    let folder = to.parent().unwrap_or(to);
    std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::copy(from, to).map(|_| ()))
        .map_err(|source| Unwritable {
            path: to.to_path_buf(),
            source,
        })
}
