//! What has to be in place before the script of a build runs.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use miette::Report;

use crate::backend::script::ScriptFile;
use crate::diagnostic::{Unwritable, create_folder};

/// Writes the files a script needs. Other builds may be reading them: a file that
/// has the right text is left alone, any other is replaced in one step.
///
/// # Errors
/// [`Unwritable`].
pub(super) fn write(files: &[ScriptFile]) -> Result<(), Report> {
    for ScriptFile {
        path,
        text,
        executable,
    } in files
    {
        if std::fs::read(path).is_ok_and(|found| found == text.as_bytes()) {
            continue;
        }
        create_folder(path.parent().unwrap_or(path))?;
        let beside = path.with_extension(format!("part-{}", std::process::id()));
        let written = std::fs::write(&beside, text)
            .and_then(|()| {
                if *executable {
                    make_executable(&beside)
                } else {
                    Ok(())
                }
            })
            .and_then(|()| std::fs::rename(&beside, path));
        written.map_err(|source| Unwritable {
            path: path.clone(),
            source,
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

/// Waits until no other build holds `path`. The lock ends with the returned value,
/// and with the process, however that ends.
///
/// # Errors
/// [`Unwritable`].
pub(super) async fn lock(path: Option<PathBuf>) -> Result<Option<File>, Report> {
    let Some(path) = path else { return Ok(None) };
    let waiting = tokio::task::spawn_blocking(move || {
        create_folder(path.parent().unwrap_or(&path))?;
        let unwritable = |source| Unwritable {
            path: path.clone(),
            source,
        };
        let file = File::create(&path).map_err(unwritable)?;
        match file.try_lock() {
            Ok(()) => Ok(file),
            Err(TryLockError::WouldBlock) => {
                tracing::info!("waiting for another build in the same workspace");
                file.lock().map_err(unwritable)?;
                Ok(file)
            }
            Err(TryLockError::Error(source)) => Err(unwritable(source)),
        }
    });
    let locked: Result<File, Unwritable> = waiting
        .await
        .map_err(|error| miette::miette!("cannot wait for another build: {error}"))?;
    Ok(Some(locked?))
}
