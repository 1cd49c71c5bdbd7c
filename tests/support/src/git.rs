//! Git repositories for tests.

use std::path::Path;
use std::process::Command;

use super::prefix::output;

/// Runs git in a directory, with the name of an author, and returns the output.
#[track_caller]
pub fn git(folder: &Path, arguments: &[&str]) -> String {
    output(&mut command(folder, arguments))
}

/// Runs git like [`git`], at a date such as `1700000000 +0000`.
#[track_caller]
pub fn git_at(folder: &Path, arguments: &[&str], date: &str) -> String {
    output(command(folder, arguments).env("GIT_COMMITTER_DATE", date))
}

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let settings = [
        "user.name=somebody",
        "user.email=somebody@example.org",
        "commit.gpgsign=false",
        "init.defaultBranch=main",
    ];
    let mut command = Command::new("git");
    command.args(settings.iter().flat_map(|setting| ["-c", setting]));
    command.args(arguments).current_dir(folder);
    command
}

/// Commits all files in a directory. Creates the repository if it does not exist.
#[track_caller]
pub fn commit(folder: &Path) {
    git(folder, &["init", "--quiet"]);
    git(folder, &["add", "--all"]);
    git(folder, &["commit", "--quiet", "--message", "a change"]);
}
