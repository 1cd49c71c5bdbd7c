//! The packages of a workspace. Manifests do not list them: every package below the
//! workspace belongs to it, unless it is part of another workspace.

use std::path::{Path, PathBuf};

use crate::project::document::Data;
use crate::project::load::below::own_workspace;
use crate::project::load::find::{choose, read, search_above};
use crate::project::load::mistake::Diagnostics;
use crate::project::load::{LoadErrors, LoadRequest, below};

/// A package of a workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Its manifest.
    pub manifest: PathBuf,
    /// The name in `[package]`, if it is set.
    pub name: Option<String>,
    /// The name in `[package.build.backend]`, if it is set.
    pub backend: Option<String>,
}

/// All packages of the workspace to which the manifest in `request` belongs, sorted by path. Hidden directories, directories that git ignores, and caches
/// are skipped.
///
/// # Errors
/// Manifests that cannot be read.
pub fn members(request: &LoadRequest) -> Result<Vec<Member>, LoadErrors> {
    let mut findings = Diagnostics::default();
    let here = &request.current_folder;
    let root = root(&here.join(&request.path), here, &mut findings);
    let found = root.map(|root| packages(&root, here, &mut findings));
    findings.finish()?;
    Ok(found.unwrap_or_default())
}

/// The directory of the workspace.
fn root(path: &Path, here: &Path, findings: &mut Diagnostics) -> Option<PathBuf> {
    let manifest = choose(path, findings)?;
    let folder = manifest.parent()?.to_owned();
    let document = read(&manifest, here, findings)?;
    let above = if own_workspace(&document) {
        None
    } else {
        search_above(&folder, here, findings)
    };
    Some(above.map_or(folder, |above| above.directory().to_owned()))
}

fn packages(root: &Path, here: &Path, findings: &mut Diagnostics) -> Vec<Member> {
    let mut members = Vec::new();
    for manifest in below::folders(root).filter_map(|folder| below::manifest(&folder)) {
        if let Some(document) = read(&manifest, here, findings)
            && document.field(&["package"]).is_some()
        {
            let text = |path: &[&str]| match document.field(path)?.value.read() {
                Data::Text(text) => Some(text.to_owned()),
                _ => None,
            };
            members.push(Member {
                name: text(&["package", "name"]),
                backend: text(&["package", "build", "backend", "name"]),
                manifest,
            });
        }
    }
    members
}
