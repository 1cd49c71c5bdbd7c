//! Creates the record of a finished package, like the one in the index of a channel.

use std::path::{Path, PathBuf};

use miette::{Diagnostic, Report};
use rattler_conda_types::RepoDataRecord;
use rattler_conda_types::package::RunExportsJson;
use rattler_package_streaming::ExtractError;
use rattler_package_streaming::fs::repodata_record_from_package_archive;
use rattler_package_streaming::seek::read_package_file;
use thiserror::Error;
use url::Url;

/// Reads the record of an archive, with its run exports.
///
/// # Errors
/// [`NotAPackage`].
pub async fn record(archive: &Path) -> Result<RepoDataRecord, Report> {
    let broken = |reason: String| NotAPackage {
        archive: archive.to_path_buf(),
        reason,
    };
    let found = repodata_record_from_package_archive(archive).await;
    let mut record = found.map_err(|error| broken(error.to_string()))?;
    let exports = match read_package_file::<RunExportsJson>(archive) {
        Ok(exports) => exports,
        // Most packages do not have run exports, and do not have the file.
        Err(ExtractError::MissingComponent) => RunExportsJson::default(),
        Err(error) => return Err(broken(error.to_string()).into()),
    };
    record.package_record.run_exports = Some(exports);
    // The channel is the parent of the platform directory.
    let channel = archive.parent().and_then(Path::parent);
    record.channel = channel
        .and_then(|folder| Url::from_directory_path(folder).ok())
        .map(String::from);
    Ok(record)
}

/// An archive that cannot be read.
#[derive(Debug, Error, Diagnostic)]
#[error("{} is not a conda package: {reason}", archive.display())]
#[diagnostic(code(package::unreadable))]
struct NotAPackage {
    archive: PathBuf,
    reason: String,
}
