//! The work directory of a build, and the files of an earlier build in it.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use miette::Report;
use rattler_build_recipe::stage1::GlobVec;
use serde::{Deserialize, Serialize};

use super::copy::{self, Copied, Earlier, Reuse};
use crate::backend::tree::Tree;
use crate::diagnostic::{Unwritable, create_folder};
use crate::disk;

/// The directory in which the script runs.
#[derive(Debug, Clone)]
pub(in crate::engine) struct Work {
    folder: PathBuf,
    /// A file next to the directory, which describes its contents.
    state: PathBuf,
    /// The data that the build is made from, in addition to its sources.
    key: String,
}

/// A download in the cache.
pub(super) struct Download<'a> {
    /// A directory, or a file that is not unpacked.
    pub(super) found: &'a Path,
    /// The name for the copy of a file.
    pub(super) name: Option<&'a str>,
    /// An identifier of the content.
    pub(super) stamp: String,
}

/// The path, size and modification time of a file.
type File = (PathBuf, u64, u64);

/// The files that were copied into a work directory, by the number of their source.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(in crate::engine) struct SourceSnapshot {
    key: String,
    /// For downloads: an identifier of the copied content.
    stamps: Vec<(usize, String)>,
    /// The state of each copied file.
    trees: Vec<(usize, Vec<File>)>,
    /// The state that the earlier build recorded.
    #[serde(skip)]
    before: Option<Box<SourceSnapshot>>,
    /// The time when the earlier build ended.
    #[serde(skip)]
    ended: Option<SystemTime>,
}

impl Work {
    pub(in crate::engine) fn new(folder: &Path, state: PathBuf, key: String) -> Self {
        Self {
            folder: folder.to_path_buf(),
            state,
            key,
        }
    }

    /// Prepares the directory. It is empty, unless `keep` is set, the last build
    /// succeeded, and only sources can have changed since.
    ///
    /// # Errors
    /// [`Unwritable`].
    pub(in crate::engine) fn prepare(&self, keep: bool) -> Result<SourceSnapshot, Unwritable> {
        let before = std::fs::read_to_string(&self.state).ok();
        let before = before.and_then(|text| serde_json::from_str::<SourceSnapshot>(&text).ok());
        let before = before.filter(|before| keep && before.key == self.key);
        let about = before.as_ref().map(|_| std::fs::metadata(&self.state));
        let ended = about.and_then(|about| about.ok()?.modified().ok());
        // The contents are unknown until this build succeeds.
        disk::remove_file(&self.state)?;
        if before.is_none() {
            disk::remove_folder(&self.folder)?;
        }
        create_folder(&self.folder)?;
        Ok(SourceSnapshot {
            key: self.key.clone(),
            before: before.map(Box::new),
            ended,
            ..SourceSnapshot::default()
        })
    }

    /// Records the contents of the directory after a successful build.
    pub(in crate::engine) fn finish(&self, kept: &SourceSnapshot) {
        let text = serde_json::to_string(kept).unwrap_or_default();
        if let Err(error) = disk::write(&self.state, &text) {
            tracing::debug!("the next build begins in an empty directory: {error}");
        }
    }
}

impl SourceSnapshot {
    /// Whether the copy of a download is still valid.
    pub(super) fn is_fresh(&mut self, index: usize, stamp: &str) -> bool {
        let known = self.has_stamp(index, stamp);
        if known {
            self.stamps.push((index, stamp.to_string()));
            let files = self.files_before(index).to_vec();
            self.trees.push((index, files));
        }
        known
    }

    /// Whether the earlier build copied this download.
    fn has_stamp(&self, index: usize, stamp: &str) -> bool {
        let before = self.before.as_ref().map(|before| &before.stamps);
        let mut stamps = before.into_iter().flatten();
        stamps.any(|(at, known)| *at == index && known == stamp)
    }

    /// Copies a download, in place of the files of an earlier one.
    ///
    /// # Errors
    /// Files that cannot be read, written or removed.
    pub(super) fn download(
        &mut self,
        index: usize,
        download: Download<'_>,
        filter: &GlobVec,
        target: &Path,
    ) -> Result<(), Report> {
        let Download { found, name, stamp } = download;
        let earlier = Earlier {
            files: self.known(index),
            reuse: Reuse::Archive,
            // The content of a download without a checksum is not known.
            ended: self.ended.filter(|_| !self.has_stamp(index, &stamp)),
        };
        let copied = copy::found(found, target, name, filter, &earlier)?;
        self.record(index, copied);
        self.stamps.push((index, stamp));
        Ok(())
    }

    /// Updates the copy of a directory. Files that patches modify are copied again.
    ///
    /// # Errors
    /// Files that cannot be read, written or removed.
    pub(super) fn tree(
        &mut self,
        index: usize,
        tree: &Tree,
        filter: &GlobVec,
        target: &Path,
        has_patches: bool,
    ) -> Result<(), Report> {
        let earlier = Earlier {
            files: self.known(index),
            reuse: if has_patches {
                Reuse::Patched
            } else {
                Reuse::Unmodified
            },
            ended: self.ended,
        };
        let copied = copy::tree(tree, filter, target, &earlier)?;
        self.record(index, copied);
        Ok(())
    }

    /// Copies one file, in each build.
    ///
    /// # Errors
    /// A file that cannot be read or written.
    pub(super) fn file(&mut self, index: usize, from: &Path, to: &Path) -> Result<(), Report> {
        let earlier = Earlier {
            files: self.known(index),
            ended: self.ended,
            ..Earlier::default()
        };
        let copied = copy::file(from, to, &earlier)?;
        self.record(index, copied);
        Ok(())
    }

    fn record(&mut self, index: usize, copied: Copied) {
        let files = copied
            .into_iter()
            .map(|(path, (size, time))| (path, size, nanoseconds(time)));
        self.trees.push((index, files.collect()));
    }

    /// The files that the earlier build copied from a source.
    fn known(&self, index: usize) -> Copied {
        let files = self.files_before(index).iter();
        let files = files.map(|(path, size, time)| {
            let time = UNIX_EPOCH + Duration::from_nanos(*time);
            (path.clone(), (*size, Some(time)))
        });
        files.collect()
    }

    fn files_before(&self, index: usize) -> &[File] {
        let before = self.before.as_ref().map(|before| &before.trees);
        let tree = before.into_iter().flatten().find(|(at, _)| *at == index);
        tree.map(|(_, files)| files.as_slice()).unwrap_or_default()
    }
}

fn nanoseconds(time: Option<SystemTime>) -> u64 {
    let since = time.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    since
        .and_then(|since| u64::try_from(since.as_nanos()).ok())
        .unwrap_or_default()
}
