//! Where a build takes place: a build tree that outlives work directories.
//!
//! A new package in an environment means a new work directory and new prefixes. The tree
//! stays where it is, below the workspace's scratch directory, and what is compiled in it
//! names the prefixes by two links that never change. CMake ties a tree to its source, so
//! two checkouts have two trees.

use std::path::{Path, PathBuf};

use rattler_digest::{Sha256, compute_bytes_digest};

use super::{Config, NAME};
use crate::backend::{BuildPaths, Folders, Request};
use crate::diagnostic::{Unwritable, create_folder};
use crate::disk;

/// How long the path of a host prefix is: conda leaves room for every place in which a
/// package may be installed.
const PREFIX_LENGTH: usize = 255;

/// A build tree, and what belongs to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tree {
    /// Holds everything below.
    folder: PathBuf,
    /// Whether commands name the prefixes by links.
    pub(super) is_linked: bool,
}

impl Tree {
    /// The tree for a request. Whatever makes no other tree (arguments, variables,
    /// prefixes) is in the signature instead.
    pub(super) fn of(request: &Request<'_, Config>, source: &Path) -> Self {
        let Request {
            project,
            config,
            platforms,
            variants,
            folders,
            ..
        } = *request;
        let identity = format!(
            "{:?}",
            (
                source,
                project.name(),
                platforms.build.as_str(),
                platforms.host.as_str(),
                variants,
                config.build_type(),
                &config.preset,
            )
        );
        let hash = hex::encode(compute_bytes_digest::<Sha256>(identity));
        let (family, length) = match platforms.build.is_windows() {
            true => (FAMILIES[1], 8),
            false => (FAMILIES[0], 16),
        };
        let folder = root(folders, &project.source)
            .join(family)
            .join(&hash[..length]);
        let is_linked = !platforms.build.is_windows() && is_harmless(&folder);
        Self { folder, is_linked }
    }

    /// The directory that CMake fills.
    pub(super) fn binary(&self) -> PathBuf {
        self.folder.join("tree")
    }

    /// A file beside the tree.
    pub(super) fn beside(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// There once the tree is configured.
    pub(super) fn marker(&self) -> PathBuf {
        self.folder.join("configured")
    }

    /// Held until it is known what a build has read.
    pub(super) fn lock(&self) -> PathBuf {
        lock(&self.folder)
    }

    /// The name of the host prefix that never changes. It is as long as prefixes are, so
    /// that one can take the place of the other in a binary.
    pub(super) fn host(&self) -> PathBuf {
        let shortest = self.folder.join("host");
        let missing = PREFIX_LENGTH.saturating_sub(shortest.as_os_str().len());
        self.folder.join(format!("host{}", "_".repeat(missing)))
    }

    /// The name of the build prefix that never changes.
    pub(super) fn build(&self) -> PathBuf {
        self.folder.join("build")
    }

    /// Everything that belongs to the tree.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Points the links at the prefixes of this build.
    ///
    /// # Errors
    /// [`Unwritable`].
    pub(super) fn link(&self, paths: &BuildPaths) -> Result<(), Unwritable> {
        create_folder(&self.folder)?;
        if self.is_linked {
            point(&self.host(), &paths.host_prefix)?;
            point(&self.build(), &paths.build_prefix)?;
        }
        Ok(())
    }
}

/// Whether a path needs no quoting in flags of a compiler, lists of paths and the like.
fn is_harmless(path: &Path) -> bool {
    let harmless =
        |character: char| character.is_ascii_alphanumeric() || "/._-+@~".contains(character);
    path.to_str().is_some_and(|path| path.chars().all(harmless))
}

#[cfg(unix)]
pub(super) fn point(link: &Path, target: &Path) -> Result<(), Unwritable> {
    if std::fs::read_link(link).is_ok_and(|found| found == target) {
        return Ok(());
    }
    disk::remove_file(link)?;
    std::os::unix::fs::symlink(target, link).map_err(|source| Unwritable {
        path: link.to_path_buf(),
        source,
    })
}

/// Links need a privilege that builds do not have.
#[cfg(not(unix))]
pub(super) fn point(_: &Path, _: &Path) -> Result<(), Unwritable> {
    Ok(())
}

/// What outlives builds, in order of what belongs nearest to the project.
fn root(folders: &Folders, source: &Path) -> PathBuf {
    let offered = folders.scratch.as_ref().or(folders.cache.as_ref());
    offered.cloned().unwrap_or_else(|| source.join(".pixi"))
}

/// The file in the folder of a tree that a build holds a lock on.
pub(super) fn lock(folder: &Path) -> PathBuf {
    folder.join("lock")
}

/// The names of folders that hold trees: paths on Windows must stay short.
pub(super) const FAMILIES: [&str; 2] = [NAME, "c"];
