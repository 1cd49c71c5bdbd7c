//! The backends, each in a folder of its own that sees only the layers below.
//!
//! One process knows all of them: a workspace may have packages of several kinds, and any
//! executable builds each with the backend that its manifest names.

pub mod cargo;
pub mod cmake;
pub mod mojo;
pub mod python;
pub mod rattler_build;

use crate::backend::{AnyBackend, Progress};

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

/// What a line of a build's log says about how far the build is, whatever backend it is
/// of.
pub fn progress(line: &str) -> Option<Progress> {
    ALL.into_iter().find_map(|backend| backend.progress(line))
}
