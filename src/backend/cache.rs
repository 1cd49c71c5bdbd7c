//! Directories that outlive builds and whose content can be restored.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use crate::diagnostic::Unwritable;
use crate::disk::{files_below, remove_file, remove_folder, try_lock};

/// A directory whose content can be compiled or downloaded again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cache {
    /// A description of the content, for users.
    pub what: String,
    /// The directory.
    pub folder: PathBuf,
    /// The builds that use it.
    pub scope: CacheScope,
    /// A file that builds lock while they use the directory.
    pub lock: PathBuf,
}

/// The builds that use a cache.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CacheScope {
    /// Builds of one workspace.
    Workspace,
    /// All builds of the user.
    User,
}

/// The result of clearing a cache.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cleared {
    /// The cache is empty.
    Empty,
    /// A build is using the cache.
    InUse,
}

impl Cache {
    /// Whether the cache contains nothing that [`Cache::clear`] would remove.
    pub fn is_empty(&self) -> bool {
        self.content().is_empty()
    }

    /// The total size of the files, in bytes.
    pub fn size(&self) -> u64 {
        self.content().iter().map(|path| weight(path)).sum()
    }

    /// Removes everything except the lock, unless a build is using the cache.
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

    /// The removable entries directly in the directory. An entry that contains a lock
    /// with the same name is a separate cache.
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

/// The lock file in each of pixi's work directories, which are next to the work directories of
/// builds without pixi. pixi holds a lock on it while it builds there.
pub const LOCK_OF_PIXI: &str = ".lock";

/// The total size of the files below `folder`, in bytes.
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

        // A cache below it is cleared separately.
        write(&cache.folder.join("another/lock"), "").expect("own folder");
        assert_eq!(cache.clear().expect("own folder"), Cleared::Empty);
        assert!(cache.folder.join("another/lock").exists());
    }
}
