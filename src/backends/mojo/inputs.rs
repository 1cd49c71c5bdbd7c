//! The files that influence the metadata and the package.
//!
//! The compiler does not record the files that it reads, so the imports are followed
//! before the build. The inputs are the same before and after it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::closure::Closure;
use super::config::Config;
use super::source::Source;
use super::tree::{self, COMPILED};
use super::{arguments, licenses, requirements, test_files};
use crate::backend::inputs::{escape, plain};
use crate::backend::options::InputTracking;
use crate::backend::{GlobSet, Request, extra_input_globs, project_files};

/// Files that influence the programs and libraries, and their dependencies.
pub(super) fn metadata(request: &Request<'_, Config>, source: &Source) -> Vec<GlobSet> {
    let built = by_directory(&source.plan.decisive, "what is built");
    let manifests = requirements::manifests(request, source);
    let beside = by_directory(&manifests, "what a library is called");
    built
        .chain(beside)
        .chain(imports_of_libraries(request, source))
        .collect()
}

/// Files whose imports decide which packages a library needs when it is used.
fn imports_of_libraries(request: &Request<'_, Config>, source: &Source) -> Vec<GlobSet> {
    if !requirements::has_packages_to_import(request) {
        return Vec::new();
    }
    let libraries = source.plan.libraries();
    let libraries = libraries.map(|item| tree::inputs(&item.path, "what a library imports"));
    libraries.chain(exact(&source.read_by_libraries)).collect()
}

/// Files that influence the package.
pub(super) fn build(request: &Request<'_, Config>, source: &Source) -> Vec<GlobSet> {
    let directory = &request.project.source;
    let plan = &source.plan;
    let mut sets: Vec<GlobSet> = by_directory(&plan.decisive, "what is built").collect();
    let manifests = project_files::manifest_inputs(request.project, request.folders);
    sets.extend(manifests);
    sets.extend(licenses::inputs(request));
    let extra = &request.config.extra_input_globs;
    sets.extend(extra_input_globs::sets(extra, directory, &[COMPILED]));
    let named = plan.items.iter();
    let named = named.flat_map(|item| arguments::files(&item.arguments, directory));
    sets.extend(named.filter_map(|file| GlobSet::file(&file, "named in extra-args")));
    let tests = test_files::patterns(request);
    if !tests.is_empty() {
        sets.push(GlobSet::tree(directory, tests, "tests"));
    }
    let libraries = plan.libraries();
    sets.extend(
        libraries.map(|item| tree::inputs(&item.path, &format!("the library {}", item.name))),
    );
    // Patterns do not cover a file in a directory that only `-I` names.
    sets.extend(exact(&source.closure));
    if request.config.input_tracking == InputTracking::Globs {
        let import_paths = request.config.import_paths.iter();
        let import_paths = import_paths.map(|path| plain(&directory.join(path)));
        let roots = std::iter::once(directory.clone()).chain(import_paths);
        sets.extend(roots.map(|root| tree::inputs(&root, "Mojo files")));
    }
    sets
}

/// The files that are imported by compiled files.
fn exact(closure: &Closure) -> impl Iterator<Item = GlobSet> {
    let read = by_directory(&closure.read, "is compiled");
    read.chain(by_directory(&closure.missing, "would be imported"))
}

/// The files, with one set for each directory.
fn by_directory<'a, I: IntoIterator<Item = &'a PathBuf>>(
    files: I,
    reason: &'static str,
) -> impl Iterator<Item = GlobSet> + use<'a, I> {
    let mut directories: BTreeMap<PathBuf, BTreeSet<String>> = BTreeMap::new();
    for file in files {
        if let (Some(directory), Some(name)) = (file.parent(), file.file_name()) {
            let names = directories.entry(directory.to_path_buf()).or_default();
            names.extend(name.to_str().map(escape));
        }
    }
    let sets = directories.into_iter();
    sets.map(move |(directory, names)| GlobSet::names(&directory, names, reason))
}
