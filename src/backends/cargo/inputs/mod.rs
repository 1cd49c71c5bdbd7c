//! The files that affect the metadata and the package.
//!
//! Before a build, the inputs are patterns that match all files of the path crates. After a
//! build, they are the files that Cargo recorded as read, and the files that control the build:
//! manifests, lock file, and configuration.

pub(crate) mod build_scripts;
pub(crate) mod read_files;
pub(crate) mod source_trees;

use std::path::{Path, PathBuf};

use toml_edit::Item;

use crate::backend::{GlobSet, Request, extra_input_globs, project_files};
use crate::backends::cargo::context::crate_context::CrateBuild;
use crate::backends::cargo::context::layout::OUTPUT_DIRECTORIES;
use crate::backends::cargo::context::path_dependencies::PathCrate;
use crate::backends::cargo::inputs::read_files::ReadFiles;
use crate::backends::cargo::manifest::cargo_toml::is_inheriting;

/// The inputs before a build.
pub(crate) fn drafted(build: CrateBuild<'_>) -> Vec<GlobSet> {
    build.patterns()
}

/// The inputs after a build.
pub(crate) fn built(build: CrateBuild<'_>, read: &ReadFiles<'_>) -> Vec<GlobSet> {
    let mut sets = build.around(read.used().collect());
    sets.extend(read.inputs());
    sets
}

/// The manifests from which the crate gets its metadata, and the toolchain file if that decides the
/// compiler. A missing manifest between the crate
/// and its workspace is included, because it would become the workspace if it were added.
pub(crate) fn inheritance(build: CrateBuild<'_>) -> Vec<GlobSet> {
    let request = build.request;
    let own = build.root.as_path();
    let workspace = build.workspace.as_path();
    let manifest = own.join("Cargo.toml");
    // The manifest of a workspace decides which member is the package.
    let chooses = workspace == request.project.source && workspace != own;
    let mut sets = Vec::new();
    let rust_version = request.config.rust_version.as_deref();
    if rust_version == Some("toolchain-file") {
        sets.extend(build.cargo_config.toolchain_inputs());
    }
    let is_read = !request.config.ignore_cargo_manifest || rust_version == Some("manifest");
    if !is_read && !chooses {
        return sets;
    }
    let package = build.krate.manifest.package();
    let package = package.and_then(Item::as_table_like);
    let inherits = package.is_some_and(is_inheriting);
    let mut manifests = vec![manifest];
    if chooses || (inherits && workspace != own) {
        let between = between(own, workspace);
        manifests.extend(between.map(|folder| folder.join("Cargo.toml")));
    }
    let reason = "the metadata of the package";
    let set = |manifest: &PathBuf| GlobSet::file(manifest, reason);
    sets.extend(manifests.iter().filter_map(set));
    sets
}

/// The directories above `folder`, up to `top`. Only `top` if it is not above `folder`.
fn between<'a>(folder: &'a Path, top: &'a Path) -> impl Iterator<Item = &'a Path> {
    let above = folder.ancestors().skip(1);
    let on_the_way = above.take_while(move |above| above.starts_with(top) && *above != top);
    on_the_way.chain([top])
}

impl CrateBuild<'_> {
    /// Patterns that match every file from which the crate could be built.
    fn patterns(&self) -> Vec<GlobSet> {
        let mut sets = self.around(self.path_crates.values().collect());
        let folders = self.cargo_config.target_dirs(self.request);
        let with_examples = self.arguments.has("--example") || self.arguments.has("--examples");
        for local in self.path_crates.values() {
            sets.extend(patterns_of(local, with_examples, &folders));
        }
        sets
    }

    /// All inputs except for sources, for the crates in `locals`.
    fn around(&self, locals: Vec<&PathCrate>) -> Vec<GlobSet> {
        let mut sets = self.manifests(&locals);
        sets.extend(self.cargo_config.inputs());
        sets.extend(self.licenses());
        let Request {
            project, folders, ..
        } = self.request;
        sets.extend(project_files::manifest_inputs(project, folders));
        if self.request.config.test_arguments().is_some() {
            // Cargo does not record the files that tests read.
            let tests = self.root.join("tests");
            sets.push(GlobSet::tree(&tests, ["**"], "the tests").without_leftovers());
            let modules = self.root.join("src");
            sets.push(GlobSet::tree(&modules, ["**/*.rs"], "the tests").without_leftovers());
            let own = self.path_crates.get(&self.root).into_iter();
            for folder in own.flat_map(|own| &own.dev_dependencies) {
                let patterns = ["Cargo.toml", "build.rs", "src/**"];
                sets.push(GlobSet::tree(folder, patterns, "the tests").without_leftovers());
            }
        }
        let extra = &self.request.config.extra_input_globs;
        sets.extend(extra_input_globs::sets(
            extra,
            &self.request.project.source,
            OUTPUT_DIRECTORIES,
        ));
        sets
    }

    fn manifests(&self, locals: &[&PathCrate]) -> Vec<GlobSet> {
        let mut sets = Vec::new();
        for local in locals {
            let reason = format!("manifest of {}", local.name().unwrap_or("a crate"));
            sets.extend(GlobSet::file(&local.root.join("Cargo.toml"), &reason));
            let inherited = local.inherits.as_deref();
            sets.extend(inherited.and_then(|manifest| GlobSet::file(manifest, &reason)));
            let script = local.build_script.as_deref();
            let reason = "a build script, if there is one";
            sets.extend(script.and_then(|script| GlobSet::file(script, reason)));
        }
        let alone = self.workspace == self.root;
        let is_workspace = self.krate.manifest.workspace().is_some();
        // A manifest between the crate and the workspace could become the workspace.
        let tops = match (alone, is_workspace) {
            (true, true) => Vec::new(),
            (true, false) => self.cargo_config.folders().skip(1).collect(),
            (false, _) => between(&self.root, &self.workspace).collect::<Vec<_>>(),
        };
        for folder in tops {
            let manifest = folder.join("Cargo.toml");
            sets.extend(GlobSet::file(&manifest, "the Cargo workspace"));
        }
        let lock = self.workspace.join("Cargo.lock");
        sets.extend(GlobSet::file(&lock, "versions of dependencies"));
        sets
    }

    /// The license texts that are packed, and the ones that would be packed if they existed.
    fn licenses(&self) -> Vec<GlobSet> {
        let reason = "a packed license";
        let files = self.license_files.iter();
        let mut sets: Vec<GlobSet> = files
            .filter_map(|file| GlobSet::file(file, reason))
            .collect();
        if self.licenses_are_named {
            return sets;
        }
        let discovered = |folder: &Path| {
            let here = GlobSet::names(folder, project_files::license_patterns(), reason);
            let reuse = folder.join(project_files::REUSE);
            let below = reuse
                .is_dir()
                .then(|| GlobSet::names(&reuse, ["*"], reason));
            let sets = std::iter::once(here).chain(below);
            sets.map(GlobSet::without_leftovers).collect::<Vec<_>>()
        };
        sets.extend(discovered(&self.root));
        let reuse = self.root.join(project_files::REUSE);
        let own = |file: &PathBuf| {
            let folder = file.parent();
            folder == Some(&self.root) || folder == Some(&reuse)
        };
        if self.workspace != self.root && !self.license_files.iter().any(own) {
            sets.extend(discovered(&self.workspace));
        }
        sets
    }
}

/// Patterns for the files of one crate, for builds that did not record the files that they
/// read.
fn patterns_of(local: &PathCrate, with_examples: bool, target_dirs: &[PathBuf]) -> Vec<GlobSet> {
    let reason = format!("anything of {}", local.name().unwrap_or("the crate"));
    let targets = target_dirs.iter().map(PathBuf::as_path);
    if local.has_build_script {
        // A build script may read anything.
        let root = &local.root;
        let set = GlobSet::tree(root, ["**"], &reason);
        let examples = (!with_examples).then_some("examples");
        let unread = ["target", "tests", "benches"].into_iter().chain(examples);
        let unread: Vec<PathBuf> = unread.map(|name| root.join(name)).collect();
        let set = set.except(unread.iter().map(PathBuf::as_path));
        return vec![set.except(targets).without_leftovers()];
    }
    let source = local.root.join("src");
    let set = GlobSet::tree(&source, ["**"], &reason);
    let mut sets = vec![
        GlobSet::names(&local.root, ["*.rs"], &reason),
        set.except(targets).without_leftovers(),
    ];
    if with_examples {
        let examples = local.root.join("examples");
        sets.push(GlobSet::tree(&examples, ["**"], &reason).without_leftovers());
    }
    let targets = local.named_targets();
    let folders = targets.iter().filter_map(|target| target.parent());
    let elsewhere = folders.filter(|folder| !folder.starts_with(&source) && *folder != local.root);
    sets.extend(elsewhere.map(|folder| GlobSet::tree(folder, ["**/*.rs"], &reason)));
    sets
}
