//! The files that a response depends on, in the form that a caching client uses.
//!
//! A [`GlobSet`] is created from the files that it contains: a file, names in a
//! directory, or a tree. The constructors write patterns that every client understands:
//! no absolute paths, no `..`, and all special characters escaped. Exclusions follow the
//! inclusions that they restrict, because the last match has priority.

use std::path::{Component, Path, PathBuf};

use serde::{Deserialize, Serialize};

/// Patterns below one directory, inclusions before exclusions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GlobSet {
    /// The directory, as an absolute path.
    pub root: PathBuf,
    /// Patterns in the syntax of `.gitignore`; the last match has priority.
    pub patterns: Vec<String>,
    /// Whether wildcards match names that begin with a dot.
    #[serde(default)]
    pub hidden: bool,
    /// The reason why these files are inputs, for users.
    pub reason: String,
}

/// Limits a scan to the directory in which it begins.
pub(crate) const STAY: &str = "!*/";

/// The lock file of a workspace, as a pattern. pixi writes it after the first build, and again
/// whenever an environment changes.
pub(crate) const NOT_THE_LOCK_FILE: &str = "!**/pixi.lock";

/// The files of editors, version control and other tools. Hidden files do not need a
/// pattern.
pub(crate) const LEFTOVERS: [&str; 7] = [
    NOT_THE_LOCK_FILE,
    "!*~",
    "!#*#",
    "!*.sw[a-p]",
    "!**/4913",
    "!**/__pycache__",
    "!**/CVS",
];

impl GlobSet {
    /// Exactly one file, whether it exists or not. `None` for a path without a name, or
    /// with a name that is not Unicode.
    pub fn file(path: &Path, reason: &str) -> Option<Self> {
        let name = escape(path.file_name()?.to_str()?);
        Some(Self::names(path.parent()?, [name], reason))
    }

    /// Names directly in `folder`. They may contain wildcards.
    pub fn names(
        folder: &Path,
        names: impl IntoIterator<Item = impl Into<String>>,
        reason: &str,
    ) -> Self {
        let mut patterns: Vec<String> = names.into_iter().map(Into::into).collect();
        patterns.push(STAY.to_string());
        Self {
            root: folder.to_path_buf(),
            patterns,
            hidden: false,
            reason: reason.to_string(),
        }
    }

    /// The files that match a `pattern` relative to `folder`. The root is the directory before
    /// the first wildcard, which may be above `folder`.
    pub fn matching(folder: &Path, pattern: &str, reason: &str) -> Self {
        let (directories, rest) = split_at_wildcard(pattern, &WILDCARDS);
        let root = plain(&folder.join(directories));
        if rest.contains('/') || rest == "**" {
            Self::tree(&root, [rest], reason)
        } else {
            Self::names(&root, [rest], reason)
        }
    }

    /// Files at any depth of `folder` that match `patterns`.
    pub fn tree(
        folder: &Path,
        patterns: impl IntoIterator<Item = impl Into<String>>,
        reason: &str,
    ) -> Self {
        Self {
            root: folder.to_path_buf(),
            patterns: patterns.into_iter().map(Into::into).collect(),
            hidden: false,
            reason: reason.to_string(),
        }
    }

    /// Lets wildcards match names that begin with a dot.
    #[must_use]
    pub fn with_hidden(mut self) -> Self {
        self.hidden = true;
        self
    }

    /// Excludes files and directories. These are ignored: paths outside of the set's
    /// directory, hidden paths, and names that a pattern cannot distinguish from names
    /// further down.
    #[must_use]
    pub fn except<'a>(mut self, paths: impl IntoIterator<Item = &'a Path>) -> Self {
        let exclusions = paths.into_iter().filter_map(|path| {
            let below = path.strip_prefix(&self.root).ok()?;
            let names: Option<Vec<&str>> = below.components().map(name).collect();
            let names = names?;
            let hidden = !self.hidden && names.iter().any(|name| name.starts_with('.'));
            let escaped: Vec<String> = names.iter().map(|name| escape(name)).collect();
            let vague = escaped.len() == 1 && escaped[0] != names[0];
            (!names.is_empty() && !hidden && !vague).then(|| format!("!{}", escaped.join("/")))
        });
        let exclusions: Vec<String> = exclusions.collect();
        self.patterns.extend(exclusions);
        self
    }

    /// Excludes the files of editors and other tools.
    #[must_use]
    pub fn without_leftovers(mut self) -> Self {
        self.patterns.extend(LEFTOVERS.map(str::to_string));
        self
    }

    /// Whether the set contains only files directly in its directory.
    pub(crate) fn stays(&self) -> bool {
        self.patterns.iter().any(|pattern| pattern == STAY)
    }
}

fn name(component: Component<'_>) -> Option<&str> {
    match component {
        Component::Normal(name) => name.to_str(),
        _ => None,
    }
}

/// The characters that have a meaning in the patterns of a client.
pub const WILDCARDS: [char; 5] = ['*', '?', '[', '{', '\\'];

/// Splits a pattern into the directories before its first part with one of the `wildcards`, and
/// the rest, which has at least one part. The directories end with a slash.
pub fn split_at_wildcard<'p>(pattern: &'p str, wildcards: &[char]) -> (&'p str, &'p str) {
    let literal = pattern.find(wildcards).unwrap_or(pattern.len());
    let slash = pattern[..literal].rfind('/');
    pattern.split_at(slash.map_or(0, |slash| slash + 1))
}

/// A pattern that matches only this file name.
pub(crate) fn escape(name: &str) -> String {
    let mut pattern = String::with_capacity(name.len());
    for (at, sign) in name.char_indices() {
        let leading = at == 0 && matches!(sign, '!' | '#');
        // Spaces at the end of a pattern would be removed.
        let trailing = sign.is_whitespace() && name[at..].trim_end().is_empty();
        if leading || trailing || matches!(sign, '*' | '?' | '[' | ']' | '{' | '}' | '\\') {
            pattern.push('\\');
        }
        pattern.push(sign);
    }
    pattern
}

/// `path` without `.` and `..`. A `..` after a symbolic link is resolved from the target
/// of the link.
pub fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                if plain.is_symlink()
                    && let Ok(real) = dunce::canonicalize(&plain)
                {
                    plain = real;
                }
                plain.pop();
            }
            other => plain.push(other),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_in_a_file_name_mean_themselves() {
        assert_eq!(escape("main.rs"), "main.rs");
        assert_eq!(escape("!a#[b]{c}*?\\ "), "\\!a#\\[b\\]\\{c\\}\\*\\?\\\\\\ ");
        assert_eq!(escape("#x"), "\\#x");
    }

    #[test]
    fn exclusions_are_below_the_root_and_follow() {
        let paths = ["/r/a/b.rs", "/elsewhere", "/r/.h/x", "/r/[x]"].map(Path::new);
        let set = GlobSet::tree(Path::new("/r"), ["**/*.rs"], "test").except(paths);
        assert_eq!(set.patterns, ["**/*.rs", "!a/b.rs"]);
    }

    #[test]
    fn a_pattern_is_rooted_at_its_last_certain_directory() {
        let split = |pattern| split_at_wildcard(pattern, &WILDCARDS);
        assert_eq!(split("a/b/*.1"), ("a/b/", "*.1"));
        assert_eq!(split("*.1"), ("", "*.1"));
        assert_eq!(split("/*/x"), ("/", "*/x"));
        assert_eq!(split("a/b"), ("a/", "b"));
        let of = |pattern: &str| {
            let set = GlobSet::matching(Path::new("/p"), pattern, "test");
            (set.root.display().to_string(), set.patterns.join(" "))
        };
        let expect = |root: &str, patterns: &str| (root.to_string(), patterns.to_string());
        assert_eq!(of("LICEN[CS]E*"), expect("/p", "LICEN[CS]E* !*/"));
        assert_eq!(of("a/*.txt"), expect("/p/a", "*.txt !*/"));
        assert_eq!(of("a/*/L"), expect("/p/a", "*/L"));
        assert_eq!(of("../L*"), expect("/", "L* !*/"));
        assert_eq!(of("a/L"), expect("/p/a", "L !*/"));
        assert_eq!(of("a/**"), expect("/p/a", "**"));
    }

    #[test]
    fn dots_are_resolved() {
        assert_eq!(plain(Path::new("/a/b/../c/./d")), Path::new("/a/c/d"));
    }
}
