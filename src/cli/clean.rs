//! `clean`: removes the files that builds keep for later builds.

use std::collections::BTreeSet;

use bytesize::ByteSize;
use clap::Args;
use miette::{Diagnostic, Report};
use thiserror::Error;

use crate::backend::cache::{CacheScope, Cleared};
use crate::backend::{Cache, Env};
use crate::cli::package::{Package, PackageArguments};
use crate::cli::report::Reporter;
use crate::diagnostic::list;

#[derive(Debug, Args)]
pub(super) struct CleanArguments {
    #[command(flatten)]
    pub(super) package: PackageArguments,

    /// Remove the files of every package of the workspace
    #[arg(long)]
    all: bool,

    /// Also remove files that all workspaces of the user share, such as downloaded crates
    #[arg(long)]
    user: bool,

    /// Print what would be removed, without removing it
    #[arg(short = 'n', long)]
    dry_run: bool,
}

pub(super) fn clean(
    env: Env,
    arguments: &CleanArguments,
    reporter: &Reporter,
) -> Result<u8, Report> {
    let packages = Package::open_all(&env, &arguments.package, arguments.all)?;
    let mut caches: Vec<Cache> = packages.iter().flat_map(Package::caches).collect();
    caches.retain(|cache| arguments.user || cache.scope == CacheScope::Workspace);
    caches.extend(packages.iter().flat_map(Package::left_by_pixi));
    let mut seen = BTreeSet::new();
    caches.retain(|cache| !cache.is_empty() && seen.insert(cache.folder.clone()));
    if caches.is_empty() {
        let folders: BTreeSet<String> = packages.iter().map(Package::folder_of_builds).collect();
        let folders = list(folders.iter().map(String::as_str));
        reporter.print(&format!("nothing to remove in {folders}"))?;
    }
    let mut in_use = Vec::new();
    for cache in caches {
        let size = cache.size();
        let folder = cache.folder.display().to_string();
        if !arguments.dry_run && cache.clear()? == Cleared::InUse {
            in_use.push(folder);
            continue;
        }
        let what = format!("{}, {} in {folder}", cache.what, ByteSize(size));
        reporter.print(&if arguments.dry_run {
            format!("would remove {what}")
        } else {
            format!("removed {what}")
        })?;
    }
    if in_use.is_empty() {
        Ok(0)
    } else {
        Err(InUse { folders: in_use }.into())
    }
}

/// A build uses a cache.
#[derive(Debug, Error, Diagnostic)]
#[error("a build is using {}", list(folders.iter().map(String::as_str)))]
#[diagnostic(code(clean::in_use), help("try again when the build has ended"))]
struct InUse {
    folders: Vec<String>,
}
