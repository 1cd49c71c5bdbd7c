//! Explains why a build with CMake failed.
//!
//! Each detector recognizes one kind of failure in the log. The first match explains it.

mod blocks;
mod called;
mod commands;
mod compiler;
mod configure;
mod install;
mod named;
mod optional;
mod packages;
mod tests;

use super::view::View;
use crate::backend::failure::{Diagnosis, full_disk};
use crate::backend::log::Log;
pub(super) use install::{nothing_installed, outside, unused};

/// Recognizes one kind of failure.
type Detector = fn(&View<'_>, &Log) -> Option<Diagnosis>;

/// Ordered from causes to consequences: a killed compiler also appears as a failed step.
const DETECTORS: [Detector; 24] = [
    |_, log| full_disk(log),
    configure::no_program,
    configure::old_project,
    configure::old_cmake,
    configure::no_network,
    configure::empty_directory,
    configure::missing_source,
    commands::unknown,
    packages::missing,
    packages::missing_for_pkg_config,
    packages::missing_file,
    packages::not_found,
    configure::no_compiler,
    compiler::no_scanner,
    compiler::killed,
    compiler::foreign_program,
    compiler::errors,
    compiler::step,
    compiler::no_rule,
    named::unknown_target,
    tests::failed,
    install::failed,
    named::unknown_argument,
    configure::errors,
];

/// The reason why the script failed.
pub(super) fn diagnose(view: &View<'_>, log: &Log) -> Option<Diagnosis> {
    DETECTORS.iter().find_map(|detector| detector(view, log))
}
