//! Calls of this executable by a build script and by the tools that the script starts.
//!
//! A backend may put this executable between a build tool and the tools that the build tool starts:
//! under another name, through a link, or as a command that users do not see. Such a call starts no
//! log, no threads and no process that watches it.

use std::ffi::OsString;
use std::path::PathBuf;

use crate::backend::script::Step;

/// A command line of this executable.
#[derive(Debug, Clone, Copy)]
pub struct ScriptCall<'a> {
    /// The name of the executable, without its directory and extension.
    pub name: &'a str,
    /// The arguments after the name.
    pub arguments: &'a [OsString],
}

/// The result of a call.
#[derive(Debug, PartialEq, Eq)]
pub enum ScriptAnswer {
    /// The call is complete; the value is the exit code.
    Done(u8),
    /// Steps that the calling shell has to run itself.
    Environment {
        /// The steps.
        steps: Vec<Step>,
        /// The file in which the script expects the steps, in the language of the shell.
        file: PathBuf,
    },
}
