//! The backend for CMake projects: real builds with the CMake, ninja and compilers of the
//! machine, in conda packages and outside of them.

mod after_failure;
mod build;
mod edits;
mod errors;
mod options;
mod python;
mod reuse;
mod script;
mod unreported;

use test_support::cmake::BACKEND;
use test_support::project::Project;

/// The first lines of the `CMakeLists.txt` that [`project`] writes.
const HEAD: &str =
    "cmake_minimum_required(VERSION 3.15)\nproject(app VERSION 1.2.0 LANGUAGES C CXX)\n";

/// A project of one package with these lines after [`HEAD`] in its `CMakeLists.txt`.
fn project(lines: &str) -> Project {
    Project::of(BACKEND)
        .pixi_toml("[package]\nname = \"app\"\n")
        .file("CMakeLists.txt", format!("{HEAD}{lines}"))
}
