//! The crates on this disk that a crate is made of.
//!
//! Found through manifests alone: path dependencies (also inherited ones, those
//! of one platform and of build scripts), patches, and path overrides of the
//! configuration. Development dependencies do not count. A manifest that cannot
//! be read ends its branch, because telling the user is Cargo's business.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use toml_edit::{Item, TableLike};

use crate::backend::inputs::plain;
use crate::backends::cargo::manifest::cargo_toml::CargoToml;
use crate::backends::cargo::manifest::manifests::Manifests;

/// Tables of dependencies that end up in a package.
const TABLES: [&str; 3] = ["dependencies", "build-dependencies", "build_dependencies"];

/// A crate on this disk.
#[derive(Debug)]
pub(crate) struct PathCrate {
    /// Its folder.
    pub(crate) root: PathBuf,
    /// The manifest of the workspace it takes values from, if it does.
    pub(crate) inherits: Option<PathBuf>,
    /// Whether it has a build script.
    pub(crate) has_build_script: bool,
    manifest: Arc<CargoToml>,
}

/// The crate in `root` and the crates it depends on, by folder.
pub(crate) fn path_dependencies(
    manifests: &mut Manifests,
    root: &Path,
    overrides: &[PathBuf],
) -> BTreeMap<PathBuf, PathCrate> {
    let mut found = BTreeMap::new();
    let mut open = vec![plain(root)];
    open.extend(overrides.iter().cloned());
    while let Some(root) = open.pop() {
        if found.contains_key(&root) {
            continue;
        }
        let Some(manifest) = manifests.readable(&root) else {
            continue;
        };
        let workspace = manifests.workspace_of(&manifest).ok().flatten();
        open.extend(patches(&root, manifest.root()));
        open.extend(paths(&manifest, workspace.as_deref()));
        if let Some(workspace) = &workspace {
            open.extend(patches(workspace.folder(), workspace.root()));
        }
        let workspace = workspace.filter(|_| manifest.inherits());
        let mut path_crate = PathCrate {
            inherits: workspace.map(|workspace| workspace.path.clone()),
            root: root.clone(),
            has_build_script: false,
            manifest,
        };
        let script = path_crate.build_script();
        path_crate.has_build_script = script.is_some_and(|script| script.is_file());
        found.insert(root, path_crate);
    }
    found
}

impl PathCrate {
    /// The name in `[package]`.
    pub(crate) fn name(&self) -> Option<&str> {
        self.manifest.name()
    }

    /// The source of the build script, whether it exists or not. `None` when the
    /// manifest says that there is none.
    pub(crate) fn build_script(&self) -> Option<PathBuf> {
        match self.package("build") {
            Some(value) => match (value.as_bool(), value.as_str()) {
                (Some(false), _) => None,
                (_, Some(path)) => Some(plain(&self.root.join(path))),
                _ => Some(self.root.join("build.rs")),
            },
            None => Some(self.root.join("build.rs")),
        }
    }

    /// Root files of the library and the binaries that the manifest names.
    pub(crate) fn named_targets(&self) -> Vec<PathBuf> {
        let lib = self.manifest.get("lib").and_then(|lib| lib.get("path"));
        let bins = self.manifest.get("bin").and_then(Item::as_array_of_tables);
        let bins = bins.into_iter().flatten().filter_map(|bin| bin.get("path"));
        lib.into_iter()
            .chain(bins)
            .filter_map(Item::as_str)
            .map(|path| plain(&self.root.join(path)))
            .collect()
    }

    fn package(&self, key: &str) -> Option<&Item> {
        self.manifest.package_key(key)
    }
}

/// The folders that `[patch]` tables of a manifest or configuration lead to.
pub(crate) fn patches(folder: &Path, tables: &dyn TableLike) -> Vec<PathBuf> {
    let registries = tables.get("patch").and_then(Item::as_table_like);
    registries
        .into_iter()
        .flat_map(|registries| registries.iter())
        .filter_map(|(_, crates)| crates.as_table_like())
        .flat_map(|crates| crates.iter())
        .filter_map(|(_, patch)| path_of(folder, patch))
        .collect()
}

/// The folders of the dependencies that a manifest names by path, or has its workspace name.
fn paths(manifest: &CargoToml, workspace: Option<&CargoToml>) -> Vec<PathBuf> {
    let shared = workspace.and_then(|workspace| {
        let shared = workspace.workspace()?.get("dependencies")?;
        Some((workspace.folder(), shared.as_table_like()?))
    });
    dependency_tables(manifest.root())
        .into_iter()
        .flat_map(|table| table.iter())
        .filter_map(|(name, dependency)| {
            let inherited = dependency.get("workspace").and_then(Item::as_bool) == Some(true);
            if !inherited {
                return path_of(manifest.folder(), dependency);
            }
            let (folder, shared) = shared?;
            path_of(folder, shared.get(name)?)
        })
        .collect()
}

fn dependency_tables(manifest: &dyn TableLike) -> Vec<&dyn TableLike> {
    let platforms = manifest.get("target").and_then(Item::as_table_like);
    let platforms = platforms.into_iter().flat_map(|platforms| platforms.iter());
    let platforms = platforms.filter_map(|(_, tables)| tables.as_table_like());
    std::iter::once(manifest)
        .chain(platforms)
        .flat_map(|tables| TABLES.map(|name| tables.get(name)))
        .flatten()
        .filter_map(Item::as_table_like)
        .collect()
}

fn path_of(folder: &Path, dependency: &Item) -> Option<PathBuf> {
    let path = dependency.as_table_like()?.get("path")?.as_str()?;
    Some(plain(&folder.join(path)))
}
