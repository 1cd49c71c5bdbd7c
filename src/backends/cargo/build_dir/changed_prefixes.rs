//! Discards artifacts that earlier builds made from other environments.
//!
//! Cargo notices a different library, header or compiler only if a build script declares it.
//! Builds that share artifacts have different prefixes, and the packages in a prefix change.
//! Therefore each run of a build script that used a prefix is marked with the environments, and
//! is discarded when a build uses other environments.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use memchr::memmem::Finder;
use miette::Report;
use rattler_digest::{Sha256, compute_bytes_digest};

use crate::backend::BuildPaths;
use crate::backends::cargo::build_dir::artifacts::{
    self, build_script_folders, crate_of, directives, forget_run, invalidate, state,
};
use crate::backends::cargo::build_dir::dep_info;
use crate::backends::cargo::build_dir::prefix_content::content;
use crate::backends::cargo::context::c_variables::{holds_flags, names_tool};
use crate::backends::cargo::context::crate_context::CrateBuild;
use crate::backends::cargo::context::layout::{LATEST, TARGET_DIR};
use crate::disk::{files_below, modified, remove_file, remove_folder, write};

/// The maximum size in bytes of a generated file that is searched for prefixes. Larger files
/// are object files, and those are compiled from paths that are the same in every environment.
const TEXT: u64 = 1 << 20;

/// The strings with which the source of a build script reads a prefix, or runs the Python in it.
const PREFIX_WORDS: [&str; 8] = [
    "\"PREFIX\"",
    "\"CONDA_PREFIX\"",
    "\"BUILD_PREFIX\"",
    "\"LIBRARY_PREFIX\"",
    "\"PYO3_PYTHON\"",
    "\"PYTHON_SYS_EXECUTABLE\"",
    "\"python\"",
    "\"python3\"",
];

/// A file next to the output of a build script that used a prefix. It contains the environments
/// of that run.
const MARK: &str = "made-in-environments";

/// Makes Cargo discard artifacts that were made from environments other than those of this
/// build.
///
/// # Errors
/// Directories that cannot be removed, and files that cannot be written.
pub(crate) fn enter(build: CrateBuild<'_>, built: &BuildPaths) -> Result<(), Report> {
    let state = state(build, built);
    let latest = state.join(LATEST);
    let now = description(built);
    let artifacts = artifacts::folders(build, built);

    if let Ok(before) = std::fs::read_to_string(&latest) {
        if build.shared_folder.is_none() && content_of(&before) != content_of(&now) {
            // Without a shared tree, no path that Cargo sees depends on the content of an
            // environment. Cargo would not even notice a different compiler.
            remove_folder(&built.script_folder.join(TARGET_DIR))?;
        }
        mark_latest(build, &latest, &before, &artifacts)?;
        if content_of(&before) != content_of(&now) {
            forget_compiled_c(build, &artifacts)?;
        }
    }
    for run in build_script_folders(&artifacts) {
        let mark = std::fs::read_to_string(run.join(MARK));
        if mark.is_ok_and(|mark| mark != now) {
            forget_run(&run)?;
            remove_file(&run.join(MARK))?;
        }
    }
    // Nothing records which libraries the linker takes from an environment. The package itself
    // is therefore compiled again whenever the environments change.
    let of = |name: &str| state.join(format!("{name}.environments"));
    let mut linked = Vec::from_iter(build.packed_crates());
    linked.retain(|name| std::fs::read_to_string(of(name)).ok().as_ref() != Some(&now));
    if !linked.is_empty() {
        invalidate(build, built, &linked)?;
    }
    for name in linked {
        write(&of(name), &now)?;
    }
    Ok(write(&latest, &now)?)
}

/// Makes Cargo link the package again if another package or another environment used the artifacts
/// since the last build. The file of a shared library has no hash in its name, so a library of the
/// same name may have replaced it, and Cargo would not notice.
///
/// # Errors
/// Directories that cannot be removed.
pub(crate) fn forget_library(build: CrateBuild<'_>, built: &BuildPaths) -> Result<(), Report> {
    let latest = std::fs::read_to_string(state(build, built).join(LATEST));
    let is_latest = latest.is_ok_and(|latest| latest == description(built));
    if !is_latest {
        invalidate(build, built, &[&build.package])?;
    }
    Ok(())
}

/// Discards the runs of build scripts that asked Cargo to watch the C compiler or its flags.
/// The paths of both contain a hash of the environments, so Cargo runs these scripts again when
/// the content of an environment changes. They must start with an empty `OUT_DIR`.
fn forget_compiled_c(build: CrateBuild<'_>, artifacts: &[PathBuf]) -> Result<(), Report> {
    let compilers = build.request.config.compilers();
    if !compilers.iter().any(|name| name == "c" || name == "cxx") {
        return Ok(());
    }
    for run in build_script_folders(artifacts) {
        let output = std::fs::read(run.join("output")).unwrap_or_default();
        let output = String::from_utf8_lossy(&output);
        let mut asked = directives(&output).filter(|(key, _)| *key == "rerun-if-env-changed");
        if asked.any(|(_, name)| names_tool(name) || holds_flags(name)) {
            forget_run(&run)?;
        }
    }
    Ok(())
}

/// A description of the environments: one hash of the content of both, followed by the paths
/// under which tools saw them.
fn description(built: &BuildPaths) -> String {
    let prefixes = [&built.build_prefix, &built.host_prefix];
    let content: Vec<String> = prefixes.iter().map(|prefix| content(prefix)).collect();
    let hash = hex::encode(compute_bytes_digest::<Sha256>(content.join("\n\n")));
    let mut lines = vec![hash[..16].to_string()];
    let names = prefixes.into_iter().chain(&built.alias);
    lines.extend(names.map(|name| name.display().to_string()));
    lines.join("\n") + "\n"
}

fn content_of(description: &str) -> Option<&str> {
    description.lines().next()
}

/// Marks the build scripts that used a prefix in the latest build: those whose output or
/// generated files contain its path, and those whose source contains one of [`PREFIX_WORDS`].
fn mark_latest(
    build: CrateBuild<'_>,
    latest: &Path,
    before: &str,
    artifacts: &[PathBuf],
) -> Result<(), Report> {
    let prefixes: Vec<Finder<'_>> = before.lines().skip(1).map(Finder::new).collect();
    let Some(began) = modified(latest) else {
        return Ok(());
    };
    let folders = build_script_folders(artifacts);
    let asking = asking(build, &folders);
    for run in &folders {
        let output = run.join("output");
        if modified(&output).is_none_or(|finished| finished < began) {
            continue;
        }
        let generated = std::iter::once(output).chain(files_below(run.join("out")));
        let mut texts = generated.filter_map(|path| small_file(&path));
        if crate_of(run).is_some_and(|name| asking.contains(name))
            || texts.any(|text| prefixes.iter().any(|prefix| prefix.find(&text).is_some()))
        {
            write(&run.join(MARK), before)?;
        } else {
            remove_file(&run.join(MARK))?;
        }
    }
    Ok(())
}

/// The crates whose build scripts read a variable with the path of a prefix, or run Python.
fn asking<'a>(build: CrateBuild<'_>, folders: &'a [PathBuf]) -> BTreeSet<&'a str> {
    let names = PREFIX_WORDS.map(Finder::new);
    let asks = |source: &PathBuf| {
        let source = dep_info::absolute(source, build.cargo_config.folders());
        let text = std::fs::read(source).unwrap_or_default();
        names.iter().any(|name| name.find(&text).is_some())
    };
    let compiled = folders.iter().filter(|run| !run.join("output").is_file());
    compiled
        .filter(|folder| dep_info::beside(folder).iter().any(asks))
        .filter_map(|folder| crate_of(folder))
        .collect()
}

/// The content of a file that is small enough to be text.
fn small_file(path: &Path) -> Option<Vec<u8>> {
    let about = std::fs::metadata(path).ok()?;
    (about.is_file() && about.len() <= TEXT).then(|| std::fs::read(path).ok())?
}
