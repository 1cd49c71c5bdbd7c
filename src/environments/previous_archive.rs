//! A package that was built again although nothing changed.
//!
//! Its archive differs, because it says when it was made. Everything that is built with
//! it would be installed and compiled again; the earlier archive is kept instead.

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

/// A copy of the archive that is about to be replaced.
#[derive(Debug)]
pub struct PreviousArchive {
    copy: PathBuf,
}

impl PreviousArchive {
    /// Copies the `.conda` archive at `archive` into the work directory `work`; `None`
    /// where there is none.
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

    /// Puts the copy back when the archive at `archive` holds the same.
    ///
    /// # Errors
    /// [`Unwritable`].
    pub fn restore_if_same(self, archive: &Path) -> Result<(), Report> {
        match same(&self.copy, archive) {
            // They may lie on two disks.
            Ok(true) => {
                let copy = |beside: &Path| std::fs::copy(&self.copy, beside).map(drop);
                disk::replace(archive, copy)?;
                Ok(disk::remove_file(&self.copy)?)
            }
            Ok(false) => Ok(()),
            Err(error) => {
                // The new one is good, whatever the old one was.
                tracing::debug!("{} cannot be compared: {error}", self.copy.display());
                Ok(())
            }
        }
    }
}

/// Whether two archives install the same files and say the same about themselves,
/// except when they were made.
fn same(left: &Path, right: &Path) -> Result<bool, ExtractError> {
    Ok(about(left)? == about(right)?)
}

/// What an archive says about itself, the hashes of its files included.
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
