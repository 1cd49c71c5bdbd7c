//! One build directory for all work directories of a workspace.
//!
//! A new package in an environment means a new work directory. Cargo's intermediate
//! artifacts survive that below the workspace's scratch folder (`build.build-dir`,
//! Cargo 1.91; the script leaves those of older ones in the work directory). Final artifacts stay private to the work directory, so that two
//! builds with the same binary name cannot swap files.

use std::path::{Path, PathBuf};

use crate::backend::Folders;
use crate::backends::cargo::context::crate_context::CrateBuild;
use crate::backends::cargo::context::layout;
use crate::backends::cargo::wrapper::settings::SharedSettings;
use crate::disk;

/// How a build takes part. `None` where it shares nothing.
///
/// `lock_file_check` are the arguments of a cargo that fails in the folder of the crate where
/// the lock file does not fit.
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
        folder,
    })
}

/// The folders that builds of a workspace share, one for each set of variables.
pub(crate) fn folders_of(folders: &Folders) -> Vec<PathBuf> {
    layout::shared_folders(folders)
        .map(|all| disk::folders(&all))
        .unwrap_or_default()
}

/// The file in a shared folder that a build holds a lock on, until it is known what the build
/// has read: two builds in different environments must not find each other's artifacts. Cargo
/// would let only one of them compile anyway.
pub(crate) fn lock(folder: &Path) -> PathBuf {
    folder.join("lock")
}
