//! Which files an answer depends on, in the words of a client that caches it.
//!
//! A [`GlobSet`] is made by naming what matters: a file, names in a folder, a
//! tree. The constructors write patterns that every client understands: nothing
//! absolute, nothing that climbs, every sign escaped. Exclusions follow the
//! inclusions they restrict, because the last match wins.

use std::path::{Component, Path, PathBuf};

use serde::{Deserialize, Serialize};

/// Which files an answer depends on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Inputs {
    /// Files that decide the metadata.
    pub metadata: Vec<GlobSet>,
    /// Files that decide the package.
    pub build: Vec<GlobSet>,
}

/// Patterns below one folder, inclusions before exclusions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GlobSet {
    /// Absolute.
    pub root: PathBuf,
    /// As a `.gitignore` has them; the last match wins.
    pub patterns: Vec<String>,
    /// Files that end the descent where they are found.
    pub markers: Vec<String>,
    /// Whether wildcards match names that begin with a dot.
    #[serde(default)]
    pub hidden: bool,
    /// Why these files matter, for people.
    pub reason: String,
}

/// Keeps a walk in the folder it began in.
pub(crate) const STAY: &str = "!*/";

/// What editors, version control and other tools leave behind. Hidden files
/// need no pattern.
pub(crate) const LEFTOVERS: [&str; 6] = [
    "!*~",
    "!#*#",
    "!*.sw[a-p]",
    "!**/4913",
    "!**/__pycache__",
    "!**/CVS",
];

impl GlobSet {
    /// Exactly one file, whether it exists or not. `None` for a path that has no
    /// name, or a name that is not Unicode.
    pub fn file(path: &Path, reason: &str) -> Option<Self> {
        let name = escape(path.file_name()?.to_str()?);
        Some(Self::names(path.parent()?, [name], reason))
    }

    /// Names directly in `folder`, which may have wildcards.
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
            markers: Vec::new(),
            hidden: false,
            reason: reason.to_string(),
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
            markers: Vec::new(),
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

    /// Leaves out files and folders. Those outside of the set's folder, those
    /// that are hidden anyway, and names that no pattern can tell from others
    /// further down are passed over.
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

    /// Leaves out what editors and other tools leave behind.
    #[must_use]
    pub fn without_leftovers(mut self) -> Self {
        self.patterns.extend(LEFTOVERS.map(str::to_string));
        self
    }

    /// Whether the set looks into its own folder only.
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

/// A file name as a pattern that matches nothing else.
pub(crate) fn escape(name: &str) -> String {
    let mut pattern = String::with_capacity(name.len());
    for (at, sign) in name.char_indices() {
        let leading = at == 0 && matches!(sign, '!' | '#');
        // Blanks at the end of a pattern are cut off.
        let trailing = sign.is_whitespace() && name[at..].trim_end().is_empty();
        if leading || trailing || matches!(sign, '*' | '?' | '[' | ']' | '{' | '}' | '\\') {
            pattern.push('\\');
        }
        pattern.push(sign);
    }
    pattern
}

/// `path` without `.` and `..`. A `..` after a symbolic link leads to where the
/// link points.
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
    fn dots_are_resolved() {
        assert_eq!(plain(Path::new("/a/b/../c/./d")), Path::new("/a/c/d"));
    }
}
