//! Steps that builds of drafted recipes and of recipes that a user wrote share.

use miette::Report;
use rattler_build_core::tool_configuration::Configuration;
use rattler_build_core::types::Output;
use rattler_build_script::InterpreterError;
use rattler_conda_types::package::{PathType, PathsJson};

use crate::engine::failure::SCRIPT_FAILED;

/// Runs the script of `output`.
///
/// # Errors
/// A script that fails, or whose interpreter is missing or unknown.
pub(super) async fn script(output: &Output, tools: &Configuration) -> Result<(), Report> {
    let ended = output.run_build_script(tools).await;
    ended.map_err(|error| match error {
        InterpreterError::ExecutionFailed(reason)
            if reason.kind() == std::io::ErrorKind::InvalidInput =>
        {
            miette::miette!("{reason}")
        }
        InterpreterError::ExecutionFailed(_) => miette::miette!("{SCRIPT_FAILED}"),
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
    })
}

/// The paths of the symbolic links in a package.
pub(super) fn links(paths: &PathsJson) -> Vec<String> {
    let entries = paths.paths.iter();
    let links = entries.filter(|entry| entry.path_type == PathType::SoftLink);
    links
        .map(|entry| entry.relative_path.display().to_string())
        .collect()
}
