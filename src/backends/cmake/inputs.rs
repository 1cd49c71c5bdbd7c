//! The files that influence the metadata and the package.
//!
//! Before a build they are patterns for the source directory. After a build, CMake
//! reports the files that configuring read and that installing copies, and ninja reports
//! the files that building read. Exactly those that belong to the user are inputs.

mod named;
mod sort;
mod tested;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use miette::{Diagnostic, Report};
use thiserror::Error;

use super::Config;
use super::file_api::{self, Installer, Reply};
use super::globs;
use super::listfile::LISTS;
use super::ninja::{DepsLog, Edge, Plan};
use super::reuse::{self, Read, unreported_files};
use super::unreported::{self, Unreported};
use super::view::View;
use crate::backend::options::InputTracking;
use crate::backend::{BuildPaths, GlobSet, extra_input_globs, project_files};
use crate::disk;
use sort::Own;

/// File extensions of sources in CMake's languages and of files that are used with them.
const PATTERNS: [&str; 39] = [
    "c", "C", "cc", "cpp", "cxx", "c++", "cppm", "ixx", "m", "mm", "h", "hh", "hpp", "hxx", "h++",
    "inl", "ipp", "tpp", "txx", "tcc", "def", "inc", "cu", "cuh", "hip", "f", "F", "f77", "f90",
    "F90", "f95", "f03", "f08", "s", "S", "asm", "rc", "ispc", "swift",
];

/// The inputs that are known before the build.
pub(super) fn drafted(view: &View<'_>) -> Vec<GlobSet> {
    let mut sets = vec![everything(view)];
    sets.extend(around(view));
    sets
}

/// The files that the metadata is read from.
pub(super) fn metadata(view: &View<'_>) -> Vec<GlobSet> {
    let source = view.source;
    let mut files = vec![source.lists()];
    files.extend(source.project.files.iter().cloned());
    files.extend(unreported_files(view));
    let reason = "the metadata of the package";
    let files = files.iter().filter_map(|file| GlobSet::file(file, reason));
    files.collect()
}

/// Patterns for all files that may affect the package.
fn everything(view: &View<'_>) -> GlobSet {
    let source = &view.request.project.source;
    let endings = PATTERNS.iter().map(|ending| format!("**/*.{ending}"));
    let others = [
        "**/*.cmake",
        "**/*.in",
        "**/CMakeLists.txt",
        "**/CMake*Presets.json",
    ];
    let patterns = endings.chain(others.map(str::to_string));
    let set = GlobSet::tree(source, patterns, "may be part of the project");
    outside_build_trees(set).without_leftovers()
}

/// Build trees of other programs, at most two levels below `source`.
fn build_trees(source: &Path) -> Vec<PathBuf> {
    let first = disk::folders(source);
    let second = first.iter().flat_map(|folder| disk::folders(folder));
    let second: Vec<PathBuf> = second.collect();
    let all = first.into_iter().chain(second);
    all.filter(|folder| folder.join("CMakeCache.txt").is_file())
        .collect()
}

/// `set` without the build trees of other programs.
fn outside_build_trees(set: GlobSet) -> GlobSet {
    let trees = build_trees(&set.root);
    set.except(trees.iter().map(PathBuf::as_path))
}

/// All inputs except for those that the build reads.
fn around(view: &View<'_>) -> Vec<GlobSet> {
    let request = view.request;
    let project = request.project;
    let mut sets = project_files::manifest_inputs(project, request.folders);
    sets.extend(project_files::license_inputs(project, &view.source.folder));
    if view.source.folder != project.source {
        sets.extend(project_files::license_inputs(project, &project.source));
    }
    let readme = project.model.readme.as_ref();
    let readme = readme.and_then(|file| GlobSet::file(&project.source.join(file), "the readme"));
    sets.extend(readme);
    let reason = "decides how the project is configured";
    let unreported = unreported_files(view);
    sets.extend(
        unreported
            .iter()
            .filter_map(|file| GlobSet::file(file, reason)),
    );
    if request.config.preset().is_some() {
        let names = [super::presets::OF_THE_PROJECT, super::presets::OF_THE_USER];
        sets.push(GlobSet::names(&view.source.folder, names, reason));
    }
    let extra = &request.config.extra_input_globs;
    sets.extend(extra_input_globs::sets(extra, &project.source, &[]));
    sets
}

/// The inputs that are known after the build, if the configuration asks for them.
///
/// # Errors
/// [`NoReply`].
pub(super) fn built(view: &View<'_>, paths: &BuildPaths) -> Result<Option<Vec<GlobSet>>, Report> {
    let binary = view.tree.binary();
    let traces = Traces::read(view, paths)?.ok_or(NoReply(binary))?;
    let read = traces.remember(view);
    if view.request.config.input_tracking == InputTracking::Globs {
        return Ok(None);
    }
    let mut sets = around(view);
    sets.extend(files(&read.configured, "read while configuring"));
    sets.extend(files(&read.built, "read while building"));
    sets.extend(traces.installed());
    sets.extend(traces.globs());
    sets.extend(named::sets(&traces.unreported));
    sets.extend(traces.copied());
    if view.runs_tests() {
        sets.extend(traces.tested());
    }
    sets.extend(GlobSet::file(
        &view.source.folder.join(LISTS),
        "the project",
    ));
    Ok(Some(sets))
}

/// Records what a failed build has read, if it has configured the project.
///
/// # Errors
/// A trace that cannot be read.
pub(super) fn remember(view: &View<'_>, paths: &BuildPaths) -> Result<(), Report> {
    if let Some(traces) = Traces::read(view, paths)? {
        traces.remember(view);
    }
    Ok(())
}

fn files<'a>(files: &'a BTreeSet<PathBuf>, reason: &'a str) -> impl Iterator<Item = GlobSet> + 'a {
    files
        .iter()
        .filter_map(move |file| GlobSet::file(file, reason))
}

/// The records of a build.
struct Traces<'a> {
    own: Own,
    unreported: Unreported,
    config: &'a Config,
    binary: PathBuf,
    reply: Reply,
    log: DepsLog,
    /// The steps of the requested targets.
    needed: Vec<Edge>,
    /// The trees of other projects in which these steps work.
    nested: BTreeSet<PathBuf>,
}

impl<'a> Traces<'a> {
    /// The records of the last build. `None` if CMake has not described the build tree.
    ///
    /// # Errors
    /// A trace that cannot be read.
    fn read(view: &View<'a>, paths: &BuildPaths) -> Result<Option<Self>, Report> {
        let binary = view.tree.binary();
        let Some(reply) = file_api::read(&binary) else {
            return Ok(None);
        };
        let own = Own::of(view, paths, &reply);
        let unreported = match unreported::read(&view.tree)? {
            Some(new) => named::of_the_user(&new, &own),
            None => reuse::unreported(&view.tree),
        };
        let plan = Plan::read(&binary);
        let log = DepsLog::read(&binary, &plan);
        let needed = plan.needed_by(&view.request.config.targets);
        let nested = needed.iter().flat_map(|edge| edge.nested(&binary));
        Ok(Some(Self {
            own,
            unreported,
            config: view.request.config,
            log,
            nested: nested.collect(),
            needed,
            reply,
            binary,
        }))
    }

    /// Records the files for the next build in the tree.
    fn remember(&self, view: &View<'_>) -> Read {
        let read = Read {
            configured: self.configured(),
            built: self.built(),
            unreported: self.unreported.clone(),
        };
        reuse::remember(&view.tree, &self.log, &read);
        read
    }

    /// Files that CMake read.
    fn configured(&self) -> BTreeSet<PathBuf> {
        let source = self.reply.files.source();
        let inputs = self.reply.files.inputs.iter();
        let inputs = inputs.filter(|input| !input.is_cmake && !input.is_generated);
        inputs
            .filter_map(|input| self.own.file(&source.join(&input.path)))
            .chain(named::configured(&self.unreported))
            .collect()
    }

    /// Files that compilers and commands read, for the requested targets.
    fn built(&self) -> BTreeSet<PathBuf> {
        let outputs: BTreeSet<&str> = (self.needed.iter())
            .filter(|edge| !(edge.is_phony() && edge.inputs.is_empty()))
            .flat_map(|edge| edge.outputs.iter().map(String::as_str))
            .collect();
        let recorded = self.log.iter();
        let recorded = recorded.filter(|(output, _)| outputs.contains(output));
        let recorded = recorded.flat_map(|(_, inputs)| inputs);
        let planned = (self.needed.iter()).filter(|edge| !edge.rule.starts_with("RERUN_CMAKE"));
        let planned = planned.flat_map(|edge| &edge.inputs);
        let files = recorded.chain(planned).map(String::as_str);
        // Most objects read the same headers, and each look at a file takes time.
        let files: BTreeSet<&str> = files.collect();
        let files = files.difference(&outputs);
        let files = files.filter_map(|path| self.own.file(&self.binary.join(path)));
        let named = named::in_commands(&self.needed, &self.nested, &self.binary);
        let named = named.iter().filter_map(|path| self.own.file(path));
        files.chain(named).chain(self.listed(&outputs)).collect()
    }

    /// The directories that commands copy.
    fn copied(&self) -> Vec<GlobSet> {
        named::copied(&self.needed, &self.nested, &self.binary, &self.own)
    }

    /// Sources of the built targets, including headers.
    fn listed(&self, outputs: &BTreeSet<&str>) -> impl Iterator<Item = PathBuf> {
        let source = self.reply.files.source();
        let is_built = |target: &&file_api::Target| {
            let mut artifacts = target.artifacts.iter();
            !target.is_of_the_generator
                && (artifacts.any(|artifact| {
                    artifact
                        .path
                        .to_str()
                        .is_some_and(|path| outputs.contains(path))
                }) || outputs.contains(target.name.as_str())
                    || target.kind == "INTERFACE_LIBRARY")
        };
        let targets = self.reply.targets.iter().filter(is_built);
        let sources = targets.flat_map(|target| &target.sources);
        let sources = sources.filter(|source| !source.is_generated);
        sources.filter_map(move |listed| self.own.file(&source.join(&listed.path)))
    }

    /// Files and directories that are installed.
    fn installed(&self) -> Vec<GlobSet> {
        let source = self.reply.files.source();
        let reason = "installed";
        let mut sets = Vec::new();
        let installers = self.reply.directories.iter().flat_map(|directory| {
            let folder = source.join(directory.source());
            let installers = directory.installers.iter();
            installers.map(move |installer| (folder.clone(), installer))
        });
        for (folder, installer) in installers.filter(|(_, installer)| self.applies(installer)) {
            let script = installer.script_file.iter().map(|file| folder.join(file));
            let copied = installer.paths.iter().map(|path| source.join(path.from()));
            let own = script.chain(copied).filter_map(|path| self.own.path(&path));
            for path in own {
                match installer.kind.as_str() {
                    "directory" => sets.extend(named::installed(&path, &self.unreported)),
                    "file" | "fileSet" | "script" => sets.extend(GlobSet::file(&path, reason)),
                    _ => {}
                }
            }
        }
        sets
    }

    fn applies(&self, installer: &Installer) -> bool {
        if self.config.components.is_empty() {
            !installer.is_exclude_from_all
        } else {
            self.config.components.contains(&installer.component)
        }
    }

    /// The files that tests may have read.
    fn tested(&self) -> Vec<GlobSet> {
        let source = self.reply.files.source();
        let directories = self.reply.directories.iter();
        let sets = directories.flat_map(|directory| {
            let tests = tested::Tests::read(&self.binary.join(directory.build()));
            let folder = source.join(directory.source());
            tests.inputs(&folder, source, &self.own)
        });
        sets.collect()
    }

    fn globs(&self) -> Vec<GlobSet> {
        let globs = globs::of(&self.reply.files, &self.binary);
        let sets = globs.iter().map(globs::set);
        sets.filter(|set| self.own.path(&set.root).is_some())
            .map(outside_build_trees)
            .collect()
    }
}

/// CMake did not reply to the query.
#[derive(Debug, Error, Diagnostic)]
#[error("CMake did not describe the build tree in {}", _0.display())]
#[diagnostic(
    code(cmake::no_reply),
    help("CMake 3.21 and newer say which files they read")
)]
struct NoReply(PathBuf);
