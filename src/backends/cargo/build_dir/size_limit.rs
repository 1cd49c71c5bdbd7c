//! What builds leave for later ones, and how much of it.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use bytesize::ByteSize;
use miette::Report;

use crate::backend::cache::{Cache, Cleared, Scope, weight};
use crate::backend::{Folders, Request};
use crate::backends::cargo::Config;
use crate::backends::cargo::build_dir::changed_prefixes;
use crate::backends::cargo::build_dir::shared_build_dir::{self, Shared};
use crate::disk::{remove_folder, write};

/// How often the artefacts of a workspace are weighed: a walk over all of them is too
/// much for every build.
const WEIGHING: Duration = Duration::from_secs(60 * 60);

/// One for all builds of the user: a download is needed once.
pub(crate) fn cargo_home(folders: &Folders) -> Option<PathBuf> {
    let cache = folders.cache.as_ref()?;
    Some(cache.join("pixi-build-rust").join("cargo-home"))
}

/// What sccache keeps, unless the user has chosen another storage. It watches over the size
/// itself.
pub(crate) fn compilations(folders: &Folders) -> Option<PathBuf> {
    let cache = folders.cache.as_ref()?;
    Some(cache.join("pixi-build-rust").join("sccache"))
}

/// Every folder that outlives builds.
pub(crate) fn all(folders: &Folders) -> Vec<Cache> {
    let artefacts = shared_build_dir::folders_of(folders)
        .into_iter()
        .map(artefacts);
    let home = cargo_home(folders);
    // The lock of Cargo's own garbage collection, held by every cargo that compiles.
    let lock = home.as_ref().map(|home| home.join(".package-cache-mutate"));
    let of_the_user = |what: &str, folder: Option<PathBuf>| {
        Some(Cache {
            what: what.to_string(),
            folder: folder?,
            scope: Scope::User,
            lock: lock.clone()?,
        })
    };
    let compilations = compilations(folders).filter(|folder| folder.is_dir());
    let of_the_user = [
        of_the_user("crates and registry index", home),
        of_the_user("compilations of sccache", compilations),
    ];
    artefacts.chain(of_the_user.into_iter().flatten()).collect()
}

fn artefacts(folder: PathBuf) -> Cache {
    Cache {
        what: "intermediate artifacts".to_string(),
        lock: shared_build_dir::lock(&folder),
        folder,
        scope: Scope::Workspace,
    }
}

/// Makes room when the artefacts of the workspace weigh more than the user allows:
/// those of other sets of variables go first, longest unused first. The caller holds
/// the lock of its own.
///
/// # Errors
/// Folders that cannot be removed or written.
pub(crate) fn keep_within_limit(
    request: &Request<'_, Config>,
    shared: &Shared,
) -> Result<(), Report> {
    let weighed = shared.folder().join("weighed");
    if modified(&weighed).is_some_and(|last| last.elapsed().is_ok_and(|age| age < WEIGHING)) {
        return Ok(());
    }
    write(&weighed, "")?;
    let limit = request.config.artifact_limit();
    let own = shared.build_dir();
    let mut others: Vec<PathBuf> = shared_build_dir::folders_of(request.folders);
    others.retain(|folder| folder != shared.folder());
    others.sort_by_key(|folder| modified(&folder.join(changed_prefixes::LATEST)));

    let mut total = weight(&own) + others.iter().map(|folder| weight(folder)).sum::<u64>();
    for folder in others {
        if total <= limit.as_u64() {
            return Ok(());
        }
        let cache = artefacts(folder);
        let before = cache.size();
        // Another build may have begun to fill it again.
        match cache.clear() {
            Ok(Cleared::Empty) => total = total.saturating_sub(before),
            Ok(Cleared::InUse) => {}
            Err(error) => tracing::warn!("artifacts of another build stay: {error}"),
        }
    }
    if total > limit.as_u64() {
        let size = ByteSize(total);
        tracing::info!("{} is cleared: {size} is more than {limit}", own.display());
        remove_folder(&own)?;
    }
    Ok(())
}

fn modified(path: &Path) -> Option<SystemTime> {
    std::fs::metadata(path).ok()?.modified().ok()
}
