//! Prepares files before the script of a build runs.

use std::fs::File;
use std::path::{Path, PathBuf};

use miette::Report;

use crate::backend::script::ScriptFile;
use crate::diagnostic::Unwritable;
use crate::disk;

/// Writes the files of a script that runs in `directory`. Other builds may be reading
/// them, so a file that already has the right text is not written, and any other file is
/// replaced atomically.
///
/// # Errors
/// [`Unwritable`].
pub(super) fn write(files: &[ScriptFile], directory: &Path) -> Result<(), Report> {
    for ScriptFile {
        path,
        text,
        executable,
    } in files
    {
        let path = &directory.join(path);
        if std::fs::read(path).is_ok_and(|found| found == text.as_bytes()) {
            continue;
        }
        disk::replace(path, |beside| {
            std::fs::write(beside, text)?;
            if *executable {
                make_executable(beside)
            } else {
                Ok(())
            }
        })?;
    }
    Ok(())
}

#[cfg(unix)]
fn make_executable(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755))
}

#[cfg(not(unix))]
fn make_executable(_: &Path) -> std::io::Result<()> {
    Ok(())
}

/// Waits until no other build locks `path`, and locks it. The lock is released when the returned
/// value is dropped or the process ends.
///
/// # Errors
/// [`Unwritable`].
pub async fn alone(path: PathBuf) -> Result<File, Report> {
    let waiting = tokio::task::spawn_blocking(move || {
        if let Some(file) = disk::try_lock(&path)? {
            return Ok(file);
        }
        tracing::info!("waiting for another build, which uses {}", path.display());
        disk::lock(&path)
    });
    let locked: Result<File, Unwritable> = waiting
        .await
        .map_err(|error| miette::miette!("cannot wait for another build: {error}"))?;
    Ok(locked?)
}
