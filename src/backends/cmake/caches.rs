//! The files that builds leave for later builds, and their size.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use miette::Report;

use super::tree::{FAMILIES, lock};
use super::view::View;
use crate::backend::Folders;
use crate::backend::cache::{Cache, CacheScope, Cleared};
use crate::disk;

/// The build trees of a workspace.
pub(super) fn all(folders: &Folders) -> Vec<Cache> {
    let Some(scratch) = &folders.scratch else {
        return Vec::new();
    };
    let trees = FAMILIES.map(|family| disk::folders(&scratch.join(family)));
    let cache = |folder: PathBuf| Cache {
        what: "build tree".to_string(),
        lock: lock(&folder),
        folder,
        scope: CacheScope::Workspace,
    };
    trees.into_iter().flatten().map(cache).collect()
}

/// The interval between measurements of the build trees, because measuring them in every
/// build would take too long.
const WEIGHING: Duration = Duration::from_secs(60 * 60);

/// Removes the least recently used build trees when the trees of the workspace exceed the
/// limit of the user. The tree of the caller, who holds its lock, is not removed.
///
/// # Errors
/// Directories that cannot be removed or written.
pub(super) fn keep_within_limit(view: &View<'_>) -> Result<(), Report> {
    let weighed = view.tree.beside("weighed");
    if modified(&weighed).is_some_and(|last| last.elapsed().is_ok_and(|age| age < WEIGHING)) {
        return Ok(());
    }
    disk::write(&weighed, "")?;
    let limit = view.request.config.artifact_limit().as_u64();
    let mut trees = all(view.request.folders);
    let own = view.tree.folder();
    trees.sort_by_key(|tree| (tree.folder != own, modified(&tree.lock)));
    let sizes = trees.iter().map(Cache::size);
    let sized: Vec<(u64, &Cache)> = sizes.zip(&trees).collect();
    let mut total: u64 = sized.iter().map(|(size, _)| size).sum();
    for (size, tree) in sized.into_iter().filter(|(_, tree)| tree.folder != own) {
        if total <= limit {
            return Ok(());
        }
        match tree.clear() {
            Ok(Cleared::Empty) => total = total.saturating_sub(size),
            Ok(Cleared::InUse) => {}
            Err(error) => {
                tracing::warn!("cannot remove the build tree of another package: {error}")
            }
        }
    }
    Ok(())
}

fn modified(path: &Path) -> Option<SystemTime> {
    std::fs::metadata(path).ok()?.modified().ok()
}
