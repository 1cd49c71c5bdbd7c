//! Decides what a build reuses of the last build.
//!
//! Build tools remember the flags and settings of their first run, even when the user removes or
//! modifies them. Therefore a build with other options starts with an empty directory. After a
//! change of a file of the project that can set options, CMake and Meson only forget the options:
//! ninja and make compile again what is compiled with other arguments.

use std::path::{Path, PathBuf};

use miette::Report;
use rattler_digest::{Sha256, compute_bytes_digest};

use super::Config;
use super::config::BuildDir;
use super::layout::{BUILD, DIRECTORY};
use super::own_files::own_files;
use super::source::Source;
use crate::backend::BuildPaths;
use crate::backend::inputs::plain;
use crate::backends::cargo::guest::TARGET_DIR;
use crate::disk;

/// The file with the options of the last build, in the backend's own directory.
const OPTIONS: &str = "options";

/// The file with the digests of the files that could set options in the last build.
const SETTINGS: &str = "settings";

/// The files in which CMake and Meson remember options, in the build directory.
const REMEMBERED: [&str; 3] = [
    "CMakeCache.txt",
    "meson-private/coredata.dat",
    "meson-private/cmd_line.txt",
];

/// Removes the compiled code of the last build if the options differ, or if the user does not
/// want to keep it. Removes the options that a build tool remembers if they may come from a file
/// that differs.
///
/// # Errors
/// Files that cannot be removed or written.
pub(super) fn enter(config: &Config, source: &Source, paths: &BuildPaths) -> Result<(), Report> {
    let folder = paths.script_folder.join(DIRECTORY);
    let options = options(config);
    if is_other(&folder.join(OPTIONS), &options) || config.build_dir == BuildDir::Temporary {
        for folder in [BUILD, TARGET_DIR] {
            disk::remove_folder(&paths.script_folder.join(folder))?;
        }
        disk::write(&folder.join(OPTIONS), &options)?;
    }
    let settings = settings(source);
    if is_other(&folder.join(SETTINGS), &settings) {
        for file in REMEMBERED {
            disk::remove_file(&paths.script_folder.join(BUILD).join(file))?;
        }
        disk::write(&folder.join(SETTINGS), &settings)?;
    }
    Ok(())
}

/// Whether the file of the last build has another text.
fn is_other(file: &Path, text: &str) -> bool {
    std::fs::read_to_string(file).map_or(true, |last| last != text)
}

/// The digests of the files in which options of CMake and Meson are defined or set.
fn settings(source: &Source) -> String {
    if !["scikit_build_core", "mesonpy"].contains(&source.build_module()) {
        return String::new();
    }
    let folder = &source.files.folder;
    let cmake = source
        .files
        .toml(&["tool", "scikit-build", "cmake", "source-dir"]);
    let cmake = cmake.map(|cmake| plain(&folder.join(cmake.text)));
    let elsewhere = cmake.filter(|cmake| !cmake.starts_with(folder));
    let folders = [Some(folder.clone()), elsewhere].into_iter().flatten();
    let mut files: Vec<PathBuf> = folders.flat_map(setting_files).collect();
    files.sort();
    let digests = files.into_iter().map(|file| {
        let content = std::fs::read(&file).unwrap_or_default();
        let digest = compute_bytes_digest::<Sha256>(&content);
        format!("{} {}\n", hex::encode(digest), file.display())
    });
    digests.collect()
}

/// The files below a directory that can define or set options.
fn setting_files(folder: PathBuf) -> impl Iterator<Item = PathBuf> {
    const NAMES: [&str; 7] = [
        "pyproject.toml",
        "CMakeLists.txt",
        "CMakePresets.json",
        "CMakeUserPresets.json",
        "meson.build",
        "meson.options",
        "meson_options.txt",
    ];
    own_files(&folder).filter(|path| {
        let name = path.file_name().and_then(|name| name.to_str());
        name.is_some_and(|name| NAMES.contains(&name) || name.ends_with(".cmake"))
    })
}

/// The options that affect compiled code.
fn options(config: &Config) -> String {
    let common = &config.common;
    format!(
        "{:?}\n",
        (
            &common.env,
            &common.compilers,
            &common.extra_args,
            &config.config_settings,
            config.profile,
        )
    )
}
