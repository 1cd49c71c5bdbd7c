//! Determines the backend that this executable is.
//!
//! One file contains all backends. Its name selects one, so that a copy or link under another
//! name is another backend. Launchers (`src/launcher.rs`) pass their name as an option.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use crate::backend::AnyBackend;
use crate::backends;

/// The option that a launcher passes, before all others.
const OPTION: &str = "--backend";

/// The backend that a command line selects, and the command line without that option.
pub(super) fn identify(
    arguments: impl IntoIterator<Item = OsString>,
) -> (&'static dyn AnyBackend, Vec<OsString>) {
    let mut arguments: Vec<OsString> = arguments.into_iter().collect();
    let stem = arguments.first().and_then(|own| Path::new(own).file_stem());
    let mut backend = stem.and_then(named);
    // The watching process inserts its own option before the others.
    let at = (1..3).find(|at| {
        arguments
            .get(*at)
            .is_some_and(|argument| argument == OPTION)
    });
    if let Some(at) = at
        && let Some(wanted) = arguments.get(at + 1).and_then(|name| named(name))
    {
        backend = Some(wanted);
        arguments.drain(at..at + 2);
    }
    (backend.unwrap_or(backends::ALL[0]), arguments)
}

fn named(name: &OsStr) -> Option<&'static dyn AnyBackend> {
    backends::by_name(name.to_str()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name_of(arguments: &[&str]) -> (&'static str, usize) {
        let (backend, rest) = identify(arguments.iter().map(OsString::from));
        (backend.name(), rest.len())
    }

    #[test]
    fn the_name_of_the_file_or_the_option_of_a_launcher_decides() {
        for backend in backends::ALL {
            let name = backend.name();
            assert_eq!(name_of(&[&format!("/bin/{name}.exe"), "build"]), (name, 2));
            let launched = ["pixi-build-rust", "--backend", name, "build"];
            assert_eq!(name_of(&launched), (name, 2));
            let watched = [
                "pixi-build-rust",
                "--watched-by=1",
                "--backend",
                name,
                "build",
            ];
            assert_eq!(name_of(&watched), (name, 3));
        }
        assert_eq!(name_of(&["/tmp/renamed"]), ("pixi-build-rust", 1));
    }
}
