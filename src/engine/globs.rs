//! Inputs in the form of the protocol.
//!
//! Clients that support rooted sets get one set for each directory that is scanned. The
//! flat list is an approximation for other clients. Clients that support sets use both,
//! so the list must not match more files than the sets.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::ops::Bound;
use std::path::{Path, PathBuf};

use indexmap::IndexSet;

use crate::backend::GlobSet;
use crate::backend::inputs::{STAY, escape};
use crate::protocol::outputs::InputGlobSet;

/// The flat list, relative to `source`, and the rooted sets. `outputs` are the names of
/// directories that build tools create among the sources.
pub(crate) fn globs(
    sets: &[GlobSet],
    source: &Path,
    outputs: &[&str],
) -> (Vec<String>, Vec<InputGlobSet>) {
    let merged = merged(sets);
    let flat = flat(&merged, source, outputs);
    let rooted = merged.into_iter().map(|set| InputGlobSet {
        patterns: set.patterns,
        markers: Vec::new(),
        exclude_hidden: set.hidden.then_some(false),
        root: Some(set.root),
    });
    (flat, rooted.collect())
}

/// The sets of one directory in a list of merged sets.
#[derive(Default)]
struct SetsOfRoot<'a> {
    /// The index of the set that contains names.
    names: Option<usize>,
    known: HashSet<&'a str>,
    /// The indices of the other sets.
    others: Vec<usize>,
}

/// Merges the names in one directory into one set, so that each directory is read once. A build
/// can read thousands of files, so a set is compared only with the sets of its directory.
fn merged(sets: &[GlobSet]) -> Vec<GlobSet> {
    let mut merged: Vec<GlobSet> = Vec::new();
    let mut roots: HashMap<&Path, SetsOfRoot<'_>> = HashMap::new();
    for set in sets {
        let root = roots.entry(&set.root).or_default();
        if !mergeable(set) {
            if root.others.iter().all(|index| merged[*index] != *set) {
                root.others.push(merged.len());
                merged.push(set.clone());
            }
            continue;
        }
        let patterns = set.patterns.iter().map(String::as_str);
        let Some(index) = root.names else {
            root.names = Some(merged.len());
            root.known.extend(patterns);
            merged.push(set.clone());
            continue;
        };
        let other = &mut merged[index].patterns;
        let names = patterns.filter(|name| root.known.insert(name));
        let names: Vec<String> = names.map(str::to_string).collect();
        // The last pattern of a set of names is `STAY`.
        other.splice(other.len() - 1..other.len() - 1, names);
    }
    merged
}

/// Whether a set contains only names. A hidden name changes how the other patterns of a
/// set are interpreted.
fn mergeable(set: &GlobSet) -> bool {
    let is_name = |pattern: &String| pattern == STAY || !pattern.starts_with(['!', '.']);
    set.stays() && !set.hidden && set.patterns.iter().all(is_name)
}

/// The patterns that one list can express. First come trees with their exclusions, the
/// broadest tree first, because an exclusion affects all patterns before it. Then come
/// single files, which no exclusion may remove, and finally the directories that are not
/// scanned.
fn flat(sets: &[GlobSet], source: &Path, outputs: &[&str]) -> Vec<String> {
    let mut broad = Vec::new();
    let mut trees = Vec::new();
    let mut files = Vec::new();
    let mut roots = BTreeSet::new();
    for set in sets {
        let Some(prefix) = prefix(&set.root, source) else {
            continue;
        };
        let patterns = set.patterns.iter();
        if set.stays() {
            // A wildcard would also match in subdirectories.
            let plain: Vec<String> = patterns
                .filter(|pattern| is_plain(pattern))
                .map(|name| format!("{prefix}{name}"))
                .collect();
            if plain.is_empty() {
                continue;
            }
            files.extend(plain);
        } else {
            let block = if set.root == source {
                &mut broad
            } else {
                &mut trees
            };
            // Wildcards in the list skip hidden names, unless a pattern names one.
            let shown = patterns.filter(|pattern| !set.hidden || !names_hidden(pattern));
            block.extend(shown.map(|pattern| below(&prefix, pattern)));
        }
        roots.insert(set.root.clone());
    }
    if roots.is_empty() {
        return Vec::new();
    }
    let only_here = broad.is_empty() && roots.iter().all(|root| root == source);
    let pruned = if only_here {
        vec![STAY.to_string()]
    } else {
        unrelated(source, &roots, outputs)
    };
    let patterns = [broad, trees, files, pruned].into_iter().flatten();
    // The last match has priority, so the last one of equal patterns counts.
    let patterns: Vec<String> = patterns.collect();
    let patterns: IndexSet<String> = patterns.into_iter().rev().collect();
    patterns.into_iter().rev().collect()
}

fn names_hidden(pattern: &str) -> bool {
    let body = pattern.strip_prefix('!').unwrap_or(pattern);
    body.starts_with('.') || body.contains("/.")
}

/// A pattern of a set as a pattern of the flat list.
fn below(prefix: &str, pattern: &str) -> String {
    match pattern.strip_prefix('!') {
        Some(body) if is_anywhere(body) => pattern.to_string(),
        Some(body) => format!("!{prefix}{body}"),
        None => format!("{prefix}{pattern}"),
    }
}

/// The path from `source` to `root` as the beginning of a pattern.
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

/// Whether a pattern matches a name at any depth.
fn is_anywhere(body: &str) -> bool {
    body.starts_with("**/") || (body.contains(['*', '?', '[', '{', '\\']) && !body.contains('/'))
}

fn is_plain(name: &str) -> bool {
    !name.contains(['*', '?', '[', '{', '\\']) && !name.starts_with(['.', '!'])
}

/// The directories that are not parents of a root and therefore need no scan.
fn unrelated(source: &Path, roots: &BTreeSet<PathBuf>, outputs: &[&str]) -> Vec<String> {
    // Paths are sorted by their components, so the first one after `folder` is below it if any is.
    let leads_on = |folder: &Path| {
        let mut after = roots.range::<Path, _>((Bound::Included(folder), Bound::Unbounded));
        after.next().is_some_and(|root| root.starts_with(folder))
    };
    // These may not exist yet, and they become large.
    let output = outputs.iter().filter(|name| !leads_on(&source.join(name)));
    let mut unrelated: Vec<String> = output.map(|name| format!("!{name}")).collect();
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
            if leads_on(&path) {
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
        let (flat, rooted) = globs(sets, Path::new("/ws"), &["target"]);
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
        assert_eq!(flat[flat.len() - 2..], ["src/x.rs", "!target"]);
    }

    #[test]
    fn exclusions_of_several_trees_follow_all_of_them() {
        let tree = |root: &str| GlobSet::tree(Path::new(root), ["**", "!**/*.o"], "test");
        let (flat, _) = lists(&[tree("/ws/a"), tree("/ws/b")]);
        assert_eq!(flat, ["a/**", "b/**", "!**/*.o", "!target"]);
    }

    #[test]
    fn thousands_of_inputs_are_merged_without_comparing_all_of_them() {
        let sets = (0..20_000).map(|number| {
            let folder = number % 10_000;
            GlobSet::file(Path::new(&format!("/ws/{folder}/{number}")), "test").expect("a name")
        });
        let sets: Vec<GlobSet> = sets.collect();
        // Comparing each set with all others would take a minute, which is noticed.
        let (flat, rooted) = lists(&[sets.clone(), sets].concat());
        assert_eq!(rooted.len(), 10_000);
        assert_eq!(rooted[1], ["1", "10001", "!*/"]);
        assert_eq!(flat.len(), 20_001);
    }
}
