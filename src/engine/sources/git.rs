//! Sources in git repositories.
//!
//! Each build asks the repository for the commit of a branch, because the cache is keyed by commit
//! and would return the first commit forever. The responses are recorded for builds without a
//! network.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use miette::{Diagnostic, Report, SourceSpan};
use rattler_build_recipe::stage1::source::{GitRev, GitSource, GitUrl};
use rattler_build_source_cache::{
    GitReference, GitSource as WantedGit, Source as Wanted, SourceCacheBuilder,
};
use rattler_digest::{Sha256, compute_bytes_digest};
use thiserror::Error;
use url::Url;

use super::download::Offline;
use super::{Sources, key_span};
use crate::diagnostic::{SourceFile, redacted};
use crate::disk::write;
use crate::recipe::{RecipeText, local_repository};

/// A checkout of a commit.
pub(super) struct CheckOut {
    pub(super) folder: PathBuf,
    pub(super) commit: String,
}

/// The maximum time for a repository to report its branches.
const PATIENCE: Duration = Duration::from_secs(60);

/// Checks out the commit that the source currently refers to.
///
/// # Errors
/// A repository that cannot be reached, a commit that is not the expected one.
pub(super) async fn check_out(
    sources: &Sources<'_>,
    source: &GitSource,
) -> Result<CheckOut, Report> {
    let written = source.url.to_string();
    let fail = |reason: String| NotCheckedOut::new(sources.text, &written, &reason);
    let folder = sources.text.path().parent().unwrap_or(Path::new(""));
    let url = url(&source.url, folder).ok_or_else(|| fail("this is not a URL".to_string()))?;
    let is_remote = url.scheme() != "file";
    let commit = commit(sources, source, &url).await.map_err(&fail)?;
    let expected = source.expected_commit.as_deref();
    // The commit can be abbreviated.
    let is_other =
        |expected: &&str| !commit.starts_with(expected) && !expected.starts_with(&commit);
    if let Some(expected) = expected.filter(is_other) {
        return Err(OtherCommit::new(sources.text, source, expected, commit).into());
    }
    let wanted = Wanted::Git(WantedGit::new(
        url,
        GitReference::BranchOrTagOrCommit(commit.clone()),
        source.depth,
        source.lfs,
        source.submodules,
    ));
    let cache = SourceCacheBuilder::new()
        .cache_dir(sources.cache.join("repositories"))
        .client(sources.client.clone())
        .build()
        .await;
    let found = match cache {
        Ok(cache) => cache.get_source(&wanted).await,
        Err(error) => Err(error),
    };
    let found = found.map_err(|error| {
        if sources.offline {
            Offline::new(sources.text, &written, &sources.cache).into()
        } else {
            Report::from(fail(error.to_string()))
        }
    })?;
    let commit = found.git_commit.unwrap_or(commit);
    if let Some(expected) = expected.filter(|expected| !commit.starts_with(expected)) {
        return Err(OtherCommit::new(sources.text, source, expected, commit).into());
    }
    // The commit of a repository on this machine is an input.
    if !is_commit(&source.rev) && is_remote {
        tracing::warn!(
            "the {} of {written} is {commit} now; pixi does not notice new commits (help: write \
             `rev: {commit}` to build the same commit every time)",
            called(&source.rev)
        );
    }
    Ok(CheckOut {
        folder: found.path,
        commit,
    })
}

fn url(url: &GitUrl, folder: &Path) -> Option<Url> {
    match url {
        GitUrl::Url(url) => Some(url.clone()),
        GitUrl::Path(_) => Url::from_file_path(local_repository(url, folder)?).ok(),
        GitUrl::Ssh(text) => match text.split_once(':') {
            // `git@host:owner/name` has no port.
            Some((host, path)) if !text.contains("://") => {
                Url::parse(&format!("ssh://{host}/{path}")).ok()
            }
            _ => Url::parse(text).ok(),
        },
    }
}

fn is_commit(rev: &GitRev) -> bool {
    let GitRev::Commit(commit) = rev else {
        return false;
    };
    commit.len() == 40 && commit.chars().all(|c| c.is_ascii_hexdigit())
}

/// The commit that the source refers to: a literal commit, the commit that the repository reports,
/// or the commit that it reported last.
async fn commit(sources: &Sources<'_>, source: &GitSource, url: &Url) -> Result<String, String> {
    if let GitRev::Commit(commit) = &source.rev
        && is_commit(&source.rev)
    {
        return Ok(commit.clone());
    }
    let key = format!("{url} {}", source.rev);
    let key = hex::encode(compute_bytes_digest::<Sha256>(key.as_bytes()));
    let record = sources.cache.join("commits").join(key);
    let is_local = url.scheme() == "file";
    let asked = if sources.offline && !is_local {
        Err("the build is offline".to_string())
    } else {
        ask(url, &source.rev).await
    };
    match asked {
        Ok(commit) => {
            if let Err(error) = write(&record, &commit) {
                tracing::debug!("the commit cannot be recorded for offline builds: {error}");
            }
            Ok(commit)
        }
        Err(reason) => match std::fs::read_to_string(&record) {
            Ok(commit) => {
                tracing::warn!(
                    "{url} did not name the commit of the {}, and the last known one is built: \
                     {reason}",
                    called(&source.rev)
                );
                Ok(commit)
            }
            // `git ls-remote` cannot resolve an abbreviated commit.
            Err(_) => match &source.rev {
                GitRev::Commit(commit) => Ok(commit.clone()),
                _ => Err(reason),
            },
        },
    }
}

/// The commit that `git ls-remote` reports for `rev`.
async fn ask(url: &Url, rev: &GitRev) -> Result<String, String> {
    let names = match rev {
        GitRev::Head => vec!["HEAD".to_string()],
        GitRev::Branch(name) => vec![format!("refs/heads/{name}")],
        GitRev::Tag(name) => vec![
            format!("refs/tags/{name}^{{}}"),
            format!("refs/tags/{name}"),
        ],
        GitRev::Commit(name) => vec![
            format!("refs/tags/{name}^{{}}"),
            format!("refs/tags/{name}"),
            format!("refs/heads/{name}"),
        ],
    };
    let mut command = tokio::process::Command::new("git");
    let command = command
        .args(["ls-remote", "--", url.as_str()])
        .args(&names)
        .env("GIT_TERMINAL_PROMPT", "0")
        .stdin(Stdio::null())
        .kill_on_drop(true);
    let asked = tokio::time::timeout(PATIENCE, command.output()).await;
    let output = asked
        .map_err(|_| "the server did not answer in time".to_string())?
        .map_err(|error| format!("git cannot be run: {error}"))?;
    if !output.status.success() {
        let reason = String::from_utf8_lossy(&output.stderr);
        return Err(reason.split_whitespace().collect::<Vec<_>>().join(" "));
    }
    let text = String::from_utf8_lossy(&output.stdout);
    let found = |name: &String| {
        let mut lines = text.lines().filter_map(|line| line.split_once('\t'));
        lines
            .find(|(_, found)| found == name)
            .map(|(commit, _)| commit.to_string())
    };
    names
        .iter()
        .find_map(found)
        .ok_or_else(|| format!("it has no {}", called(rev)))
}

/// The kind and the name of a revision.
fn called(rev: &GitRev) -> String {
    match rev {
        GitRev::Head => "`HEAD`".to_string(),
        GitRev::Branch(name) => format!("branch `{name}`"),
        GitRev::Tag(name) => format!("tag `{name}`"),
        GitRev::Commit(name) => format!("revision `{name}`"),
    }
}

/// A repository or a revision that cannot be fetched.
#[derive(Debug, Error, Diagnostic)]
#[error("{url} cannot be checked out: {reason}")]
#[diagnostic(
    code(source::git),
    help(
        "check that the repository exists, that it has this branch, tag or commit, and that this \
         user may read it"
    )
)]
struct NotCheckedOut {
    url: String,
    reason: String,
    #[source_code]
    file: SourceFile,
    #[label("this source")]
    at: Option<SourceSpan>,
}

impl NotCheckedOut {
    fn new(text: &RecipeText, url: &str, reason: &str) -> Self {
        let at = text.value_of("git", url);
        Self {
            url: redacted(url),
            reason: redacted(reason),
            file: text.file(),
            at: at.or_else(|| key_span(text, "git")),
        }
    }
}

/// The revision is not the expected commit.
#[derive(Debug, Error, Diagnostic)]
#[error("{rev} is the commit {actual}, not {expected}")]
#[diagnostic(
    code(source::commit),
    help("if the new commit is the right one, change `expected_commit`")
)]
struct OtherCommit {
    expected: String,
    actual: String,
    rev: String,
    #[source_code]
    file: SourceFile,
    #[label("the expected commit")]
    at: Option<SourceSpan>,
}

impl OtherCommit {
    fn new(text: &RecipeText, source: &GitSource, expected: &str, actual: String) -> Self {
        let at = text.find(expected);
        Self {
            expected: expected.to_string(),
            actual,
            rev: format!("the {}", called(&source.rev)),
            file: text.file(),
            at: at.or_else(|| key_span(text, "expected_commit")),
        }
    }
}
