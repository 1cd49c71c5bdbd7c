//! Finds the Python of the machine, for `--system-toolchain`.

use std::path::PathBuf;
use std::process::Command;

use miette::{Diagnostic, Report};
use thiserror::Error;

use super::script::SYSTEM_PYTHON;
use crate::backend::tools::on_path;
use crate::backend::{Env, Platforms, SystemTools};
use crate::backends::cargo::system_tools as rust_tools;

/// The interpreter and the build tools.
///
/// # Errors
/// [`NoPython`].
pub(super) fn find(env: &Env, platforms: Platforms) -> Result<SystemTools, Report> {
    let names = ["python3", "python"];
    let found = names
        .iter()
        .find_map(|name| interpreter(&on_path(env, name)?));
    let python = found.ok_or(NoPython)?;
    let programs = ["uv", "ninja", "cmake", "meson"];
    let programs = programs.iter().filter_map(|name| on_path(env, name));
    // Only projects with Rust code need Rust, so a machine without it is not an error here.
    let rust = rust_tools::find(env, platforms).unwrap_or_default();
    let python_variable = [(SYSTEM_PYTHON.to_string(), python.display().to_string())].into_iter();
    Ok(SystemTools {
        programs: programs.chain(rust.programs).collect(),
        variables: python_variable.chain(rust.variables).collect(),
        packages: vec!["python", "uv", "pip"],
    })
}

/// The path of the interpreter that `program` runs. The program may be a launcher that selects
/// one of several interpreters.
fn interpreter(program: &std::path::Path) -> Option<PathBuf> {
    let code = "import sys; print(sys.executable)";
    let output = Command::new(program)
        .args(["-I", "-c", code])
        .output()
        .ok()?;
    let path = String::from_utf8(output.stdout).ok()?;
    let path = PathBuf::from(path.trim());
    (output.status.success() && path.is_file()).then_some(path)
}

/// The machine does not have a Python interpreter.
#[derive(Debug, Error, Diagnostic)]
#[error("there is no `python3` on the `PATH` of this machine")]
#[diagnostic(
    code(environment::no_python),
    help("install Python, or leave out `--system-toolchain` and name channels")
)]
struct NoPython;
