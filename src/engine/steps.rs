//! Steps that builds of drafted recipes and of recipes that a user wrote share.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use miette::{Context, IntoDiagnostic, Report};
use rattler_build_core::tool_configuration::Configuration;
use rattler_build_core::types::Output;
use rattler_build_script::InterpreterError;
use rattler_conda_types::package::{PathType, PathsJson};

use crate::disk;
use crate::engine::failure::{SCRIPT_FAILED, SCRIPT_STATUS};
#[cfg(unix)]
use crate::engine::script_process;

/// A package, and the files that were packed.
pub(super) struct Packed {
    pub(super) output: Output,
    pub(super) archive: PathBuf,
    /// The files, relative to the host prefix.
    pub(super) installed: BTreeSet<PathBuf>,
}

/// Runs the script of `output`. The error is that of rattler-build.
///
/// # Errors
/// A script that fails, or whose interpreter is missing or unknown.
#[cfg(unix)]
pub(super) async fn execute(output: &Output, _: &Configuration) -> Result<(), InterpreterError> {
    script_process::run(output).await
}

/// The same, where there is no bash.
///
/// # Errors
/// The same.
#[cfg(not(unix))]
pub(super) async fn execute(
    output: &Output,
    tools: &Configuration,
) -> Result<(), InterpreterError> {
    output.run_build_script(tools).await
}

/// Runs the script of `output`.
///
/// # Errors
/// The same, as the user sees it.
pub(super) async fn script(output: &Output, tools: &Configuration) -> Result<(), Report> {
    execute(output, tools).await.map_err(explained)
}

/// The error of a script, as the user sees it.
pub(super) fn explained(error: InterpreterError) -> Report {
    match error {
        InterpreterError::ExecutionFailed(reason) => not_executed(reason),
        InterpreterError::InterpreterNotFound(interpreter) => {
            miette::miette!("interpreter `{interpreter}` was not found in the build environment")
        }
        InterpreterError::InvalidInterpreter {
            interpreter,
            reason,
        } => miette::miette!("interpreter `{interpreter}` was found but is not valid: {reason}"),
        InterpreterError::UnsupportedInterpreter(interpreter) => {
            let nearest = rattler_build_script::closest_interpreter(&interpreter);
            let help = nearest.map(|nearest| format!("`{nearest}` is one"));
            match help {
                Some(help) => {
                    miette::miette!(
                        help = help,
                        "`{interpreter}` is not a supported interpreter"
                    )
                }
                None => miette::miette!("`{interpreter}` is not a supported interpreter"),
            }
        }
    }
}

/// The error for a script that failed, or that could not be written or started. rattler-build
/// has one type of error for all of these; tests with failing builds notice when the words
/// change.
fn not_executed(reason: io::Error) -> Report {
    if reason.to_string().starts_with(SCRIPT_STATUS) {
        return miette::miette!("{SCRIPT_FAILED}");
    }
    if reason.kind() == io::ErrorKind::InvalidInput {
        return miette::miette!("{reason}");
    }
    let failed = Err::<(), _>(reason).into_diagnostic();
    let failed = failed.wrap_err("the script could not be written or started");
    failed
        .err()
        .unwrap_or_else(|| miette::miette!("{SCRIPT_FAILED}"))
}

/// Removes a package that must not be used, because a channel would offer it. Returns the reason.
pub(super) fn refuse(archive: &Path, reason: Report) -> Report {
    if let Err(error) = disk::remove_file(archive) {
        tracing::warn!("{error}");
    }
    reason
}

/// The paths of the symbolic links in a package.
pub(super) fn links(paths: &PathsJson) -> Vec<String> {
    let entries = paths.paths.iter();
    let links = entries.filter(|entry| entry.path_type == PathType::SoftLink);
    links
        .map(|entry| entry.relative_path.display().to_string())
        .collect()
}
