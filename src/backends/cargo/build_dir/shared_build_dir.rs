//! One build directory for all work directories of a workspace.
//!
//! A modified environment gets a new work directory. Cargo's intermediate artifacts survive,
//! because they are in the shared tree (`build.build-dir`, Cargo 1.91; with an older Cargo they
//! are in the work directory). Final artifacts are in the work directory of each build, so that
//! two builds with the same binary name cannot swap files.

use std::path::{Path, PathBuf};

use crate::backend::Folders;
use crate::backends::cargo::context::crate_context::CrateBuild;
use crate::backends::cargo::context::layout;
use crate::backends::cargo::wrapper::settings::SharedSettings;
use crate::disk;

/// The settings with which a build uses the shared tree. `None` if it does not share anything.
///
/// `lock_file_check` contains the arguments of a cargo command that fails in the directory of
/// the crate if the lock file does not match the manifests.
pub(crate) fn settings(
    build: CrateBuild<'_>,
    lock_file_check: Vec<String>,
) -> Option<SharedSettings> {
    let folder = build.shared_folder.clone()?;
    let host = build.request.platforms.host;
    let scripted = build.path_crates.values().filter(|it| it.has_build_script);
    Some(SharedSettings {
        build_dir: layout::build_dir(&folder),
        run_path: layout::run_path(host),
        top: build.cargo_config.top().to_path_buf(),
        crate_folder: build.root.clone(),
        scripted: scripted
            .filter_map(|it| it.name().map(str::to_string))
            .collect(),
        lock_file_check,
        linking: None,
        folder,
    })
}

/// The shared trees of a workspace, one for each set of variables.
pub(crate) fn folders_of(folders: &Folders) -> Vec<PathBuf> {
    layout::shared_folders(folders)
        .map(|all| disk::folders(&all))
        .unwrap_or_default()
}

/// The file in a shared tree that a build locks until its inputs are known. Two builds in
/// different environments must not find each other's artifacts. Cargo would not let them
/// compile at the same time anyway.
pub(crate) fn lock(folder: &Path) -> PathBuf {
    folder.join("lock")
}
