//! Tells another backend, whose build tool starts CMake, what configuring read.
//!
//! The build tool passes [`ARGUMENTS`] to CMake, so that it writes a trace.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::globs;
use super::unreported;
use crate::backend::GlobSet;
use crate::disk::files_below;

/// The arguments with which CMake writes a trace to the file whose path follows the last one.
pub(crate) const ARGUMENTS: [&str; 3] = [
    "--trace-expand",
    "--trace-format=json-v1",
    "--trace-redirect=",
];

/// What configuring read besides the files that CMake reports itself.
#[derive(Debug)]
pub(crate) struct Configured {
    /// The files that commands read or copied. They may belong to anybody.
    pub(crate) read: BTreeSet<PathBuf>,
    /// The patterns of `file(GLOB)`, which may be anywhere.
    pub(crate) globs: Vec<GlobSet>,
}

impl Configured {
    /// Reads the trace of the last run. Without a trace, nothing was read.
    pub(crate) fn of(trace: &Path) -> Self {
        let found = unreported::of_file(trace);
        let copied = found.copied.into_iter().flat_map(files_below);
        Self {
            read: found.read.into_iter().chain(copied).collect(),
            globs: found.globs.iter().map(globs::set).collect(),
        }
    }
}
