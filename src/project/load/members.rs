//! The packages of a workspace. No manifest lists them: whatever lies below the
//! workspace and in no workspace of its own belongs to it.

use std::path::{Path, PathBuf};

use ignore::{DirEntry, WalkBuilder};

use crate::project::document::{Data, Document, ManifestKind};
use crate::project::load::LoadErrors;
use crate::project::load::find::{choose, in_folder, own_workspace, read, search_above};
use crate::project::load::mistake::Diagnostics;

/// A package of a workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Its manifest.
    pub manifest: PathBuf,
    /// The name in `[package.build.backend]`, when it is there.
    pub backend: Option<String>,
}

/// All packages of the workspace that the manifest or folder `path` (absolute) belongs
/// to, by path. Hidden folders, folders that git ignores and caches are passed over.
///
/// # Errors
/// Manifests that cannot be read.
pub fn members(path: &Path) -> Result<Vec<Member>, LoadErrors> {
    let mut findings = Diagnostics::default();
    let found = root(path, &mut findings).map(|root| below(&root, &mut findings));
    findings.finish()?;
    Ok(found.unwrap_or_default())
}

/// The folder of the workspace.
fn root(path: &Path, findings: &mut Diagnostics) -> Option<PathBuf> {
    let manifest = choose(path, findings)?;
    let folder = manifest.parent()?.to_owned();
    let document = read(&manifest, &folder, findings)?;
    let above = match own_workspace(&document) {
        true => None,
        false => search_above(&folder, findings),
    };
    Some(above.map_or(folder, |above| above.directory().to_owned()))
}

fn below(root: &Path, findings: &mut Diagnostics) -> Vec<Member> {
    let mut walk = WalkBuilder::new(root);
    walk.parents(false).git_global(false).git_exclude(false);
    // A folder that was unpacked from an archive has its `.gitignore` too.
    walk.require_git(false).sort_by_file_name(Ord::cmp);
    let top = root.to_owned();
    walk.filter_entry(move |entry| entry.path() == top || belongs(entry));
    let mut members = Vec::new();
    for entry in walk.build().flatten().filter(is_folder) {
        let Some(manifest) = manifest(entry.path()) else {
            continue;
        };
        if let Some(document) = read(&manifest, root, findings)
            && document.field(&["package"]).is_some()
        {
            let name = document.field(&["package", "build", "backend", "name"]);
            let backend = match name.map(|field| field.value.read()) {
                Some(Data::Text(name)) => Some(name.to_owned()),
                _ => None,
            };
            members.push(Member { manifest, backend });
        }
    }
    members
}

fn is_folder(entry: &DirEntry) -> bool {
    entry.file_type().is_some_and(|kind| kind.is_dir())
}

/// Whether a folder below a workspace is part of it.
fn belongs(entry: &DirEntry) -> bool {
    if !is_folder(entry) || entry.path().join("CACHEDIR.TAG").is_file() {
        return false;
    }
    let Some(path) = manifest(entry.path()) else {
        return true;
    };
    let text = fs_err::read_to_string(&path).unwrap_or_default();
    // One that cannot be parsed is reported when it is read as a member.
    !Document::parse(path, "", text).is_ok_and(|document| own_workspace(&document))
}

/// The manifest of a folder, if it is one for pixi.
fn manifest(folder: &Path) -> Option<PathBuf> {
    let path = in_folder(folder)?;
    let foreign = ManifestKind::of(&path) == Some(ManifestKind::Pyproject)
        && !fs_err::read_to_string(&path).is_ok_and(|text| text.contains("pixi"));
    (!foreign).then_some(path)
}
