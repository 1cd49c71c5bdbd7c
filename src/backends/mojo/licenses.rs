//! The license texts that are packed when the manifest names none.

use std::path::PathBuf;

use super::Config;
use crate::backend::{GlobSet, Request};

/// How the names of license texts begin.
const NAMES: [&str; 5] = ["license", "licence", "copying", "notice", "unlicense"];

/// The license texts in the source, sorted by name.
pub(super) fn found(request: &Request<'_, Config>) -> Vec<PathBuf> {
    if request.project.model.license_file.is_some() {
        return Vec::new();
    }
    let entries = std::fs::read_dir(&request.project.source);
    let files = entries.into_iter().flatten().flatten();
    let files = files
        .map(|entry| entry.path())
        .filter(|path| path.is_file());
    let mut found: Vec<PathBuf> = files.filter(|path| is_license(path)).collect();
    found.sort();
    found
}

/// Files that are packed, or would be if they were there.
pub(super) fn inputs(request: &Request<'_, Config>) -> Option<GlobSet> {
    let source = &request.project.source;
    let reason = "a packed license";
    if let Some(named) = &request.project.model.license_file {
        return GlobSet::file(&source.join(named), reason);
    }
    let either = |sign: char| format!("[{sign}{}]", sign.to_ascii_uppercase());
    let pattern = |name: &str| name.chars().map(either).collect::<String>() + "*";
    let set = GlobSet::names(source, NAMES.map(pattern), reason);
    Some(set.without_leftovers())
}

fn is_license(path: &std::path::Path) -> bool {
    let name = path.file_name().unwrap_or_default();
    let name = name.to_string_lossy().to_lowercase();
    let is_source = name.ends_with(".mojo") || name.ends_with('~');
    !is_source && NAMES.iter().any(|start| name.starts_with(start))
}
