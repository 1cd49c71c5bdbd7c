//! What Cargo keeps of what it has compiled, and how it is made to forget.
//!
//! The layout of these folders is Cargo's own and not promised. Where it is another one
//! nothing is found, and everything is removed.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::backend::BuildPaths;
use crate::backends::cargo::context::crate_context::CrateBuild;
use crate::backends::cargo::context::layout::{self, TARGET_DIR};
use crate::diagnostic::Unwritable;
use crate::disk::{self, remove_file, remove_folder};

/// Folders in which Cargo keeps what it compiles for pixi, final or not.
pub(crate) fn folders(build: CrateBuild<'_>, built: &BuildPaths) -> Vec<PathBuf> {
    let mut folders = own_folders(build, built);
    let chosen = build.request.config.env.get("CARGO_BUILD_BUILD_DIR");
    // Cargo takes it from the folder that it runs in.
    folders.extend(chosen.map(|folder| built.script_folder.join(folder)));
    folders
}

/// Those of them that nobody else uses.
pub(crate) fn own_folders(build: CrateBuild<'_>, built: &BuildPaths) -> Vec<PathBuf> {
    let mut folders = vec![built.script_folder.join(TARGET_DIR)];
    folders.extend(build.shared_folder.as_deref().map(layout::build_dir));
    folders
}

/// Where notes about builds are kept.
pub(crate) fn state<'a>(build: CrateBuild<'a>, built: &'a BuildPaths) -> &'a Path {
    let shared = build.context.shared_folder.as_deref();
    shared.unwrap_or(&built.script_folder)
}

/// Makes Cargo compile these crates again, and no others.
pub(crate) fn invalidate(
    build: CrateBuild<'_>,
    built: &BuildPaths,
    names: &[&str],
) -> Result<(), Unwritable> {
    let units = fingerprints(&folders(build, built));
    if units.is_empty() {
        // Nothing is there, or Cargo arranges it in a way that is not known here.
        let own = own_folders(build, built);
        return own.iter().try_for_each(|folder| remove_folder(folder));
    }
    for unit in units {
        if crate_of(&unit).is_some_and(|name| names.contains(&name)) {
            remove_folder(&unit)?;
        }
    }
    for run in runs(&folders(build, built)) {
        if crate_of(&run).is_some_and(|name| names.contains(&name)) {
            remove_folder(&run.join("out"))?;
        }
    }
    Ok(())
}

/// Makes Cargo run a build script again, in an empty folder for its output, and compile
/// what depends on it.
pub(crate) fn forget_run(run: &Path) -> Result<(), Unwritable> {
    let profile = run.parent().and_then(Path::parent);
    if let (Some(profile), Some(unit)) = (profile, run.file_name()) {
        remove_folder(&profile.join(".fingerprint").join(unit))?;
    }
    // Without it the crates that use what the script says count as changed too.
    remove_file(&run.join("output"))?;
    remove_folder(&run.join("out"))
}

/// The variables that a build script asked for, with their values when it ran.
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

/// The folders in which Cargo notes what state a unit was compiled in, called
/// `<crate>-<hash>`.
pub(crate) fn fingerprints(artifacts: &[PathBuf]) -> Vec<PathBuf> {
    artifacts
        .iter()
        .flat_map(|folder| profile_folders(folder))
        .flat_map(|profile| disk::folders(&profile.join(".fingerprint")))
        .collect()
}

/// The crate in the name of a folder `<crate>-<hash>`.
pub(crate) fn crate_of(folder: &Path) -> Option<&str> {
    Some(folder.file_name()?.to_str()?.rsplit_once('-')?.0)
}

/// `<target>/<profile>` and `<target>/<triple>/<profile>`: the folders in which
/// Cargo keeps `deps`.
pub(crate) fn profile_folders(target_dir: &Path) -> Vec<PathBuf> {
    let mut profiles = disk::folders(target_dir);
    let nested = profiles
        .clone()
        .into_iter()
        .flat_map(|top| disk::folders(&top));
    // A triple's folder has a folder called `deps` only if a profile is called so.
    profiles.extend(nested.filter(|folder| !is_internal(folder)));
    profiles
}

fn is_internal(folder: &Path) -> bool {
    let internal = ["deps", "build", "examples", "incremental", ".fingerprint"];
    let name = folder.file_name().unwrap_or_default();
    internal.iter().any(|internal| name == *internal)
}

/// The folders in which Cargo keeps build scripts, and what they said and generated:
/// `<target>/**/build/<name>-<hash>`, for each profile and triple.
pub(crate) fn runs(artifacts: &[PathBuf]) -> Vec<PathBuf> {
    artifacts
        .iter()
        .flat_map(|folder| profile_folders(folder))
        .flat_map(|profile| disk::folders(&profile.join("build")))
        .collect()
}
