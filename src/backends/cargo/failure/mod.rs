//! Explains why a build with Cargo failed.
//!
//! Each detector searches the log for one kind of failure. The first one that finds its own
//! explains the failure. The tests use logs of real builds.

mod build_script;
mod cargo;
mod compiler;
mod configured;
mod evidence;
mod features;
mod libraries;
mod lock;
mod machine;
mod nightly;
mod own_errors;
mod profiles;
mod siblings;
mod toolchain;
mod tools;

use crate::backend::failure::{Detector, Diagnosis, first, full_disk};
use crate::backend::log::Log;
use crate::backends::cargo::context::crate_context::CrateBuild;

/// Failures that do not depend on what is built.
const SURROUNDINGS: [Detector; 11] = [
    full_disk,
    toolchain::no_cargo,
    tools::subcommand,
    lock::missing,
    lock::stale,
    machine::network,
    machine::killed,
    toolchain::old_rustc,
    toolchain::old_cargo,
    cargo::not_a_member,
    cargo::virtual_workspace,
];

/// Features, profiles, binaries and tools that the project requests and that do not exist.
const PROJECT: [fn(&Log, CrateBuild<'_>) -> Option<Diagnosis>; 9] = [
    cargo::nothing_selected,
    cargo::no_such_target,
    features::unknown,
    profiles::unknown,
    cargo::nothing_to_install,
    configured::missing_wrapper,
    configured::missing_linker,
    configured::missing_target,
    nightly::features,
];

/// Failures of single crates, from causes to consequences. An error of the compiler comes
/// first, because a missing tool that a build script works without cannot cause it.
const UNITS: [Detector; 7] = [
    compiler::errors,
    tools::old_cmake_project,
    tools::pkg_config_for_another_target,
    tools::missing,
    libraries::missing_library,
    build_script::failed,
    own_errors::quoted,
];

/// Explains why the script failed.
pub(super) fn diagnose(log: &Log, build: CrateBuild<'_>) -> Option<Diagnosis> {
    let log = &evidence::of(log);
    let in_project = || PROJECT.iter().find_map(|detector| detector(log, build));
    first(&SURROUNDINGS, log)
        .or_else(in_project)
        .or_else(|| first(&UNITS, log).map(|found| configured::with_asker(found, log, build)))
}

/// Explains why Cargo failed when another tool ran it, such as maturin.
pub(crate) fn below_another_tool(log: &Log) -> Option<Diagnosis> {
    const MACHINE: [Detector; 4] = [
        machine::network,
        machine::killed,
        toolchain::old_rustc,
        toolchain::old_cargo,
    ];
    let log = &evidence::of(log);
    first(&MACHINE, log).or_else(|| first(&UNITS, log))
}

/// Explains why nothing was installed although every command succeeded.
pub(super) fn nothing_installed(log: &Log, build: CrateBuild<'_>) -> Diagnosis {
    cargo::nothing_selected(log, build).unwrap_or_else(cargo::nothing_installed)
}

#[cfg(test)]
mod tests;
