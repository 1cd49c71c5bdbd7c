//! The build tree, which outlives work directories.
//!
//! A new package in an environment leads to a new work directory and new prefixes. The
//! tree stays below the scratch directory of the workspace, and commands in it refer to
//! the prefixes through two links whose paths never change. CMake ties a tree to its
//! source directory, so two checkouts have two trees.

use std::path::{Path, PathBuf};

use rattler_digest::{Sha256, compute_bytes_digest};

use super::{Config, NAME};
use crate::backend::{BuildPaths, Folders, Request};
use crate::diagnostic::{Unwritable, create_folder};
#[cfg(unix)]
use crate::disk;

/// The length of the path of a host prefix. conda uses this length so that packages can
/// be installed in any shorter path.
const PREFIX_LENGTH: usize = 255;

/// A build tree and its files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tree {
    /// The directory that contains all of them.
    folder: PathBuf,
    /// Whether commands refer to the prefixes through links.
    pub(super) is_linked: bool,
}

impl Tree {
    /// The tree of a request. Values that do not require another tree (arguments,
    /// variables, prefixes) are in the signature instead.
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
                config.preset(),
            )
        );
        let hash = hex::encode(compute_bytes_digest::<Sha256>(identity));
        let (family, length) = if platforms.build.is_windows() {
            (FAMILIES[1], 8)
        } else {
            (FAMILIES[0], 16)
        };
        let folder = root(folders, &project.source)
            .join(family)
            .join(&hash[..length]);
        let is_linked = !platforms.build.is_windows() && is_harmless(&folder);
        Self { folder, is_linked }
    }

    /// The tree in `folder`, without links.
    #[cfg(test)]
    pub(super) fn at(folder: &Path) -> Self {
        Self {
            folder: folder.to_path_buf(),
            is_linked: false,
        }
    }

    /// The directory in which CMake works.
    pub(super) fn binary(&self) -> PathBuf {
        self.folder.join("tree")
    }

    /// A file next to the tree.
    pub(super) fn beside(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// A file that exists when the tree is configured.
    pub(super) fn marker(&self) -> PathBuf {
        self.folder.join("configured")
    }

    /// The lock, which is held until the files that a build has read are known.
    pub(super) fn lock(&self) -> PathBuf {
        lock(&self.folder)
    }

    /// The path of the link to the host prefix. It has the length of a prefix, so that
    /// one can replace the other in a binary.
    pub(super) fn host(&self) -> PathBuf {
        let shortest = self.folder.join("host");
        let missing = PREFIX_LENGTH.saturating_sub(shortest.as_os_str().len());
        self.folder.join(format!("host{}", "_".repeat(missing)))
    }

    /// The path of the link to the build prefix.
    pub(super) fn build(&self) -> PathBuf {
        self.folder.join("build")
    }

    /// The directory with all files of the tree.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Sets the targets of the links to the prefixes of this build.
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

/// Whether a path does not need quotes in flags of a compiler, lists of paths and similar
/// places.
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

/// Links need a privilege on Windows that builds do not have.
#[cfg(not(unix))]
pub(super) fn point(_: &Path, _: &Path) -> Result<(), Unwritable> {
    Ok(())
}

/// The persistent directory that is nearest to the project.
fn root(folders: &Folders, source: &Path) -> PathBuf {
    let offered = folders.scratch.as_ref().or(folders.cache.as_ref());
    offered.cloned().unwrap_or_else(|| source.join(".pixi"))
}

/// The file in the directory of a tree that a build locks.
pub(super) fn lock(folder: &Path) -> PathBuf {
    folder.join("lock")
}

/// The names of directories that contain trees. On Windows paths must be short.
pub(super) const FAMILIES: [&str; 2] = [NAME, "c"];
