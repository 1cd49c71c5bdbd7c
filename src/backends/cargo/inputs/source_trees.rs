//! The source trees of a crate, in which new modules are detected.
//!
//! The files that a build read are known. Existing files that it did not read are excluded, so
//! that a binary that is not installed, a module for another platform, or a test next to the
//! sources does not trigger a build. A file that is added later can be a module or a binary
//! that Cargo discovers, so it counts.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::backend::GlobSet;
use crate::backends::cargo::context::path_dependencies::PathCrate;

/// The source trees of one crate, after a build that read the files `read`.
pub(crate) fn trees(local: &PathCrate, read: &BTreeSet<PathBuf>) -> Vec<GlobSet> {
    let reason = format!("sources of {}", local.name().unwrap_or("the crate"));
    let mut sets = Vec::new();
    for folder in folders(local, read) {
        let set = if folder == local.root {
            // Subdirectories of the crate's own directory contain other files as well. Those
            // with modules are separate trees.
            GlobSet::names(&folder, ["*.rs"], &reason)
        } else {
            GlobSet::tree(&folder, ["**/*.rs"], &reason)
        };
        let unread = if set.stays() {
            unread_here(&folder, read)
        } else {
            unread(&folder, read)
        };
        sets.push(set.except(unread.iter().map(PathBuf::as_path)));
    }
    sets
}

/// The outermost directories with sources: `src`, the directories of targets that were read,
/// and for targets directly in the crate's directory the directories of their modules.
fn folders(local: &PathCrate, read: &BTreeSet<PathBuf>) -> BTreeSet<PathBuf> {
    let mut folders = BTreeSet::from([local.root.join("src")]);
    let targets = local.named_targets();
    let targets = targets.iter().filter(|target| read.contains(*target));
    folders.extend(targets.filter_map(|target| Some(target.parent()?.to_path_buf())));
    if folders.contains(&local.root) {
        let modules = read.range(local.root.clone()..);
        let modules = modules
            .take_while(|path| path.starts_with(&local.root))
            .filter(|path| is_rust(path));
        folders.extend(modules.filter_map(|path| {
            let below = path.strip_prefix(&local.root).ok()?;
            let first = below.components().next()?;
            let folder = local.root.join(first);
            folder.is_dir().then_some(folder)
        }));
    }
    let all = folders.clone();
    folders.retain(|folder| {
        let mut above = folder.ancestors().skip(1);
        !above.any(|above| above != local.root && all.contains(above))
    });
    folders
}

/// The Rust files in `folder` that existed and were not read, and the directories of other
/// crates of which no file was read.
fn unread(folder: &Path, read: &BTreeSet<PathBuf>) -> Vec<PathBuf> {
    let survey = survey(folder, &["Cargo.toml", "CACHEDIR.TAG"], read);
    let mut unread = survey.apart;
    unread.extend(survey.unread);
    unread.sort();
    unread
}

/// The same for a tree that does not contain subdirectories.
fn unread_here(folder: &Path, read: &BTreeSet<PathBuf>) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let paths = entries.map(|entry| entry.path());
    paths
        .filter(|path| is_rust(path) && !read.contains(path))
        .collect()
}

/// The directories below `folder` that contain one of the files `marks` and no file that was
/// read.
pub(crate) fn apart(folder: &Path, marks: &[&str], read: &BTreeSet<PathBuf>) -> Vec<PathBuf> {
    let mut apart = survey(folder, marks, read).apart;
    apart.sort();
    apart
}

/// The parts of a directory that were not read.
#[derive(Default)]
struct Survey {
    unread: Vec<PathBuf>,
    apart: Vec<PathBuf>,
}

fn survey(folder: &Path, marks: &[&str], read: &BTreeSet<PathBuf>) -> Survey {
    let mut survey = Survey::default();
    let mut open = vec![folder.to_path_buf()];
    while let Some(folder) = open.pop() {
        let entries = std::fs::read_dir(&folder).into_iter().flatten().flatten();
        for path in entries.map(|entry| entry.path()) {
            let name = path.file_name().unwrap_or_default();
            if name.as_encoded_bytes().starts_with(b".") {
                continue;
            }
            if path.is_dir() {
                let marked = marks.iter().any(|name| path.join(name).is_file());
                if marked && !contains(read, &path) {
                    survey.apart.push(path);
                } else if !path.is_symlink() {
                    open.push(path);
                }
            } else if is_rust(&path) && !read.contains(&path) {
                survey.unread.push(path);
            }
        }
    }
    survey
}

/// Whether one of the paths is in `folder`.
pub(crate) fn contains(paths: &BTreeSet<PathBuf>, folder: &Path) -> bool {
    let next = paths.range(folder.to_path_buf()..).next();
    next.is_some_and(|path| path.starts_with(folder))
}

fn is_rust(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "rs")
}
