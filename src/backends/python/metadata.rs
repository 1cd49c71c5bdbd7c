//! The name, description, license and URLs of a project.

use super::license;
use super::project::Files;
use super::version::packed_header;
use crate::diagnostic::Warning;
use crate::project::Metadata;

/// The metadata of the project, without its version.
pub(super) fn read(project: &Files, warnings: &mut Vec<Warning>) -> Metadata {
    let summary = either(
        project,
        &[
            &["project", "description"],
            &["tool", "poetry", "description"],
        ],
        "description",
    );
    let homepage = either(
        project,
        &[
            &["tool", "poetry", "homepage"],
            &["tool", "flit", "metadata", "home-page"],
        ],
        "url",
    );
    Metadata {
        name: name(project),
        version: None,
        description: summary.clone(),
        summary,
        license: license::expression(project, warnings),
        license_files: license::packed_files(project, warnings),
        homepage: address(project, &["homepage"]).or(homepage),
        repository: address(project, &["repository", "source", "sourcecode", "github"])
            .or_else(|| text(project, &["tool", "poetry", "repository"])),
        documentation: address(project, &["documentation", "docs"])
            .or_else(|| text(project, &["tool", "poetry", "documentation"])),
    }
}

/// The name of the project, without normalization.
pub(super) fn name(project: &Files) -> Option<String> {
    either(
        project,
        &[
            &["project", "name"],
            &["tool", "poetry", "name"],
            &["tool", "flit", "metadata", "module"],
        ],
        "name",
    )
    .or_else(|| packed_header(&project.folder, "Name:"))
}

fn text(project: &Files, keys: &[&str]) -> Option<String> {
    let text = project.toml(keys)?.text.trim();
    (!text.is_empty()).then(|| text.to_string())
}

/// The first value that `pyproject.toml` or the files of setuptools have, in this order.
fn either(project: &Files, toml: &[&[&str]], key: &str) -> Option<String> {
    let toml = toml.iter().find_map(|keys| text(project, keys));
    toml.or_else(|| project.setuptools_text("metadata", key, key))
}

/// The first URL with one of the `labels`, which are compared without case, punctuation and
/// spaces.
fn address(project: &Files, labels: &[&str]) -> Option<String> {
    let plain = |label: &str| -> String {
        let letters = label.chars().filter(char::is_ascii_alphanumeric);
        letters.map(|c| c.to_ascii_lowercase()).collect()
    };
    let toml = project.pyproject.iter().flat_map(|file| {
        let tables: [&[&str]; 2] = [&["project", "urls"], &["tool", "poetry", "urls"]];
        tables.map(|keys| file.pairs(keys))
    });
    let toml = toml.flatten();
    let toml: Vec<(String, String)> = toml
        .map(|(label, url)| (plain(label), url.text.to_string()))
        .collect();
    let cfg = project.setup_cfg.lines("metadata", "project_urls");
    let cfg = cfg.into_iter().filter_map(|line| line.split_once('='));
    let all: Vec<(String, String)> = toml
        .into_iter()
        .chain(cfg.map(|(label, url)| (plain(label), url.trim().to_string())))
        .collect();
    let under = |label: &&str| all.iter().find(|(name, _)| name == label);
    let (_, url) = labels.iter().find_map(under)?;
    Some(url.clone())
}
