//! The backends. Each has its own directory and imports only the layers below.
//!
//! One process contains all backends, because a workspace may have packages of several kinds: each
//! executable builds a package with the backend that its manifest names.

pub mod cargo;
pub mod cmake;
pub mod mojo;
pub mod python;
pub mod rattler_build;

#[cfg(test)]
mod schema;

use std::path::Path;

use miette::Report;

use crate::backend::{AnyBackend, Progress, ScriptAnswer, ScriptCall};

/// Every backend of this project.
pub static ALL: [&'static dyn AnyBackend; 5] = [
    &cargo::Cargo,
    &cmake::CMake,
    &mojo::Mojo,
    &python::Python,
    &rattler_build::RattlerBuild,
];

/// The backend whose executable is called `name`.
pub fn by_name(name: &str) -> Option<&'static dyn AnyBackend> {
    ALL.into_iter().find(|backend| backend.name() == name)
}

/// The backend whose name is misspelled as `name`: it differs by one edit, by `-` and `_`, or by
/// capital letters. Other backends exist whose names differ by two edits, such as `pixi-build-ros`.
pub fn misspelled(name: &str) -> Option<&'static str> {
    let letters = |name: &str| name.to_lowercase().replace(['-', '_'], "");
    let names = ALL.into_iter().map(|backend| backend.name());
    let mut names = names.filter(|known| *known != name);
    names.find(|known| {
        letters(known) == letters(name) || strsim::damerau_levenshtein(known, name) == 1
    })
}

/// The name of a backend for the project at `path`, a directory or its manifest, by the files there.
pub fn that_may_build(path: &Path) -> &'static str {
    let folder = if path.is_file() {
        path.parent()
    } else {
        Some(path)
    };
    let has = |file: &&str| folder.is_some_and(|folder| folder.join(file).is_file());
    // Python projects may contain a crate or a CMake project.
    let (_, name) = [
        (
            &["recipe.yaml", "recipe.yml"][..],
            "pixi-build-rattler-build",
        ),
        (&["pyproject.toml", "setup.py"], "pixi-build-python"),
        (&["CMakeLists.txt"], "pixi-build-cmake"),
        (&["mojoproject.toml"], "pixi-build-mojo"),
    ]
    .into_iter()
    .find(|(files, _)| files.iter().any(has))
    .unwrap_or((&[], "pixi-build-rust"));
    name
}

/// Handles a call of this executable by a build script of any backend. `None` if a user called it.
pub fn answer_script(call: &ScriptCall<'_>) -> Option<Result<ScriptAnswer, Report>> {
    ALL.into_iter()
        .find_map(|backend| backend.answer_script(call))
}

/// The progress that a line of a build's log reports, for any backend.
pub fn progress(line: &str) -> Option<Progress> {
    ALL.into_iter().find_map(|backend| backend.progress(line))
}

/// The JSON schema of manifests for the backend `name`. A test keeps it current.
pub fn schema(name: &str) -> Option<&'static str> {
    Some(match name {
        "pixi-build-rust" => include_str!("../../schema/pixi-build-rust.json"),
        "pixi-build-cmake" => include_str!("../../schema/pixi-build-cmake.json"),
        "pixi-build-mojo" => include_str!("../../schema/pixi-build-mojo.json"),
        "pixi-build-python" => include_str!("../../schema/pixi-build-python.json"),
        "pixi-build-rattler-build" => include_str!("../../schema/pixi-build-rattler-build.json"),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_of_a_project_suggest_a_backend() {
        let folder = tempfile::tempdir().unwrap();
        for (file, backend) in [
            ("Cargo.toml", "pixi-build-rust"),
            ("CMakeLists.txt", "pixi-build-cmake"),
            ("pyproject.toml", "pixi-build-python"),
            ("recipe.yaml", "pixi-build-rattler-build"),
        ] {
            fs_err::write(folder.path().join(file), "").unwrap();
            assert_eq!(that_may_build(folder.path()), backend);
            assert_eq!(that_may_build(&folder.path().join(file)), backend);
        }
    }

    #[test]
    fn a_name_that_is_nearly_that_of_a_backend_is_misspelled() {
        for (name, meant) in [
            ("pixi-build-pyhton", Some("pixi-build-python")),
            ("pixi-build-rus", Some("pixi-build-rust")),
            ("pixi_build_cmake", Some("pixi-build-cmake")),
            ("pixi-build-rattlerbuild", Some("pixi-build-rattler-build")),
            ("Pixi-Build-Mojo", Some("pixi-build-mojo")),
            ("pixi-build-rust", None),
            ("pixi-build-ros", None),
            ("pixi-build-r", None),
            ("pixi-build-go", None),
        ] {
            assert_eq!(misspelled(name), meant, "{name}");
        }
    }
}
