//! Scans directories as pixi does for one set of patterns.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use ignore::Match;
use ignore::gitignore::Gitignore;

use super::glob::{Compiled, Found, Hidden};

/// A scan in progress.
pub(super) struct Walk<'a> {
    set: &'a Compiled,
    excluded: Gitignore,
    entered: BTreeSet<PathBuf>,
    found: Found,
}

impl<'a> Walk<'a> {
    pub(super) fn new(set: &'a Compiled) -> Self {
        let repository = set
            .root
            .ancestors()
            .find(|folder| folder.join(".git").is_dir());
        let excluded = match repository {
            Some(folder) => {
                let mut builder = ignore::gitignore::GitignoreBuilder::new(folder);
                builder.add(folder.join(".git/info/exclude"));
                builder.build().unwrap_or_else(|_| Gitignore::empty())
            }
            None => Gitignore::empty(),
        };
        Self {
            set,
            excluded,
            entered: BTreeSet::new(),
            found: Found::default(),
        }
    }

    pub(super) fn run(mut self) -> Found {
        if self.set.root.is_dir() {
            self.enter(&self.set.root.clone());
        }
        self.found
    }

    fn enter(&mut self, folder: &Path) {
        // Links are followed, but not in cycles.
        let real = dunce::canonicalize(folder);
        if !real.is_ok_and(|real| self.entered.insert(real)) {
            return;
        }
        if self.stopped_by_marker(folder) {
            return;
        }
        let entries = fs_err::read_dir(folder);
        for entry in entries.into_iter().flatten().flatten() {
            self.found.visited += 1;
            self.look_at(entry.path());
        }
    }

    fn look_at(&mut self, path: PathBuf) {
        let is_dir = path.is_dir();
        if self.is_hidden(&path) {
            return;
        }
        let verdict = self.set.overrides.matched(&path, is_dir);
        if !is_dir {
            if matches!(verdict, Match::Whitelist(_)) && path.is_file() {
                self.found.files.insert(path);
            }
            return;
        }
        let pruned = match verdict {
            Match::Ignore(_) => true,
            Match::Whitelist(_) => false,
            Match::None => self.is_excluded(&path),
        };
        if !pruned {
            self.enter(&path);
        }
    }

    fn is_excluded(&self, folder: &Path) -> bool {
        folder.starts_with(self.excluded.path()) && self.excluded.matched(folder, true).is_ignore()
    }

    fn is_hidden(&self, path: &Path) -> bool {
        let name = path.file_name().unwrap_or_default();
        let dotted = name.as_encoded_bytes().starts_with(b".");
        let named = || self.set.named_hidden.matched(name, false).is_whitelist();
        dotted && self.set.hidden == Hidden::Skipped && !named()
    }

    /// Searches for markers. A marker ends the scan of its directory, whether it matches
    /// or not.
    fn stopped_by_marker(&mut self, folder: &Path) -> bool {
        let mut stopped = false;
        for marker in &self.set.markers {
            let path = folder.join(marker);
            self.found.visited += 1;
            if path.is_file() {
                stopped = true;
                if self.set.overrides.matched(&path, false).is_whitelist() {
                    self.found.files.insert(path);
                }
            }
        }
        stopped
    }
}
