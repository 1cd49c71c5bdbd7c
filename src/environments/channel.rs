//! Turns a directory of finished packages into a channel.

use std::path::{Path, PathBuf};

use miette::{Diagnostic, Report};
use rattler_conda_types::package::{CondaArchiveType, IndexJson};
use rattler_index::{IndexFsConfig, PackageRevisionAssignment, index_fs};
use rattler_package_streaming::seek::read_package_file;
use thiserror::Error;

/// The number of packages that are read at the same time, which keeps a disk busy.
const AT_A_TIME: usize = 8;

/// Writes `repodata.json`, plain and compressed, for every platform in `folder`, which must
/// exist. Then pixi, rattler and conda can install from it.
///
/// Every package is read again, because a rebuilt package replaces one of the same name.
///
/// # Errors
/// [`NotIndexed`].
pub async fn index(folder: &Path) -> Result<(), Report> {
    check(folder)?;
    let config = IndexFsConfig {
        channel: folder.to_path_buf(),
        target_platform: None,
        repodata_patch: None,
        write_zst: true,
        write_shards: false,
        repodata_revisions: Vec::new(),
        package_revision_assignment: PackageRevisionAssignment::FromIndexJson,
        force: true,
        max_parallel: AT_A_TIME,
        multi_progress: None,
    };
    let indexed = index_fs(config).await;
    indexed.map_err(|error| NotIndexed {
        folder: folder.to_path_buf(),
        reason: error.to_string(),
    })?;
    // The temporary directory of the library, which is not a part of the channel.
    if let Err(error) = std::fs::remove_dir_all(folder.join(".tmp")) {
        tracing::debug!("cannot remove the staging directory of the index: {error}");
    }
    Ok(())
}

/// Whether [`index`] has created a channel in `folder`.
pub fn is_one(folder: &Path) -> bool {
    folder.join("noarch").join("repodata.json").is_file()
}

/// Reads every archive before the library does, because the library panics if it cannot read one.
fn check(folder: &Path) -> Result<(), Report> {
    let entries = |folder: &Path| std::fs::read_dir(folder).into_iter().flatten().flatten();
    for archive in entries(folder).flat_map(|subdir| entries(&subdir.path())) {
        let archive = archive.path();
        if CondaArchiveType::try_from(archive.as_path()).is_some() {
            read_package_file::<IndexJson>(&archive).map_err(|error| NotIndexed {
                folder: folder.to_path_buf(),
                reason: format!("{}: {error}", archive.display()),
            })?;
        }
    }
    Ok(())
}

/// The directory could not be indexed.
#[derive(Debug, Error, Diagnostic)]
#[error("{} cannot become a channel: {reason}", folder.display())]
#[diagnostic(
    code(package::not_indexed),
    help(
        "the packages were built; remove the files that are not conda packages from the directory \
         and build again"
    )
)]
struct NotIndexed {
    folder: PathBuf,
    reason: String,
}
