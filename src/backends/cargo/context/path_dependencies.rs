//! The crates on this disk that a crate is made of.
//!
//! Found through manifests alone: path dependencies (also inherited ones, those
//! of one platform and of build scripts), patches, and path overrides of the
//! configuration. Development dependencies do not count. A manifest that cannot
//! be read ends its branch, because telling the user is Cargo's business.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use toml_edit::{DocumentMut, Item, TableLike};

use crate::backend::inputs::plain;
use crate::backends::cargo::manifest::workspace_members::is_excluded;

/// Tables of dependencies that end up in a package.
const TABLES: [&str; 3] = ["dependencies", "build-dependencies", "build_dependencies"];

/// A crate on this disk.
#[derive(Debug)]
pub(crate) struct Local {
    /// Its folder.
    pub(crate) root: PathBuf,
    /// The manifest of the workspace it takes values from, if it does.
    pub(crate) inherits: Option<PathBuf>,
    manifest: DocumentMut,
}

/// The crate in `root` and the crates it depends on, by folder.
pub(crate) fn closure(root: &Path, overrides: &[PathBuf]) -> BTreeMap<PathBuf, Local> {
    let mut found = BTreeMap::new();
    let mut open = vec![plain(root)];
    open.extend(overrides.iter().cloned());
    while let Some(root) = open.pop() {
        if found.contains_key(&root) {
            continue;
        }
        let Some(manifest) = read(&root.join("Cargo.toml")) else {
            continue;
        };
        let workspace = workspace(&root, &manifest);
        open.extend(patches(&root, manifest.as_table()));
        open.extend(path_dependencies(&root, &manifest, workspace.as_ref()));
        if let Some((folder, manifest)) = &workspace {
            open.extend(patches(folder, manifest.as_table()));
        }
        let local = Local {
            inherits: workspace
                .filter(|_| inherits(manifest.as_item()))
                .map(|(folder, _)| folder.join("Cargo.toml")),
            root: root.clone(),
            manifest,
        };
        found.insert(root, local);
    }
    found
}

impl Local {
    /// The name in `[package]`.
    pub(crate) fn name(&self) -> Option<&str> {
        self.package("name")?.as_str()
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

    /// Whether there is one.
    pub(crate) fn has_build_script(&self) -> bool {
        self.build_script().is_some_and(|script| script.is_file())
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
        self.manifest.get("package")?.get(key)
    }
}

/// A TOML file, if there is one and it can be read.
pub(crate) fn read(path: &Path) -> Option<DocumentMut> {
    std::fs::read_to_string(path).ok()?.parse().ok()
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

/// Whether anything in the manifest comes from the workspace.
pub(crate) fn inherits(item: &Item) -> bool {
    let Some(table) = item.as_table_like() else {
        let tables = item.as_array_of_tables();
        return tables
            .into_iter()
            .flat_map(|tables| tables.iter())
            .any(|table| inherits(&Item::Table(table.clone())));
    };
    let here = table.get("workspace").and_then(Item::as_bool) == Some(true);
    here || table.iter().any(|(_, item)| inherits(item))
}

/// The workspace around a crate: its folder and its manifest.
fn workspace(root: &Path, manifest: &DocumentMut) -> Option<(PathBuf, DocumentMut)> {
    if manifest.contains_key("workspace") {
        return Some((root.to_path_buf(), manifest.clone()));
    }
    let named = manifest.get("package").and_then(|it| it.get("workspace"));
    if let Some(folder) = named.and_then(Item::as_str) {
        let folder = plain(&root.join(folder));
        let manifest = read(&folder.join("Cargo.toml"))?;
        return Some((folder, manifest));
    }
    let (folder, manifest) = root.ancestors().skip(1).find_map(|folder| {
        let manifest = read(&folder.join("Cargo.toml"))?;
        let is_root = manifest.contains_key("workspace");
        is_root.then(|| (folder.to_path_buf(), manifest))
    })?;
    let paths = |key: &str| -> Vec<&str> {
        let list = manifest["workspace"].get(key).and_then(Item::as_array);
        let paths = list.into_iter().flatten();
        paths.filter_map(|path| path.as_str()).collect()
    };
    let apart = is_excluded(&folder, &paths("exclude"), &paths("members"), root);
    (!apart).then_some((folder, manifest))
}

fn path_dependencies(
    root: &Path,
    manifest: &DocumentMut,
    workspace: Option<&(PathBuf, DocumentMut)>,
) -> Vec<PathBuf> {
    let shared = workspace.and_then(|(folder, manifest)| {
        let shared = manifest.get("workspace")?.get("dependencies")?;
        Some((folder, shared.as_table_like()?))
    });
    dependency_tables(manifest)
        .into_iter()
        .flat_map(|table| table.iter())
        .filter_map(|(name, dependency)| {
            let inherited = dependency.get("workspace").and_then(Item::as_bool) == Some(true);
            if !inherited {
                return path_of(root, dependency);
            }
            let (folder, shared) = shared?;
            path_of(folder, shared.get(name)?)
        })
        .collect()
}

fn dependency_tables(manifest: &DocumentMut) -> Vec<&dyn TableLike> {
    let platforms = manifest.get("target").and_then(Item::as_table_like);
    let platforms = platforms.into_iter().flat_map(|platforms| platforms.iter());
    std::iter::once(manifest.as_item())
        .chain(platforms.map(|(_, tables)| tables))
        .flat_map(|tables| TABLES.map(|name| tables.get(name)))
        .flatten()
        .filter_map(Item::as_table_like)
        .collect()
}

fn path_of(folder: &Path, dependency: &Item) -> Option<PathBuf> {
    let path = dependency.as_table_like()?.get("path")?.as_str()?;
    Some(plain(&folder.join(path)))
}
