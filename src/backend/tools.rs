//! The tools of this machine in place of a build environment (`--system-toolchain`).

use std::path::{Path, PathBuf};

use crate::backend::Env;

/// What goes into the prefixes of a build that solves no environment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SystemTools {
    /// Programs, each linked into `bin` of the build prefix under its own file name.
    pub programs: Vec<PathBuf>,
    /// Environment variables that the activation of the build environment sets.
    pub variables: Vec<(String, String)>,
    /// What is taken from the machine beside the links, by the name of its conda package.
    pub packages: Vec<&'static str>,
}

/// The program `name` on the `PATH` of `env`, with the ending that programs have here.
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
