//! The locations of files that outlive a build.

use std::path::{Path, PathBuf};

use rattler_conda_types::Subdir;

use crate::backend::{Folders, Request};
use crate::backends::cargo::config::Config;

/// The directory for final artifacts, relative to the directory in which the script runs.
pub(crate) const TARGET_DIR: &str = "target";

/// The directories that Cargo creates next to the sources.
pub(crate) const OUTPUT_DIRECTORIES: &[&str] = &["target"];

/// A file that describes the environments of the latest build. The first line is a hash of
/// their content, and each of the others is a path.
pub(crate) const LATEST: &str = "latest-environments";

/// Cargo's home directory. All builds of the user share it, so that each crate is downloaded
/// once.
pub(crate) fn cargo_home(folders: &Folders) -> Option<PathBuf> {
    Some(own_cache(folders)?.join("cargo-home"))
}

/// The local storage of sccache, unless the user chooses another storage. sccache itself limits
/// its size.
pub(crate) fn sccache_dir(folders: &Folders) -> Option<PathBuf> {
    Some(own_cache(folders)?.join("sccache"))
}

/// The directory that this backend uses for all builds of the user.
pub(crate) fn own_cache(folders: &Folders) -> Option<PathBuf> {
    Some(folders.cache.as_ref()?.join("pixi-build-rust"))
}

/// The directory that contains the shared trees of a workspace, one for each set of variables.
pub(crate) fn shared_folders(folders: &Folders) -> Option<PathBuf> {
    Some(folders.scratch.as_ref()?.join("pixi-build-rust"))
}

/// The directory for shared intermediate artifacts. It is named `target`, because some build
/// scripts search for a directory of this name above their own.
pub(crate) fn build_dir(shared_folder: &Path) -> PathBuf {
    shared_folder.join("target")
}

/// The linker's name for the directory of the program or library itself. `None` on platforms
/// whose programs do not contain a search path for libraries.
pub(crate) fn origin(host: Subdir) -> Option<&'static str> {
    let origin = if host.is_osx() {
        "@loader_path"
    } else {
        "$ORIGIN"
    };
    host.is_unix().then_some(origin)
}

/// The path in which a program searches for libraries, relative to its own directory. `None` on
/// platforms whose programs do not contain such a path.
pub(crate) fn run_path(host: Subdir) -> Option<String> {
    origin(host).map(|origin| format!("{origin}/../lib"))
}

/// The shared tree of a build. `None` if there is no scratch directory, if the user chooses a
/// build directory, or if the script cannot start this executable.
///
/// `variables` is a fingerprint of the variables whose changes Cargo may not notice. Builds
/// with different variables use different trees.
pub(crate) fn shared_folder(
    request: &Request<'_, Config>,
    variables: Option<&str>,
) -> Option<PathBuf> {
    let chosen = request.config.env.contains_key("CARGO_BUILD_BUILD_DIR");
    if request.env.executable().is_none() || chosen {
        return None;
    }
    let folder = shared_folders(request.folders)?.join(variables.unwrap_or("plain"));
    // Cargo reads braces in `build.build-dir` as variables.
    let is_plain = !folder.to_str()?.contains(['{', '}']);
    is_plain.then_some(folder)
}
