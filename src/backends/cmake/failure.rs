//! Why a build with CMake failed.
//!
//! Each detector looks for one kind of failure in the log; the first that recognizes its
//! own explains it.

mod blocks;
mod compiler;
mod configure;
mod install;
mod packages;
mod tests;

use super::view::View;
use crate::backend::failure::{Diagnosis, full_disk};
use crate::backend::log::Log;
pub(super) use install::{nothing_installed, outside, unused};

/// Recognizes one kind of failure.
type Detector = fn(&View<'_>, &Log) -> Option<Diagnosis>;

/// From causes to consequences: a compiler that was killed also shows as a failed step.
const DETECTORS: [Detector; 15] = [
    |_, log| full_disk(log),
    configure::no_program,
    configure::old_project,
    configure::old_cmake,
    packages::missing,
    packages::missing_for_pkg_config,
    configure::no_compiler,
    compiler::no_scanner,
    compiler::killed,
    compiler::foreign_program,
    compiler::errors,
    compiler::step,
    tests::failed,
    install::failed,
    configure::errors,
];

/// Why the script failed.
pub(super) fn diagnose(view: &View<'_>, log: &Log) -> Option<Diagnosis> {
    DETECTORS.iter().find_map(|detector| detector(view, log))
}
