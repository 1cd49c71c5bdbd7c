//! Shares one build directory between all work directories of a workspace.
//!
//! Cargo's fingerprints must therefore not contain anything that differs between work
//! directories.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use toml_edit::Value;

use crate::backends::cargo::context::layout::LATEST;
use crate::backends::cargo::wrapper::c_compilers::{self, Places};
use crate::backends::cargo::wrapper::errors::WrapperError;
use crate::backends::cargo::wrapper::here::{Here, link_to, replace_link};
use crate::backends::cargo::wrapper::linker;
use crate::backends::cargo::wrapper::settings::SharedSettings;
use crate::backends::cargo::wrapper::state::Linker;
use crate::backends::cargo::wrapper::variables::Variables;

/// Cargo's configuration for the cargo commands of the script. It is passed as an argument: a
/// build script that runs another cargo would inherit variables, and that cargo would wait for
/// the build directory, which is in use.
pub(crate) const CONFIGURATION: &str = "shared.toml";

/// A variable that is set if the lock file matches the manifests.
pub(crate) const LOCK_FILE_FITS: &str = "PIXI_BUILD_RUST_LOCK_FILE_FITS";

/// The minor version of the first Rust 1 release whose Cargo has a setting for the directory of
/// intermediate artifacts.
const KNOWS_BUILD_DIR: u64 = 91;

/// The parts of the environment that a build shares with others.
#[derive(Debug, Default)]
pub(super) struct Shared {
    /// The linkers that were replaced with wrappers, by target.
    pub(super) linkers: BTreeMap<String, Linker>,
    /// Directories that are the same in every build of the workspace.
    pub(super) folders: Vec<PathBuf>,
    /// The directory in which Cargo keeps intermediate artifacts. `None` if they are not shared.
    pub(super) build_dir: Option<PathBuf>,
}

/// Makes the environment the same in every work directory.
///
/// # Errors
/// Links that cannot be created.
pub(super) fn share(
    settings: &SharedSettings,
    here: &Here,
    variables: &mut Variables,
) -> Result<Shared, WrapperError> {
    let mut shared = Shared {
        linkers: linker::wrap(variables, &settings.folder),
        folders: Vec::new(),
        build_dir: None,
    };
    for target in shared.linkers.keys() {
        link_to(&here.executable, &linker::wrapper(&settings.folder, target))?;
    }
    let prefixes = [here.host_prefix.as_str(), here.build_prefix.as_str()];
    let run_path = settings.run_path.as_deref();
    let linkers = &mut shared.linkers;
    let is_stable = match &settings.linking {
        Some(linking) => {
            linker::stabilize_flags(variables, linkers, &prefixes, None);
            let linking = linking.in_prefix(&here.host_prefix);
            linker::replace_run_path(variables, linkers, run_path, &linking)
        }
        None => {
            linker::stabilize_flags(variables, linkers, &prefixes, run_path);
            true
        }
    };
    let environments = rename_compilers(settings, here, variables)?;

    if !is_stable {
        eprintln!("intermediate artifacts are not shared: no variable names the linker");
    } else if knows_build_dir(Path::new(&here.build_prefix)) {
        let folder = &settings.build_dir;
        shared.build_dir = Some(folder.clone());
        shared.folders.push(settings.folder.clone());
        shared.folders.extend(environments);
        eprintln!(
            "intermediate artifacts are shared below {}",
            folder.display()
        );
    } else {
        eprintln!("intermediate artifacts are not shared: that needs Rust 1.{KNOWS_BUILD_DIR}");
    }
    Ok(shared)
}

/// Writes Cargo's configuration. `variables` are those of the build, because Cargo keeps what it
/// asks rustc in the build directory, and forgets it when the next command finds another
/// compiler cache.
///
/// # Errors
/// The file cannot be written.
pub(super) fn configure(
    settings: &SharedSettings,
    here: &Here,
    build_dir: Option<&Path>,
    variables: &mut Variables,
) -> Result<(), WrapperError> {
    let build_dir = build_dir.map(|folder| Value::from(folder.display().to_string()));
    let mut configuration = String::new();
    if let Some(build_dir) = &build_dir {
        configuration.push_str(&format!("[build]\nbuild-dir = {build_dir}\n"));
    }
    if lock_file_fits(settings, variables, build_dir.as_ref()) {
        // All crates are downloaded, so the network is not needed. Otherwise `cargo install`
        // would ask the registry for yanked crates in every build.
        let offline = variables.get("CARGO_NET_OFFLINE") != Some("false");
        configuration.push_str(&format!("[net]\noffline = {offline}\n"));
        variables.remove("CARGO_NET_OFFLINE");
        variables.set(LOCK_FILE_FITS, "true");
    }
    let file = here.folder.join(CONFIGURATION);
    std::fs::write(&file, configuration).map_err(|error| WrapperError::unwritable(file, error))
}

/// Returns the directory that contains the links to the prefixes.
fn rename_compilers(
    settings: &SharedSettings,
    here: &Here,
    variables: &mut Variables,
) -> Result<Option<PathBuf>, WrapperError> {
    let latest = settings.folder.join(LATEST);
    let text = std::fs::read_to_string(&latest);
    let text = text.map_err(|source| WrapperError::unreadable(latest, source))?;
    let content = text.lines().next().unwrap_or_default();
    let top = settings.top.display().to_string();
    let script = variables.get("SRC_DIR").map(str::to_string);
    let cargo_home = variables.get("CARGO_HOME").map(str::to_string);
    let places = Places {
        build_prefix: &here.build_prefix,
        host_prefix: &here.host_prefix,
        script: script.as_deref(),
        top: &top,
        cargo_home: cargo_home.as_deref(),
    };
    let links = c_compilers::rename(variables, places, &settings.folder, content);
    let Some(links) = links else {
        return Ok(None);
    };
    // The shared tree is locked, so no other build uses the links now.
    replace_link(Path::new(&here.build_prefix), &links.build)?;
    replace_link(Path::new(&here.host_prefix), &links.host)?;
    Ok(links.build.parent().map(Path::to_path_buf))
}

/// Whether the installed Rust has the setting `build.build-dir`, according to the record of its
/// package. Without a record, it is assumed to be recent.
fn knows_build_dir(build_prefix: &Path) -> bool {
    let records = std::fs::read_dir(build_prefix.join("conda-meta"));
    let names = records.into_iter().flatten().flatten();
    let names = names.filter_map(|record| record.file_name().into_string().ok());
    let mut minors = names.filter_map(|name| minor_of_rust(&name));
    minors.all(|minor| minor >= KNOWS_BUILD_DIR)
}

/// The minor version in the name of a record: 91 for `rust-1.91.0-h1234567_0.json`.
fn minor_of_rust(record: &str) -> Option<u64> {
    let version = record.strip_prefix("rust-1.")?;
    version.split('.').next()?.parse().ok()
}

/// Whether the lock file matches the manifests, and all crates that any feature needs are
/// downloaded.
fn lock_file_fits(
    settings: &SharedSettings,
    variables: &Variables,
    build_dir: Option<&Value>,
) -> bool {
    let cargo = variables.get("CARGO");
    let Some(cargo) = cargo.filter(|_| !settings.lock_file_check.is_empty()) else {
        return false;
    };
    let mut command = Command::new(cargo);
    command
        .args(&settings.lock_file_check)
        .args(["--quiet", "--offline", "--all-features"])
        .args(
            build_dir
                .iter()
                .flat_map(|folder| ["--config".to_string(), format!("build.build-dir={folder}")]),
        )
        .current_dir(&settings.crate_folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    variables.pass_on(&mut command);
    command.status().is_ok_and(|status| status.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_package_says_which_rust_is_installed() {
        let prefix = tempfile::tempdir().expect("a folder");
        assert!(knows_build_dir(prefix.path()));
        let records = prefix.path().join("conda-meta");
        fs_err::create_dir(&records).expect("writable");
        let record = |name: &str| fs_err::write(records.join(name), "{}").expect("writable");
        record("rust-src-1.80.0-h0_0.json");
        record("rust-1.91.0-h0_0.json");
        assert!(knows_build_dir(prefix.path()));
        record("rust-1.90.0-h0_0.json");
        assert!(!knows_build_dir(prefix.path()));
    }
}
