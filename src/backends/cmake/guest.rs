//! Tells another backend, whose build tool starts CMake, which compilers the project needs and what
//! configuring read.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::unreported;
use super::{globs, project, requirements};
use crate::backend::GlobSet;

/// The compilers of a project.
#[derive(Debug)]
pub(crate) struct Compilers {
    /// The languages in conda's spelling; empty if the project does not tell which it enables.
    pub(crate) languages: Vec<&'static str>,
    /// The files that were read to find out. The first may not exist.
    pub(crate) files: Vec<PathBuf>,
}

impl Compilers {
    /// Reads `CMakeLists.txt` in the top directory of a project.
    pub(crate) fn of(folder: &Path) -> Self {
        let file = folder.join("CMakeLists.txt");
        let text = std::fs::read_to_string(&file).unwrap_or_default();
        let project = project::read(&text, folder);
        let enabled = project.languages.unwrap_or_default();
        Self {
            languages: requirements::packages(&enabled).collect(),
            files: std::iter::once(file).chain(project.files).collect(),
        }
    }
}

/// The arguments with which CMake writes the trace that [`Configured::of`] reads, to the file whose
/// path follows the last one.
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
