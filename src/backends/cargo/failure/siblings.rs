//! Projects that contain Rust but are built by another backend of this repository.

use std::path::Path;

use crate::backends::cargo::context::crate_context::CrateBuild;

/// The project that a library belongs to, and the help that names the backend for that project.
pub(super) fn library_for(build: CrateBuild<'_>) -> Option<(String, String)> {
    let folders = [build.root.as_path(), build.workspace.as_path()];
    let manifest = &build.request.project.manifest;
    let beside = manifest.path().parent();
    let mut folders = folders.into_iter().chain(beside);
    let (what, backend, more) = folders
        .find_map(in_folder)
        .or_else(|| by_dependency(build))?;
    let help = format!(
        "{backend} builds {what}{more}: write `backend = {{ name = \"{backend}\" }}` in `[package.build]`"
    );
    let file = manifest.path().file_name().unwrap_or_default().display();
    Some((format!("it is part of {what}"), format!("{help} of {file}")))
}

type Sibling = (&'static str, &'static str, &'static str);

const PYTHON: Sibling = (
    "a Python extension",
    "pixi-build-python",
    ", with `maturin` or `setuptools-rust` among the host dependencies",
);

/// The kind of project that the files in a directory indicate.
fn in_folder(folder: &Path) -> Option<Sibling> {
    let text = |name: &str| std::fs::read_to_string(folder.join(name)).ok();
    let tools = ["maturin", "setuptools-rust", "setuptools_rust"];
    let python = ["pyproject.toml", "setup.py"].into_iter().filter_map(text);
    let mut python = python.filter(|text| tools.iter().any(|tool| text.contains(tool)));
    if python.next().is_some() {
        return Some(PYTHON);
    }
    let cmake = ["CMakeLists.txt"].into_iter().filter_map(text).next();
    cmake.map(|_| ("a CMake project", "pixi-build-cmake", ""))
}

/// The kind of project that the dependencies of the crate indicate.
fn by_dependency(build: CrateBuild<'_>) -> Option<Sibling> {
    let dependencies = build.krate.manifest.get("dependencies")?;
    ["pyo3", "numpy", "rust-cpython", "cpython"]
        .iter()
        .any(|name| dependencies.get(name).is_some())
        .then_some(PYTHON)
}
