//! Finds packages, and directories that could be packages, below a directory.

use std::path::{Path, PathBuf};

use ignore::{DirEntry, WalkBuilder};

use crate::project::document::{Document, ManifestKind};

/// The manifest in a directory. If there are several, the one with the highest priority.
pub(crate) fn in_folder(folder: &Path) -> Option<PathBuf> {
    (ManifestKind::ALL.iter())
        .map(|kind| folder.join(kind.file_name()))
        .find(|path| path.is_file())
}

/// Whether a manifest has a workspace.
pub(crate) fn own_workspace(document: &Document) -> bool {
    (["workspace", "project"].iter()).any(|name| document.field(&[name]).is_some())
}

/// The directories below the manifest or directory `path` (absolute) that contain one of the files
/// `names` but no manifest, relative to the directory of `path`.
pub fn folders_without_manifest(path: &Path, names: &[&str]) -> Vec<PathBuf> {
    let root = if path.is_dir() {
        path
    } else {
        path.parent().unwrap_or(path)
    };
    let has_one = |folder: &PathBuf| names.iter().any(|name| folder.join(name).is_file());
    let folders = folders(root).filter(|folder| manifest(folder).is_none());
    let relative = folders.filter(has_one).filter_map(|folder| {
        let relative = folder.strip_prefix(root).ok()?;
        (relative != Path::new("")).then(|| relative.to_owned())
    });
    relative.collect()
}

/// The directories of the packages below `root`, relative to `root`.
pub(crate) fn packages(root: &Path) -> Vec<PathBuf> {
    let is_package = |folder: &PathBuf| {
        let document = manifest(folder).and_then(|path| {
            let text = fs_err::read_to_string(&path).ok()?;
            Document::parse(path, "", text).ok()
        });
        document.is_some_and(|document| document.field(&["package"]).is_some())
    };
    let found = folders(root).filter(is_package);
    found
        .filter_map(|folder| Some(folder.strip_prefix(root).ok()?.to_owned()))
        .collect()
}

/// `root` and the directories below it that belong to its workspace, sorted by path. Hidden
/// directories, directories that git ignores, and caches are skipped.
pub(crate) fn folders(root: &Path) -> impl Iterator<Item = PathBuf> {
    let mut walk = WalkBuilder::new(root);
    walk.parents(false).git_global(false).git_exclude(false);
    // A directory that was unpacked from an archive is not a repository, but its `.gitignore`
    // applies.
    walk.require_git(false).sort_by_file_name(Ord::cmp);
    let top = root.to_owned();
    walk.filter_entry(move |entry| entry.path() == top || belongs(entry));
    let folders = walk.build().flatten().filter(is_folder);
    folders.map(DirEntry::into_path)
}

fn is_folder(entry: &DirEntry) -> bool {
    entry.file_type().is_some_and(|kind| kind.is_dir())
}

/// Whether an entry is a directory that belongs to the workspace above it.
fn belongs(entry: &DirEntry) -> bool {
    if !is_folder(entry) || entry.path().join("CACHEDIR.TAG").is_file() {
        return false;
    }
    let Some(path) = manifest(entry.path()) else {
        return true;
    };
    let text = fs_err::read_to_string(&path).unwrap_or_default();
    // A manifest that cannot be parsed is reported when it is read as a member.
    !Document::parse(path, "", text).is_ok_and(|document| own_workspace(&document))
}

/// The manifest of a directory, if pixi would use it.
pub(crate) fn manifest(folder: &Path) -> Option<PathBuf> {
    let path = in_folder(folder)?;
    let foreign = ManifestKind::of(&path) == Some(ManifestKind::Pyproject)
        && !fs_err::read_to_string(&path).is_ok_and(|text| text.contains("pixi"));
    (!foreign).then_some(path)
}
