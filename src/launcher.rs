//! Starts the executable that contains all backends under the name of one of them.
//!
//! `pixi-build-rust` is that executable. The other executables next to it are small programs that
//! start it. This file is a part of each of them and not of the library, so
//! that they do not link the code of the backends.

use std::path::PathBuf;
use std::process::{Command, ExitCode};

/// The executable that contains all backends, without the extension of the platform.
const HOLDER: &str = "pixi-build-rust";

/// Starts the backend `name`. On Unix, it replaces this process.
pub(crate) fn launch(name: &str) -> ExitCode {
    let holder = match holder() {
        Ok(holder) => holder,
        Err(error) => {
            eprintln!("{name}: this program cannot be found on the disk: {error}");
            return ExitCode::FAILURE;
        }
    };
    let mut command = Command::new(&holder);
    command.args(["--backend", name]);
    command.args(std::env::args_os().skip(1));
    let error = become_it(&mut command);
    match error {
        Ok(code) => code,
        Err(error) => {
            let holder = holder.display();
            eprintln!("{name}: cannot start {holder}, which must be beside this program: {error}");
            ExitCode::FAILURE
        }
    }
}

fn holder() -> std::io::Result<PathBuf> {
    let own = std::env::current_exe()?;
    // A link is resolved, because the other executables are next to its target.
    let own = dunce::canonicalize(&own).unwrap_or(own);
    let name = format!("{HOLDER}{}", std::env::consts::EXE_SUFFIX);
    Ok(own.with_file_name(name))
}

#[cfg(unix)]
fn become_it(command: &mut Command) -> std::io::Result<ExitCode> {
    use std::os::unix::process::CommandExt;
    Err(command.exec())
}

#[cfg(not(unix))]
fn become_it(command: &mut Command) -> std::io::Result<ExitCode> {
    let status = command.status()?;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}
