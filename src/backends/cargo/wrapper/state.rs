//! The data that the wrappers of one build need.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::backends::cargo::wrapper::errors::WrapperError;
use crate::backends::cargo::wrapper::settings;

/// The variable that contains the path of the file.
pub(crate) const VARIABLE: &str = "PIXI_BUILD_RUST_STATE";

/// The directory that contains the wrappers, below the directory in which the script runs.
pub(crate) const FOLDER: &str = ".pixi-build-rust";

/// The file in that directory.
pub(crate) const FILE: &str = "state.json";

/// The data that `__environment` writes and that the wrappers read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct State {
    /// The linkers that were replaced with wrappers, by target in the spelling of variables.
    pub(super) linkers: BTreeMap<String, Linker>,
    /// The compiler cache, if the build uses one.
    pub(super) cache: Option<CacheState>,
}

/// A real linker.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Linker {
    pub(super) program: PathBuf,
    /// Arguments that contain a prefix. They follow the arguments of rustc.
    pub(super) arguments: Vec<String>,
    /// An argument of rustc that is not passed on.
    pub(super) left_out: Option<String>,
}

/// The programs between Cargo and the compilers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CacheState {
    /// The real sccache.
    pub(super) sccache: PathBuf,
    /// The wrapper that sccache uses as rustc.
    pub(super) rustc: PathBuf,
    /// The program that stands in for each compiler of the build environment. `None` if none is
    /// needed.
    pub(super) compiler: Option<PathBuf>,
    /// The directory for links to that program. It is also the directory of the server.
    pub(super) stand_ins: PathBuf,
    /// The build environment. Its path does not contain links.
    pub(super) build_prefix: PathBuf,
    /// The top directory of the user's project.
    pub(super) top: PathBuf,
    /// The fingerprint of the variables that the user sets.
    pub(super) variables: Option<String>,
    /// The process ID of the server.
    pub(super) server: u32,
}

impl State {
    /// The state of the build to which this process belongs.
    ///
    /// # Errors
    /// There is no state, or it cannot be read.
    pub(super) fn of_build() -> Result<Self, WrapperError> {
        let path = std::env::var_os(VARIABLE).ok_or(WrapperError::NotSet(VARIABLE))?;
        Self::read(Path::new(&path))
    }

    /// The compiler cache of the build to which this process belongs.
    ///
    /// # Errors
    /// There is no state, it cannot be read, or its build does not use a cache.
    pub(super) fn cache_of_build() -> Result<CacheState, WrapperError> {
        let path = std::env::var_os(VARIABLE).ok_or(WrapperError::NotSet(VARIABLE))?;
        Self::cache_in(Path::new(&path))
    }

    pub(super) fn cache_in(path: &Path) -> Result<CacheState, WrapperError> {
        Self::read(path)?
            .cache
            .ok_or_else(|| WrapperError::BadFile {
                path: path.to_path_buf(),
                reason: "it has no compiler cache".to_string(),
            })
    }

    /// # Errors
    /// A file that does not exist, or that another version has written.
    pub(super) fn read(path: &Path) -> Result<Self, WrapperError> {
        settings::read(path)
    }

    /// # Errors
    /// A file that cannot be written.
    pub(super) fn write(&self, path: &Path) -> Result<(), WrapperError> {
        let text = serde_json::to_string_pretty(self)
            .map_err(std::io::Error::other)
            .and_then(|text| std::fs::write(path, text + "\n"));
        text.map_err(|source| WrapperError::unwritable(path, source))
    }
}
