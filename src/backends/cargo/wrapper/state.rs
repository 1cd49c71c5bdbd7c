//! What the wrappers of one build have to know.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::backends::cargo::wrapper::errors::WrapperError;
use crate::backends::cargo::wrapper::settings;

/// The variable that leads to the file.
pub(crate) const VARIABLE: &str = "PIXI_BUILD_RUST_STATE";

/// The folder of the wrappers, in the one the script runs in.
pub(crate) const FOLDER: &str = ".pixi-build-rust";

/// The file in there.
pub(crate) const FILE: &str = "state.json";

/// Written by `__environment`, read by the wrappers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct State {
    /// The linkers that wrappers stand for, by target as variables spell it.
    pub(super) linkers: BTreeMap<String, Linker>,
    /// The compiler cache, when it is used.
    pub(super) cache: Option<CacheState>,
}

/// A linker.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Linker {
    pub(super) program: PathBuf,
    /// Arguments that name a prefix, after those of rustc.
    pub(super) arguments: Vec<String>,
}

/// What is between Cargo and the compilers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CacheState {
    /// The program.
    pub(super) sccache: PathBuf,
    /// What sccache takes for rustc.
    pub(super) rustc: PathBuf,
    /// What stands for each compiler of the build environment. `None` where it is not needed.
    pub(super) compiler: Option<PathBuf>,
    /// The folder for links to it.
    pub(super) stand_ins: PathBuf,
    /// The build environment, without links in its path.
    pub(super) build_prefix: PathBuf,
    /// The folder with everything of the user's.
    pub(super) top: PathBuf,
    /// Stands for the variables of the configuration.
    pub(super) variables: Option<String>,
    /// The process of the server.
    pub(super) server: u32,
}

impl State {
    /// The state of the build that this process is a part of.
    ///
    /// # Errors
    /// There is none.
    pub(super) fn of_build() -> Result<Self, WrapperError> {
        let path = std::env::var_os(VARIABLE).ok_or(WrapperError::NotSet(VARIABLE))?;
        Self::read(Path::new(&path))
    }

    /// # Errors
    /// A file that is not there or not one of this version.
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
