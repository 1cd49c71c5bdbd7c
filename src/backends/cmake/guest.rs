//! Tells another backend, whose build tool starts CMake, what configuring read.
//!
//! The build tool passes [`ARGUMENTS`] to CMake, so that it writes a trace.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::globs;
use super::unreported;
use crate::backend::GlobSet;

/// The arguments with which CMake writes a trace to the file whose path follows the last one.
pub(crate) const ARGUMENTS: [&str; 3] = [
    "--trace-expand",
    "--trace-format=json-v1",
    "--trace-redirect=",
];

/// What the commands of the project name.
#[derive(Debug)]
pub(crate) struct Configured {
    /// The files that commands read. They may belong to anybody.
    pub(crate) read: BTreeSet<PathBuf>,
    /// The files and directories that commands copy, unpack or install. They may belong to
    /// anybody. A directory stands for all its files.
    pub(crate) copied: BTreeSet<PathBuf>,
    /// Absent files that change how the project is configured as soon as they exist. They may be
    /// anybody's.
    pub(crate) absent: BTreeSet<PathBuf>,
    /// The patterns of `file(GLOB)`, which may be anywhere.
    pub(crate) globs: Vec<GlobSet>,
}

impl Configured {
    /// Reads the trace of the last run. Without a trace, nothing was read.
    pub(crate) fn of(trace: &Path) -> Self {
        let found = unreported::of_file(trace);
        let unpacked = found.unpacked.into_values().flatten();
        let installed = found.installed.into_iter().chain(found.reported.installed);
        let globs = found.globs.iter().chain(&found.reported.globs);
        Self {
            read: found.read,
            absent: (found.checked.into_iter())
                .filter(|path| !path.exists())
                .collect(),
            copied: found
                .copied
                .into_iter()
                .chain(unpacked)
                .chain(installed)
                .collect(),
            globs: globs.map(globs::set).collect(),
        }
    }
}
