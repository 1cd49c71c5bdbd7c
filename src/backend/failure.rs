//! Why a build failed, in words that help.
//!
//! The log of a build says it all, somewhere between a thousand lines. A backend reads
//! the log of its tools with [`Detector`]s: pure functions over text, each of which
//! recognizes one kind of failure.

use std::path::PathBuf;

use miette::SourceSpan;

use crate::backend::log::Log;
use crate::diagnostic::SourceFile;

/// How many errors of a compiler, or lines of a log, are quoted.
pub const QUOTED: usize = 5;

/// What is wrong, as far as one kind of failure goes.
#[derive(Debug, Clone, Default)]
pub struct Diagnosis {
    /// Of the diagnostic, as in `build::compile_error`.
    pub code: &'static str,
    /// One line, lower case, without a full stop.
    pub message: String,
    /// Quoted from the log, one line each.
    pub details: Vec<String>,
    /// What to do about it.
    pub help: Option<String>,
    /// What compilers found in the code, when that is what is wrong.
    pub errors: Vec<CodeError>,
    /// A place in a file of the user's that has to change.
    pub place: Option<Place>,
}

/// A place in a file that exists on the user's disk.
#[derive(Debug, Clone)]
pub struct Place {
    /// The file.
    pub file: SourceFile,
    /// Where in it.
    pub at: SourceSpan,
    /// What is there, in a few words.
    pub label: String,
}

/// An error that a compiler found in the code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeError {
    /// What the compiler says.
    pub message: String,
    /// Absolute when the file was found.
    pub file: PathBuf,
    /// Counted from 1.
    pub line: usize,
    /// Counted from 1.
    pub column: usize,
}

/// Recognizes one kind of failure.
pub type Detector = fn(&Log) -> Option<Diagnosis>;

/// The first diagnosis that any of `detectors` makes. They stand from causes to
/// consequences: a full disk also shows as a failed link.
pub fn first(detectors: &[Detector], log: &Log) -> Option<Diagnosis> {
    detectors.iter().find_map(|detector| detector(log))
}

/// What helps where a disk is full.
pub const MAKE_ROOM: &str =
    "make room on the disk of the workspace; `pixi clean` removes its old builds";

/// The disk is full, or a linker died the way it does when it is.
pub fn full_disk(log: &Log) -> Option<Diagnosis> {
    let full = log.has("No space left on device") || log.has("os error 28");
    // A linker maps its output into memory, and there is no disk behind it.
    let mapped = log.has("terminated with signal 7 [Bus error]");
    if !full && !mapped {
        return None;
    }
    let message = if full {
        "there is no space left on the device"
    } else {
        "the linker died of a bus error, which is how a full disk looks to it"
    };
    Some(Diagnosis {
        code: "build::full_disk",
        message: message.to_string(),
        help: Some(MAKE_ROOM.to_string()),
        ..Default::default()
    })
}
