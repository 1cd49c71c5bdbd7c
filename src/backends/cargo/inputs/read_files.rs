//! The files that a build read, by the crates that they belong to.

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

/// The directories of a package that its library and binaries do not use.
const ASIDE: [&str; 3] = ["tests", "benches", "examples"];

/// The files that one build read.
pub(crate) struct ReadFiles<'a> {
    build: CrateBuild<'a>,
    /// The directories in which Cargo keeps artifacts.
    artifacts: Vec<PathBuf>,
    /// The files and directories that were read, without generated ones.
    read: BTreeSet<PathBuf>,
    /// The directories for build output.
    output: Vec<PathBuf>,
    /// The directories of the crates to which the files belong.
    used: BTreeSet<&'a Path>,
}

impl<'a> ReadFiles<'a> {
    /// Reads the records of Cargo.
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
                .filter(|path| !is_in_build_dir_of_crate(path, build))
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

    /// The files and directories that were read, without generated ones.
    pub(crate) fn paths(&self) -> &BTreeSet<PathBuf> {
        &self.read
    }

    /// The crates to which the files belong.
    pub(crate) fn used(&self) -> impl Iterator<Item = &'a PathCrate> {
        let build = self.build;
        self.used
            .iter()
            .filter_map(|root| build.context.path_crates.get(*root))
    }

    /// The files that were read, and files that would be read if they were added.
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

    /// The files that no source tree contains, in one set for each directory.
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
                // A hidden name in a set changes how pixi reads the other patterns of the set.
                sets.extend(GlobSet::file(path, "read by the build"));
            } else {
                folders.entry(folder).or_default().push(escape(name));
            }
            if !path.exists() {
                // A build script watches a missing path. It can become a directory later.
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

    /// All files in a directory that a build script asked Cargo to watch.
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

    /// All files of a package whose build script did not name any paths or variables to watch.
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

/// Whether `path` is in a build directory inside of its crate. Cargo marks build directories
/// with a `CACHEDIR.TAG`.
fn is_in_build_dir_of_crate(path: &Path, build: CrateBuild<'_>) -> bool {
    let Some(owner) = owner(build, path) else {
        return false;
    };
    path.ancestors()
        .skip(1)
        .take_while(|folder| *folder != owner)
        .any(|folder| folder.join("CACHEDIR.TAG").is_file())
}

/// The directory of the crate that a path belongs to.
fn owner<'a>(build: CrateBuild<'a>, path: &Path) -> Option<&'a Path> {
    path.ancestors().find_map(|folder| {
        let (root, _) = build.context.path_crates.get_key_value(folder)?;
        Some(root.as_path())
    })
}

/// The manifest of a source file that belongs to a crate that no other manifest names.
fn manifest_above(path: &Path) -> Option<GlobSet> {
    let folders = path.ancestors().skip(1);
    let mut manifests = folders.map(|folder| folder.join("Cargo.toml"));
    let manifest = manifests.find(|manifest| manifest.is_file())?;
    GlobSet::file(&manifest, "manifest of a crate that was read")
}

/// Whether a source tree contains a file that was read.
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
