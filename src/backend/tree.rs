//! A directory that is copied with rules.
//!
//! The same rules determine the files that are copied and the files that a client
//! watches. An ignored file therefore never triggers a rebuild, and a copied file always
//! does, except for the lock file of a workspace.

mod rules;

pub(crate) use rules::matches;

use std::fs::Metadata;
use std::path::{Path, PathBuf};

use ignore::{DirEntry, WalkBuilder};

use crate::backend::GlobSet;
use crate::backend::inputs::NOT_THE_LOCK_FILE;

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

/// The directory of environments and builds in every pixi workspace.
const ENVIRONMENTS: &str = ".pixi";

impl Tree {
    /// All files, links and empty directories that are neither ignored by git nor in a
    /// pruned directory. The caller has to apply `include` and `exclude`.
    pub fn walk(&self) -> WalkBuilder {
        // Git does not apply rules from above a repository, nor those of a repository to one in it.
        // Without a repository, the rules in the tree apply.
        let has_repository = repository(&self.root).is_some();
        let mut walk = WalkBuilder::new(&self.root);
        walk.standard_filters(false)
            .hidden(false)
            .git_ignore(self.use_gitignore)
            .require_git(has_repository)
            .parents(self.use_gitignore && has_repository)
            .add_custom_ignore_filename(rules::FILES[1]);
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
        patterns.extend(rules::patterns(self));
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
}

/// Converts a glob in which `*` matches `/` for a client in which it does not. A glob
/// that names a directory stands for everything in it.
pub(crate) fn crossing(glob: &str) -> Vec<String> {
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
    fn rules_end_at_the_root_of_a_repository() {
        let outer = tempfile::tempdir().expect("a folder");
        let root = outer.path().join("repository");
        for (path, text) in [
            (".gitignore", "*\n"),
            ("repository/.git/HEAD", ""),
            ("repository/.gitignore", "*.o\n"),
            ("repository/a.c", ""),
            ("repository/a.o", ""),
            ("repository/module/.git", "gitdir: ../.git/modules/module\n"),
            ("repository/module/.gitignore", "*.a\n"),
            ("repository/module/b.a", ""),
            ("repository/module/b.o", ""),
        ] {
            write(&outer.path().join(path), text).expect("own folder");
        }
        let found = files(&tree(&root));
        let found: Vec<&String> = found.iter().filter(|path| !path.contains(".git")).collect();
        assert_eq!(found, ["a.c", "module/b.o"]);
        insta::assert_snapshot!(tree(&root).watched("test").patterns.join("\n"), @r"
        **
        !**/*.o
        module/**
        !module/**/*.a
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
