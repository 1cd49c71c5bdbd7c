//! Keeps the archive of a package that was built again without a change.
//!
//! The new archive differs only in its time stamp, and therefore in its hash. All packages that
//! depend on it would be compiled again.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use miette::Report;
use rattler_conda_types::package::{IndexJson, PackageFile};
use rattler_package_streaming::ExtractError;
use rattler_package_streaming::seek::stream_conda_info;

use crate::diagnostic::{Unwritable, create_folder};
use crate::disk;

/// A copy of the archive that the build replaces.
#[derive(Debug)]
pub struct PreviousArchive {
    copy: PathBuf,
}

impl PreviousArchive {
    /// Copies the `.conda` archive at `archive` to the work directory `work`. `None` if it
    /// does not exist.
    ///
    /// # Errors
    /// [`Unwritable`].
    pub fn keep(archive: &Path, work: &Path) -> Result<Option<Self>, Report> {
        let Some(name) = archive.file_name().filter(|_| archive.is_file()) else {
            return Ok(None);
        };
        let folder = work.join("earlier");
        create_folder(&folder)?;
        let copy = folder.join(name);
        std::fs::copy(archive, &copy).map_err(|source| Unwritable {
            path: copy.clone(),
            source,
        })?;
        Ok(Some(Self { copy }))
    }

    /// Restores the copy if the archive at `archive` has the same contents. Removes the copy.
    ///
    /// # Errors
    /// [`Unwritable`].
    pub fn restore_if_same(self, archive: &Path) -> Result<(), Report> {
        let is_same = same(&self.copy, archive).unwrap_or_else(|error| {
            // The new archive is valid, even if the old one is not.
            tracing::debug!("{} cannot be compared: {error}", self.copy.display());
            false
        });
        if is_same {
            // A copy, because a rename fails if the two files are on different disks.
            let copy = |beside: &Path| std::fs::copy(&self.copy, beside).map(drop);
            disk::replace(archive, copy)?;
        }
        Ok(disk::remove_file(&self.copy)?)
    }
}

/// Whether two archives have the same files and the same metadata, except for the time
/// stamp.
fn same(left: &Path, right: &Path) -> Result<bool, ExtractError> {
    Ok(about(left)? == about(right)?)
}

/// The metadata of an archive, with the hashes of its files.
fn about(archive: &Path) -> Result<BTreeMap<PathBuf, Vec<u8>>, ExtractError> {
    let mut files = BTreeMap::new();
    for entry in stream_conda_info(File::open(archive)?)?.entries()? {
        let mut entry = entry?;
        let path = entry.path()?.into_owned();
        let mut content = Vec::new();
        entry.read_to_end(&mut content)?;
        if path == IndexJson::package_path() {
            content = without_date(&content)?;
        }
        files.insert(path, content);
    }
    Ok(files)
}

fn without_date(index: &[u8]) -> Result<Vec<u8>, ExtractError> {
    let mut index = IndexJson::from_slice(index)?;
    index.timestamp = None;
    Ok(serde_json::to_vec(&index).map_err(std::io::Error::from)?)
}
