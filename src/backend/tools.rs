//! The tools of this machine that replace a build environment (`--system-toolchain`).

use std::path::{Path, PathBuf};

use crate::backend::Env;

/// The contents of the prefixes of a build without solved environments.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SystemTools {
    /// Programs, each linked into `bin` of the build prefix under its own file name.
    pub programs: Vec<PathBuf>,
    /// Environment variables that the activation of the build environment sets.
    pub variables: Vec<(String, String)>,
    /// The conda packages whose contents the machine provides in addition to the links.
    pub packages: Vec<&'static str>,
}

/// The program `name` on the `PATH` of `env`, with the file extension of programs on this
/// platform.
pub fn on_path(env: &Env, name: &str) -> Option<PathBuf> {
    let name = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    let path = env.get("PATH")?;
    std::env::split_paths(path)
        .map(|folder| folder.join(&name))
        .find(|file| is_program(file))
}

#[cfg(unix)]
fn is_program(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    let metadata = std::fs::metadata(file);
    metadata.is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_program(file: &Path) -> bool {
    file.is_file()
}
