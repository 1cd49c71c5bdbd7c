//! The manifests that a request has searched for, and the workspaces that they belong to.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use miette::Report;
use toml_edit::Item;

use crate::backend::inputs::plain;
use crate::backends::cargo::manifest::cargo_toml::{CargoToml, Sighting};
use crate::backends::cargo::manifest::errors::NoWorkspace;

/// The results of searches for manifests, by directory.
#[derive(Debug, Default)]
pub(crate) struct Manifests(HashMap<PathBuf, Looked>);

/// The result of one search for a manifest.
#[derive(Debug, Clone)]
enum Looked {
    Nothing,
    /// The error is not stored. [`Manifests::find`] reads the file again to report it.
    Broken,
    Found(Arc<CargoToml>),
}

impl Manifests {
    /// The manifest in `folder`, if there is one.
    ///
    /// # Errors
    /// The reason why it cannot be read.
    pub(crate) fn find(&mut self, folder: &Path) -> Result<Option<Arc<CargoToml>>, Report> {
        match self.look(folder) {
            Looked::Found(manifest) => Ok(Some(manifest)),
            Looked::Nothing => Ok(None),
            Looked::Broken => CargoToml::read(&folder.join("Cargo.toml")).map(Some),
        }
    }

    /// The manifest in `folder`, if there is one and it can be read.
    pub(crate) fn readable(&mut self, folder: &Path) -> Option<Arc<CargoToml>> {
        match self.look(folder) {
            Looked::Found(manifest) => Some(manifest),
            Looked::Nothing | Looked::Broken => None,
        }
    }

    /// The state of every file that was searched for, for use by later requests. `None` if a
    /// change to one of them could not be noticed.
    pub(crate) fn sightings(&self) -> Option<Vec<Sighting>> {
        let all = self.0.iter().map(|(folder, looked)| match looked {
            Looked::Found(manifest) => Sighting::of(manifest),
            Looked::Nothing => Some(Sighting::of_nothing(folder.join("Cargo.toml"))),
            Looked::Broken => None,
        });
        all.collect()
    }

    fn look(&mut self, folder: &Path) -> Looked {
        if let Some(known) = self.0.get(folder) {
            return known.clone();
        }
        let path = folder.join("Cargo.toml");
        let looked = match CargoToml::find(&path) {
            Ok(Some(Ok(manifest))) => Looked::Found(manifest),
            Ok(Some(Err(_))) => Looked::Broken,
            Ok(None) => Looked::Nothing,
            Err(_) if path.is_file() => Looked::Broken,
            Err(_) => Looked::Nothing,
        };
        self.0.insert(folder.to_path_buf(), looked.clone());
        looked
    }

    /// The manifest of the workspace that a crate belongs to: its own, the one that
    /// `package.workspace` names, or the nearest one above, unless that one excludes the crate.
    ///
    /// # Errors
    /// [`NoWorkspace`], and manifests above the crate that cannot be read.
    pub(crate) fn workspace_of(
        &mut self,
        member: &Arc<CargoToml>,
    ) -> Result<Option<Arc<CargoToml>>, Report> {
        if member.workspace().is_some() {
            return Ok(Some(Arc::clone(member)));
        }
        let named = member.package_key("workspace").and_then(Item::as_str);
        if let Some(folder) = named {
            return self.named_workspace(member, folder).map(Some);
        }
        for folder in member.folder().ancestors().skip(1) {
            if let Some(found) = self.find(folder)?
                && found.workspace().is_some()
            {
                return Ok((!excludes(&found, member.folder())).then_some(found));
            }
        }
        Ok(None)
    }

    /// The workspace in the directory that `package.workspace` names.
    fn named_workspace(
        &mut self,
        member: &CargoToml,
        folder: &str,
    ) -> Result<Arc<CargoToml>, Report> {
        // Without this, every message and every input would contain `../..`.
        let folder = plain(&member.folder().join(folder));
        let found = self.find(&folder)?;
        let found = found.filter(|found| found.workspace().is_some());
        found.ok_or_else(|| {
            NoWorkspace {
                folder,
                file: member.file(),
                at: member.span(&["package", "workspace"]),
            }
            .into()
        })
    }
}

/// Whether Cargo excludes `folder` from the workspace: `exclude` names it or a directory above
/// it, and `members` does not. Patterns do not count.
pub(crate) fn excludes(workspace: &CargoToml, folder: &Path) -> bool {
    let names = |key: &str| {
        let paths = workspace.workspace_list(key);
        let mut paths = paths.iter().map(|path| workspace.folder().join(path));
        paths.any(|path| folder.starts_with(path))
    };
    names("exclude") && !names("members")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (tempfile::TempDir, Arc<CargoToml>) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("Cargo.toml");
        std::fs::write(&path, text).expect("own folder");
        let manifest = CargoToml::read(&path).expect("TOML");
        (folder, manifest)
    }

    #[test]
    fn a_manifest_is_read_once() {
        let (folder, _) = read("[package]\nname = 'a'\n");
        let mut manifests = Manifests::default();
        let first = manifests.readable(folder.path()).expect("it is there");
        std::fs::remove_file(&first.path).expect("own folder");
        let again = manifests.readable(folder.path()).expect("it is known");
        assert!(Arc::ptr_eq(&first, &again));
        assert!(Manifests::default().readable(folder.path()).is_none());
    }

    #[test]
    fn another_request_parses_what_has_changed() {
        let (folder, first) = read("[package]\nname = 'a'\n");
        let again = || {
            Manifests::default()
                .readable(folder.path())
                .expect("it is there")
        };
        assert!(Arc::ptr_eq(&first, &again()));
        std::fs::write(&first.path, "[package]\nname = 'b'\n").expect("own folder");
        assert_eq!(again().name(), Some("b"));
        std::fs::write(&first.path, "[package").expect("own folder");
        assert!(Manifests::default().find(folder.path()).is_err());
    }

    #[test]
    fn a_file_with_its_old_time_is_read_again() {
        let (folder, first) = read("[package]\nname = 'a'\n");
        let old = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000_000);
        let set = |text: &str| {
            std::fs::write(&first.path, text).expect("own folder");
            let file = std::fs::File::options().write(true).open(&first.path);
            file.and_then(|file| file.set_modified(old))
                .expect("own folder");
            let read = Manifests::default().readable(folder.path());
            read.expect("it is there").name().map(str::to_string)
        };
        assert_eq!(set("[package]\nname = 'b'\n").as_deref(), Some("b"));
        assert_eq!(set("[package]\nname = 'c'\n").as_deref(), Some("c"));
    }
}
