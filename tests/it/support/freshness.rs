//! Plays pixi's cache: remembers the files an answer names, and says later
//! whether pixi would ask again.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::glob::{Set, sets};
use super::packing::sha256;

/// What pixi remembers of an answer.
#[derive(Debug)]
pub struct Remembered {
    sets: Vec<Set>,
    files: BTreeMap<PathBuf, String>,
    visited: usize,
}

/// What happened to the files since.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// The content is another.
    Edited(PathBuf),
    /// It is gone.
    Removed(PathBuf),
    /// It was not there before.
    New(PathBuf),
}

impl Remembered {
    /// Walks the globs of an answer and hashes what they find.
    ///
    /// Panics at a pattern that pixi cannot take.
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

    /// What changed since. Empty means that pixi reuses the answer.
    #[track_caller]
    pub fn changes(&self) -> Vec<Change> {
        let (now, _) = walk(&self.sets);
        let mut changes = Vec::new();
        for (path, hash) in &self.files {
            // A remembered file counts wherever it is now.
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

    /// The files, relative to `folder` where they lie in it.
    pub fn names(&self, folder: &Path) -> Vec<String> {
        let short = |path: &PathBuf| {
            let path = path.strip_prefix(folder).unwrap_or(path);
            path.display().to_string()
        };
        self.files.keys().map(short).collect()
    }

    /// How many entries of folders were looked at to find them.
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
            let content = fs_err::read(&path).expect("found just now");
            files.entry(path).or_insert_with(|| sha256(content));
        }
    }
    (files, visited)
}
