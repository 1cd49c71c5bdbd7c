//! Where a build takes place.

use std::path::PathBuf;

use crate::backend::named::Named;

/// Where a build takes place, and leaves its traces.
#[derive(Debug, Clone)]
pub struct BuildPaths {
    /// Whatever lies in here was made by a build.
    pub work_directory: PathBuf,
    /// Below here are other names of the folders, by which the script knew them.
    pub alias: Option<PathBuf>,
    /// The folder the script ran in.
    pub script_folder: PathBuf,
    /// The prefix the tools of the build come from.
    pub build_prefix: PathBuf,
    /// The prefix the script installed into.
    pub host_prefix: PathBuf,
    /// The folder the package was put into.
    pub packages: PathBuf,
    /// What a recipe that the user wrote names on the disk.
    pub named: Named,
}
