//! The license texts that are packaged when the manifest does not name any.

use std::path::PathBuf;

use super::Config;
use crate::backend::{GlobSet, Request, project_files};

/// The license texts in the source directory, sorted by name.
pub(super) fn found(request: &Request<'_, Config>) -> Vec<PathBuf> {
    if request.project.model.license_file.is_some() {
        return Vec::new();
    }
    let mut found = project_files::licenses(&request.project.source);
    // A Mojo file with such a name is a module, for example one that handles licenses.
    found.retain(|path| path.extension().is_none_or(|ending| ending != "mojo"));
    found
}

/// Files that are packaged, or would be packaged if they existed.
pub(super) fn inputs(request: &Request<'_, Config>) -> Vec<GlobSet> {
    project_files::license_inputs(request.project, &request.project.source)
}
