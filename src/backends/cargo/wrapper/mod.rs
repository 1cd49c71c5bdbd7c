//! Runs this executable between Cargo and the tools that Cargo starts.
//!
//! Cargo includes paths in its fingerprints, and sccache includes them in its keys. Builds in
//! other directories would therefore not find any results. The command `__environment` prepares
//! an environment in which tools have the same names in every build. The names are links to
//! this executable: as `linker-<target>`, `sccache` and `rustc` it restores the real tools and
//! their arguments. It also starts a server of sccache, which `__sccache` stops at the end of
//! the script.
//!
//! | file | content |
//! | --- | --- |
//! | `settings` | the settings of a build, written before the script runs |
//! | `state` | the data that the environment passes to the wrappers |
//! | `environment` | the changes to the variables of the script |
//! | `linker`, `sccache`, `rustc` | the wrappers |
//! | `server`, `server_address` | the private server of sccache |
//!
//! A wrapper runs once for each crate, so it does not set up anything: no log, no threads, and
//! no parser for command lines.

mod arguments;
mod c_compilers;
pub(crate) mod environment;
mod errors;
mod here;
mod key;
mod linker;
mod process;
mod rustc;
mod sccache;
mod server;
mod server_address;
pub(crate) mod settings;
pub(crate) mod shared;
pub(crate) mod state;
mod statistics;
mod variables;

use std::ffi::OsString;
use std::path::Path;

use miette::Report;

use crate::backend::script_call::{ScriptAnswer, ScriptCall};

/// The command that prepares the environment of a script.
pub(crate) const ENVIRONMENT: &str = "__environment";

/// The command that controls the server of sccache.
pub(crate) const SERVER: &str = "__sccache";

/// The argument that stops the server.
pub(crate) const STOP: &str = "stop";

/// Does what a build script, Cargo, sccache or rustc requests from this executable. `None` if a
/// user called it.
pub(crate) fn answer(call: &ScriptCall<'_>) -> Option<Result<ScriptAnswer, Report>> {
    let words: Vec<&str> = call.arguments.iter().map_while(|it| it.to_str()).collect();
    let done = |result: Result<u8, errors::WrapperError>| {
        Some(result.map(ScriptAnswer::Done).map_err(Report::from))
    };
    match words.as_slice() {
        [ENVIRONMENT, settings, file] => {
            let prepared = environment::prepare(Path::new(settings));
            let file = Path::new(file).to_path_buf();
            return Some(prepared.map(|steps| ScriptAnswer::Environment { steps, file }));
        }
        [SERVER, STOP, state] => return done(server::stop(Path::new(state))),
        _ => {}
    }
    // Only links that `environment` creates have these names.
    let arguments: &[OsString] = call.arguments;
    match call.name {
        "sccache" => done(sccache::compile(arguments)),
        "rustc" => done(rustc::compile(arguments)),
        name => {
            let target = name.strip_prefix(linker::PREFIX)?;
            done(linker::link(target, arguments))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_calls_of_a_script_are_answered() {
        let answered = |name: &str, arguments: &[&str]| {
            let arguments: Vec<OsString> = arguments.iter().map(OsString::from).collect();
            let arguments = arguments.as_slice();
            answer(&ScriptCall { name, arguments }).is_some()
        };
        for name in ["pixi-build-rust", "pixi-build-cmake", "renamed"] {
            assert!(!answered(name, &[]));
            assert!(!answered(name, &["build", "examples/hello"]));
            assert!(answered(name, &[ENVIRONMENT, "/not/there", "file"]));
            assert!(answered(name, &[SERVER, STOP, "/not/there"]));
        }
        // Without the variables of a build, the wrappers return an error.
        for name in ["sccache", "rustc", "linker-X86_64_UNKNOWN_LINUX_GNU"] {
            assert!(answered(name, &["-vV"]));
        }
    }
}
