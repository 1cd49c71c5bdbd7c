//! What a build leaves for the next one.
//!
//! Build tools take flags and settings from their first run, and keep them when the user removes
//! or changes them. Therefore a build with other options begins anew.

use std::path::{Path, PathBuf};

use miette::Report;

use super::Config;
use super::config::BuildDir;
use super::script::DIRECTORY;
use crate::backend::BuildPaths;
use crate::disk;

/// The directory in which compiled code is kept, below the one the script runs in.
pub(super) const BUILD: &str = "build";

/// The options of the last build, below the same directory.
const OPTIONS: &str = "options";

/// Removes what an earlier build has left, if it is of no use for this one.
///
/// # Errors
/// Files that cannot be removed or written.
pub(super) fn enter(config: &Config, paths: &BuildPaths) -> Result<(), Report> {
    let stamp = stamp(&paths.script_folder);
    let options = options(config);
    let is_same = std::fs::read_to_string(&stamp).is_ok_and(|last| last == options);
    if !is_same || config.build_dir == BuildDir::Temporary {
        disk::remove_folder(&paths.script_folder.join(BUILD))?;
        disk::write(&stamp, &options)?;
    }
    Ok(())
}

fn stamp(script_folder: &Path) -> PathBuf {
    script_folder.join(DIRECTORY).join(OPTIONS)
}

/// The options that decide what is compiled.
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
