//! The locations of tools on the platform on which the build runs.

use std::path::{Path, PathBuf};

use rattler_conda_types::Subdir;

use crate::backend::script::Word;

/// The path of an executable in the environment `prefix`. The environment is for this machine.
pub(crate) fn executable(prefix: &Path, name: &str) -> PathBuf {
    let folder = if cfg!(windows) {
        prefix.join("Library").join("bin")
    } else {
        prefix.join("bin")
    };
    folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}

/// The tools of the build environment.
pub(crate) struct Tools {
    pub(crate) build: Subdir,
}

impl Tools {
    pub(crate) fn separator(&self) -> &'static str {
        if self.build.is_windows() { "\\" } else { "/" }
    }

    /// The directory that contains `include` and `lib`.
    pub(crate) fn library_prefix(&self, prefix: &str) -> Word {
        let word = Word::variable(prefix);
        if self.build.is_windows() {
            word.then("\\Library")
        } else {
            word
        }
    }

    /// An executable of the build environment.
    pub(crate) fn tool(&self, name: &str) -> Word {
        let prefix = self.library_prefix("BUILD_PREFIX");
        if self.build.is_windows() {
            prefix.then(format!("\\bin\\{name}.exe"))
        } else {
            prefix.then(format!("/bin/{name}"))
        }
    }
}
