//! Computes versions from Git by the rules of setuptools-scm and similar tools.
//!
//! There are two differences. The local part of the version is left out, because conda packages
//! do not have one. Uncommitted modifications are ignored, because they would add the current
//! date to the version.

use std::path::{Path, PathBuf};

use miette::Report;
use regex::Regex;

use super::git::{Place as InHistory, Repository};
use super::mistakes::{self, NotFound};
use super::rules::Rules;
use super::{Found, parse};
use crate::backend::git_folders::GitFolders;
use crate::backends::python::project::Files;

/// The version of the checkout that contains the project.
///
/// # Errors
/// [`NotFound`].
pub(super) fn read(rules: &Rules, project: &Files, top: Option<&Path>) -> Result<Found, Report> {
    let root = crate::backend::inputs::plain(&project.folder.join(&rules.root));
    if let Some(version) = packed(&project.folder) {
        return Ok(Found::new(version, vec![project.folder.join(PACKED)]));
    }
    let missing = |what: &str| NotFound::from_git(project, rules.tool, what);
    if let Some(option) = &rules.refused {
        return Err(missing(&format!(
            "computes it with {option}, which the backend does not support"
        )));
    }
    if let Some(version) = archived(rules, &root) {
        return Ok(Found::new(version, vec![root.join(".git_archival.txt")]));
    }
    let fallback = || rules.fallback.as_deref().and_then(parse);
    let tops = root.ancestors().take(if rules.looks_up { 16 } else { 1 });
    let Some(repository) = tops.into_iter().find_map(Repository::at) else {
        let what = match GitFolders::around(&root) {
            Some(_) => "computes it from Git, but this is not the top of a checkout",
            None => "computes it from Git, but there is no Git checkout",
        };
        return match fallback() {
            Some(version) => Ok(Found::new(version, Vec::new())),
            None => Err(missing(what)),
        };
    };
    let files = watched(&repository);
    let place = rules.tags.place(&repository);
    let Some(InHistory { tags, distance }) = place else {
        return match fallback() {
            Some(version) => Ok(Found::new(version, files)),
            None => Err(missing(
                "computes it from Git, and the checkout has no commit",
            )),
        };
    };
    let Some(tag) = rules.tags.chosen(&tags) else {
        let version = match top {
            // pixi does not fetch tags into its checkouts. A version without them would be wrong.
            Some(_) => fallback().ok_or_else(|| {
                missing("computes it from tags of Git, and the checkout has none")
            })?,
            None => rules
                .untagged(distance)
                .ok_or_else(|| NotFound::untagged(project, rules.tool, &repository))?,
        };
        let doubt = repository.is_shallow().then(|| mistakes::shallow(&version));
        return Ok(Found {
            doubt,
            ..Found::new(version, files)
        });
    };
    let version = rules.version_after(tag, distance);
    let version = version.map_err(|how| missing(&how))?;
    Ok(Found::new(version, files))
}

/// The metadata file of a source distribution.
pub(super) const PACKED: &str = "PKG-INFO";

/// The version of a source distribution.
pub(super) fn packed(folder: &Path) -> Option<String> {
    parse(&packed_header(folder, "Version:")?)
}

/// The value of a header in the metadata of a source distribution. `name` ends with a colon.
pub(in super::super) fn packed_header(folder: &Path, name: &str) -> Option<String> {
    let text = std::fs::read_to_string(folder.join(PACKED)).ok()?;
    let mut lines = text.lines().take_while(|line| !line.is_empty());
    let value = lines.find_map(|line| line.strip_prefix(name))?;
    Some(value.trim().to_string())
}

/// The version in `.git_archival.txt`, if `git archive` has filled in the file.
fn archived(rules: &Rules, root: &Path) -> Option<String> {
    let text = std::fs::read_to_string(root.join(".git_archival.txt")).ok()?;
    let described = text
        .lines()
        .find_map(|line| line.strip_prefix("describe-name:"))?;
    let described = described.trim();
    if described.is_empty() || described.contains('$') {
        return None;
    }
    let commits = Regex::new(r"^(.*)-(\d+)-g[0-9a-f]+$").ok()?;
    let (tag, distance) = match commits.captures(described) {
        Some(found) => (found[1].to_string(), found[2].parse().ok()?),
        None => (described.to_string(), 0),
    };
    rules.version_after(&tag, distance).ok()
}

/// The files and directories of Git that change with a new commit or tag.
fn watched(repository: &Repository) -> Vec<PathBuf> {
    let GitFolders { own, shared } = repository.folders();
    let mut files = vec![own.join("HEAD"), shared.join("packed-refs")];
    files.extend([shared.join("refs/tags"), shared.join("refs/heads")]);
    files
}
