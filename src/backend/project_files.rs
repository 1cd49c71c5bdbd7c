//! Files next to the sources that are packaged or that influence the metadata: manifests
//! and licenses.

use std::path::{Path, PathBuf};

use crate::backend::inputs::GlobSet;
use crate::backend::request::Folders;
use crate::project::Project;
use crate::project::document::ManifestKind;

/// The beginnings of the names of license texts.
const LICENSES: [&str; 5] = ["license", "licence", "copying", "notice", "unlicense"];

/// The extensions of source files.
const CODE: [&str; 6] = [".rs", ".py", ".c", ".h", ".cpp", ".hpp"];

/// The directory of the REUSE specification, which contains one text for each license.
pub const REUSE: &str = "LICENSES";

/// The license texts directly in `folder`, sorted by name, or else those in its
/// directory `LICENSES`.
pub fn licenses(folder: &Path) -> Vec<PathBuf> {
    let is_license = |name: &str| {
        let name = name.to_lowercase();
        // A source file such as `license.rs` is not a license text.
        let is_code = CODE.iter().any(|ending| name.ends_with(ending));
        !is_code && LICENSES.iter().any(|start| name.starts_with(start))
    };
    let found = files(folder, is_license);
    if found.is_empty() {
        files(&folder.join(REUSE), |_| true)
    } else {
        found
    }
}

/// The license texts that are packaged, and those that would be packaged if they existed.
/// `folder` is searched unless the manifest names a file.
pub fn license_inputs(project: &Project, folder: &Path) -> Vec<GlobSet> {
    let reason = "a packed license";
    let named = &project.model.license_file;
    if let Some(file) = named {
        return GlobSet::file(&project.source.join(file), reason)
            .into_iter()
            .collect();
    }
    let here = GlobSet::names(folder, license_patterns(), reason).without_leftovers();
    let reuse = folder.join(REUSE);
    let below = reuse
        .is_dir()
        .then(|| GlobSet::names(&reuse, ["*"], reason).without_leftovers());
    std::iter::once(here).chain(below).collect()
}

/// Patterns for the names of license texts. They also match source files with such names:
/// an exclusion would affect all other patterns in the same list.
pub fn license_patterns() -> Vec<String> {
    let either = |sign: char| format!("[{sign}{}]", sign.to_ascii_uppercase());
    let pattern = |name: &&str| name.chars().map(either).collect::<String>() + "*";
    LICENSES.iter().map(pattern).collect()
}

/// The manifest of the package, and that of the workspace when the package refers to it.
pub fn manifest_inputs(project: &Project, folders: &Folders) -> Vec<GlobSet> {
    let manifest = project.manifest.path();
    let own = GlobSet::file(manifest, "the package's manifest");
    let mut sets: Vec<GlobSet> = own.into_iter().collect();
    let text = std::fs::read_to_string(manifest).unwrap_or_default();
    if let Some(workspace) = &folders.workspace
        && inherits(&text)
        && project.manifest_folder() != workspace
    {
        let names = ManifestKind::ALL.map(ManifestKind::file_name);
        sets.push(GlobSet::names(workspace, names, "the pixi workspace"));
    }
    sets
}

/// Whether a manifest refers to the workspace, such as with `version.workspace = true`.
fn inherits(text: &str) -> bool {
    let text: String = text.split_whitespace().collect();
    text.contains("workspace=true")
}

/// The files in `folder` whose names match, without the files of editors.
fn files(folder: &Path, fits: impl Fn(&str) -> bool) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<PathBuf> = entries
        .filter(|entry| {
            let name = entry.file_name().to_string_lossy().into_owned();
            fits(&name) && !name.ends_with('~') && !name.starts_with('.')
        })
        .map(|entry| entry.path())
        .filter(|path| path.is_file())
        .collect();
    files.sort();
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn licenses_are_found_by_name_or_in_their_directory() {
        let folder = tempfile::tempdir().expect("a directory");
        let write = |name: &str| crate::disk::write(&folder.path().join(name), "").expect("own");
        let found = || -> Vec<String> {
            let found = licenses(folder.path()).into_iter();
            let name = |path: PathBuf| path.file_name().map(|name| name.display().to_string());
            found.filter_map(name).collect()
        };
        write("LICENSES/MIT.txt");
        write("main.cpp");
        assert_eq!(found(), ["MIT.txt"]);
        write("LICENSE.md");
        write("Copying~");
        write("NOTICE");
        assert_eq!(found(), ["LICENSE.md", "NOTICE"]);
    }

    #[test]
    fn a_manifest_may_refer_to_the_workspace() {
        assert!(inherits("version = { workspace = true }"));
        assert!(inherits("version.workspace=true"));
        assert!(!inherits("[workspace]"));
    }
}
