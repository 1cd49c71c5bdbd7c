//! What a build script, and the tools that it starts, want from this executable.
//!
//! A backend may put this executable between a build tool and the tools that it starts:
//! under a name of its own, by a link, or by a command that users do not see. Nothing is set
//! up when it is called: no log, no threads, no watching process.

use std::ffi::OsString;
use std::path::PathBuf;

use crate::backend::script::Step;

/// A command line of this executable.
#[derive(Debug, Clone, Copy)]
pub struct ScriptCall<'a> {
    /// What the executable is called, without folder and ending.
    pub name: &'a str,
    /// What follows the name.
    pub arguments: &'a [OsString],
}

/// What came of it.
#[derive(Debug, PartialEq, Eq)]
pub enum ScriptAnswer {
    /// Everything is done; the exit code.
    Done(u8),
    /// Steps that the shell has to do itself.
    Environment {
        /// What changes.
        steps: Vec<Step>,
        /// Where the script expects it, in its own language.
        file: PathBuf,
    },
}
