//! What one build read, sorted into the crates it belongs to.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use miette::Report;

use crate::backend::inputs::escape;
use crate::backend::{BuildPaths, GlobSet};
use crate::backends::cargo::build_dir::{artifacts, dep_info};
use crate::backends::cargo::context::crate_context::CrateBuild;
use crate::backends::cargo::context::layout::TARGET_DIR;
use crate::backends::cargo::context::path_dependencies::PathCrate;
use crate::backends::cargo::inputs::build_scripts;
use crate::backends::cargo::inputs::source_trees;

/// Folders of a package that its library and binaries do not read.
const ASIDE: [&str; 3] = ["tests", "benches", "examples"];

/// The read of a build.
pub(crate) struct ReadFiles<'a> {
    build: CrateBuild<'a>,
    /// Folders in which Cargo keeps what it compiled.
    artifacts: Vec<PathBuf>,
    /// Files and folders that were read and that nobody generated.
    read: BTreeSet<PathBuf>,
    /// Folders for output, wherever they are.
    output: Vec<PathBuf>,
    /// Folders of the crates that something was read of.
    used: BTreeSet<&'a Path>,
}

impl<'a> ReadFiles<'a> {
    /// Reads what Cargo wrote down.
    ///
    /// # Errors
    /// See [`dep_info::sources`].
    pub(crate) fn of(build: CrateBuild<'a>, built: &BuildPaths) -> Result<Self, Report> {
        let mut output = build.cargo_config.target_dirs(build.request);
        output.extend(built.created());
        output.extend(built.alias.clone());
        output.extend(build.request.folders.scratch.clone());
        let read: BTreeSet<PathBuf> =
            dep_info::sources(built, &built.script_folder.join(TARGET_DIR))?
                .iter()
                .map(|path| dep_info::absolute(path, build.cargo_config.folders()))
                .filter(|path| !output.iter().any(|folder| path.starts_with(folder)))
                .filter(|path| !is_in_target(path, build))
                .collect();
        let mut used: BTreeSet<&Path> = BTreeSet::from([build.context.root.as_path()]);
        used.extend(read.iter().filter_map(|path| owner(build, path)));
        Ok(Self {
            build,
            artifacts: artifacts::folders(build, built),
            read,
            output,
            used,
        })
    }

    /// Files and folders that were read and that nobody generated.
    pub(crate) fn paths(&self) -> &BTreeSet<PathBuf> {
        &self.read
    }

    /// The crates that something was read of.
    pub(crate) fn used(&self) -> impl Iterator<Item = &'a PathCrate> {
        let build = self.build;
        self.used
            .iter()
            .filter_map(|root| build.context.path_crates.get(*root))
    }

    /// Sources, texts and whatever else was read, and what could join them.
    pub(crate) fn inputs(&self) -> Vec<GlobSet> {
        let mut trees = Vec::new();
        for local in self.used() {
            trees.extend(source_trees::trees(local, &self.read));
        }
        let output = || self.output.iter().map(PathBuf::as_path);
        let trees = trees.into_iter().map(|tree: GlobSet| tree.except(output()));
        let mut trees: Vec<GlobSet> = trees.collect();
        let mut sets = self.files(&trees);
        sets.append(&mut trees);
        let folders = self.read.iter().filter(|path| path.is_dir());
        sets.extend(folders.map(|folder| self.watched(folder)));
        sets.extend(self.used().filter_map(|local| self.whole_package(local)));
        sets
    }

    /// Files that no source tree covers, one set for each folder.
    fn files(&self, trees: &[GlobSet]) -> Vec<GlobSet> {
        let mut folders: BTreeMap<&Path, Vec<String>> = BTreeMap::new();
        let mut sets = Vec::new();
        for path in &self.read {
            if path.is_dir() || trees.iter().any(|tree| covers(tree, path)) {
                continue;
            }
            let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
                continue;
            };
            let Some(name) = name.to_str() else {
                continue;
            };
            if name.starts_with('.') {
                // A hidden name changes how the other patterns of a set are read.
                sets.extend(GlobSet::file(path, "read by the build"));
            } else {
                folders.entry(folder).or_default().push(escape(name));
            }
            if !path.exists() {
                // A build script waits for it; it may become a folder.
                sets.push(self.watched(path));
            }
            if owner(self.build, path).is_none() && path.extension().is_some_and(|it| it == "rs") {
                sets.extend(manifest_above(path));
            }
        }
        let listed = folders
            .into_iter()
            .map(|(folder, names)| GlobSet::names(folder, names, "read by the build"));
        sets.extend(listed);
        sets
    }

    /// A folder that a build script asked to watch.
    fn watched(&self, folder: &Path) -> GlobSet {
        let mut apart = self.output.clone();
        if self.used.contains(folder) {
            apart.push(folder.join("target"));
        }
        apart.extend(source_trees::apart(folder, &["CACHEDIR.TAG"], &self.read));
        GlobSet::tree(folder, ["**"], "watched by a build script")
            .except(apart.iter().map(PathBuf::as_path))
            .without_leftovers()
    }

    /// All of a package whose build script left it to Cargo what to watch.
    fn whole_package(&self, local: &PathCrate) -> Option<GlobSet> {
        let script = local.build_script.as_ref()?;
        let name = local.name()?;
        let left_open =
            self.read.contains(script) && build_scripts::watches_everything(&self.artifacts, name);
        if !left_open {
            return None;
        }
        let mut apart = self.output.clone();
        apart.push(local.root.join("target"));
        let aside = ASIDE.map(|name| local.root.join(name));
        let unread = |folder: &PathBuf| !source_trees::contains(&self.read, folder);
        apart.extend(aside.into_iter().filter(unread));
        let marks = ["Cargo.toml", "CACHEDIR.TAG"];
        apart.extend(source_trees::apart(&local.root, &marks, &self.read));
        let reason = format!("the build script of {name} may read it");
        let set = GlobSet::tree(&local.root, ["**"], &reason)
            .except(apart.iter().map(PathBuf::as_path))
            .without_leftovers();
        Some(set)
    }
}

/// Whether `path` lies in a `target` folder inside of its crate.
fn is_in_target(path: &Path, build: CrateBuild<'_>) -> bool {
    let Some(owner) = owner(build, path) else {
        return false;
    };
    path.ancestors()
        .skip(1)
        .take_while(|folder| *folder != owner)
        .any(|folder| folder.join("CACHEDIR.TAG").is_file())
}

/// The folder of the crate that a path belongs to.
fn owner<'a>(build: CrateBuild<'a>, path: &Path) -> Option<&'a Path> {
    path.ancestors().find_map(|folder| {
        let (root, _) = build.context.path_crates.get_key_value(folder)?;
        Some(root.as_path())
    })
}

/// A source of a crate that no manifest led to: its manifest counts as well.
fn manifest_above(path: &Path) -> Option<GlobSet> {
    let folders = path.ancestors().skip(1);
    let mut manifests = folders.map(|folder| folder.join("Cargo.toml"));
    let manifest = manifests.find(|manifest| manifest.is_file())?;
    GlobSet::file(&manifest, "manifest of a crate that was read")
}

/// Whether a set of sources includes a file that was read.
fn covers(set: &GlobSet, path: &Path) -> bool {
    let Ok(below) = path.strip_prefix(&set.root) else {
        return false;
    };
    let hidden =
        |part: std::path::Component<'_>| part.as_os_str().as_encoded_bytes().starts_with(b".");
    let rust = path.extension().is_some_and(|extension| extension == "rs");
    let deep = below.components().count() > 1;
    rust && !below.components().any(hidden) && !(deep && set.stays())
}
