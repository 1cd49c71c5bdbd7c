//! Where builds leave what later ones find.

use std::path::{Path, PathBuf};

use rattler_conda_types::Subdir;

use crate::backend::{Folders, Request};
use crate::backends::cargo::config::Config;

/// Where final artifacts go, relative to the folder the script runs in.
pub(crate) const TARGET_DIR: &str = "target";

/// Directories that cargo fills beside the sources.
pub(crate) const OUTPUT_DIRECTORIES: &[&str] = &["target"];

/// The state in which the latest build of a folder ran: the hash of what its
/// environments held, and where those were, one a line.
pub(crate) const LATEST: &str = "latest-environments";

/// One for all builds of the user: a download is needed once.
pub(crate) fn cargo_home(folders: &Folders) -> Option<PathBuf> {
    Some(own_cache(folders)?.join("cargo-home"))
}

/// What sccache keeps, unless the user has chosen another storage. It watches over the size
/// itself.
pub(crate) fn sccache_dir(folders: &Folders) -> Option<PathBuf> {
    Some(own_cache(folders)?.join("sccache"))
}

/// What this backend keeps for all builds of the user.
pub(crate) fn own_cache(folders: &Folders) -> Option<PathBuf> {
    Some(folders.cache.as_ref()?.join("pixi-build-rust"))
}

/// What the builds of a workspace share lies below here, one folder for each set of
/// variables.
pub(crate) fn shared_folders(folders: &Folders) -> Option<PathBuf> {
    Some(folders.scratch.as_ref()?.join("pixi-build-rust"))
}

/// Where Cargo keeps intermediate artifacts that builds share. Build scripts look for a
/// folder of this name above theirs.
pub(crate) fn build_dir(shared_folder: &Path) -> PathBuf {
    shared_folder.join("target")
}

/// The word of the linker for the directory of the program or library itself. `None` on
/// platforms whose programs do not say where their libraries are.
pub(crate) fn origin(host: Subdir) -> Option<&'static str> {
    let origin = match host.is_osx() {
        true => "@loader_path",
        false => "$ORIGIN",
    };
    host.is_unix().then_some(origin)
}

/// Where a program looks for libraries, seen from its own directory. `None` on platforms
/// whose programs do not say so.
pub(crate) fn run_path(host: Subdir) -> Option<String> {
    origin(host).map(|origin| format!("{origin}/../lib"))
}

/// What a build shares with others lies here. `None` where there is no scratch folder,
/// where the user has chosen a build directory, and where the script cannot start this
/// executable.
///
/// `variables` stands for those that Cargo does not know to matter. Builds that
/// differ in them share nothing.
pub(crate) fn shared_folder(
    request: &Request<'_, Config>,
    variables: Option<&str>,
) -> Option<PathBuf> {
    let chosen = request.config.env.contains_key("CARGO_BUILD_BUILD_DIR");
    if request.env.executable().is_none() || chosen {
        return None;
    }
    let folder = shared_folders(request.folders)?.join(variables.unwrap_or("plain"));
    // Cargo takes braces for variables in `build.build-dir`.
    let is_plain = !folder.to_str()?.contains(['{', '}']);
    is_plain.then_some(folder)
}
