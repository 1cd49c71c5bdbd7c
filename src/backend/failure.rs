//! Explains why a build failed.
//!
//! The cause is in the log of the build, among many other lines. A backend reads the log
//! of its tools with [`Detector`]s: pure functions over text, each of which recognizes
//! one kind of failure.

use std::path::PathBuf;

use miette::SourceSpan;

use crate::backend::log::Log;
use crate::diagnostic::SourceFile;

/// The maximum number of compiler errors or log lines that are quoted.
pub const QUOTED: usize = 5;

/// The cause of a failure.
#[derive(Debug, Clone, Default)]
pub struct Diagnosis {
    /// The code of the diagnostic, such as `build::compile_error`.
    pub code: &'static str,
    /// The problem in one line, in lower case, without a full stop.
    pub message: String,
    /// Lines that are quoted from the log.
    pub details: Vec<String>,
    /// The way out.
    pub help: Option<String>,
    /// The errors that compilers found in the code, when they are the cause.
    pub errors: Vec<CodeError>,
    /// The place in a file of the user that has to be changed.
    pub place: Option<Place>,
}

impl Diagnosis {
    /// Adds to a help about requirements of the build that they do not apply to a build with the
    /// tools of the machine.
    pub fn with_system_tools(mut self) -> Self {
        const OPTION: &str = "--system-toolchain";
        let of_packages = |help: &&mut String| {
            let names = |table| help.contains(&format!("package.{table}-dependencies]"));
            let is_about_one = help.starts_with("add ") || help.starts_with("write ");
            is_about_one && (names("build") || names("host")) && !help.contains(OPTION)
        };
        if let Some(help) = self.help.as_mut().filter(of_packages) {
            help.push_str("; with `--system-toolchain`, install it on this machine instead");
        }
        self
    }
}

/// A place in a file that exists on the user's disk.
#[derive(Debug, Clone)]
pub struct Place {
    /// The file.
    pub file: SourceFile,
    /// The position in the file.
    pub at: SourceSpan,
    /// A short label for the position.
    pub label: String,
}

/// An error that a compiler found in the code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeError {
    /// The message of the compiler.
    pub message: String,
    /// The file. The path is absolute if the file was found.
    pub file: PathBuf,
    /// The line, counted from 1.
    pub line: usize,
    /// The column, counted from 1.
    pub column: usize,
}

/// Recognizes one kind of failure.
pub type Detector = fn(&Log) -> Option<Diagnosis>;

/// Returns the first diagnosis of `detectors`. They are ordered from causes to
/// consequences, because a full disk also appears as a failed link.
pub fn first(detectors: &[Detector], log: &Log) -> Option<Diagnosis> {
    detectors.iter().find_map(|detector| detector(log))
}

/// The help for a full disk.
pub const MAKE_ROOM: &str =
    "make room on the disk of the workspace; `pixi clean` removes its old builds";

/// Recognizes a full disk, or a linker that died in the way it dies on a full disk.
pub fn full_disk(log: &Log) -> Option<Diagnosis> {
    let full = log.has("No space left on device") || log.has("os error 28");
    // A linker maps its output into memory, and the disk has no room for the mapped
    // pages.
    let mapped = log.has("terminated with signal 7 [Bus error]");
    if !full && !mapped {
        return None;
    }
    let message = if full {
        "there is no space left on the device"
    } else {
        "the linker ended with a bus error, which usually means that the disk is full"
    };
    Some(Diagnosis {
        code: "build::full_disk",
        message: message.to_string(),
        help: Some(MAKE_ROOM.to_string()),
        ..Default::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requirements_of_the_build_do_not_help_with_the_tools_of_the_machine() {
        let help = |help: &str| {
            let diagnosis = Diagnosis {
                help: Some(help.to_string()),
                ..Default::default()
            };
            diagnosis.with_system_tools().help.unwrap_or_default()
        };
        for table in ["package.build", "tool.pixi.package.host"] {
            let package = format!("add `zlib = \"*\"` to `[{table}-dependencies]`");
            let machine = "; with `--system-toolchain`, install it on this machine instead";
            assert_eq!(help(&package), format!("{package}{machine}"));
        }
        for other in [
            "with `--system-toolchain`, not in `[package.build-dependencies]`",
            "cargo update",
        ] {
            assert_eq!(help(other), other);
        }
    }
}
