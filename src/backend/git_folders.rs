//! The directories in which Git keeps the state of a checkout.

use std::path::{Path, PathBuf};

use crate::backend::inputs::plain;

/// The directories of Git for a checkout. Without worktrees, they are the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GitFolders {
    /// The directory of this worktree. It contains `HEAD`.
    pub own: PathBuf,
    /// The directory that all worktrees share. It contains branches, tags and objects.
    pub shared: PathBuf,
}

impl GitFolders {
    /// The directories for the checkout whose root is `root`. `None` if it is not the root of one.
    pub fn at(root: &Path) -> Option<Self> {
        let git = root.join(".git");
        let own = match std::fs::read_to_string(&git) {
            // In a worktree or a submodule, `.git` is a file with the path of the directory.
            Ok(text) => plain(&root.join(text.trim().strip_prefix("gitdir:")?.trim())),
            Err(_) if git.is_dir() => git,
            Err(_) => return None,
        };
        let shared = match std::fs::read_to_string(own.join("commondir")) {
            Ok(text) => plain(&own.join(text.trim())),
            Err(_) => own.clone(),
        };
        Some(Self { own, shared })
    }

    /// The directories for the checkout that contains `folder`.
    pub fn around(folder: &Path) -> Option<Self> {
        folder.ancestors().find_map(Self::at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_worktree_shares_all_but_its_head() {
        let folder = tempfile::tempdir().unwrap();
        let at = |path: &str| folder.path().join(path);
        for path in ["main/.git/worktrees/one", "one/src"] {
            fs_err::create_dir_all(at(path)).unwrap();
        }
        let own = at("main/.git/worktrees/one");
        fs_err::write(at("one/.git"), "gitdir: ../main/.git/worktrees/one\n").unwrap();
        fs_err::write(own.join("commondir"), "../..\n").unwrap();
        let shared = at("main/.git");
        let worktree = GitFolders {
            own,
            shared: shared.clone(),
        };
        assert_eq!(GitFolders::around(&at("one/src")), Some(worktree));
        let own = shared.clone();
        assert_eq!(
            GitFolders::at(&at("main")),
            Some(GitFolders { own, shared })
        );
        assert_eq!(GitFolders::at(&at("one/src")), None);
    }
}
