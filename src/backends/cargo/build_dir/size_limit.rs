//! The directories that outlive builds, and the limit for their size.

use std::path::PathBuf;
use std::time::Duration;

use bytesize::ByteSize;
use miette::Report;

use crate::backend::Folders;
use crate::backend::cache::{Cache, CacheScope, Cleared, weight};
use crate::backends::cargo::build_dir::shared_build_dir;
use crate::backends::cargo::context::crate_context::CrateBuild;
use crate::backends::cargo::context::layout;
use crate::disk::{modified, remove_folder, write};

/// The interval between two measurements of the artifacts of a workspace. A measurement visits
/// all files, which would take too long in every build.
const WEIGHING: Duration = Duration::from_secs(60 * 60);

/// All directories that outlive builds.
pub(crate) fn all(folders: &Folders) -> Vec<Cache> {
    let artifacts = shared_build_dir::folders_of(folders)
        .into_iter()
        .map(artifacts);
    let home = layout::cargo_home(folders);
    // The lock of Cargo's own garbage collection. Every cargo process that compiles holds it.
    let lock = home.as_ref().map(|home| home.join(".package-cache-mutate"));
    let of_the_user = |what: &str, folder: Option<PathBuf>| {
        Some(Cache {
            what: what.to_string(),
            folder: folder?,
            scope: CacheScope::User,
            lock: lock.clone()?,
        })
    };
    let compilations = layout::sccache_dir(folders).filter(|folder| folder.is_dir());
    let of_the_user = [
        of_the_user("crates and registry index", home),
        of_the_user("compilations of sccache", compilations),
    ];
    artifacts.chain(of_the_user.into_iter().flatten()).collect()
}

fn artifacts(folder: PathBuf) -> Cache {
    Cache {
        what: "intermediate artifacts".to_string(),
        lock: shared_build_dir::lock(&folder),
        folder,
        scope: CacheScope::Workspace,
    }
}

/// Removes shared trees when all of them together are larger than the user allows. Those of
/// other sets of variables are removed first, the least recently used one before the others.
/// The caller holds the lock of its own shared tree.
///
/// # Errors
/// Directories that cannot be removed, and files that cannot be written.
pub(crate) fn keep_within_limit(build: CrateBuild<'_>) -> Result<(), Report> {
    let request = build.request;
    let Some(shared) = &build.shared_folder else {
        return Ok(());
    };
    let weighed = shared.join("weighed");
    if modified(&weighed).is_some_and(|last| last.elapsed().is_ok_and(|age| age < WEIGHING)) {
        return Ok(());
    }
    write(&weighed, "")?;
    let limit = request.config.artifact_limit();
    let own = layout::build_dir(shared);
    let mut others: Vec<PathBuf> = shared_build_dir::folders_of(request.folders);
    others.retain(|folder| folder != shared);
    others.sort_by_key(|folder| modified(&folder.join(layout::LATEST)));

    let mut total = weight(&own) + others.iter().map(|folder| weight(folder)).sum::<u64>();
    for folder in others {
        if total <= limit.as_u64() {
            return Ok(());
        }
        let cache = artifacts(folder);
        let before = cache.size();
        // Another build may be using it now.
        match cache.clear() {
            Ok(Cleared::Empty) => total = total.saturating_sub(before),
            Ok(Cleared::InUse) => {}
            Err(error) => tracing::warn!("cannot remove the artifacts of another build: {error}"),
        }
    }
    if total > limit.as_u64() {
        let size = ByteSize(total);
        tracing::info!("{} is cleared: {size} is more than {limit}", own.display());
        remove_folder(&own)?;
    }
    Ok(())
}
