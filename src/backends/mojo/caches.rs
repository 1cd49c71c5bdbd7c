//! What the compiler leaves for later builds.
//!
//! Its cache is one for all builds of the user. The compiler's own key holds its version
//! and the contents of what it compiles, and neither the place of the source nor that of
//! the environment. Builds at the same time are its business as well.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use bytesize::ByteSize;

use super::Config;
use crate::backend::cache::{Cache, CacheScope, Cleared};
use crate::backend::{Folders, Request};
use crate::disk::write;

/// How often the cache is weighed.
const WEIGHING: Duration = Duration::from_secs(60 * 60);

/// The directory that is the compiler's to fill.
pub(super) fn compilations(folders: &Folders) -> Option<PathBuf> {
    let cache = folders.cache.as_ref()?;
    Some(cache.join("pixi-build-mojo").join("compiler"))
}

/// Every directory that outlives builds. Builds hold no lock on it: they share it, and the
/// compiler makes again what it does not find.
pub(super) fn all(folders: &Folders) -> Vec<Cache> {
    let cache = compilations(folders).map(|folder| Cache {
        what: "compilations of Mojo".to_string(),
        lock: folder.join("lock"),
        folder,
        scope: CacheScope::User,
    });
    cache.into_iter().collect()
}

/// Empties the cache when it weighs more than the user allows, which the compiler itself
/// never looks at. What it holds is made again in seconds.
pub(super) fn keep_within_limit(request: &Request<'_, Config>) {
    let Some(cache) = all(request.folders).pop() else {
        return;
    };
    let weighed = cache.folder.join("weighed");
    if modified(&weighed).is_some_and(|last| last.elapsed().is_ok_and(|age| age < WEIGHING)) {
        return;
    }
    let limit = request.config.artifact_limit();
    let size = ByteSize(cache.size());
    let outcome = match size > limit {
        true => {
            tracing::info!(
                "{} is cleared: {size} is more than {limit}",
                cache.folder.display()
            );
            cache.clear()
        }
        false => Ok(Cleared::Empty),
    };
    // Without a cache the build takes longer, and that is all.
    if let Err(error) = outcome.and_then(|_| write(&weighed, "")) {
        tracing::warn!("the compiler's cache cannot be used: {error}");
    }
}

fn modified(path: &Path) -> Option<SystemTime> {
    std::fs::metadata(path).ok()?.modified().ok()
}
