//! Determines which inputs have changed since a build, with the rules of a client that caches the
//! package.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use ignore::overrides::{Override, OverrideBuilder};
use ignore::{DirEntry, WalkBuilder};
use rattler_digest::Sha256;

use crate::backend::GlobSet;
use crate::backend::inputs::WILDCARDS;

/// The inputs of a build at the time of the build: a hash of each file.
pub type Files = BTreeMap<PathBuf, String>;

/// The change of an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// The content of the file has changed.
    Changed,
    /// The file did not exist.
    New,
    /// The file no longer exists.
    Gone,
}

/// An input that has changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The file.
    pub file: PathBuf,
    /// The kind of change.
    pub what: What,
    /// The reason why it is an input, for users.
    pub reason: String,
}

/// The current files of `inputs`. Files that cannot be read are treated as missing.
pub fn files(inputs: &[GlobSet]) -> Files {
    let found = inputs.iter().flat_map(matching);
    found
        .filter_map(|file| {
            let digest = rattler_digest::compute_file_digest::<Sha256>(&file).ok()?;
            Some((file, hex::encode(digest)))
        })
        .collect()
}

/// The differences between the files of `inputs` and those in `before`.
pub fn changes(inputs: &[GlobSet], before: &Files) -> Vec<Change> {
    let now = files(inputs);
    let everything: BTreeMap<&PathBuf, ()> = before
        .keys()
        .chain(now.keys())
        .map(|file| (file, ()))
        .collect();
    let differing = everything.into_keys().filter_map(|file| {
        let what = match (before.get(file), now.get(file)) {
            (Some(before), Some(now)) if before == now => return None,
            (Some(_), Some(_)) => What::Changed,
            (None, _) => What::New,
            (Some(_), None) => What::Gone,
        };
        Some(Change {
            reason: reason(inputs, file),
            file: file.clone(),
            what,
        })
    });
    differing.collect()
}

/// The reason why `file` is an input: that of the innermost set that may contain it.
fn reason(inputs: &[GlobSet], file: &Path) -> String {
    let naming = inputs.iter().filter(|set| {
        file.starts_with(&set.root)
            && overrides(set).is_some_and(|names| names.matched(file, false).is_whitelist())
    });
    let innermost = naming.max_by_key(|set| set.root.components().count());
    innermost.map(|set| set.reason.clone()).unwrap_or_default()
}

/// The files below the root of `set` that its patterns match.
fn matching(set: &GlobSet) -> Vec<PathBuf> {
    let (Some(overrides), Some(hidden)) = (overrides(set), named_hidden(set)) else {
        return Vec::new();
    };
    let all_shown = set.hidden;
    let goes_on = move |entry: &DirEntry| {
        entry.depth() == 0
            || all_shown
            || !is_hidden(entry.file_name())
            || hidden.matched(entry.file_name(), false).is_whitelist()
    };
    let walk = WalkBuilder::new(&set.root)
        .standard_filters(false)
        .follow_links(true)
        .overrides(overrides)
        .filter_entry(goes_on)
        .build();
    walk.flatten()
        .map(DirEntry::into_path)
        .filter(|path| path.is_file())
        .collect()
}

/// The patterns of a set for the library: a pattern includes, `!` excludes, and the last
/// match decides.
fn overrides(set: &GlobSet) -> Option<Override> {
    let patterns: Vec<String> = set.patterns.iter().map(|it| anchored(it)).collect();
    build(&set.root, patterns.iter().map(String::as_str))
}

/// A name without wildcards as a pattern for the root only, as clients understand it. The library
/// would find it at any depth.
fn anchored(pattern: &str) -> String {
    let (sign, body) = match pattern.strip_prefix('!') {
        Some(body) => ("!", body),
        None => ("", pattern),
    };
    if body.contains('/') || body.contains(WILDCARDS) {
        pattern.to_string()
    } else {
        format!("{sign}/{body}")
    }
}

/// The names with a leading dot that the patterns contain.
fn named_hidden(set: &GlobSet) -> Option<Override> {
    let included = set
        .patterns
        .iter()
        .filter(|pattern| !pattern.starts_with('!'));
    let parts = included.flat_map(|pattern| pattern.split('/'));
    build(&set.root, parts.filter(|part| part.starts_with('.')))
}

fn build<'a>(root: &Path, patterns: impl Iterator<Item = &'a str>) -> Option<Override> {
    let mut builder = OverrideBuilder::new(root);
    for pattern in patterns {
        builder.add(pattern).ok()?;
    }
    builder.build().ok()
}

fn is_hidden(name: &OsStr) -> bool {
    name.as_encoded_bytes().starts_with(b".")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_without_wildcards_is_at_the_root() {
        let folder = tempfile::tempdir().expect("a directory");
        for name in [
            "schema.json",
            "a/schema.json",
            "a/target/x.rs",
            "target/y.rs",
        ] {
            crate::disk::write(&folder.path().join(name), "").expect("own");
        }
        let found = |patterns: &[&str]| -> Vec<String> {
            let set = GlobSet::tree(folder.path(), patterns.iter().copied(), "test");
            let name = |path: &PathBuf| {
                let below = path.strip_prefix(folder.path()).expect("below the root");
                below.display().to_string().replace('\\', "/")
            };
            let mut found: Vec<String> = matching(&set).iter().map(name).collect();
            found.sort();
            found
        };
        assert_eq!(found(&["schema.json"]), ["schema.json"]);
        assert_eq!(found(&["**/*.rs", "!target"]), ["a/target/x.rs"]);
        assert_eq!(found(&["*.json"]), ["a/schema.json", "schema.json"]);
    }
}
