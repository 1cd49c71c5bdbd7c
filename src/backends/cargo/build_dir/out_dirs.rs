//! Gives each build script an empty `OUT_DIR`, as in a fresh build.
//!
//! Cargo keeps the files of the last run, on which scripts that work in a fresh checkout can
//! fail. This module empties the directory of each script that Cargo is about to run again. It
//! decides like Cargo: by the watched paths, or else by all files of the package; by the crates
//! that the script is linked with; and by the scripts of dependencies that pass metadata to it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use miette::Report;

use crate::backend::BuildPaths;
use crate::backends::cargo::build_dir::artifacts::{
    self, build_script_folders, crate_of, directives, forget_run, narrows_watch,
};
use crate::backends::cargo::build_dir::dep_info;
use crate::backends::cargo::context::crate_context::CrateBuild;
use crate::backends::cargo::context::path_dependencies::{PathCrate, PathCrates};
use crate::diagnostic::Unwritable;
use crate::disk::{files_below, modified};

/// Empties the directories of the scripts that Cargo runs again, because a path crate was
/// modified or because their last run failed.
///
/// # Errors
/// Directories that cannot be removed.
pub(crate) fn empty_outdated(build: CrateBuild<'_>, paths: &BuildPaths) -> Result<(), Report> {
    let runs = build_script_folders(&artifacts::folders(build, paths));
    for run in runs.iter().filter(|run| has_failed(run)) {
        forget_run(run)?;
    }
    let scripts = build.path_crates.values().filter(|it| it.has_build_script);
    let scripts: Vec<Script<'_>> = scripts
        .filter_map(|path_crate| Script::of(build, path_crate, &runs))
        .collect();
    for run in outdated(&scripts) {
        forget_run(run)?;
    }
    Ok(())
}

/// Empties the directories of the scripts of `crates` that watch a variable whose value has
/// changed. Scripts of other crates are kept, because another package may need their output
/// unchanged. A variable without a `value` is ignored, because Cargo's configuration may set
/// it.
///
/// # Errors
/// Directories that cannot be removed.
pub(crate) fn empty_where_variables_changed(
    build_dir: &Path,
    crates: &[String],
    value: impl Fn(&str) -> Option<String>,
) -> Result<(), Unwritable> {
    let is_other = |(name, before): &(String, Option<String>)| {
        value(name).is_some_and(|now| before.as_ref() != Some(&now))
    };
    if crates.is_empty() {
        return Ok(());
    }
    for run in build_script_folders(&[build_dir.to_path_buf()]) {
        let is_own = crate_of(&run).is_some_and(|name| crates.iter().any(|own| own == name));
        if is_own && artifacts::variables_of_run(&run).iter().any(is_other) {
            forget_run(&run)?;
        }
    }
    Ok(())
}

/// The build script of a path crate.
#[derive(Debug)]
struct Script<'a> {
    path_crate: &'a PathCrate,
    /// The directories of its runs and of the compiled script.
    own: Vec<&'a PathBuf>,
    /// The files from which the script was compiled.
    sources: Vec<PathBuf>,
}

impl<'a> Script<'a> {
    fn of(build: CrateBuild<'a>, path_crate: &'a PathCrate, runs: &'a [PathBuf]) -> Option<Self> {
        let name = path_crate.name()?;
        let own = runs.iter().filter(|run| crate_of(run) == Some(name));
        let own: Vec<&PathBuf> = own.collect();
        let compiled = own.iter().filter(|run| !run.join("output").is_file());
        let sources = compiled.flat_map(|run| dep_info::beside(run));
        let bases = || build.context.cargo_config.folders();
        let mut sources: Vec<PathBuf> = sources
            .map(|source| dep_info::absolute(&source, bases()))
            .collect();
        let linked = linked_with(&build.context.path_crates, path_crate);
        sources.extend(linked.iter().flat_map(|linked| package_files(&linked.root)));
        Some(Self {
            path_crate,
            own,
            sources,
        })
    }

    fn outdated(&self) -> Vec<&'a PathBuf> {
        let own = self.own.iter().copied();
        own.filter(|run| is_outdated(run, self.path_crate, &self.sources))
            .collect()
    }
}

/// The path crates that the build script of a crate is linked with.
fn linked_with<'a>(crates: &'a PathCrates, path_crate: &PathCrate) -> Vec<&'a PathCrate> {
    let mut found: BTreeMap<&Path, &PathCrate> = BTreeMap::new();
    let mut open: Vec<&PathBuf> = path_crate.build_dependencies.iter().collect();
    while let Some(folder) = open.pop() {
        if let Some(linked) = crates.get(folder)
            && found.insert(&linked.root, linked).is_none()
        {
            open.extend(&linked.dependencies);
        }
    }
    found.into_values().collect()
}

/// The runs that Cargo repeats. A script also runs again after a script that passes metadata to
/// it.
fn outdated<'a>(scripts: &[Script<'a>]) -> Vec<&'a PathBuf> {
    let mut outdated: BTreeMap<&Path, Vec<&PathBuf>> = BTreeMap::new();
    for script in scripts {
        let runs = script.outdated();
        if !runs.is_empty() {
            outdated.insert(&script.path_crate.root, runs);
        }
    }
    loop {
        let told = |script: &&Script<'_>| {
            let mut telling = scripts.iter().filter(|other| {
                let root = &other.path_crate.root;
                other.path_crate.has_links()
                    && outdated.contains_key(root.as_path())
                    && script.path_crate.dependencies.contains(root)
            });
            !outdated.contains_key(script.path_crate.root.as_path()) && telling.next().is_some()
        };
        let Some(script) = scripts.iter().find(told) else {
            return outdated.into_values().flatten().collect();
        };
        let runs = script.own.iter().copied();
        let runs = runs.filter(|run| run.join("output").is_file());
        outdated.insert(&script.path_crate.root, runs.collect());
    }
}

/// Whether the last run of a script failed. Cargo runs such a script again, whichever crate it
/// belongs to.
fn has_failed(run: &Path) -> bool {
    let began = modified(&run.join("invoked.timestamp"));
    let output = modified(&run.join("output"));
    began.is_some() && output < began
}

/// Whether a file has changed since the script ran, so that Cargo runs the script again.
fn is_outdated(run: &Path, path_crate: &PathCrate, sources: &[PathBuf]) -> bool {
    let Some(ran) = modified(&run.join("invoked.timestamp")) else {
        return false;
    };
    let Ok(output) = std::fs::read(run.join("output")) else {
        return false;
    };
    let is_newer = |path: &PathBuf| modified(path).is_none_or(|changed| changed > ran);
    let output = String::from_utf8_lossy(&output);
    let watched = directives(&output).filter(|(key, _)| *key == "rerun-if-changed");
    let mut watched = watched.map(|(_, path)| path_crate.root.join(path));
    if sources.iter().any(is_newer) {
        return true;
    }
    if narrows_watch(&output) {
        watched.any(|path| is_newer(&path) || files_below(path).any(|file| is_newer(&file)))
    } else {
        package_files(&path_crate.root).any(|file| is_newer(&file))
    }
}

/// The files of a package, without `target` and hidden entries such as `.git`.
fn package_files(root: &Path) -> impl Iterator<Item = PathBuf> {
    let entries = std::fs::read_dir(root).into_iter().flatten().flatten();
    let own = entries.filter(|entry| {
        let name = entry.file_name();
        name != "target" && !name.as_encoded_bytes().starts_with(b".")
    });
    own.flat_map(|entry| files_below(entry.path()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_for_output_are_not_files_of_a_package() {
        let folder = tempfile::tempdir().expect("a folder");
        for path in ["src/main.rs", "build.rs", "target/x", ".git/y"] {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().expect("below")).expect("writable");
            std::fs::write(path, "").expect("writable");
        }
        assert_eq!(package_files(folder.path()).count(), 2);
    }
}
