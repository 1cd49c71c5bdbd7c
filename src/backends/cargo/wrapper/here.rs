//! Where a build script runs, and the links that it needs there.

use std::path::{Path, PathBuf};

use crate::backend::script::Word;
use crate::backends::cargo::wrapper::errors::WrapperError;
use crate::backends::cargo::wrapper::state;
use crate::backends::cargo::wrapper::variables::Variables;

/// Where the script runs.
#[derive(Debug)]
pub(super) struct Here {
    /// This executable.
    pub(super) executable: PathBuf,
    /// The folder the script runs in, as the shell calls it.
    pub(super) folder: PathBuf,
    /// The folder of the wrappers.
    pub(super) wrappers: PathBuf,
    /// The build environment.
    pub(super) build_prefix: String,
    /// The host environment.
    pub(super) host_prefix: String,
}

impl Here {
    pub(super) fn of(variables: &Variables) -> Result<Self, WrapperError> {
        let executable = std::env::current_exe();
        let executable = executable.map_err(|error| WrapperError::unreadable("/proc", error))?;
        let folder = std::env::current_dir();
        let folder = folder.map_err(|error| WrapperError::unreadable(".", error))?;
        // A harmless name where the real one is not.
        let called = variables.path("PWD").filter(|called| {
            let real = |path: &Path| dunce::canonicalize(path).ok();
            called.is_absolute() && real(called) == real(&folder)
        });
        let folder = called.map(Path::to_path_buf).unwrap_or(folder);
        let wrappers = folder.join(state::FOLDER);
        std::fs::create_dir_all(&wrappers)
            .map_err(|error| WrapperError::unwritable(&wrappers, error))?;
        let prefix = |name| variables.get(name).unwrap_or_default().to_string();
        Ok(Self {
            executable,
            folder,
            wrappers,
            build_prefix: prefix("BUILD_PREFIX"),
            host_prefix: prefix("PREFIX"),
        })
    }
}

/// A word that means itself.
pub(super) fn word(path: &Path) -> Word {
    Word::literal(path.display().to_string())
}

/// Lets `link` start `executable`, under the name of the link.
///
/// # Errors
/// The link cannot be made.
#[cfg(unix)]
pub(super) fn link_to(executable: &Path, link: &Path) -> Result<(), WrapperError> {
    replace_link(executable, link)
}

/// Lets `link` start `executable`, under the name of the link. Symbolic links need privileges
/// on Windows, and other links do not lead to another disk.
///
/// # Errors
/// The file cannot be made.
#[cfg(not(unix))]
pub(super) fn link_to(executable: &Path, link: &Path) -> Result<(), WrapperError> {
    let unwritable = |error| WrapperError::unwritable(link, error);
    make_room(link)?;
    if std::fs::hard_link(executable, link).is_err() {
        std::fs::copy(executable, link).map_err(unwritable)?;
    }
    Ok(())
}

/// Makes a symbolic link to `to`, in the place of an earlier one.
///
/// # Errors
/// The link cannot be made.
pub(super) fn replace_link(to: &Path, link: &Path) -> Result<(), WrapperError> {
    if std::fs::read_link(link).is_ok_and(|earlier| earlier == to) {
        return Ok(());
    }
    make_room(link)?;
    symlink(to, link).map_err(|error| WrapperError::unwritable(link, error))
}

#[cfg(unix)]
fn symlink(to: &Path, link: &Path) -> std::io::Result<()> {
    std::os::unix::fs::symlink(to, link)
}

#[cfg(not(unix))]
fn symlink(to: &Path, link: &Path) -> std::io::Result<()> {
    std::os::windows::fs::symlink_dir(to, link)
}

fn make_room(link: &Path) -> Result<(), WrapperError> {
    let unwritable = |error| WrapperError::unwritable(link, error);
    if let Some(folder) = link.parent() {
        std::fs::create_dir_all(folder).map_err(unwritable)?;
    }
    match std::fs::remove_file(link) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(unwritable(error)),
        _ => Ok(()),
    }
}
