//! Starts the program that a wrapper represents.

use std::path::Path;
use std::process::{Command, ExitStatus};

use crate::backends::cargo::wrapper::errors::WrapperError;

/// Replaces this process with `command`.
///
/// # Errors
/// The program cannot be started.
#[cfg(unix)]
pub(super) fn replace(mut command: Command) -> Result<u8, WrapperError> {
    use std::os::unix::process::CommandExt;
    let source = command.exec();
    Err(not_started(&command, source))
}

/// Runs `command` and returns its exit code, because this platform cannot replace a process.
///
/// # Errors
/// The program cannot be started.
#[cfg(not(unix))]
pub(super) fn replace(command: Command) -> Result<u8, WrapperError> {
    run(command)
}

/// Runs `command` and returns its exit code.
///
/// # Errors
/// The program cannot be started.
pub(super) fn run(mut command: Command) -> Result<u8, WrapperError> {
    let status = command.status();
    let status = status.map_err(|source| not_started(&command, source))?;
    Ok(code(status))
}

fn not_started(command: &Command, source: std::io::Error) -> WrapperError {
    WrapperError::NotStarted {
        program: Path::new(command.get_program()).to_path_buf(),
        source,
    }
}

/// The exit code. For a signal, the code that a shell would return.
fn code(status: ExitStatus) -> u8 {
    #[cfg(unix)]
    let signal = std::os::unix::process::ExitStatusExt::signal(&status).map(|it| 128 + it);
    #[cfg(not(unix))]
    let signal = None;
    let code = status.code().or(signal);
    code.and_then(|code| u8::try_from(code).ok()).unwrap_or(1)
}
