//! Starts the program that a wrapper represents.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};

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

/// Runs `command` and returns its exit code. `watch` receives each line that the program writes
/// to stderr, before this process passes the line on.
///
/// # Errors
/// The program cannot be started, or its output cannot be read.
pub(super) fn run_watched(
    mut command: Command,
    mut watch: impl FnMut(&[u8]),
) -> Result<u8, WrapperError> {
    let child = command.stderr(Stdio::piped()).spawn();
    let mut child = child.map_err(|source| not_started(&command, source))?;
    let unreadable = |source| WrapperError::unreadable(command.get_program(), source);
    let output = child.stderr.take().expect("stderr is a pipe");
    let mut output = BufReader::new(output);
    let mut line = Vec::new();
    while output.read_until(b'\n', &mut line).map_err(unreadable)? > 0 {
        watch(&line);
        // Cargo may have ended, for instance after an interrupt. The exit code still counts.
        let _ = std::io::stderr().write_all(&line);
        line.clear();
    }
    Ok(code(child.wait().map_err(unreadable)?))
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
