//! Inputs as they go over the wire.
//!
//! Clients that know rooted sets get one for each folder that is walked. The
//! flat list says as much as one list can, for clients that know no sets; the
//! others unite it with the sets, so it must not match more than they do.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::backend::GlobSet;
use crate::backend::inputs::{STAY, escape};
use crate::protocol::outputs::InputGlobSet;

/// The flat list, relative to `source`, and the rooted sets.
pub(crate) fn globs(sets: &[GlobSet], source: &Path) -> (Vec<String>, Vec<InputGlobSet>) {
    let merged = merged(sets);
    let flat = flat(&merged, source);
    let rooted = merged.into_iter().map(|set| InputGlobSet {
        patterns: set.patterns,
        markers: set.markers,
        root: Some(set.root),
    });
    (flat, rooted.collect())
}

/// Names in one folder become one set, so that each folder is read once.
fn merged(sets: &[GlobSet]) -> Vec<GlobSet> {
    let mut merged: Vec<GlobSet> = Vec::new();
    for set in sets {
        if merged.contains(set) {
            continue;
        }
        let same = merged
            .iter_mut()
            .find(|other| other.root == set.root && mergeable(other) && mergeable(set));
        match same {
            Some(other) => {
                other.patterns.retain(|pattern| pattern != STAY);
                for pattern in &set.patterns {
                    if !other.patterns.contains(pattern) {
                        other.patterns.push(pattern.clone());
                    }
                }
            }
            None => merged.push(set.clone()),
        }
    }
    merged
}

/// Whether a set is names and nothing else. Hidden names change how the other
/// patterns of a set are read.
fn mergeable(set: &GlobSet) -> bool {
    let is_name = |pattern: &String| pattern == STAY || !pattern.starts_with(['!', '.']);
    set.stays() && set.markers.is_empty() && set.patterns.iter().all(is_name)
}

/// What can be said in one list: trees first, then their exclusions, then single
/// files, which no exclusion may take away, and last the folders to stay out of.
fn flat(sets: &[GlobSet], source: &Path) -> Vec<String> {
    let mut trees = Vec::new();
    let mut excluded = Vec::new();
    let mut files = Vec::new();
    let mut roots = BTreeSet::new();
    for set in sets {
        let Some(prefix) = prefix(&set.root, source) else {
            continue;
        };
        let stays = set.stays();
        for pattern in set.patterns.iter().filter(|pattern| *pattern != STAY) {
            match pattern.strip_prefix('!') {
                Some(body) if is_anywhere(body) => excluded.push(pattern.clone()),
                Some(body) => excluded.push(format!("!{prefix}{body}")),
                None if !stays => trees.push(format!("{prefix}{pattern}")),
                None if is_plain(pattern) => files.push(format!("{prefix}{pattern}")),
                // Would match in folders below as well, or show what is hidden.
                None => continue,
            }
            roots.insert(set.root.clone());
        }
    }
    let only_here = trees.is_empty() && roots.iter().all(|root| root == source);
    let pruned = if only_here {
        vec![STAY.to_string()]
    } else {
        unrelated(source, &roots)
    };
    let mut flat = Vec::new();
    if trees.is_empty() && files.is_empty() {
        return flat;
    }
    for pattern in [trees, excluded, files, pruned].concat() {
        if !flat.contains(&pattern) {
            flat.push(pattern);
        }
    }
    flat
}

/// The way from `source` to `root` as the start of a pattern.
fn prefix(root: &Path, source: &Path) -> Option<String> {
    let below = root.strip_prefix(source).ok()?;
    let mut prefix = String::new();
    for part in below.components() {
        let part = part.as_os_str().to_str()?;
        if part.starts_with('.') {
            return None;
        }
        prefix.push_str(&escape(part));
        prefix.push('/');
    }
    Some(prefix)
}

/// Whether a pattern means a name at any depth.
fn is_anywhere(body: &str) -> bool {
    body.starts_with("**/") || (body.contains(['*', '?', '[', '{', '\\']) && !body.contains('/'))
}

fn is_plain(name: &str) -> bool {
    !name.contains(['*', '?', '[', '{', '\\']) && !name.starts_with('.')
}

/// Folders beside the way to every root, to stay out of.
fn unrelated(source: &Path, roots: &BTreeSet<PathBuf>) -> Vec<String> {
    let mut unrelated = Vec::new();
    let mut open = vec![source.to_path_buf()];
    while let Some(folder) = open.pop() {
        if roots.contains(&folder) && folder != source {
            continue;
        }
        let entries = std::fs::read_dir(&folder).into_iter().flatten().flatten();
        let mut folders: Vec<PathBuf> = entries
            .filter(|entry| entry.file_type().is_ok_and(|kind| !kind.is_file()))
            .map(|entry| entry.path())
            .filter(|path| path.is_dir())
            .collect();
        folders.sort();
        for path in folders {
            if roots.iter().any(|root| root.starts_with(&path)) {
                open.push(path);
            } else if let Some(prefix) = prefix(&path, source)
                && !prefix.contains('\\')
            {
                unrelated.push(format!("!{}", prefix.trim_end_matches('/')));
            }
        }
    }
    unrelated
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lists(sets: &[GlobSet]) -> (Vec<String>, Vec<Vec<String>>) {
        let (flat, rooted) = globs(sets, Path::new("/ws"));
        let patterns = rooted.into_iter().map(|set| set.patterns);
        (flat, patterns.collect())
    }

    #[test]
    fn names_in_one_folder_are_one_set() {
        let file = |path: &str| GlobSet::file(Path::new(path), "test").expect("a name");
        let sets = [file("/ws/a"), file("/ws/b"), file("/ws/.c"), file("/x/d")];
        let (flat, rooted) = lists(&sets);
        assert_eq!(flat, ["a", "b", "!*/"]);
        let expected = [vec!["a", "b", "!*/"], vec![".c", "!*/"], vec!["d", "!*/"]];
        assert_eq!(rooted, expected);
    }

    #[test]
    fn files_follow_the_exclusions_of_trees() {
        let tree = GlobSet::tree(Path::new("/ws/src"), ["**/*.rs"], "test");
        let tree = tree.except([Path::new("/ws/src/x.rs")]).without_leftovers();
        let file = GlobSet::file(Path::new("/ws/src/x.rs"), "test").expect("a name");
        let (flat, _) = lists(&[file, tree]);
        assert_eq!(flat.first().map(String::as_str), Some("src/**/*.rs"));
        assert_eq!(flat[1], "!src/x.rs");
        assert_eq!(flat.last().map(String::as_str), Some("src/x.rs"));
    }
}
