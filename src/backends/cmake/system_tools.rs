//! CMake, ninja and the compilers of this machine.

use miette::{Diagnostic, Report};
use rattler_conda_types::Subdir;
use thiserror::Error;

use crate::backend::tools::on_path;
use crate::backend::{Env, Platforms, SystemTools};

/// Programs that every build needs.
const NEEDED: [&str; 2] = ["cmake", "ninja"];

/// Programs that are linked if they exist.
const TAKEN: [&str; 13] = [
    "ctest",
    "cpack",
    "cc",
    "c++",
    "gcc",
    "g++",
    "clang",
    "clang++",
    "gfortran",
    "nvcc",
    "pkg-config",
    "ccache",
    "sccache",
];

/// The programs, under the names that CMake searches for.
///
/// # Errors
/// [`NoTool`], [`NotHere`].
pub(super) fn find(env: &Env, platforms: Platforms) -> Result<SystemTools, Report> {
    if platforms.build != platforms.host {
        return Err(NotHere(platforms.host).into());
    }
    let mut programs = Vec::new();
    for tool in NEEDED {
        programs.push(on_path(env, tool).ok_or(NoTool { tool })?);
    }
    programs.extend(TAKEN.iter().filter_map(|tool| on_path(env, tool)));
    Ok(SystemTools {
        programs,
        variables: Vec::new(),
        packages: vec!["cmake", "ninja"],
    })
}

/// A program is not installed.
#[derive(Debug, Error, Diagnostic)]
#[error("there is no `{tool}` on `PATH`")]
#[diagnostic(
    code(toolchain::no_tool),
    help("install CMake, ninja and a compiler, or build without `--system-toolchain`")
)]
struct NoTool {
    tool: &'static str,
}

/// The compilers of this machine cannot build for another platform.
#[derive(Debug, Error, Diagnostic)]
#[error("the compilers of this machine do not build for {0}")]
#[diagnostic(
    code(toolchain::no_target),
    help("build without `--system-toolchain`: conda has compilers for other platforms")
)]
struct NotHere(Subdir);
