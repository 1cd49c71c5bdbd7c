//! Copies the checkout for builds that edit sources or must not see some of them.
//!
//! The copy stays in the work directory. Unmodified files keep their modification times, so that
//! build tools compile only the sources that were modified since the last build.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use miette::Report;
use rattler_build_types::GlobVec;

use crate::backend::Folders;
use crate::backend::draft::CopiedSources;
use crate::backend::git_folders::GitFolders;
use crate::backend::inputs::GlobSet;
use crate::backend::tree::{self, Tree, size_and_time};
use crate::diagnostic::create_folder;
use crate::disk;
use crate::engine::Session;
use crate::engine::sources::copy::{self, Copied, Earlier};

/// The name of the copy in the work directory.
const FOLDER: &str = "sources";

/// The directory of a git repository. The copy contains a reference to it.
const GIT: &str = ".git";

/// Two directories with the same sources.
#[derive(Debug)]
pub(super) struct SourceCopy {
    from: PathBuf,
    to: PathBuf,
}

impl SourceCopy {
    /// Copies the checkout that `session` builds from, or brings the copy of an earlier build
    /// up to date.
    ///
    /// # Errors
    /// Files that cannot be read, written or removed.
    pub(super) fn make(
        session: &Session,
        sources: &CopiedSources,
        work: &Path,
        packages: &Path,
    ) -> Result<Self, Report> {
        let copy = Self {
            from: top(session, sources),
            to: work.join(FOLDER),
        };
        create_folder(&copy.to)?;
        let outputs = session.backend.output_directories().iter();
        let source = &session.project.source;
        let written = outputs.flat_map(|name| [copy.from.join(name), source.join(name)]);
        let written: BTreeSet<PathBuf> = written.filter(|folder| !is_tracked(folder)).collect();
        let scratch = session.folders.scratch.iter().cloned();
        let own = [work, packages].map(Path::to_path_buf);
        let pruned = written
            .into_iter()
            .chain(scratch)
            .chain(own)
            .chain([copy.from.join(GIT)]);
        let tree = Tree {
            root: copy.from.clone(),
            include: Vec::new(),
            exclude: Vec::new(),
            use_gitignore: true,
            pruned: pruned.collect(),
        };
        let filter = GlobVec::from_strings(vec!["**".to_string()], sources.without.clone());
        let filter = filter.map_err(|error| miette::miette!("{error}"))?;
        let earlier = Earlier {
            files: copy.states(),
            ..Earlier::default()
        };
        let copied = copy::tree(&tree, &filter, &copy.to, &earlier)?;
        copy.link_repositories(&copied)?;
        Ok(copy)
    }

    /// The directory of the copy.
    pub(super) fn folder(&self) -> &Path {
        &self.to
    }

    /// `session` with the copy as its checkout.
    pub(super) fn session(&self, session: &Session) -> Session {
        let copied = |path: &Path| moved(path, &self.from, &self.to);
        let folders = &session.folders;
        let workspace = folders.workspace.as_deref();
        let workspace = workspace.filter(|workspace| tree::lies_in(workspace, &self.from));
        let folders = Folders {
            checkout: Some(self.to.clone()),
            // The copy is inside the original checkout, so the build must not find the original
            // workspace in a parent directory.
            workspace: workspace.map(copied),
            ..folders.clone()
        };
        session.in_copy(copied(&session.project.source), folders)
    }

    /// `sets` with the original files instead of their copies.
    pub(super) fn originals(&self, sets: Vec<GlobSet>) -> Vec<GlobSet> {
        let original = |set: GlobSet| GlobSet {
            root: self.original(&set.root),
            ..set
        };
        sets.into_iter().map(original).collect()
    }

    /// The original of a copied file or directory.
    pub(super) fn original(&self, path: &Path) -> PathBuf {
        moved(path, &self.to, &self.from)
    }

    /// The states of the files in the copy. Files that a hook modified differ from the original and
    /// are copied again.
    fn states(&self) -> Copied {
        let all = Tree {
            root: self.to.clone(),
            include: Vec::new(),
            exclude: Vec::new(),
            use_gitignore: false,
            pruned: Vec::new(),
        };
        let files = all.walk().build().flatten();
        let files = files.filter(|entry| entry.file_type().is_some_and(|kind| !kind.is_dir()));
        let files = files.filter(|entry| entry.path() != self.to.join(GIT));
        let state = |entry: ignore::DirEntry| {
            let about = entry.path().symlink_metadata().ok()?;
            let below = entry.path().strip_prefix(&self.to).ok()?.to_path_buf();
            Some((below, size_and_time(&about)))
        };
        files.filter_map(state).collect()
    }

    /// Links the copy to the original repository, because build scripts ask git for the revision
    /// and the repository is not copied. The files `.git` of worktrees and submodules, which are
    /// copied, can have paths that are relative to the original.
    fn link_repositories(&self, copied: &Copied) -> Result<(), Report> {
        let files = copied.keys().filter(|path| path.ends_with(GIT));
        let roots = files.filter_map(|path| path.parent());
        let roots: BTreeSet<&Path> = roots.chain([Path::new("")]).collect();
        for root in roots {
            let Some(git) = GitFolders::at(&self.from.join(root)) else {
                continue;
            };
            let file = self.to.join(root).join(GIT);
            let text = format!("gitdir: {}\n", git.own.display());
            let is_linked = std::fs::read_to_string(&file).is_ok_and(|known| known == text);
            if !is_linked {
                disk::remove_file(&file)?;
                disk::write(&file, &text)?;
            }
        }
        Ok(())
    }
}

/// Whether git tracks files in a directory that has the name of one that build tools create.
fn is_tracked(folder: &Path) -> bool {
    let mut git = Command::new("git");
    git.args(["ls-files", "--", "."]).stdin(Stdio::null());
    let listed = folder.is_dir().then(|| git.current_dir(folder).output());
    // Without git or a repository, it is left out.
    listed.is_some_and(|listed| {
        listed.is_ok_and(|listed| listed.status.success() && !listed.stdout.is_empty())
    })
}

/// `path` below `to` if it is below `from`.
fn moved(path: &Path, from: &Path, to: &Path) -> PathBuf {
    match path.strip_prefix(from) {
        // Joining an empty path would add a slash.
        Ok(below) if below.as_os_str().is_empty() => to.to_path_buf(),
        Ok(below) => to.join(below),
        Err(_) => path.to_path_buf(),
    }
}

/// The outermost directory that contains the sources: the checkout, the pixi workspace or the
/// workspace of the build tool. A build may read any file in it.
fn top(session: &Session, sources: &CopiedSources) -> PathBuf {
    let source = &session.project.source;
    let folders = &session.folders;
    let tops = [&folders.checkout, &folders.workspace, &sources.workspace];
    let tops = tops.into_iter().flatten();
    let tops = tops.filter(|top| tree::lies_in(source, top));
    let top = tops.min_by_key(|top| top.components().count());
    top.unwrap_or(source).clone()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn git(folder: &Path, arguments: &[&str]) -> String {
        let settings = [
            "-c",
            "user.name=somebody",
            "-c",
            "user.email=somebody@example.org",
        ];
        let mut git = Command::new("git");
        git.args(settings).args(arguments).current_dir(folder);
        let output = git.output().expect("git can be run");
        assert!(output.status.success(), "{output:?}");
        String::from_utf8_lossy(&output.stdout).trim().to_string()
    }

    #[test]
    fn copies_of_worktrees_and_submodules_belong_to_the_original_repository() {
        let folder = tempfile::tempdir().expect("a directory");
        let at = |path: &str| folder.path().join(path);
        disk::write(&at("main/a.txt"), "").expect("own directory");
        git(&at("main"), &["init", "--quiet"]);
        git(&at("main"), &["add", "."]);
        git(&at("main"), &["commit", "--quiet", "-m", "x"]);
        let commit = git(&at("main"), &["rev-parse", "HEAD"]);
        git(&at("main"), &["worktree", "add", "--quiet", "../one"]);
        let relative = "gitdir: ../main/.git/worktrees/one\n";
        disk::write(&at("one/.git"), relative).expect("own directory");
        disk::write(&at("one/module/.git"), "gitdir: ../../main/.git\n").expect("own directory");
        let copy = SourceCopy {
            from: at("one"),
            to: at("deep/er/copy"),
        };
        for path in [".git", "module/.git"] {
            let text = fs_err::read_to_string(copy.from.join(path)).expect("it exists");
            disk::write(&copy.to.join(path), &text).expect("own directory");
        }
        let copied = [".git", "module/.git"].map(|path| (PathBuf::from(path), (0, None)));
        let copied = Copied::from(copied);
        copy.link_repositories(&copied).expect("it is writable");
        for path in ["", "module"] {
            assert_eq!(git(&copy.to.join(path), &["rev-parse", "HEAD"]), commit);
        }
        let main = SourceCopy {
            from: at("main"),
            to: at("copy"),
        };
        let linked = main.link_repositories(&Copied::new());
        linked.expect("it is writable");
        assert_eq!(git(&main.to, &["rev-parse", "HEAD"]), commit);
    }

    #[test]
    fn directories_of_build_tools_are_sources_if_git_tracks_them() {
        let folder = tempfile::tempdir().expect("a directory");
        let at = |path: &str| folder.path().join(path);
        for path in ["build/tracked.txt", "target/made.txt"] {
            disk::write(&at(path), "").expect("own directory");
        }
        let tracked = || [is_tracked(&at("build")), is_tracked(&at("target"))];
        assert_eq!(tracked(), [false, false]);
        git(folder.path(), &["init", "--quiet"]);
        git(folder.path(), &["add", "build"]);
        assert_eq!(tracked(), [true, false]);
        assert!(!is_tracked(&at("dist")));
    }
}
