//! What a plan says about the environment of its build script.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::backends::cargo::wrapper::errors::WrapperError;

/// The file with the settings, in the folder of the wrappers.
pub(crate) const FILE: &str = "settings.json";

/// What the environment is to offer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Settings {
    /// Artifacts shared by the builds of a workspace.
    pub(crate) shared: Option<SharedSettings>,
    /// A compiler cache with a server of its own.
    pub(crate) cache: Option<CacheSettings>,
}

/// How a build takes part in what a workspace shares.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SharedSettings {
    /// The folder of the workspace.
    pub(crate) folder: PathBuf,
    /// Where Cargo keeps intermediate artifacts.
    pub(crate) build_dir: PathBuf,
    /// Where a program looks for libraries, seen from its own folder. `None` on platforms
    /// whose programs have no such list.
    pub(crate) run_path: Option<String>,
    /// The folder with everything of the user's.
    pub(crate) top: PathBuf,
    /// The folder of the crate.
    pub(crate) crate_folder: PathBuf,
    /// The crates on this disk that have a build script.
    pub(crate) scripted: Vec<String>,
    /// Arguments of a cargo that fails in there when the lock file does not fit.
    pub(crate) lock_file_check: Vec<String>,
}

/// How sccache is used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CacheSettings {
    /// The folder for what was compiled, unless the user has chosen a storage.
    pub(crate) storage: PathBuf,
    /// The folder with everything of the user's.
    pub(crate) top: PathBuf,
    /// Stands for the variables of the configuration.
    pub(crate) variables: Option<String>,
    /// Where the user keeps credentials and the configuration of sccache.
    pub(crate) home: Option<PathBuf>,
    /// Variables for the server alone.
    pub(crate) forwarded: Vec<String>,
}

impl Settings {
    /// Whether there is nothing to do.
    pub(crate) fn is_empty(&self) -> bool {
        self.shared.is_none() && self.cache.is_none()
    }

    /// The text of the file.
    pub(crate) fn text(&self) -> String {
        // Every path comes from JSON, so it is Unicode.
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }

    /// # Errors
    /// A file that is not there or not one of this version.
    pub(crate) fn read(path: &Path) -> Result<Self, WrapperError> {
        read(path)
    }
}

/// Reads a file that this executable has written.
///
/// # Errors
/// A file that is not there or not one of this version.
pub(super) fn read<T: for<'a> Deserialize<'a>>(path: &Path) -> Result<T, WrapperError> {
    let text = std::fs::read(path).map_err(|source| WrapperError::unreadable(path, source))?;
    serde_json::from_slice(&text).map_err(|error| WrapperError::BadFile {
        path: path.to_path_buf(),
        reason: error.to_string(),
    })
}
