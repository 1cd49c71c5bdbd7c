//! Starts the executable that holds all backends under the name of one of them.
//!
//! `pixi-build-rust` is that executable; its siblings are programs of a few kilobytes that
//! end up being it. A part of each of them rather than of the library, so that none of them
//! links what a backend is made of.

use std::path::PathBuf;
use std::process::{Command, ExitCode};

/// The executable that holds all backends, without the ending that programs have here.
const HOLDER: &str = "pixi-build-rust";

/// Becomes the backend `name`.
pub fn launch(name: &str) -> ExitCode {
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
    // What a link points to is beside its siblings.
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
