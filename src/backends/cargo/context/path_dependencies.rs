//! The path crates of a project: crates in directories on this machine, not downloads of Cargo.
//!
//! Only manifests are read: for path dependencies (also inherited, platform-specific and build
//! dependencies), patches, and path overrides. Development dependencies do not count. A
//! manifest that cannot be read is skipped, because Cargo reports it. The result is reused
//! until one of the files changes.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use toml_edit::{Item, TableLike};

use crate::backend::inputs::plain;
use crate::backends::cargo::manifest::binaries::listed_binaries;
use crate::backends::cargo::manifest::cargo_toml::{CargoToml, Sighting};
use crate::backends::cargo::manifest::manifests::Manifests;

/// The tables of dependencies that are linked into a package.
const DEPENDENCIES: &[&str] = &["dependencies"];

/// The tables of dependencies of build scripts. Cargo accepts both spellings.
const BUILD_DEPENDENCIES: &[&str] = &["build-dependencies", "build_dependencies"];

/// The tables of dependencies of tests.
const DEV_DEPENDENCIES: &[&str] = &["dev-dependencies", "dev_dependencies"];

/// A path crate.
#[derive(Debug)]
pub(crate) struct PathCrate {
    /// Its directory.
    pub(crate) root: PathBuf,
    /// The manifest of the workspace from which it inherits values, if it inherits any.
    pub(crate) inherits: Option<PathBuf>,
    /// The source of the build script, whether it exists or not. `None` when the manifest
    /// says that there is none.
    pub(crate) build_script: Option<PathBuf>,
    /// Whether the source of the build script exists.
    pub(crate) has_build_script: bool,
    /// The directories of the crates that it is linked with.
    pub(crate) dependencies: Vec<PathBuf>,
    /// The directories of the crates that its build script is linked with.
    pub(crate) build_dependencies: Vec<PathBuf>,
    /// The directories of the crates that its tests are linked with. These are no path crates of
    /// the project.
    pub(crate) dev_dependencies: Vec<PathBuf>,
    manifest: Arc<CargoToml>,
}

/// Crates, by directory.
pub(crate) type PathCrates = BTreeMap<PathBuf, PathCrate>;

/// The result of an earlier request, and the files that it depends on.
#[derive(Debug)]
struct Remembered {
    overrides: Vec<PathBuf>,
    sightings: Vec<Sighting>,
    found: Arc<PathCrates>,
}

impl Remembered {
    fn still_holds(&self, overrides: &[PathBuf]) -> bool {
        let mut crates = self.found.values();
        self.overrides == overrides
            && self.sightings.iter().all(Sighting::still_holds)
            && crates.all(|path_crate| {
                exists(path_crate.build_script.as_deref()) == path_crate.has_build_script
            })
    }
}

/// The results of earlier requests, by the directory of the crate.
static REMEMBERED: LazyLock<Mutex<HashMap<PathBuf, Arc<Remembered>>>> =
    LazyLock::new(Mutex::default);

/// The crate in `root` and the path crates that it depends on. Those in `overrides` are
/// included.
pub(crate) fn path_dependencies(
    manifests: &mut Manifests,
    root: &Path,
    overrides: &[PathBuf],
) -> Arc<PathCrates> {
    let remembered = || REMEMBERED.lock().unwrap_or_else(PoisonError::into_inner);
    let known = remembered().get(root).cloned();
    if let Some(known) = known.filter(|known| known.still_holds(overrides)) {
        return Arc::clone(&known.found);
    }
    let found = Arc::new(search(manifests, root, overrides));
    if let Some(sightings) = manifests.sightings() {
        let now = Remembered {
            overrides: overrides.to_vec(),
            sightings,
            found: Arc::clone(&found),
        };
        remembered().insert(root.to_path_buf(), Arc::new(now));
    }
    found
}

fn search(manifests: &mut Manifests, root: &Path, overrides: &[PathBuf]) -> PathCrates {
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
        let paths = |tables| paths(&manifest, workspace.as_deref(), tables);
        let (dependencies, build_dependencies) = (paths(DEPENDENCIES), paths(BUILD_DEPENDENCIES));
        let dev_dependencies = paths(DEV_DEPENDENCIES);
        open.extend(dependencies.iter().chain(&build_dependencies).cloned());
        if let Some(workspace) = &workspace {
            open.extend(patches(workspace.folder(), workspace.root()));
        }
        let workspace = workspace.filter(|_| manifest.inherits());
        let build_script = build_script(&root, &manifest);
        let path_crate = PathCrate {
            inherits: workspace.map(|workspace| workspace.path.clone()),
            root: root.clone(),
            has_build_script: exists(build_script.as_deref()),
            build_script,
            dependencies,
            build_dependencies,
            dev_dependencies,
            manifest,
        };
        found.insert(root, path_crate);
    }
    found
}

impl PathCrate {
    /// The name in `[package]`.
    pub(crate) fn name(&self) -> Option<&str> {
        self.manifest.name()
    }

    /// Whether its build script passes metadata to the build scripts of crates that depend on
    /// it.
    pub(crate) fn has_links(&self) -> bool {
        self.manifest.package_key("links").is_some()
    }

    /// The source files of the library and the binaries whose `path` the manifest sets.
    pub(crate) fn named_targets(&self) -> Vec<PathBuf> {
        let lib = self.manifest.get("lib").and_then(|lib| lib.get("path"));
        let bins = listed_binaries(&self.manifest).into_iter();
        let bins = bins.filter_map(|bin| bin.get("path"));
        lib.into_iter()
            .chain(bins)
            .filter_map(Item::as_str)
            .map(|path| plain(&self.root.join(path)))
            .collect()
    }
}

/// The source of a build script, whether it exists or not.
fn build_script(root: &Path, manifest: &CargoToml) -> Option<PathBuf> {
    let value = manifest.package_key("build");
    let path = value.and_then(Item::as_str);
    match value.and_then(Item::as_bool) {
        Some(false) => None,
        _ => Some(path.map_or_else(|| root.join("build.rs"), |path| plain(&root.join(path)))),
    }
}

fn exists(build_script: Option<&Path>) -> bool {
    build_script.is_some_and(Path::is_file)
}

/// The directories that the `[patch]` tables of a manifest or configuration file name.
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

/// The directories of the dependencies in `tables` that the manifest, or its workspace on its
/// behalf, names by path.
fn paths(
    manifest: &CargoToml,
    workspace: Option<&CargoToml>,
    tables: &'static [&'static str],
) -> Vec<PathBuf> {
    let shared = workspace.and_then(|workspace| {
        let shared = workspace.workspace()?.get("dependencies")?;
        Some((workspace.folder(), shared.as_table_like()?))
    });
    dependency_tables(manifest.root(), tables)
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

fn dependency_tables<'a>(
    manifest: &'a dyn TableLike,
    names: &'static [&'static str],
) -> Vec<&'a dyn TableLike> {
    let platforms = manifest.get("target").and_then(Item::as_table_like);
    let platforms = platforms.into_iter().flat_map(|platforms| platforms.iter());
    let platforms = platforms.filter_map(|(_, tables)| tables.as_table_like());
    std::iter::once(manifest)
        .chain(platforms)
        .flat_map(|tables| names.iter().filter_map(|name| tables.get(name)))
        .filter_map(Item::as_table_like)
        .collect()
}

fn path_of(folder: &Path, dependency: &Item) -> Option<PathBuf> {
    let path = dependency.as_table_like()?.get("path")?.as_str()?;
    Some(plain(&folder.join(path)))
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    fn write(root: &Path, path: &str, text: &str) {
        let path = root.join(path);
        fs_err::create_dir_all(path.parent().expect("below")).expect("own folder");
        fs_err::write(path, text).expect("own folder");
    }

    fn find(root: &Path) -> Arc<PathCrates> {
        path_dependencies(&mut Manifests::default(), root, &[])
    }

    /// Waits until the files are old enough for their state to be remembered.
    fn remembered(root: &Path) -> Arc<PathCrates> {
        let begin = Instant::now();
        loop {
            let (first, second) = (find(root), find(root));
            if Arc::ptr_eq(&first, &second) {
                return second;
            }
            assert!(begin.elapsed() < Duration::from_secs(60), "never settles");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    #[test]
    #[cfg_attr(windows, ignore = "Windows does not say when a file changed")]
    fn what_was_found_is_found_again_until_something_changes() {
        let folder = tempfile::tempdir().expect("a folder");
        let root = plain(folder.path());
        write(
            &root,
            "Cargo.toml",
            "[package]\nname = 'a'\n[dependencies]\nb = { path = 'b' }\nc = { path = 'c' }\n",
        );
        write(&root, "b/Cargo.toml", "[package]\nname = 'b'\n");
        let before = remembered(&root);
        assert_eq!(before.len(), 2);

        write(&root, "b/build.rs", "");
        let with_script = find(&root);
        assert!(with_script[&root.join("b")].has_build_script);

        write(&root, "c/Cargo.toml", "[package]\nname = 'c'\n");
        assert_eq!(find(&root).len(), 3, "the manifest that was missing");
        remembered(&root);

        write(&root, "b/Cargo.toml", "[package]\nname = 'x'\n");
        assert_eq!(find(&root)[&root.join("b")].name(), Some("x"));
        remembered(&root);

        let other = [root.join("d")];
        write(&root, "d/Cargo.toml", "[package]\nname = 'd'\n");
        let patched = path_dependencies(&mut Manifests::default(), &root, &other);
        assert_eq!(patched.len(), 4, "an override");
    }
}
