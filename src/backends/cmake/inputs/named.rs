//! The files that commands of the project name without declaring them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::super::copies::{OF_TOOLS, files_of};
use super::super::globs;
use super::super::nested::{installed_in, read_in};
use super::super::ninja::Edge;
use super::super::unreported::{Unreported, git};
use super::{Own, outside_build_trees};
use crate::backend::GlobSet;

/// The files of `all` that belong to the user.
pub(super) fn of_the_user(all: &Unreported, own: &Own) -> Unreported {
    let paths = |paths: &BTreeSet<PathBuf>| -> BTreeSet<PathBuf> {
        let paths = paths.iter().filter_map(|path| own.path(path));
        paths.filter(|path| path.exists()).collect()
    };
    let unpacked = all.unpacked.iter();
    let unpacked = unpacked.map(|(name, files)| (name.clone(), paths(files)));
    let unpacked: BTreeMap<String, BTreeSet<PathBuf>> =
        unpacked.filter(|(_, files)| !files.is_empty()).collect();
    let globs = all.globs.iter();
    let globs = globs.filter(|glob| own.path(&globs::set(glob).root).is_some());
    Unreported {
        read: (all.read.iter().filter_map(|path| own.file(path))).collect(),
        copied: paths(&all.copied),
        installed: paths(&all.installed),
        unpacked,
        checked: (all.checked.iter())
            .filter_map(|path| own.path(path))
            .filter(|path| !path.ends_with(".git"))
            .collect(),
        described: paths(&all.described),
        globs: globs.cloned().collect(),
        patterns: (all.patterns.iter())
            .filter(|(path, _)| own.path(path).is_some())
            .map(|(path, patterns)| (path.clone(), patterns.clone()))
            .collect(),
        ..Unreported::default()
    }
}

/// The files that configuring read or copied.
pub(super) fn configured(unreported: &Unreported) -> BTreeSet<PathBuf> {
    let unpacked = unreported.unpacked.values().flatten();
    let copied = unreported.copied.iter().chain(unpacked);
    let copied = copied.flat_map(|path| files_of(path));
    let of_git = unreported
        .described
        .iter()
        .flat_map(|folder| git::files(folder));
    let read = unreported.read.iter().cloned().chain(copied);
    read.chain(of_git).collect()
}

/// The patterns for files that are not known one by one.
pub(super) fn sets(unreported: &Unreported) -> Vec<GlobSet> {
    let unpacked = unreported.unpacked.values().flatten();
    let copied = unreported.copied.iter().chain(unpacked);
    let copied = copied.flat_map(|path| below(path, "copied while configuring"));
    let installed = unreported.installed.iter();
    let installed = installed.flat_map(|path| below(path, "installed"));
    let globs = unreported.globs.iter();
    let globs = globs.map(|glob| outside_build_trees(globs::set(glob)));
    let of_git = unreported
        .described
        .iter()
        .flat_map(|folder| git::sets(folder));
    let absent = unreported.checked.iter().filter(|path| !path.exists());
    let absent = absent.flat_map(|path| {
        let reason = "decides how the project is configured";
        // It may become a file or a directory.
        let file = GlobSet::file(path, reason);
        file.into_iter()
            .chain([GlobSet::tree(path, ["**"], reason)])
    });
    (copied.chain(installed))
        .chain(globs)
        .chain(of_git)
        .chain(absent)
        .collect()
}

/// The directories that the commands of `edges` copy, and those that the projects in `trees`
/// install.
pub(super) fn copied(
    edges: &[Edge],
    trees: &BTreeSet<PathBuf>,
    binary: &Path,
    own: &Own,
) -> Vec<GlobSet> {
    let copied = edges.iter().flat_map(|edge| edge.copied(binary));
    let installed = trees.iter().flat_map(|tree| installed_in(tree));
    let copied = copied.chain(installed);
    let copied: BTreeSet<PathBuf> = copied.filter_map(|path| own.path(&path)).collect();
    let sets = copied.iter().filter(|path| path.is_dir());
    sets.filter_map(|path| below(path, "copied by a command"))
        .collect()
}

/// A file, or all files of a directory that is copied, also hidden ones.
pub(super) fn below(path: &Path, reason: &str) -> Option<GlobSet> {
    matching(path, &["**".to_string()], reason)
}

/// An installed directory with the patterns of the project.
pub(super) fn installed(path: &Path, unreported: &Unreported) -> Vec<GlobSet> {
    let reason = "installed";
    match unreported.patterns.get(path) {
        Some(known) => (known.iter())
            .filter_map(|patterns| matching(path, patterns, reason))
            .collect(),
        None => below(path, reason).into_iter().collect(),
    }
}

/// A file, or the files of a directory that match `patterns`.
fn matching(path: &Path, patterns: &[String], reason: &str) -> Option<GlobSet> {
    if !path.is_dir() {
        return GlobSet::file(path, reason);
    }
    let others = OF_TOOLS.iter().map(|name| format!("!**/{name}/"));
    let patterns = patterns.iter().cloned().chain(others);
    let set = GlobSet::tree(path, patterns, reason).with_hidden();
    Some(outside_build_trees(set).without_leftovers())
}

/// The files that the commands of `edges` name, and those that the projects in `trees` read.
pub(super) fn in_commands(
    edges: &[Edge],
    trees: &BTreeSet<PathBuf>,
    binary: &Path,
) -> BTreeSet<PathBuf> {
    let named = edges.iter().flat_map(|edge| edge.named(binary));
    let read = trees.iter().flat_map(|tree| read_in(tree));
    named.chain(read).collect()
}
