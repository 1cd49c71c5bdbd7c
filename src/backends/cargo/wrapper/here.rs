//! The directories of a running build script, and the links that it needs.

use std::path::{Path, PathBuf};

use crate::backend::script::Word;
use crate::backends::cargo::wrapper::errors::WrapperError;
use crate::backends::cargo::wrapper::state;
use crate::backends::cargo::wrapper::variables::Variables;

/// The directories of the running script.
#[derive(Debug)]
pub(super) struct Here {
    /// This executable.
    pub(super) executable: PathBuf,
    /// The directory in which the script runs, under the name that the shell uses.
    pub(super) folder: PathBuf,
    /// The directory that contains the wrappers.
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
        // The script may run under an alias of the directory that does not contain characters
        // which tools cannot handle. `current_dir` returns the real path.
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

/// A literal word for a path.
pub(super) fn word(path: &Path) -> Word {
    Word::literal(path.display().to_string())
}

/// Makes `link` start `executable`, under the name of the link.
///
/// # Errors
/// The link cannot be created.
#[cfg(unix)]
pub(super) fn link_to(executable: &Path, link: &Path) -> Result<(), WrapperError> {
    replace_link(executable, link)
}

/// Makes `link` start `executable`, under the name of the link. Symbolic links need privileges
/// on Windows, and hard links do not work between disks, so the file is copied if necessary.
///
/// # Errors
/// The file cannot be created.
#[cfg(not(unix))]
pub(super) fn link_to(executable: &Path, link: &Path) -> Result<(), WrapperError> {
    let unwritable = |error| WrapperError::unwritable(link, error);
    make_room(link)?;
    if std::fs::hard_link(executable, link).is_err() {
        std::fs::copy(executable, link).map_err(unwritable)?;
    }
    Ok(())
}

/// Creates a symbolic link to `to` and replaces an existing one.
///
/// # Errors
/// The link cannot be created.
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
