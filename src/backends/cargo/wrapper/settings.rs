//! The settings of the environment of a build script, which its plan contains.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::backends::cargo::wrapper::errors::WrapperError;

/// The file with the settings, in the directory of the wrappers.
pub(crate) const FILE: &str = "settings.json";

/// The parts of the environment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Settings {
    /// The use of the shared tree.
    pub(crate) shared: Option<SharedSettings>,
    /// The use of a compiler cache with a server for this build alone.
    pub(crate) cache: Option<CacheSettings>,
}

/// How a build uses the shared tree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SharedSettings {
    /// The shared tree.
    pub(crate) folder: PathBuf,
    /// The directory in which Cargo keeps intermediate artifacts.
    pub(crate) build_dir: PathBuf,
    /// The path in which a program searches for libraries, relative to its own directory.
    /// `None` on platforms whose programs do not contain such a path.
    pub(crate) run_path: Option<String>,
    /// The top directory of the user's project.
    pub(crate) top: PathBuf,
    /// The directory of the crate.
    pub(crate) crate_folder: PathBuf,
    /// The names of the path crates that have a build script.
    pub(crate) scripted: Vec<String>,
    /// The arguments of a cargo command that fails in the directory of the crate if the lock
    /// file does not match the manifests. Empty if the lock file does not matter.
    pub(crate) lock_file_check: Vec<String>,
    /// How files are linked that are not programs in `bin`. `None` for such programs.
    pub(crate) linking: Option<Linking>,
}

/// How files are linked that another backend installs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Linking {
    /// Arguments of the linker that replace the run path of programs. `$PREFIX` stands for the
    /// host environment.
    pub(crate) arguments: Vec<String>,
    /// The variable for flags of rustc that contains the arguments if the linker of the target
    /// has no wrapper.
    pub(crate) variable: String,
}

impl Linking {
    /// The same with the path of the host environment.
    pub(crate) fn in_prefix(&self, host_prefix: &str) -> Self {
        let arguments = self.arguments.iter();
        Self {
            arguments: arguments
                .map(|argument| argument.replace("$PREFIX", host_prefix))
                .collect(),
            variable: self.variable.clone(),
        }
    }
}

impl SharedSettings {
    /// The same settings for files that are linked in another way.
    pub(crate) fn linked_by(self, linking: Linking) -> Self {
        Self {
            linking: Some(linking),
            ..self
        }
    }
}

/// How a build uses sccache.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CacheSettings {
    /// The local storage, unless the user chooses another storage.
    pub(crate) storage: PathBuf,
    /// The top directory of the user's project.
    pub(crate) top: PathBuf,
    /// The fingerprint of the variables that the user sets.
    pub(crate) variables: Option<String>,
    /// The home directory, which contains the user's credentials and configuration of sccache.
    pub(crate) home: Option<PathBuf>,
    /// The names of the variables that are passed on for the cache. They are removed after the
    /// server was started, except for those that affect single compilations.
    pub(crate) forwarded: Vec<String>,
}

impl Settings {
    /// Whether the script needs no environment from this executable.
    pub(crate) fn is_empty(&self) -> bool {
        self.shared.is_none() && self.cache.is_none()
    }

    /// The text of the file.
    pub(crate) fn text(&self) -> String {
        // All paths are Unicode, because they come from JSON and from `Env`. The conversion
        // therefore cannot fail.
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }

    /// # Errors
    /// A file that does not exist, or that another version has written.
    pub(crate) fn read(path: &Path) -> Result<Self, WrapperError> {
        read(path)
    }
}

/// Reads a file that this executable has written.
///
/// # Errors
/// A file that does not exist, or that another version has written.
pub(super) fn read<T: for<'a> Deserialize<'a>>(path: &Path) -> Result<T, WrapperError> {
    let text = std::fs::read(path).map_err(|source| WrapperError::unreadable(path, source))?;
    serde_json::from_slice(&text).map_err(|error| WrapperError::BadFile {
        path: path.to_path_buf(),
        reason: error.to_string(),
    })
}
