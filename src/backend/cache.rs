//! Folders that outlive builds and can be filled again.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use crate::diagnostic::Unwritable;
use crate::disk::{files_below, remove_file, remove_folder, try_lock};

/// A folder whose content can be made or downloaded again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cache {
    /// What is in it, for people.
    pub what: String,
    /// Where it is.
    pub folder: PathBuf,
    /// Who has use for it.
    pub scope: CacheScope,
    /// A file that builds hold a lock on while they use the folder.
    pub lock: PathBuf,
}

/// Who has use for a cache.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CacheScope {
    /// Builds of one workspace.
    Workspace,
    /// All builds of the user.
    User,
}

/// What became of a cache that was to be cleared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cleared {
    /// It is empty.
    Empty,
    /// A build is using it.
    InUse,
}

impl Cache {
    /// Whether nothing is in it that may go.
    pub fn is_empty(&self) -> bool {
        self.content().is_empty()
    }

    /// What the files in it weigh, in bytes.
    pub fn size(&self) -> u64 {
        self.content().iter().map(|path| weight(path)).sum()
    }

    /// Removes everything but the lock, unless a build is using it.
    ///
    /// # Errors
    /// [`Unwritable`].
    pub fn clear(&self) -> Result<Cleared, Unwritable> {
        if !self.folder.is_dir() {
            return Ok(Cleared::Empty);
        }
        let Some(_alone) = try_lock(&self.lock)? else {
            return Ok(Cleared::InUse);
        };
        for path in self.content() {
            if path.is_dir() && !path.is_symlink() {
                remove_folder(&path)?;
            } else {
                remove_file(&path)?;
            }
        }
        Ok(Cleared::Empty)
    }

    /// Everything directly in the folder that may go. What has a lock of that name is a
    /// cache of its own.
    fn content(&self) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(&self.folder).into_iter().flatten();
        let paths = entries.flatten().map(|entry| entry.path());
        let own = self.lock.file_name();
        let has = |path: &Path, lock: &OsStr| path.join(lock).is_file();
        let is_another =
            |path: &Path| has(path, LOCK_OF_PIXI.as_ref()) || own.is_some_and(|own| has(path, own));
        paths
            .filter(|path| *path != self.lock && !is_another(path))
            .collect()
    }
}

/// In each of pixi's work directories, which lie beside what a build by hand leaves. pixi
/// holds a lock on it while it builds there.
pub const LOCK_OF_PIXI: &str = ".lock";

/// What the files below `folder` weigh, in bytes.
pub fn weight(folder: &Path) -> u64 {
    files_below(folder.to_path_buf())
        .filter_map(|file| Some(std::fs::symlink_metadata(file).ok()?.len()))
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disk::write;

    #[test]
    fn a_cache_is_cleared_unless_it_is_in_use() {
        let root = tempfile::tempdir().expect("a folder");
        let cache = Cache {
            what: "things".to_string(),
            folder: root.path().join("cache"),
            scope: CacheScope::User,
            lock: root.path().join("cache/lock"),
        };
        assert!(cache.is_empty());
        assert_eq!(cache.clear().expect("nothing is there"), Cleared::Empty);
        assert!(!cache.folder.exists());

        write(&cache.folder.join("a/b"), "12345").expect("own folder");
        write(&cache.folder.join("c"), "67").expect("own folder");
        assert_eq!(cache.size(), 7);
        let used = try_lock(&cache.lock).expect("own folder");
        assert_eq!(cache.clear().expect("own folder"), Cleared::InUse);
        assert_eq!(cache.size(), 7);
        drop(used);
        assert_eq!(cache.clear().expect("own folder"), Cleared::Empty);
        assert_eq!(cache.size(), 0);
        assert!(cache.lock.exists());

        // One below is cleared for itself.
        write(&cache.folder.join("another/lock"), "").expect("own folder");
        assert_eq!(cache.clear().expect("own folder"), Cleared::Empty);
        assert!(cache.folder.join("another/lock").exists());
    }
}
