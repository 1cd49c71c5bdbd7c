//! Models pixi's cache: remembers the files in a response, and later reports whether pixi
//! would send the request again.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::glob::{Set, sets};
use super::packing::sha256;

/// The files that pixi remembers from a response.
#[derive(Debug)]
pub struct Remembered {
    sets: Vec<Set>,
    files: BTreeMap<PathBuf, String>,
    visited: usize,
}

/// A change of the files.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// The content has changed.
    Edited(PathBuf),
    /// The file no longer exists.
    Removed(PathBuf),
    /// The file did not exist before.
    New(PathBuf),
}

impl Remembered {
    /// Scans the globs of a response and hashes the files that match.
    ///
    /// Panics at a pattern that pixi does not accept.
    #[track_caller]
    pub fn of(answer: &Value, source: &Path) -> Self {
        let sets = sets(answer, source).unwrap_or_else(|fault| panic!("{fault}"));
        let (files, visited) = walk(&sets);
        Self {
            sets,
            files,
            visited,
        }
    }

    /// The changes since then. If there are none, pixi reuses the response.
    #[track_caller]
    pub fn changes(&self) -> Vec<Change> {
        let (now, _) = walk(&self.sets);
        let mut changes = Vec::new();
        for (path, hash) in &self.files {
            // A remembered file is checked even if no glob matches it now.
            match fs_err::read(path) {
                Err(_) => changes.push(Change::Removed(path.clone())),
                Ok(content) if sha256(&content) != *hash => {
                    changes.push(Change::Edited(path.clone()));
                }
                Ok(_) => {}
            }
        }
        let new = now
            .into_keys()
            .filter(|path| !self.files.contains_key(path));
        changes.extend(new.map(Change::New));
        changes
    }

    /// The files, relative to `folder` if they are in it.
    pub fn names(&self, folder: &Path) -> Vec<String> {
        let short = |path: &PathBuf| {
            let path = path.strip_prefix(folder).unwrap_or(path);
            path.display().to_string()
        };
        self.files.keys().map(short).collect()
    }

    /// The number of directory entries that were visited.
    pub fn visited(&self) -> usize {
        self.visited
    }
}

#[track_caller]
fn walk(sets: &[Set]) -> (BTreeMap<PathBuf, String>, usize) {
    let mut files = BTreeMap::new();
    let mut visited = 0;
    for set in sets {
        let found = set
            .find()
            .unwrap_or_else(|fault| panic!("{fault} in {set:#?}"));
        visited += found.visited;
        for path in found.files {
            let content = fs_err::read(&path).expect("the file was found just now");
            files.entry(path).or_insert_with(|| sha256(content));
        }
    }
    (files, visited)
}
