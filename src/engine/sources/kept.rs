//! The work directory of a build, and what an earlier build left in it.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use miette::Report;
use rattler_build_recipe::stage1::GlobVec;
use serde::{Deserialize, Serialize};

use super::copy::{self, Copied};
use crate::backend::tree::Tree;
use crate::diagnostic::{Unwritable, create_folder};
use crate::disk;

/// The directory the script runs in.
#[derive(Debug, Clone)]
pub(in crate::engine) struct Work {
    folder: PathBuf,
    /// Next to the directory: what is in it.
    state: PathBuf,
    /// What the build is made from beside its sources.
    key: String,
}

/// Where a file is, its size and when it was changed.
type File = (PathBuf, u64, u64);

/// What was put into a work directory, by the number of the source.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(in crate::engine) struct LockedEnvironments {
    key: String,
    /// Downloads: what was copied.
    stamps: Vec<(usize, String)>,
    /// Directories: when each file was changed.
    trees: Vec<(usize, Vec<File>)>,
    /// What is known from the earlier build.
    #[serde(skip)]
    before: Option<Box<LockedEnvironments>>,
}

impl Work {
    pub(in crate::engine) fn new(folder: &Path, state: PathBuf, key: String) -> Self {
        Self {
            folder: folder.to_path_buf(),
            state,
            key,
        }
    }

    /// Makes the directory ready: empty, or with what a build that succeeded left when
    /// `keep` is wanted and nothing but the sources can have changed.
    ///
    /// # Errors
    /// [`Unwritable`].
    pub(in crate::engine) fn prepare(&self, keep: bool) -> Result<LockedEnvironments, Unwritable> {
        let before = std::fs::read_to_string(&self.state).ok();
        let before = before.and_then(|text| serde_json::from_str::<LockedEnvironments>(&text).ok());
        let before = before.filter(|before| keep && before.key == self.key);
        // Until this build succeeds nobody knows what is in there.
        disk::remove_file(&self.state)?;
        if before.is_none() {
            disk::remove_folder(&self.folder)?;
        }
        create_folder(&self.folder)?;
        Ok(LockedEnvironments {
            key: self.key.clone(),
            before: before.map(Box::new),
            ..LockedEnvironments::default()
        })
    }

    /// Writes down what is in the directory after a build that succeeded.
    pub(in crate::engine) fn finish(&self, kept: &LockedEnvironments) {
        let text = serde_json::to_string(kept).unwrap_or_default();
        if let Err(error) = disk::write(&self.state, &text) {
            tracing::debug!("the next build begins in an empty directory: {error}");
        }
    }
}

impl LockedEnvironments {
    /// Whether what was copied for a download is there still.
    pub(super) fn is_fresh(&mut self, index: usize, stamp: &str) -> bool {
        let before = self.before.as_ref().map(|before| &before.stamps);
        let known = before
            .into_iter()
            .flatten()
            .any(|(at, known)| *at == index && known == stamp);
        if known {
            self.remember(index, stamp.to_string());
        }
        known
    }

    /// Remembers what was copied for a download.
    pub(super) fn remember(&mut self, index: usize, stamp: String) {
        self.stamps.push((index, stamp));
    }

    /// Brings the copy of a directory up to date. What patches change is copied anew.
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
        let known = self.known(index);
        let copied = match has_patches {
            true => copy::tree(tree, filter, target, &Copied::new())?,
            false => copy::tree(tree, filter, target, &known)?,
        };
        remove_gone(&known, &copied, target)?;
        let files = copied
            .into_iter()
            .map(|(path, (size, time))| (path, size, nanoseconds(time)));
        self.trees.push((index, files.collect()));
        Ok(())
    }

    fn known(&self, index: usize) -> Copied {
        let before = self.before.as_ref().map(|before| &before.trees);
        let tree = before.into_iter().flatten().find(|(at, _)| *at == index);
        let files = tree.map(|(_, files)| files.as_slice()).unwrap_or_default();
        let files = files.iter().map(|(path, size, time)| {
            let time = UNIX_EPOCH + Duration::from_nanos(*time);
            (path.clone(), (*size, Some(time)))
        });
        files.collect()
    }
}

/// Removes what was copied and is not in the source any more.
fn remove_gone(known: &Copied, copied: &Copied, target: &Path) -> Result<(), Unwritable> {
    for path in known.keys().filter(|path| !copied.contains_key(*path)) {
        disk::remove_file(&target.join(path))?;
    }
    Ok(())
}

fn nanoseconds(time: Option<SystemTime>) -> u64 {
    let since = time.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    since
        .and_then(|since| u64::try_from(since.as_nanos()).ok())
        .unwrap_or_default()
}
