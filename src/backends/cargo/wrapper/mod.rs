//! This executable between Cargo and the tools that Cargo starts.
//!
//! Cargo puts paths into its fingerprints, sccache puts them into its keys, and builds in
//! other folders would find nothing again. So the build script asks this executable for an
//! environment in which tools have names that are the same everywhere (`__environment`), and
//! behind these names is this executable again: as `linker-<target>`, as `sccache` and as
//! `rustc` it puts the real tools and their arguments in place. It starts the server of
//! sccache together with the environment, and ends it with the script (`__sccache`).
//!
//! | file | holds |
//! | --- | --- |
//! | `settings` | what the plan says about a build: written before the script runs |
//! | `state` | what the environment has found out: read by the wrappers |
//! | `environment` | the variables of the script, and what becomes of them |
//! | `linker`, `sccache`, `rustc` | the wrappers |
//! | `server`, `server_address` | the private server of sccache |
//!
//! A wrapper runs for each crate, so it sets up nothing: no log, no threads, no parser of
//! command lines.

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

/// The command about the server of sccache.
pub(crate) const SERVER: &str = "__sccache";

/// Ends it.
pub(crate) const STOP: &str = "stop";

/// What a build script, Cargo, sccache or rustc wants from this executable. `None` where a
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
    // Only what this executable has made has such a name: see `environment`.
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
        // Without the variables of a build they do nothing.
        for name in ["sccache", "rustc", "linker-X86_64_UNKNOWN_LINUX_GNU"] {
            assert!(answered(name, &["-vV"]));
        }
    }
}
