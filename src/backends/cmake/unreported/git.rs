//! Projects that ask Git which commit is checked out, and the files of Git that say so.

use std::path::{Path, PathBuf};

use crate::backend::GlobSet;
use crate::backend::git_folders::GitFolders;
use crate::backend::inputs::plain;
use crate::disk::files_below;

const REASON: &str = "says which commit is checked out";

/// The directories in which a command of `execute_process` asks Git for the commit. `folder` is
/// the one in which it runs.
pub(super) fn asked(args: &[String], folder: &Path) -> Vec<PathBuf> {
    let commands = args.split(|arg| arg == "COMMAND").skip(1);
    let of_git = commands.filter(|command| command.first().is_some_and(|name| is_git(name)));
    let asking = of_git.filter(|command| asks(&command[1..]));
    let folders = asking.map(|command| {
        let at = command.iter().position(|arg| arg == "-C");
        let named = at.and_then(|at| command.get(at + 1));
        named.map_or(folder.to_path_buf(), |named| plain(&folder.join(named)))
    });
    folders.collect()
}

fn is_git(program: &str) -> bool {
    Path::new(program)
        .file_stem()
        .is_some_and(|stem| stem == "git")
}

/// Whether the answer depends on the commit. Submodules and the place of the repository do not.
fn asks(args: &[String]) -> bool {
    const ASKING: [&str; 9] = [
        "describe",
        "log",
        "name-rev",
        "rev-list",
        "rev-parse",
        "shortlog",
        "show",
        "symbolic-ref",
        "tag",
    ];
    const PLACES: [&str; 5] = [
        "--show-toplevel",
        "--git-dir",
        "--absolute-git-dir",
        "--is-inside-work-tree",
        "--show-superproject-working-tree",
    ];
    let is = |words: &[&str]| args.iter().any(|arg| words.contains(&arg.as_str()));
    is(&ASKING) && !is(&PLACES)
}

/// The files of Git around `folder` that change with a commit, a branch or a tag.
pub(in super::super) fn files(folder: &Path) -> Vec<PathBuf> {
    let Some(git) = GitFolders::around(folder) else {
        return Vec::new();
    };
    let mut files = fixed(&git);
    files.extend(files_below(tags(&git)));
    files.retain(|file| file.is_file());
    files
}

/// The patterns for these files.
pub(in super::super) fn sets(folder: &Path) -> Vec<GlobSet> {
    let Some(git) = GitFolders::around(folder) else {
        return Vec::new();
    };
    let fixed = fixed(&git);
    let mut sets: Vec<GlobSet> = (fixed.iter())
        .filter_map(|file| GlobSet::file(file, REASON))
        .collect();
    sets.push(GlobSet::tree(&tags(&git), ["**"], REASON).with_hidden());
    sets
}

/// `HEAD`, the branch that is checked out, and the references that Git has packed.
fn fixed(git: &GitFolders) -> Vec<PathBuf> {
    let head = git.own.join("HEAD");
    let text = std::fs::read_to_string(&head).unwrap_or_default();
    let branch = text.trim().strip_prefix("ref:").map(str::trim);
    let branch = branch.map(|branch| git.shared.join(branch));
    let packed = git.shared.join("packed-refs");
    [head, packed].into_iter().chain(branch).collect()
}

fn tags(git: &GitFolders) -> PathBuf {
    git.shared.join("refs").join("tags")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_commands_about_the_commit_count() {
        let asked = |args: &[&str]| {
            let args: Vec<String> = args.iter().map(ToString::to_string).collect();
            asked(&args, Path::new("/s"))
        };
        assert_eq!(
            asked(&["COMMAND", "/usr/bin/git", "describe", "--tags"]),
            [Path::new("/s")]
        );
        assert_eq!(
            asked(&["COMMAND", "git", "-C", "sub", "rev-parse", "HEAD"]),
            [Path::new("/s/sub")]
        );
        for other in [
            &["COMMAND", "git", "submodule", "update", "--init"][..],
            &["COMMAND", "git", "rev-parse", "--show-toplevel"],
            &["COMMAND", "echo", "git", "describe"],
        ] {
            assert_eq!(asked(other), Vec::<PathBuf>::new(), "{other:?}");
        }
    }
}
