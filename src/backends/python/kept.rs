//! Decides whether a build reuses the compiled code of the last build.
//!
//! Build tools remember the flags and settings of their first run, even when the user removes or
//! modifies them. Therefore a build with other options starts with an empty directory.

use std::path::{Path, PathBuf};

use miette::Report;

use super::Config;
use super::config::BuildDir;
use super::layout::{BUILD, DIRECTORY};
use crate::backend::BuildPaths;
use crate::backends::cargo::guest::TARGET_DIR;
use crate::disk;

/// The file with the options of the last build, in the backend's own directory.
const OPTIONS: &str = "options";

/// Removes the compiled code of the last build if the options differ, or if the user does not
/// want to keep it.
///
/// # Errors
/// Files that cannot be removed or written.
pub(super) fn enter(config: &Config, paths: &BuildPaths) -> Result<(), Report> {
    let stamp = stamp(&paths.script_folder);
    let options = options(config);
    let is_same = std::fs::read_to_string(&stamp).is_ok_and(|last| last == options);
    if !is_same || config.build_dir == BuildDir::Temporary {
        for folder in [BUILD, TARGET_DIR] {
            disk::remove_folder(&paths.script_folder.join(folder))?;
        }
        disk::write(&stamp, &options)?;
    }
    Ok(())
}

fn stamp(script_folder: &Path) -> PathBuf {
    script_folder.join(DIRECTORY).join(OPTIONS)
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
