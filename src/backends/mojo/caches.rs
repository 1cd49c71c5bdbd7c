//! The compiler's cache.
//!
//! All builds of a user share one cache. Its keys contain the version of the compiler and
//! the compiled contents, but not the paths of the source and the environment. The
//! compiler also handles concurrent access.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use bytesize::ByteSize;

use super::Config;
use crate::backend::cache::{Cache, CacheScope, Cleared};
use crate::backend::{Folders, Request};
use crate::disk::write;

/// The interval between measurements of the cache.
const WEIGHING: Duration = Duration::from_secs(60 * 60);

/// The directory of the compiler's cache.
pub(super) fn compilations(folders: &Folders) -> Option<PathBuf> {
    let cache = folders.cache.as_ref()?;
    Some(cache.join("pixi-build-mojo").join("compiler"))
}

/// All directories that outlive builds. Builds share them and do not lock them, because the
/// compiler compiles missing entries again.
pub(super) fn all(folders: &Folders) -> Vec<Cache> {
    let cache = compilations(folders).map(|folder| Cache {
        what: "compilations of Mojo".to_string(),
        lock: folder.join("lock"),
        folder,
        scope: CacheScope::User,
    });
    cache.into_iter().collect()
}

/// Empties the cache when it exceeds the limit of the user, because the compiler does not
/// limit it. Its contents can be compiled again in seconds.
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
    let outcome = if size > limit {
        tracing::info!(
            "{} is cleared: {size} is more than {limit}",
            cache.folder.display()
        );
        cache.clear()
    } else {
        Ok(Cleared::Empty)
    };
    // Without a cache the build only takes longer.
    if let Err(error) = outcome.and_then(|_| write(&weighed, "")) {
        tracing::warn!("the compiler's cache cannot be used: {error}");
    }
}

fn modified(path: &Path) -> Option<SystemTime> {
    std::fs::metadata(path).ok()?.modified().ok()
}
