//! The files that Cargo keeps in a target directory, and how to make Cargo discard them.
//!
//! The layout of these directories is an implementation detail of Cargo. If it changes, these
//! functions find nothing, and [`invalidate`] removes the directories completely.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::backend::BuildPaths;
use crate::backends::cargo::context::crate_context::CrateBuild;
use crate::backends::cargo::context::layout::{self, TARGET_DIR};
use crate::diagnostic::Unwritable;
use crate::disk::{self, remove_file, remove_folder};

/// The directories in which Cargo keeps final and intermediate artifacts for pixi.
pub(crate) fn folders(build: CrateBuild<'_>, built: &BuildPaths) -> Vec<PathBuf> {
    let mut folders = own_folders(build, built);
    let chosen = build.request.config.env.get("CARGO_BUILD_BUILD_DIR");
    // Cargo resolves this path against the directory in which it runs.
    folders.extend(chosen.map(|folder| built.script_folder.join(folder)));
    folders
}

/// Those of the [`folders`] that only builds of pixi use. The build directory that the user
/// chooses with a variable is not one of them.
pub(crate) fn own_folders(build: CrateBuild<'_>, built: &BuildPaths) -> Vec<PathBuf> {
    let mut folders = vec![built.script_folder.join(TARGET_DIR)];
    folders.extend(build.shared_folder.as_deref().map(layout::build_dir));
    folders
}

/// The directory that contains the notes about earlier builds.
pub(crate) fn state<'a>(build: CrateBuild<'a>, built: &'a BuildPaths) -> &'a Path {
    let shared = build.context.shared_folder.as_deref();
    shared.unwrap_or(&built.script_folder)
}

/// Makes Cargo compile the crates with these names again. If no unit is found, it removes the
/// [`own_folders`], so that Cargo compiles everything again.
pub(crate) fn invalidate(
    build: CrateBuild<'_>,
    built: &BuildPaths,
    names: &[&str],
) -> Result<(), Unwritable> {
    let units = fingerprints(&folders(build, built));
    if units.is_empty() {
        // Either no build has run yet, or Cargo uses a layout that this module does not know.
        let own = own_folders(build, built);
        return own.iter().try_for_each(|folder| remove_folder(folder));
    }
    for unit in units {
        if crate_of(&unit).is_some_and(|name| names.contains(&name)) {
            remove_folder(&unit)?;
        }
    }
    for run in build_script_folders(&folders(build, built)) {
        if crate_of(&run).is_some_and(|name| names.contains(&name)) {
            remove_folder(&run.join("out"))?;
        }
    }
    Ok(())
}

/// The directives in the output of a build script: keys such as `rerun-if-changed`, and values.
pub(crate) fn directives(output: &str) -> impl Iterator<Item = (&str, &str)> {
    output.lines().filter_map(|line| {
        let directive = line.strip_prefix("cargo::");
        let directive = directive.or_else(|| line.strip_prefix("cargo:"))?;
        directive.split_once('=')
    })
}

/// Whether a build script with this output named what Cargo watches. Otherwise Cargo watches all
/// files of the package.
pub(crate) fn narrows_watch(output: &str) -> bool {
    directives(output).any(|(key, _)| ["rerun-if-changed", "rerun-if-env-changed"].contains(&key))
}

/// Makes Cargo run a build script again with an empty `OUT_DIR`, and compile the crates that
/// depend on the script.
pub(crate) fn forget_run(run: &Path) -> Result<(), Unwritable> {
    let profile = run.parent().and_then(Path::parent);
    if let (Some(profile), Some(unit)) = (profile, run.file_name()) {
        remove_folder(&profile.join(".fingerprint").join(unit))?;
    }
    // Without `output`, Cargo also treats the crates that use the directives of the script as
    // modified.
    remove_file(&run.join("output"))?;
    remove_folder(&run.join("out"))
}

/// The variables that a build script asked Cargo to watch, with their values at the time of the
/// run.
pub(crate) fn variables_of_run(run: &Path) -> Vec<(String, Option<String>)> {
    let unit = run.parent().and_then(Path::parent).zip(run.file_name());
    let Some((profile, unit)) = unit else {
        return Vec::new();
    };
    let notes = std::fs::read_dir(profile.join(".fingerprint").join(unit));
    let notes = notes.into_iter().flatten().flatten().filter(|entry| {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        name.starts_with("run-build-script") && name.ends_with(".json")
    });
    let variables = notes.flat_map(|entry| {
        let text = std::fs::read(entry.path()).unwrap_or_default();
        let note: Value = serde_json::from_slice(&text).unwrap_or_default();
        let reasons = note["local"].as_array().cloned().unwrap_or_default();
        reasons.into_iter().filter_map(|reason| {
            let asked = reason.get("RerunIfEnvChanged")?;
            let value = asked["val"].as_str().map(str::to_string);
            Some((asked["var"].as_str()?.to_string(), value))
        })
    });
    variables.collect()
}

/// The directories in which Cargo records the state in which it compiled a unit. Their names
/// have the form `<crate>-<hash>`.
pub(crate) fn fingerprints(artifacts: &[PathBuf]) -> Vec<PathBuf> {
    artifacts
        .iter()
        .flat_map(|folder| possible_profile_folders(folder))
        .flat_map(|profile| disk::folders(&profile.join(".fingerprint")))
        .collect()
}

/// The name of the crate in the name of a directory `<crate>-<hash>`.
pub(crate) fn crate_of(folder: &Path) -> Option<&str> {
    Some(folder.file_name()?.to_str()?.rsplit_once('-')?.0)
}

/// The directories in which Cargo may create `deps`: `<target>/<profile>` and
/// `<target>/<triple>/<profile>`. They include `<target>/<triple>`, because a triple and a profile
/// look the same.
pub(crate) fn possible_profile_folders(target_dir: &Path) -> Vec<PathBuf> {
    let mut profiles = disk::folders(target_dir);
    let nested = profiles
        .clone()
        .into_iter()
        .flat_map(|top| disk::folders(&top));
    // The directory of a profile contains `deps` and others that are not profiles. A profile
    // with one of these names is not found below a triple.
    profiles.extend(nested.filter(|folder| !is_internal(folder)));
    profiles
}

fn is_internal(folder: &Path) -> bool {
    let internal = ["deps", "build", "examples", "incremental", ".fingerprint"];
    let name = folder.file_name().unwrap_or_default();
    internal.iter().any(|internal| name == *internal)
}

/// The directories of build scripts, `<target>/**/build/<name>-<hash>`, for each profile and
/// triple. Some contain a compiled script; others contain the output of a run and the files
/// that it generated.
pub(crate) fn build_script_folders(artifacts: &[PathBuf]) -> Vec<PathBuf> {
    artifacts
        .iter()
        .flat_map(|folder| possible_profile_folders(folder))
        .flat_map(|profile| disk::folders(&profile.join("build")))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directives_have_two_spellings() {
        let output = "cargo:rerun-if-changed=a\nx\ncargo::rustc-cfg=b=c d\n";
        let found = Vec::from_iter(directives(output));
        assert_eq!(found, [("rerun-if-changed", "a"), ("rustc-cfg", "b=c d")]);
        assert!(narrows_watch("x\ncargo:rerun-if-changed=a\n"));
        assert!(narrows_watch("cargo::rerun-if-env-changed=CC"));
        assert!(!narrows_watch("cargo:rustc-link-lib=z\nrerun-if-changed=a"));
    }
}
