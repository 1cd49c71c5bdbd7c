//! The directories of a build.

use std::path::PathBuf;

use crate::backend::named::Named;

/// The directories that a build uses and writes to.
#[derive(Debug, Clone)]
pub struct BuildPaths {
    /// Everything in this directory was created by a build, except for `sources`.
    pub work_directory: PathBuf,
    /// The copy of the checkout in the work directory, if the build took place in one.
    pub sources: Option<PathBuf>,
    /// The directory that contains aliases of the other directories, when the script used
    /// them.
    pub alias: Option<PathBuf>,
    /// The directory in which the script ran.
    pub script_folder: PathBuf,
    /// The name that the script has for its directory: an alias if the path contains special
    /// characters.
    pub script_name: PathBuf,
    /// The prefix with the tools of the build.
    pub build_prefix: PathBuf,
    /// The prefix into which the script installed.
    pub host_prefix: PathBuf,
    /// The directory that contains the package.
    pub packages: PathBuf,
    /// The files that a user's recipe names.
    pub named: Named,
}

impl BuildPaths {
    /// The directories whose whole content was created by builds.
    pub fn created(&self) -> Vec<PathBuf> {
        if self.sources.is_none() {
            return vec![self.work_directory.clone()];
        }
        let folders = [
            &self.script_folder,
            &self.build_prefix,
            &self.host_prefix,
            &self.packages,
        ];
        folders.into_iter().cloned().collect()
    }
}
