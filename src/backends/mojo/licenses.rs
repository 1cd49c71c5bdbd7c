//! The license texts that are packed when the manifest names none.

use std::path::PathBuf;

use super::Config;
use crate::backend::{GlobSet, Request, project_files};

/// The license texts in the source, sorted by name.
pub(super) fn found(request: &Request<'_, Config>) -> Vec<PathBuf> {
    if request.project.model.license_file.is_some() {
        return Vec::new();
    }
    let mut found = project_files::licenses(&request.project.source);
    // A module about licenses is not a license.
    found.retain(|path| path.extension().is_none_or(|ending| ending != "mojo"));
    found
}

/// Files that are packed, or would be if they were there.
pub(super) fn inputs(request: &Request<'_, Config>) -> Vec<GlobSet> {
    project_files::license_inputs(request.project, &request.project.source)
}
