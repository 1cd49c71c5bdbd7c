//! A directory that is copied with rules.
//!
//! The same rules determine the files that are copied and the files that a client
//! watches. An ignored file therefore never triggers a rebuild, and a copied file always
//! does, except for the lock file of a workspace.

use std::fs::Metadata;
use std::path::{Path, PathBuf};

use ignore::{DirEntry, WalkBuilder};

use crate::backend::GlobSet;
use crate::backend::inputs::{NOT_THE_LOCK_FILE, escape};

/// A directory that is copied with rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tree {
    /// The directory.
    pub root: PathBuf,
    /// Globs for the included files, in which `*` also matches `/`. Empty means all
    /// files.
    pub include: Vec<String>,
    /// Globs for the excluded files.
    pub exclude: Vec<String>,
    /// Whether to skip files that git ignores.
    pub use_gitignore: bool,
    /// Directories that builds write to. They are never entered.
    pub pruned: Vec<PathBuf>,
}

/// The files that contain ignore rules, lowest priority first.
const RULES: [&str; 2] = [".gitignore", ".condapackageignore"];

/// The directory of environments and builds in every pixi workspace.
const ENVIRONMENTS: &str = ".pixi";

impl Tree {
    /// All files, links and empty directories that are neither ignored by git nor in a
    /// pruned directory. The caller has to apply `include` and `exclude`.
    pub fn walk(&self) -> WalkBuilder {
        let mut walk = WalkBuilder::new(&self.root);
        walk.standard_filters(false)
            .hidden(false)
            .git_ignore(self.use_gitignore)
            .require_git(false)
            .parents(self.use_gitignore && repository(&self.root).is_some())
            .add_custom_ignore_filename(RULES[1]);
        let pruned = self.pruned.clone();
        let root = self.root.clone();
        walk.filter_entry(move |entry| !is_pruned(entry, &root, &pruned));
        walk
    }

    /// Patterns for the files that [`Tree::walk`] finds, now and after an edit.
    pub fn watched(&self, reason: &str) -> GlobSet {
        let mut patterns: Vec<String> = Vec::new();
        if self.include.is_empty() {
            patterns.push("**".to_string())
        } else {
            self.include
                .iter()
                .for_each(|glob| patterns.extend(crossing(glob)))
        }
        if self.use_gitignore {
            patterns.extend(self.rules());
        } else {
            patterns.extend(self.rules_of(&self.root, RULES[1], ""));
        }
        for glob in &self.exclude {
            patterns.extend(
                crossing(glob)
                    .into_iter()
                    .map(|pattern| format!("!{pattern}")),
            );
        }
        patterns.push(format!("!**/{ENVIRONMENTS}/"));
        patterns.push(NOT_THE_LOCK_FILE.to_string());
        // Versions can be read from `.git`, but every commit modifies it.
        patterns.push("!**/.git/".to_string());
        let set = GlobSet::tree(&self.root, patterns, reason).with_hidden();
        set.except(self.pruned.iter().map(PathBuf::as_path))
    }

    /// The ignore rules in the tree, as patterns of a client.
    fn rules(&self) -> Vec<String> {
        let mut patterns = Vec::new();
        if let Some(repository) = repository(&self.root) {
            let above = self.root.strip_prefix(&repository).unwrap_or(Path::new(""));
            let mut folder = repository;
            for name in above.components() {
                for file in RULES {
                    patterns.extend(rules_above(&folder, file, &self.root));
                }
                folder.push(name);
            }
        }
        for file in RULES {
            patterns.extend(self.rules_of(&self.root, file, ""));
        }
        for folder in self.folders_with_rules() {
            let Some(below) = folder.strip_prefix(&self.root).ok().and_then(Path::to_str) else {
                continue;
            };
            let prefix = below.split('/').map(escape).collect::<Vec<_>>().join("/") + "/";
            for file in RULES {
                patterns.extend(self.rules_of(&folder, file, &prefix));
            }
        }
        patterns
    }

    /// The directories below the root that have their own rules, outer ones first.
    fn folders_with_rules(&self) -> Vec<PathBuf> {
        let entries = self.walk().build().flatten();
        let files = entries.filter(|entry| RULES.iter().any(|name| entry.file_name() == *name));
        let folders = files.filter_map(|entry| Some(entry.path().parent()?.to_path_buf()));
        let mut folders: Vec<PathBuf> = folders.filter(|folder| *folder != self.root).collect();
        folders.sort();
        folders.dedup();
        folders
    }

    fn rules_of(&self, folder: &Path, file: &str, prefix: &str) -> Vec<String> {
        let text = std::fs::read_to_string(folder.join(file)).unwrap_or_default();
        text.lines()
            .filter_map(|line| translated(line, prefix))
            .flatten()
            .collect()
    }
}

/// The rules of a directory above `root` that can apply in `root`.
fn rules_above(folder: &Path, file: &str, root: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(folder.join(file)).unwrap_or_default();
    let below = root
        .strip_prefix(folder)
        .ok()
        .and_then(Path::to_str)
        .unwrap_or_default();
    let rules = text.lines().filter_map(|line| {
        let rule = Rule::read(line)?;
        if !rule.anchored {
            return translated(line, "");
        }
        // `/member/dist` in the directory above `member` is `/dist` in `member`.
        let rest = rule.body.strip_prefix(below)?.strip_prefix('/')?;
        let sign = if rule.negated { "!" } else { "" };
        let slash = if rule.directory { "/" } else { "" };
        translated(&format!("{sign}/{rest}{slash}"), "")
    });
    rules.flatten().collect()
}

/// One line of a file of ignore rules.
struct Rule<'a> {
    negated: bool,
    anchored: bool,
    directory: bool,
    body: &'a str,
}

impl<'a> Rule<'a> {
    fn read(line: &'a str) -> Option<Self> {
        let line = match line.strip_suffix("\\ ") {
            Some(_) => line,
            None => line.trim_end(),
        };
        if line.is_empty() || line.starts_with('#') {
            return None;
        }
        let (negated, body) = match line.strip_prefix('!') {
            Some(body) => (true, body),
            None => (false, line),
        };
        let (directory, body) = match body.strip_suffix('/') {
            Some(body) => (true, body),
            None => (false, body),
        };
        let anchored = body.contains('/') && !body.starts_with("**/");
        let body = body.strip_prefix('/').unwrap_or(body);
        (!body.is_empty()).then_some(Self {
            negated,
            anchored,
            directory,
            body,
        })
    }
}

/// A rule of git as patterns of a client. For a client, a pattern without `!` is an
/// inclusion.
fn translated(line: &str, prefix: &str) -> Option<Vec<String>> {
    let rule = Rule::read(line)?;
    let sign = if rule.negated { "" } else { "!" };
    let anywhere = if rule.anchored || rule.body.starts_with("**/") {
        ""
    } else {
        "**/"
    };
    let body = rule.body.strip_suffix("/**").unwrap_or(rule.body);
    let base = format!("{prefix}{anywhere}{body}");
    Some(match (rule.negated, rule.directory) {
        // The files in a directory that is included again.
        (true, true) => vec![format!("{base}/**")],
        (true, false) => vec![base.clone(), format!("{base}/**")],
        (false, true) => vec![format!("{sign}{base}/")],
        (false, false) => vec![format!("{sign}{base}")],
    })
}

/// Converts a glob in which `*` matches `/` for a client in which it does not. A glob
/// that names a directory stands for everything in it.
fn crossing(glob: &str) -> Vec<String> {
    let glob = glob.strip_prefix("./").unwrap_or(glob);
    if glob.is_empty() || glob == "." {
        return vec!["**".to_string()];
    }
    let (directory, glob) = match glob.strip_suffix('/') {
        Some(glob) => (true, glob),
        None => (false, glob),
    };
    let parts: Vec<&str> = glob.split('/').collect();
    let parts: Vec<String> = parts
        .iter()
        .enumerate()
        .map(|(index, part)| {
            let after_stars = index > 0 && parts[index - 1] == "**";
            if *part != "**" && part.starts_with('*') && !after_stars {
                format!("**/{part}")
            } else {
                part.to_string()
            }
        })
        .collect();
    let glob = parts.join("/");
    if directory || glob.ends_with("**") {
        vec![format!("{}/**", glob.trim_end_matches("/**"))]
    } else {
        vec![anchored(&glob), format!("{glob}/**")]
    }
}

/// Anchors a pattern without `/`, which would otherwise match at any depth.
fn anchored(glob: &str) -> String {
    if glob.contains('/') {
        glob.to_string()
    } else {
        format!("/{glob}")
    }
}

fn is_pruned(entry: &DirEntry, root: &Path, pruned: &[PathBuf]) -> bool {
    let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
    let path = entry.path();
    is_folder
        && path != root
        && (entry.file_name() == ENVIRONMENTS || pruned.iter().any(|folder| folder == path))
}

/// The root of the repository that contains `folder`.
fn repository(folder: &Path) -> Option<PathBuf> {
    let mut ancestors = folder.ancestors();
    ancestors
        .find(|folder| folder.join(".git").exists())
        .map(Path::to_path_buf)
}

/// Whether `path` is in `folder` or is `folder` itself.
pub fn lies_in(path: &Path, folder: &Path) -> bool {
    path.starts_with(folder)
}

/// The size and modification time of a file, to detect modifications.
pub fn size_and_time(metadata: &Metadata) -> (u64, Option<std::time::SystemTime>) {
    (metadata.len(), metadata.modified().ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disk::write;

    fn files(tree: &Tree) -> Vec<String> {
        let entries = tree.walk().build().flatten();
        let files = entries.filter(|entry| entry.file_type().is_some_and(|kind| kind.is_file()));
        let mut files: Vec<String> = files
            .filter_map(|entry| {
                let below = entry.path().strip_prefix(&tree.root).ok()?;
                Some(below.display().to_string())
            })
            .collect();
        files.sort();
        files
    }

    fn tree(root: &Path) -> Tree {
        Tree {
            root: root.to_path_buf(),
            include: Vec::new(),
            exclude: Vec::new(),
            use_gitignore: true,
            pruned: vec![root.join("output")],
        }
    }

    #[test]
    fn rules_of_the_whole_repository_hold_and_nothing_of_pixi_is_copied() {
        let root = tempfile::tempdir().expect("a folder");
        let member = root.path().join("member");
        std::fs::create_dir_all(root.path().join(".git")).expect("own folder");
        for (path, text) in [
            (".gitignore", "dist/\n/member/built\n"),
            ("member/dist/a", ""),
            ("member/built", ""),
            ("member/src/built", ""),
            ("member/src/.gitignore", "*.o\n!keep.o\n"),
            ("member/src/a.o", ""),
            ("member/src/keep.o", ""),
            ("member/.pixi/envs/x", ""),
            ("member/.hidden", ""),
            ("member/output/p.conda", ""),
        ] {
            write(&root.path().join(path), text).expect("own folder");
        }
        let expected = [".hidden", "src/.gitignore", "src/built", "src/keep.o"];
        assert_eq!(files(&tree(&member)), expected);
        insta::assert_snapshot!(tree(&member).watched("test").patterns.join("\n"), @r"
        **
        !**/dist/
        !built
        !src/**/*.o
        src/**/keep.o
        src/**/keep.o/**
        !**/.pixi/
        !**/pixi.lock
        !**/.git/
        !output
        ");
    }

    #[test]
    fn stars_of_filters_cross_directories() {
        assert_eq!(crossing("*.c"), ["**/*.c", "**/*.c/**"]);
        assert_eq!(crossing("src/*.c"), ["src/**/*.c", "src/**/*.c/**"]);
        assert_eq!(crossing("src/"), ["src/**"]);
        assert_eq!(crossing("src/**"), ["src/**"]);
        assert_eq!(crossing("a.txt"), ["/a.txt", "a.txt/**"]);
        assert_eq!(crossing("./"), ["**"]);
    }
}
